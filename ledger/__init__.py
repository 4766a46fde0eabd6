"""The books: money, accounts, funds, balanced entries and the laws that guard them.

Lives here: `Money`, `LegalEntity`, `Account`, `Fund`, `Entry`, `Line`, posting, balances and the audits of the books.
Never here: donors, Stripe, receipts. The ledger knows amounts and funds, not why they moved.
Doors: `posting.post(...)` writes an entry, `balances` reads, `auditing` proves the laws from outside.
Entries and lines are only ever added; a database trigger says so.
"""

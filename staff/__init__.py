"""Who works here, what they may do and what they did.

Lives here: `User`, roles, and the hash-chained audit trail of writes and of reads of private records.
Never here: donors. A donor is not a user and never has a password.
Doors: `roles.require(...)`, `auditing.record(...)`.
"""

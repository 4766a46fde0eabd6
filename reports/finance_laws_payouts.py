"""The invariants of deposits, as rows of code, title and query; `laws` asks them with the others."""

DEPOSITS = """
SELECT 'payout ' || p.ref || ' of ' || p.amount_minor || ' brought ' || coalesce(b.minor, 0) || ' to the bank'
  FROM payments_payout p
  LEFT JOIN LATERAL (SELECT sum(l.amount_minor) AS minor FROM ledger_entry e
    JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000'
   WHERE e.source = 'payout:' || p.ref AND l.currency = p.currency) b ON true
 WHERE coalesce(b.minor, 0) <> p.amount_minor
   AND EXISTS (SELECT 1 FROM ledger_entry e WHERE e.source = 'payout:' || p.ref)
UNION ALL
SELECT 'payout ' || p.ref || ' of ' || p.amount_minor || ' has lines of ' || sum(b.net_minor)
  FROM payments_payout p JOIN payments_payoutline l ON l.payout_id = p.id
  JOIN payments_balancetransaction b ON b.id = l.balance_transaction_id
 GROUP BY p.id HAVING sum(b.net_minor) <> p.amount_minor
UNION ALL
SELECT 'bodies owe each other ' || sum(l.amount_minor) || ' ' || l.currency || ' that nobody owes'
  FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id AND a.code = '1910'
 GROUP BY l.currency HAVING sum(l.amount_minor) <> 0
UNION ALL
SELECT 'money of ' || d.processor_ref || ' is a gift and nobody''s' FROM donations_donation d
  JOIN ledger_entry e ON e.source = 'unidentified:' || d.processor_ref
 WHERE NOT EXISTS (SELECT 1 FROM ledger_entry r WHERE r.reverses_id = e.id)
UNION ALL
SELECT 'payout ' || t.ref || ' is in the books and waits for somebody' FROM payments_payouttrouble t
  JOIN payments_payout p ON p.ref = t.ref
  LEFT JOIN payments_payoutfailure f ON f.payout_id = p.id
 WHERE t.mended_at IS NULL AND t.code <> 'returned' AND f.id IS NULL
"""

ROWS = (
    ("I45", "every deposit is the sum of its lines, and what bodies owe each other is owed once", DEPOSITS),
)

"""The invariants of batches and of reversals, as rows of code, title and query; `laws` asks them with the others."""

BATCHES = """
SELECT 'row ' || w.id || ' of batch ' || b.number || ' is not in the books' FROM donations_batchrow w
  JOIN donations_batch b ON b.id = w.batch_id AND b.status = 'posted'
 WHERE (w.giver = 'nobody' AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.source = 'offering:' || w.id))
    OR ((w.giver = 'unknown' OR w.identified_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.source = 'unidentified:' || w.id))
    OR (w.identified_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.source = 'identified:' || w.id))
UNION ALL
SELECT 'row ' || w.id || ' of ' || w.amount_minor || ' became gifts of ' || coalesce(sum(d.amount_minor), 0)
  FROM donations_batchrow w JOIN donations_batch b ON b.id = w.batch_id AND b.status = 'posted'
  LEFT JOIN donations_batchedgift g ON g.row_id = w.id LEFT JOIN donations_donation d ON d.id = g.donation_id
 WHERE w.giver = 'donor' GROUP BY w.id HAVING coalesce(sum(d.amount_minor), 0) <> w.amount_minor
UNION ALL
SELECT 'row ' || g.row_id || ' without a giver became a gift' FROM donations_batchedgift g
  JOIN donations_batchrow w ON w.id = g.row_id WHERE w.giver <> 'donor'
UNION ALL
SELECT 'row ' || g.row_id || ' of a batch that is ' || b.status || ' became a gift' FROM donations_batchedgift g
  JOIN donations_batchrow w ON w.id = g.row_id
  JOIN donations_batch b ON b.id = w.batch_id WHERE b.status <> 'posted'
UNION ALL
SELECT 'batch ' || b.number || ' carried ' || s.minor || ' to the bank, its deposit is ' || coalesce(l.minor, 0)
  FROM donations_batch b
  CROSS JOIN LATERAL (SELECT coalesce(sum(w.amount_minor), 0) AS minor FROM donations_batchrow w
                       WHERE w.batch_id = b.id AND w.kind IN ('cash', 'ticket')) s
  LEFT JOIN LATERAL (SELECT sum(n.amount_minor) AS minor FROM ledger_entry e JOIN ledger_line n ON n.entry_id = e.id
                       JOIN ledger_account a ON a.id = n.account_id AND a.code = '1000'
                      WHERE e.source = 'deposit:' || b.id) l ON true
 WHERE b.status = 'posted' AND coalesce(l.minor, 0) <> s.minor
UNION ALL
SELECT 'batch ' || b.number || ' was posted without agreeing and without a second person' FROM donations_batch b
  CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(sum(w.amount_minor), 0) AS minor FROM donations_batchrow w
                       WHERE w.batch_id = b.id) s
 WHERE b.status = 'posted' AND b.override_by_id IS NULL AND (s.n, s.minor) <> (b.expected_count, b.expected_minor)
"""
REVERSALS = """
SELECT 'reversal of ' || r.donation_id || ' takes ' || r.amount_minor || ' of ' || d.amount_minor
  FROM donations_reversal v JOIN donations_refund r ON r.id = v.refund_id
  JOIN donations_donation d ON d.id = r.donation_id
 WHERE r.amount_minor <> d.amount_minor OR d.rail <> 'desk'
UNION ALL
SELECT 'reversal of ' || r.donation_id || ' does not reverse its entry' FROM donations_reversal v
  JOIN donations_refund r ON r.id = v.refund_id
 WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
                    WHERE e.source = 'refund:' || r.processor_ref AND o.source = 'hand:' || r.donation_id)
UNION ALL
SELECT 'gift ' || r.donation_id || ' of the desk went back without a reversal' FROM donations_refund r
  JOIN donations_donation d ON d.id = r.donation_id AND d.rail = 'desk'
 WHERE d.method <> 'paypal' AND NOT EXISTS (SELECT 1 FROM donations_reversal v WHERE v.refund_id = r.id)
"""
ROW_REVERSALS = """
SELECT 'row ' || v.row_id || ' was taken back and its entry was not' FROM donations_rowreversal v
 WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e JOIN ledger_entry o ON o.id = e.reverses_id
                    WHERE e.source = 'row_reversed:' || v.row_id
                      AND o.source IN ('offering:' || v.row_id, 'unidentified:' || v.row_id)
                      AND (SELECT sum(abs(l.amount_minor)) FROM ledger_line l WHERE l.entry_id = e.id)
                        = (SELECT sum(abs(l.amount_minor)) FROM ledger_line l WHERE l.entry_id = o.id))
UNION ALL
SELECT 'row ' || v.row_id || ' was ' || t.minor || ' in fact, the books say ' || coalesce(l.minor, 0)
  FROM donations_rowreversal v
  JOIN (SELECT reversal_id, sum(amount_minor) AS minor FROM donations_rowtruth GROUP BY 1) t ON t.reversal_id = v.id
  LEFT JOIN LATERAL (SELECT -sum(n.amount_minor) AS minor FROM ledger_entry e JOIN ledger_line n ON n.entry_id = e.id
                       JOIN ledger_account a ON a.id = n.account_id AND a.code IN ('4000', '4100')
                      WHERE e.source = 'row_true:' || v.row_id) l ON true
 WHERE coalesce(l.minor, 0) <> t.minor
UNION ALL
SELECT 'money was given back for ' || r.donation_id || ' by one person' FROM donations_reversal v
  JOIN donations_refund r ON r.id = v.refund_id JOIN donations_refundrequest q ON q.id = r.request_id
 WHERE v.kind = 'returned' AND (q.decided_by_id IS NULL OR q.decided_by_id = q.requested_by_id)
"""

ROWS = (
    (
        "I30",
        "every row of a posted batch is in the books, and what of it goes to the bank is one deposit",
        BATCHES,
    ),
    (
        "I31",
        "a gift over the desk goes back as a whole, by an entry that reverses its own; a row without a giver too",
        REVERSALS + "UNION ALL" + ROW_REVERSALS,
    ),
)

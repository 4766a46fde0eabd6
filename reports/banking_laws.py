"""The laws of the bank's lines as questions; each asks for the rows that break it."""

ROWS = (
    (
        "I26",
        "a matched line of the bank is what its matches sum to, an open one is nothing; a thing is at the bank once",
        """
        SELECT 'bank line ' || l.id || ' of ' || l.amount_minor || ' is ' || l.state || ', its matches sum to '
               || coalesce(m.minor, 0)
          FROM books_bankline l LEFT JOIN (SELECT line_id, sum(amount_minor) AS minor FROM books_bankmatch
               GROUP BY line_id) m ON m.line_id = l.id
         WHERE coalesce(m.minor, 0) <> CASE l.state WHEN 'matched' THEN l.amount_minor ELSE 0 END
        UNION ALL
        SELECT m.kind || ' ' || coalesce(m.payout_id::text, m.batch_id::text, m.donation_id::text) || ' is at the bank '
               || count(*) || ' times'
          FROM books_bankmatch m LEFT JOIN books_bankmatch u ON u.undoes_id = m.id
         WHERE m.undoes_id IS NULL AND u.id IS NULL AND m.kind <> 'deposit'
           AND coalesce(m.payout_id::text, m.batch_id::text, m.donation_id::text) IS NOT NULL
         GROUP BY m.kind, m.payout_id, m.batch_id, m.donation_id HAVING count(*) > 1
        UNION ALL
        -- A batch that was put right is seen once more, over the difference; without that it is seen once and whole.
        SELECT 'batch ' || m.batch_id || ' was seen ' || sum(m.amount_minor) || ' at the bank, its deposit is '
               || max(b.minor)
          FROM books_bankmatch m CROSS JOIN LATERAL batch_at_bank(m.batch_id) b
         WHERE m.kind = 'deposit' AND NOT EXISTS (
               SELECT 1 FROM donations_batchrow w LEFT JOIN donations_rowreversal x ON x.row_id = w.id
                 LEFT JOIN donations_batchedgift g ON g.row_id = w.id LEFT JOIN donations_refund r
                   ON r.donation_id = g.donation_id
                WHERE w.batch_id = m.batch_id AND (x.id IS NOT NULL OR r.id IS NOT NULL))
         GROUP BY m.batch_id HAVING sum(m.amount_minor) NOT IN (0, max(b.minor))
        UNION ALL
        SELECT 'bank line ' || coalesce(b.line, m.line) || ' books ' || coalesce(b.minor, 0)
               || ' at the bank, its gifts, charges and interest are ' || coalesce(m.minor, 0)
          FROM (SELECT line_id AS line, sum(amount_minor) AS minor FROM books_bankmatch
                 WHERE kind IN ('gift', 'charge', 'interest') GROUP BY line_id) m
          FULL JOIN (
            SELECT substring(e.source FROM '^(?:undone:)?bank(?:line|charge|interest):([0-9]+)')::bigint AS line,
                   sum(n.amount_minor) AS minor
              FROM ledger_entry e JOIN ledger_line n ON n.entry_id = e.id
              JOIN ledger_account a ON a.id = n.account_id AND a.code = '1000'
             WHERE e.kind IN ('deposit', 'bank_charge', 'bank_interest', 'reversal')
               AND e.source ~ '^(undone:)?bank(line|charge|interest):' GROUP BY 1) b ON b.line = m.line
         WHERE coalesce(b.minor, 0) <> coalesce(m.minor, 0)
        """,
    ),
)

"""The law of promises as a question: it asks for the rows that break it."""

PLEDGES = """
WITH kept AS (
  SELECT i.pledge_id, coalesce(sum(p.amount_minor), 0) AS minor FROM donations_instalment i
    LEFT JOIN donations_pledgepayment p ON p.instalment_id = i.id GROUP BY i.pledge_id
), sources AS (
  SELECT id AS pledge_id, 'pledge:' || id AS source FROM donations_pledge WHERE is_booked
  UNION ALL SELECT id, 'write_off:' || id FROM donations_pledge WHERE is_booked
  UNION ALL SELECT i.pledge_id, 'pledge_payment:' || p.id FROM donations_pledgepayment p
    JOIN donations_instalment i ON i.id = p.instalment_id
), owed AS (
  SELECT s.pledge_id, sum(l.amount_minor) AS minor FROM sources s JOIN ledger_entry e ON e.source = s.source
    JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id AND a.code = '1200'
   GROUP BY s.pledge_id
)
SELECT 'pledge ' || g.id || ' is ' || g.status || ', ' || k.minor || ' of ' || g.amount_minor || ' was given'
  FROM donations_pledge g JOIN kept k ON k.pledge_id = g.id
 WHERE (g.status = 'fulfilled') <> (k.minor = g.amount_minor) AND g.status IN ('open', 'fulfilled')
UNION ALL
SELECT 'pledge ' || g.id || ' is owed ' || coalesce(o.minor, 0) || ' in the books, ' ||
       CASE WHEN g.status = 'open' THEN g.amount_minor - k.minor ELSE 0 END || ' is to come'
  FROM donations_pledge g JOIN kept k ON k.pledge_id = g.id LEFT JOIN owed o ON o.pledge_id = g.id
 WHERE g.is_booked AND coalesce(o.minor, 0) <> CASE WHEN g.status = 'open' THEN g.amount_minor - k.minor ELSE 0 END
UNION ALL
SELECT 'gift ' || d.id || ' keeps ' || sum(p.amount_minor) || ' of promises, it is ' || d.amount_minor
  FROM donations_pledgepayment p JOIN donations_donation d ON d.id = p.donation_id
 GROUP BY d.id HAVING sum(p.amount_minor) > d.amount_minor
"""

ROWS = (("I70", "what keeps a promise is given once, and the books are owed what of it is to come", PLEDGES),)

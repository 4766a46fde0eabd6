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
UNION ALL
-- What went back keeps a promise no longer, within a day; what keeps one that was written off stays as it was.
SELECT 'gift ' || d.id || ' keeps ' || p.minor || ' of promises, ' || d.amount_minor - back.minor || ' of it stayed'
  FROM (SELECT p.donation_id, sum(p.amount_minor) AS minor FROM donations_pledgepayment p
          JOIN donations_instalment i ON i.id = p.instalment_id JOIN donations_pledge g ON g.id = i.pledge_id
         WHERE g.status IN ('open', 'fulfilled') GROUP BY 1) p
  JOIN donations_donation d ON d.id = p.donation_id
  CROSS JOIN LATERAL (SELECT coalesce(sum(r.amount_minor), 0) AS minor FROM donations_refund r
    LEFT JOIN donations_refundfailure f ON f.refund_id = r.id
   WHERE r.donation_id = d.id AND f.id IS NULL AND r.recorded_at < now() - interval '1 day') back
 WHERE p.minor > 0 AND p.minor > d.amount_minor - back.minor
UNION ALL
SELECT 'gift ' || d.id || ' keeps a promise of another body or currency' FROM donations_pledgepayment p
  JOIN donations_donation d ON d.id = p.donation_id JOIN donations_instalment i ON i.id = p.instalment_id
  JOIN donations_pledge g ON g.id = i.pledge_id WHERE (d.entity_id, d.currency) <> (g.entity_id, g.currency)
UNION ALL
SELECT 'part ' || i.number || ' of pledge ' || i.pledge_id || ' is ' || i.amount_minor || ', ' || sum(p.amount_minor)
       || ' was given'
  FROM donations_instalment i JOIN donations_pledgepayment p ON p.instalment_id = i.id
 GROUP BY i.id HAVING sum(p.amount_minor) NOT BETWEEN 0 AND i.amount_minor
UNION ALL
SELECT 'pledge ' || g.id || ' is ' || g.amount_minor || ', its parts are ' || coalesce(sum(i.amount_minor), 0)
  FROM donations_pledge g LEFT JOIN donations_instalment i ON i.pledge_id = g.id
 GROUP BY g.id HAVING coalesce(sum(i.amount_minor), 0) <> g.amount_minor
UNION ALL
SELECT 'pledge ' || g.id || ' is ' || g.status || ', ' || k.minor || ' was given and ' || coalesce(w.amount_minor, 0)
       || ' given up of ' || g.amount_minor
  FROM donations_pledge g JOIN kept k ON k.pledge_id = g.id LEFT JOIN donations_writeoff w ON w.pledge_id = g.id
 WHERE (g.status = 'canceled' AND k.minor <> 0) OR (g.status = 'written_off') <> (w.id IS NOT NULL)
    OR (g.status = 'written_off' AND k.minor + w.amount_minor <> g.amount_minor)
"""

ROWS = (("I70", "what keeps a promise is given once, and the books are owed what of it is to come", PLEDGES),)

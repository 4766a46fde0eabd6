"""The invariants of receipts (I10 to I12, I46), as rows of code, title and query; `laws` asks them with the others."""

# The tax year of a gift, by the law of the body it was given to.
_YEAR = """CASE WHEN i.law = 'AU' THEN extract(year FROM d.given_on + interval '184 days')
                WHEN i.law = 'UK' THEN extract(year FROM d.given_on) - (to_char(d.given_on, 'MMDD') < '0406')::int
                ELSE extract(year FROM d.given_on) END::int"""
_BACK = """(SELECT coalesce(sum(x.amount_minor), 0) FROM donations_refund x
             LEFT JOIN donations_refundfailure f ON f.refund_id = x.id
            WHERE x.donation_id = d.id AND f.id IS NULL)"""
_STANDS = "NOT EXISTS (SELECT 1 FROM receipts_voiding v WHERE v.receipt_id = r.id)"

I10 = """
SELECT 'receipt ' || r.serial || ' is ' || t.total_minor || ', its lines ' || s.minor || ' ' || t.currency
  FROM receipts_receipttotal t JOIN receipts_receipt r ON r.id = t.receipt_id
  LEFT JOIN LATERAL (SELECT coalesce(sum(l.amount_minor - l.refunded_minor), 0) AS minor
    FROM receipts_receiptline l JOIN donations_donation d ON d.id = l.donation_id
   WHERE l.receipt_id = r.id AND l.is_valued AND d.currency = t.currency) s ON true
 WHERE s.minor <> t.total_minor
UNION ALL
SELECT 'receipt ' || r.serial || ' has no total in ' || d.currency FROM receipts_receipt r
  JOIN receipts_receiptline l ON l.receipt_id = r.id AND l.is_valued JOIN donations_donation d ON d.id = l.donation_id
 WHERE NOT EXISTS (SELECT 1 FROM receipts_receipttotal t WHERE t.receipt_id = r.id AND t.currency = d.currency)
UNION ALL
SELECT 'receipt ' || r.serial || ' is ' || r.total_minor || ' ' || r.currency || ', and no total of it says so'
  FROM receipts_receipt r
 WHERE NOT EXISTS (SELECT 1 FROM receipts_receipttotal t WHERE t.receipt_id = r.id AND t.currency = r.currency
                     AND t.total_minor = r.total_minor AND t.eligible_minor = r.eligible_minor)
UNION ALL
SELECT 'receipt ' || r.serial || ' differs from its snapshot' FROM receipts_receipt r
 WHERE CASE WHEN encode(sha256(convert_to(snapshot, 'UTF8')), 'hex') <> snapshot_sha256 THEN true
       WHEN encode(sha256(convert_to(previous_hash || snapshot_sha256, 'UTF8')), 'hex') <> hash THEN true
       -- Read only once its hash is right: changed text need not be JSON, and must not stop the check.
       WHEN snapshot::json ->> 'schema' = '2' THEN
         (SELECT jsonb_object_agg(p ->> 'currency', (p ->> 'total_minor') || ' ' || (p ->> 'eligible_minor'))
            FROM jsonb_array_elements(snapshot::jsonb -> 'totals') p)
         IS DISTINCT FROM (SELECT jsonb_object_agg(t.currency, t.total_minor || ' ' || t.eligible_minor)
                             FROM receipts_receipttotal t WHERE t.receipt_id = r.id)
       ELSE (snapshot::json ->> 'total_minor')::bigint IS DISTINCT FROM total_minor END
UNION ALL
SELECT 'receipt ' || serial || ' is not chained to ' || coalesce(former, 'the beginning') FROM (
  SELECT serial, previous_hash, lag(hash) OVER w AS before, lag(serial) OVER w AS former
    FROM receipts_receipt WINDOW w AS (PARTITION BY series_id ORDER BY number)) o
 WHERE previous_hash <> coalesce(before, repeat('0', 64))
"""

# What was corrected within the last hour may not have its new paper yet.
I11 = f"""
SELECT 'gift ' || l.donation_id || ' stands on ' || count(*) || ' receipts' FROM receipts_receiptline l
  JOIN receipts_receipt r ON r.id = l.receipt_id WHERE {_STANDS} GROUP BY l.donation_id HAVING count(*) > 1
UNION ALL
SELECT 'gift ' || l.donation_id || ' is on receipt ' || r.serial || ', which does not cover it'
  FROM receipts_receiptline l JOIN receipts_receipt r ON r.id = l.receipt_id
 WHERE {_STANDS} AND NOT EXISTS (
   SELECT 1 FROM receipts_coverage c WHERE c.donation_id = l.donation_id AND c.receipt_id = r.id)
UNION ALL
SELECT 'gift ' || c.donation_id || ' is covered by receipt ' || r.serial || ', which does not tell it'
  FROM receipts_coverage c JOIN receipts_receipt r ON r.id = c.receipt_id
 WHERE NOT EXISTS (SELECT 1 FROM receipts_receiptline l WHERE l.donation_id = c.donation_id AND l.receipt_id = r.id)
UNION ALL
SELECT 'gift ' || d.id || ' is of another ' || CASE WHEN s.entity_id <> d.entity_id THEN 'body'
         WHEN r.tax_year <> {_YEAR} THEN 'year' ELSE 'donor' END || ' than receipt ' || r.serial
  FROM receipts_coverage c JOIN receipts_receipt r ON r.id = c.receipt_id JOIN receipts_series s ON s.id = r.series_id
  JOIN receipts_receiptline l ON l.receipt_id = r.id AND l.donation_id = c.donation_id AND l.facts_hash <> ''
  JOIN donations_donation d ON d.id = c.donation_id JOIN donors_donor p ON p.id = d.donor_id
  LEFT JOIN receipts_issuer i ON i.entity_id = d.entity_id
 WHERE (s.entity_id <> d.entity_id OR r.tax_year <> {_YEAR}
        OR NOT (r.donor_id = d.donor_id OR p.merged_into_id IS NOT DISTINCT FROM r.donor_id
                OR EXISTS (SELECT 1 FROM donors_donormerge m WHERE m.donor_id = d.donor_id AND m.into_id = r.donor_id)))
   AND NOT EXISTS (SELECT 1 FROM donations_correction k
                    WHERE k.donation_id = d.id AND k.corrected_at > %(now)s - interval '1 hour')
UNION ALL
SELECT 'gift ' || d.id || ' has a receipt and a reason for none' FROM receipts_exclusion e
  JOIN receipts_coverage c ON c.donation_id = e.donation_id JOIN donations_donation d ON d.id = e.donation_id
UNION ALL
SELECT 'gift ' || d.id || ' has no receipt and nothing says why' FROM donations_donation d
  JOIN donors_donor p ON p.id = d.donor_id LEFT JOIN receipts_issuer i ON i.entity_id = d.entity_id
 WHERE d.recorded_at < %(now)s - interval '2 days'
   AND NOT EXISTS (SELECT 1 FROM receipts_coverage c WHERE c.donation_id = d.id)
   AND NOT EXISTS (SELECT 1 FROM receipts_exclusion e WHERE e.donation_id = d.id)
   AND NOT EXISTS (SELECT 1 FROM receipts_obstacle o WHERE o.donation_id = d.id)
   AND NOT EXISTS (SELECT 1 FROM donations_dispute x WHERE x.donation_id = d.id AND NOT EXISTS (
                     SELECT 1 FROM donations_disputeclosing z WHERE z.dispute_id = x.id))
   AND NOT EXISTS (SELECT 1 FROM donations_review x WHERE x.donation_id = d.id AND NOT EXISTS (
                     SELECT 1 FROM donations_reviewclosing z WHERE z.review_id = x.id))
   AND (coalesce(nullif(p.receipt_rhythm, ''), i.default_rhythm, 'each') <> 'annual' OR EXISTS (
          SELECT 1 FROM receipts_annualrun n WHERE n.entity_id = d.entity_id AND n.tax_year = {_YEAR}
             AND n.status IN ('issued', 'delivered') AND n.ended_at < %(now)s - interval '2 days'))
"""

# Money that moved within the last hour may not have its new paper yet.
I12 = f"""
SELECT 'receipt ' || r.serial || ' tells of ' || l.refunded_minor || ' given back of gift ' || d.id || ', not of '
       || {_BACK}
  FROM receipts_coverage c JOIN receipts_receipt r ON r.id = c.receipt_id
  JOIN receipts_receiptline l ON l.receipt_id = r.id AND l.donation_id = c.donation_id
  JOIN donations_donation d ON d.id = c.donation_id
 WHERE l.refunded_minor <> {_BACK}
   AND NOT EXISTS (SELECT 1 FROM donations_refund x LEFT JOIN donations_refundfailure f ON f.refund_id = x.id
                    WHERE x.donation_id = d.id
                      AND greatest(x.recorded_at, f.recorded_at) > %(now)s - interval '1 hour')
UNION ALL
SELECT 'receipt ' || r.serial || ' stands for gift ' || c.donation_id || ', which a dispute took'
  FROM receipts_coverage c JOIN receipts_receipt r ON r.id = c.receipt_id
  JOIN donations_dispute x ON x.donation_id = c.donation_id JOIN donations_disputeclosing z ON z.dispute_id = x.id
 WHERE z.outcome = 'lost' AND z.recorded_at < %(now)s - interval '1 hour'
   AND EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id)
   AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id AND m.amount_minor > 0)
UNION ALL
SELECT 'receipt ' || r.serial || ' replaces ' || o.serial || ', which stands' FROM receipts_receipt r
  JOIN receipts_receipt o ON o.id = r.replaces_id
 WHERE NOT EXISTS (SELECT 1 FROM receipts_voiding v WHERE v.receipt_id = o.id)
UNION ALL
SELECT 'gift ' || d.id || ' is excluded as given back and ' || (d.amount_minor - {_BACK}) || ' of it stayed'
  FROM receipts_exclusion e JOIN donations_donation d ON d.id = e.donation_id
 WHERE e.reason = 'refunded' AND {_BACK} < d.amount_minor
   AND NOT EXISTS (SELECT 1 FROM donations_refundfailure f JOIN donations_refund x ON x.id = f.refund_id
                    WHERE x.donation_id = d.id AND f.recorded_at > %(now)s - interval '1 hour')
"""

I46 = """
SELECT 'receipt ' || r.serial || ' has no file and waits for none' FROM receipts_receipt r
 WHERE NOT EXISTS (SELECT 1 FROM receipts_rendering f WHERE f.receipt_id = r.id)
   AND NOT EXISTS (SELECT 1 FROM receipts_undrawn u WHERE u.receipt_id = r.id)
UNION ALL
SELECT 'receipt ' || coalesce(r.serial, u.receipt_id::text) || ' waits for a file and has one, or is none'
  FROM receipts_undrawn u LEFT JOIN receipts_receipt r ON r.id = u.receipt_id
 WHERE r.id IS NULL OR EXISTS (SELECT 1 FROM receipts_rendering f WHERE f.receipt_id = u.receipt_id)
"""

ROWS = (
    ("I10", "a receipt's totals are the sums of its lines and of its snapshot, unchanged and chained", I10),
    (
        "I11",
        "every gift is on one receipt of its donor, body and year, or something says why it is on none",
        I11,
    ),
    ("I12", "a receipt tells what went back, and what it replaces is void", I12),
    ("I46", "whatever has a number and no file is on the list of those that wait for one", I46),
)

"""Sources: what the name of an entry says of it, as SQL: whose gift it is about, which payout carried it, at what rate.

An entry is called by the thing it books: `charge:ch_1`, `balance:paypal:7A`, `payout:po_1:HK`, `hand:` and a gift,
`undone:` and another name. Everything here joins to one row of `ledger_entry en` and never makes it two.
"""

# Constants of this module; nothing here comes from outside.
# ruff: noqa: S608

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PARTS = """
CROSS JOIN LATERAL (SELECT CASE WHEN en.source LIKE 'undone:%%' THEN substr(en.source, 8) ELSE en.source END AS name) n
CROSS JOIN LATERAL (SELECT split_part(n.name, ':', 1) AS what, split_part(n.name, ':', 2) AS first,
  substr(n.name, strpos(n.name, ':') + 1) AS ref) j
"""
"""`j.what` it is, of which `j.ref`; `j.first` is the part of it before another colon."""

# Which line of the processor's balance an entry stands for: named by it, or by the charge or refund behind it.
BALANCE = """
LEFT JOIN LATERAL (
  SELECT b.id, b.source_ref, b.currency, b.exchange_rate FROM payments_balancetransaction b WHERE b.ref = j.ref
  UNION ALL
  SELECT b.id, b.source_ref, b.currency, b.exchange_rate FROM payments_balancetransaction b
   WHERE b.source_ref = j.ref AND b.source_ref <> '' AND b.kind = ANY (CASE j.what
     WHEN 'charge' THEN ARRAY['charge', 'payment'] WHEN 'refund' THEN ARRAY['refund', 'payment_refund']
     WHEN 'refund_failure' THEN ARRAY['refund_failure'] ELSE ARRAY[]::text[] END)
  ORDER BY id LIMIT 1) b ON true
CROSS JOIN LATERAL (SELECT coalesce(nullif(b.source_ref, ''), j.ref) AS named) k
"""
# Of the processor's charge or refund, of a gift over the desk or what became of it, of a promise, of a line of the
# bank, or of the row of a processor's file that told of it. A line of the bank may be the gifts of several people:
# then it is nobody's.
GIFT = f"""
LEFT JOIN donations_donation dd ON dd.processor_ref = k.named
LEFT JOIN donations_donation hd ON hd.id = CASE WHEN j.what IN ('hand', 'sale', 'event', 'deposit')
  AND j.first ~ '^{UUID}$' THEN j.first::uuid END
LEFT JOIN donations_refund rr ON rr.processor_ref = k.named
LEFT JOIN donations_donation rd ON rd.id = rr.donation_id
LEFT JOIN donations_dispute xx ON xx.processor_ref = k.named
LEFT JOIN donations_donation xd ON xd.id = xx.donation_id
LEFT JOIN LATERAL (
  SELECT d.donor_id FROM donations_correction c JOIN donations_donation d ON d.id = c.donation_id
   WHERE j.what = 'restated' AND c.id = CASE WHEN j.first ~ '^[0-9]{{1,18}}$' THEN j.first::bigint END
  UNION ALL
  SELECT p.donor_id FROM donations_pledge p
   WHERE j.what IN ('pledge', 'write_off') AND p.id = CASE WHEN j.first ~ '^{UUID}$' THEN j.first::uuid END
  UNION ALL
  SELECT p.donor_id FROM donations_pledgepayment y JOIN donations_instalment i ON i.id = y.instalment_id
    JOIN donations_pledge p ON p.id = i.pledge_id
   WHERE j.what = 'pledge_payment' AND y.id = CASE WHEN j.first ~ '^[0-9]{{1,18}}$' THEN j.first::bigint END
  UNION ALL
  SELECT max(d.donor_id::text)::uuid FROM books_bankmatch m JOIN donations_donation d ON d.id = m.donation_id
   WHERE j.what = 'bankline' AND m.line_id = CASE WHEN j.first ~ '^[0-9]{{1,18}}$' THEN j.first::bigint END
     AND m.kind = 'gift' HAVING count(DISTINCT d.donor_id) = 1
) od ON j.what IN ('restated', 'pledge', 'write_off', 'pledge_payment', 'bankline')
LEFT JOIN LATERAL (
  SELECT d.donor_id, p.payout_ref, p.rate, p.settled_currency FROM books_processorreportrow p
    LEFT JOIN donations_donation d ON d.id = p.donation_id
   WHERE p.ref = coalesce(dd.processor_ref, hd.processor_ref, j.ref)
     AND (p.payout_ref <> '' OR p.donation_id IS NOT NULL OR p.rate IS NOT NULL)
   ORDER BY p.rate IS NULL, p.payout_ref = '', p.id LIMIT 1
) pr ON true
"""
COUNTERPARTY = "coalesce(dd.donor_id, hd.donor_id, rd.donor_id, xd.donor_id, od.donor_id, pr.donor_id)"
# A payout that holds money of several bodies stands in the books of each under its name and the body's code.
PAYOUT = """
LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id
LEFT JOIN LATERAL (
  SELECT p.ref FROM payments_payout p WHERE p.ref = j.ref
  UNION ALL
  SELECT p.ref FROM payments_payout p WHERE p.ref = regexp_replace(j.ref, ':[^:]*$', '')
  LIMIT 1
) pd ON j.what IN ('payout', 'payout_failure')
"""
PAYOUT_REF = (
    "coalesce(pd.ref, po.ref, nullif(pr.payout_ref, ''), substring(j.ref FROM '^(chariot:.*?):chariot:'))"
)


def rate(base: str) -> str:
    """This function will return the SQL of what one unit was worth in the currency that the SQL `base` names."""
    return (
        f"coalesce(CASE WHEN b.currency = {base} THEN b.exchange_rate END,"
        f" CASE WHEN pr.settled_currency = {base} THEN pr.rate END)"
    )

"""The invariants of funds, as rows of code, title and query; `laws` asks them with the others."""

from donations import splitting

_BOOKED = """(SELECT sum(l.amount_minor) FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
    JOIN ledger_account a ON a.id = l.account_id WHERE e.source = {source} AND a.code = {account}
     AND l.fund_id = {fund} AND l.currency = {currency})"""


def _booked(source: str, account: str, fund: str, currency: str) -> str:
    return _BOOKED.format(source=source, account=account, fund=fund, currency=currency)


_RELEASED = _booked("'release:' || r.id", "'4910'", "r.fund_id", "r.currency")
_ACCOUNT = "CASE WHEN t.is_restricted THEN '4960' ELSE '4950' END"
_GONE = _booked("'transfer:' || t.id", _ACCOUNT, "t.fund_from_id", "t.currency")
_COME = _booked("'transfer:' || t.id", _ACCOUNT, "t.fund_to_id", "t.currency")

I60 = f"""
SELECT 'release ' || r.id || ' is ' || r.amount_minor || ', the books say ' || coalesce({_RELEASED}, 0)
  FROM books_release r
 WHERE {_RELEASED} IS DISTINCT FROM CASE WHEN r.reverses_id IS NULL THEN r.amount_minor ELSE -r.amount_minor END
UNION ALL
SELECT 'transfer ' || t.id || ' is ' || t.amount_minor || ', the books say ' || coalesce({_GONE}, 0)
       || ' and ' || coalesce({_COME}, 0)
  FROM books_fundtransfer t
 WHERE {_GONE} IS DISTINCT FROM t.amount_minor OR {_COME} IS DISTINCT FROM -t.amount_minor
UNION ALL
SELECT 'sale of ' || s.donation_id || ' brought ' || s.price_minor - s.fee_minor || ', the books say '
       || coalesce(b.minor, 0)
  FROM books_securitysale s LEFT JOIN LATERAL (
    SELECT sum(l.amount_minor) AS minor FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
      JOIN ledger_account a ON a.id = l.account_id AND a.code = '1000'
     WHERE e.source = 'sale:' || s.donation_id) b ON true
 WHERE coalesce(b.minor, 0) <> s.price_minor - s.fee_minor
UNION ALL
SELECT 'entry ' || e.source || ' belongs to no ' || e.kind FROM ledger_entry e
 WHERE e.kind IN ('release', 'fund_transfer', 'sale')
   AND NOT EXISTS (SELECT 1 FROM books_release r WHERE e.source = 'release:' || r.id)
   AND NOT EXISTS (SELECT 1 FROM books_fundtransfer t WHERE e.source = 'transfer:' || t.id)
   AND NOT EXISTS (SELECT 1 FROM books_securitysale s WHERE e.source = 'sale:' || s.donation_id)
"""

# What went back after its money was used leaves a fund below zero: the page of funds says so, and a person decides what
# was released too much. Then no release was wrong, so what is asked is whether more was used than ever came.
I61 = """
WITH sums AS (
  SELECT l.fund_id, l.currency, coalesce(-sum(l.amount_minor), 0) AS held,
         coalesce(-sum(l.amount_minor) FILTER (WHERE a.code IN ('4100', '7900') AND l.amount_minor < 0), 0) AS came,
         coalesce(sum(l.amount_minor) FILTER (WHERE a.code IN ('4910', '4960')), 0) AS used
    FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_fund g ON g.id = l.fund_id
   WHERE a.code IN ('4100', '4910', '4960') OR (a.code = '7900' AND g.restriction <> 'none')
   GROUP BY l.fund_id, l.currency
)
SELECT 'fund ' || f.code || ' used ' || s.used || ' of ' || s.came || ' ' || s.currency || ' with restrictions'
  FROM sums s JOIN ledger_fund f ON f.id = s.fund_id
 WHERE s.used > greatest(s.came, 0) AND s.held < 0
"""

I62 = """
SELECT 'the funds of ' || b.code || ' owe each other ' || x.minor || ' ' || x.currency FROM (
  SELECT f.entity_id, l.currency, sum(l.amount_minor) AS minor FROM ledger_line l
    JOIN ledger_account a ON a.id = l.account_id AND a.code = '1900' JOIN ledger_fund f ON f.id = l.fund_id
   GROUP BY f.entity_id, l.currency HAVING sum(l.amount_minor) <> 0) x JOIN ledger_legalentity b ON b.id = x.entity_id
UNION ALL
SELECT 'what was moved or released in ' || f.entity_id || ' is off by ' || sum(l.amount_minor) || ' ' || l.currency
  FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'net_assets'
  JOIN ledger_fund f ON f.id = l.fund_id GROUP BY f.entity_id, l.currency HAVING sum(l.amount_minor) <> 0
"""

I63 = f"""
SELECT 'gift ' || id || ' bought ' || wanted || ', the books say ' || bought FROM ({splitting.UNSPLIT}) unsplit
UNION ALL
SELECT 'event income of ' || l.entry_id || ' is of no gift' FROM ledger_line l
  JOIN ledger_account a ON a.id = l.account_id AND a.code = '4200' JOIN ledger_entry e ON e.id = l.entry_id
 WHERE split_part(e.source, ':', 1) NOT IN ('hand', 'event', 'refund')
"""

ROWS = (
    ("I60", "every release, transfer and sale is in the books with its amount, and none besides", I60),
    ("I61", "no fund used more of its restricted money than ever came", I61),
    ("I62", "what funds owe each other, and what moved between classes, comes to nothing in each body", I62),
    ("I63", "what a ticket bought is event income, and no more", I63),
)

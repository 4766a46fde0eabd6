"""Reading what an export holds out of the books, entry by entry, however many there are.

Which entries go out, and what may change about them later, is written first (`books_exportedentry`); from then on every
row read here is one that never changes, so reading again gives the same.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from books.journals.gathering import Booked
from books.journals.shapes import Line, Name

BLOCK = 5_000
NEW = """
ledger_entry en WHERE en.entity_id = %(entity)s AND en.booked_on <= %(last)s
  AND (%(first)s::date IS NULL OR en.booked_on >= %(first)s)
  AND NOT EXISTS (SELECT 1 FROM books_exportedentry x WHERE x.target = %(target)s AND x.entry_id = en.id)
"""
"""Entries of a scope that never went to its target. No date or number is a watermark: an entry that is committed late
or booked into an earlier month is new all the same."""

# Which line of the processor's balance an entry stands for: named by it, or by the charge or refund behind it.
_BALANCE = """
LEFT JOIN LATERAL (
  SELECT b.id, b.source_ref, b.currency, b.exchange_rate FROM payments_balancetransaction b WHERE b.ref = j.ref
  UNION ALL
  SELECT b.id, b.source_ref, b.currency, b.exchange_rate FROM payments_balancetransaction b
   WHERE b.source_ref = j.ref AND b.source_ref <> '' AND b.kind = ANY (CASE j.what
     WHEN 'charge' THEN ARRAY['charge', 'payment'] WHEN 'refund' THEN ARRAY['refund', 'payment_refund']
     WHEN 'refund_failure' THEN ARRAY['refund_failure'] ELSE ARRAY[]::text[] END)
  ORDER BY id LIMIT 1) b ON true
"""
# Whose gift an entry is about, by the name it bears: of the processor's charge or refund, of a gift over the desk or
# what became of it, of a promise, of a line of the bank, or of the row of a processor's file that told of it.
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_GIFT = f"""
LEFT JOIN donations_donation dd ON dd.processor_ref = k.named
LEFT JOIN donations_donation hd ON hd.id = CASE WHEN k.what IN ('hand', 'sale', 'event', 'deposit')
  AND k.first ~ '^{_UUID}$' THEN k.first::uuid END
LEFT JOIN donations_refund rr ON rr.processor_ref = k.named
LEFT JOIN donations_donation rd ON rd.id = rr.donation_id
LEFT JOIN donations_dispute xx ON xx.processor_ref = k.named
LEFT JOIN donations_donation xd ON xd.id = xx.donation_id
LEFT JOIN LATERAL (
  SELECT d.donor_id FROM donations_correction c JOIN donations_donation d ON d.id = c.donation_id
   WHERE k.what = 'restated' AND k.first ~ '^[0-9]{{1,18}}$' AND c.id = k.first::bigint
  UNION ALL
  SELECT p.donor_id FROM donations_pledge p WHERE k.what = 'pledge' AND k.first ~ '^{_UUID}$' AND p.id = k.first::uuid
  UNION ALL
  SELECT p.donor_id FROM donations_pledgepayment y JOIN donations_instalment i ON i.id = y.instalment_id
    JOIN donations_pledge p ON p.id = i.pledge_id
   WHERE k.what = 'pledge_payment' AND k.first ~ '^[0-9]{{1,18}}$' AND y.id = k.first::bigint
  UNION ALL
  SELECT p.donor_id FROM donations_pledge p
   WHERE k.what = 'write_off' AND k.first ~ '^{_UUID}$' AND p.id = k.first::uuid
  UNION ALL
  -- A line of the bank may be the gifts of several people: then it is nobody's.
  SELECT max(d.donor_id::text)::uuid FROM books_bankmatch m JOIN donations_donation d ON d.id = m.donation_id
   WHERE k.what = 'bankline' AND k.first ~ '^[0-9]{{1,18}}$' AND m.line_id = k.first::bigint AND m.kind = 'gift'
  HAVING count(DISTINCT d.donor_id) = 1
) od ON true
LEFT JOIN LATERAL (
  SELECT d.donor_id, p.payout_ref, p.rate, p.settled_currency FROM books_processorreportrow p
    LEFT JOIN donations_donation d ON d.id = p.donation_id
   WHERE p.ref = coalesce(dd.processor_ref, hd.processor_ref, CASE WHEN k.ref LIKE '%%:%%' THEN k.ref END)
     AND (p.payout_ref <> '' OR p.donation_id IS NOT NULL OR p.rate IS NOT NULL)
   ORDER BY p.rate IS NULL, p.payout_ref = '', p.id LIMIT 1
) pr ON true
"""  # noqa: S608  # constants of this module
# The sum makes a sort that no index can spare: everything is read before the first row is written. Without it the table
# grows under the question whether an entry is in it, and a plan made when it was empty asks every row of it each time.
_CLAIM = f"""
INSERT INTO books_exportedentry (export_id, target, entry_id, payout_ref, counterparty, rate)
SELECT %(export)s, %(target)s, en.id,
  coalesce(pd.ref, po.ref, nullif(pr.payout_ref, ''), substring(k.ref FROM '^(chariot:.*?):chariot:'), ''),
  coalesce(dd.donor_id, hd.donor_id, rd.donor_id, xd.donor_id, od.donor_id, pr.donor_id),
  coalesce(CASE WHEN b.currency = %(base)s THEN b.exchange_rate END,
    CASE WHEN pr.settled_currency = %(base)s THEN pr.rate END)
FROM (SELECT en.* FROM {NEW}) en
CROSS JOIN LATERAL (SELECT regexp_replace(en.source, '^undone:', '') AS name) n
CROSS JOIN LATERAL (SELECT split_part(n.name, ':', 1) AS what, split_part(n.name, ':', 2) AS first,
  substr(n.name, strpos(n.name, ':') + 1) AS ref) j
{_BALANCE}
CROSS JOIN LATERAL (SELECT j.what, j.first, j.ref, coalesce(nullif(b.source_ref, ''), j.ref) AS named) k
LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id
LEFT JOIN payments_payout pd ON k.what IN ('payout', 'payout_failure')
  AND pd.ref = CASE WHEN right(k.ref, length(%(code)s::text) + 1) = ':' || %(code)s::text
    THEN left(k.ref, -length(%(code)s::text) - 1) ELSE k.ref END
{_GIFT}
ORDER BY en.id + 0
"""  # noqa: S608  # constants of this module; values are parameters


def claim(*, export_id: UUID, scope: Mapping[str, Any], base_currency: str) -> int:
    """Write down which entries this export hands over, and what is known of them today.

    `scope` has entity and its code, target, first and last. This function will return how many they are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {**scope, "export": export_id, "base": base_currency})
        claimed: int = cursor.rowcount
    return claimed


_ORDERS = {
    "entry": "en.booked_on, en.id",
    "day": "en.booked_on, en.id",
    "payout": "date_trunc('month', en.booked_on), x.payout_ref COLLATE \"C\","
    " CASE WHEN x.payout_ref = '' THEN en.booked_on END, en.booked_on, en.id",
}
_ENTRIES = """
SELECT en.id, en.booked_on, en.kind, en.source, (en.happened_at AT TIME ZONE %(zone)s)::date, en.reverses_id,
  x.payout_ref, x.counterparty, {giver}, x.rate, {check}, l.account_id, l.fund_id, l.amount_minor, l.currency, l.segment
FROM books_exportedentry x JOIN ledger_entry en ON en.id = x.entry_id JOIN ledger_line l ON l.entry_id = en.id
{join}
WHERE x.export_id = %(export)s ORDER BY {order}, l.id
"""
_GIVER = "coalesce(s.name, d.name, '')"
_GIVERS = (
    "LEFT JOIN donors_donor d ON d.id = x.counterparty LEFT JOIN donors_donor s ON s.id = d.merged_into_id"
)


# Rows of a batch that is posted stay as they are, the number of a check with them.
_CHECK = "coalesce(w.check_number, '')"
_CHECKS = f"""
LEFT JOIN donations_batchedgift g ON g.donation_id = CASE WHEN en.source ~ '^hand:{_UUID}$'
  THEN substr(en.source, 6)::uuid END
LEFT JOIN donations_batchrow w ON w.id = coalesce(g.row_id,
  CASE WHEN en.source ~ '^(offering|unidentified):{_UUID}$' THEN split_part(en.source, ':', 2)::uuid END)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the entries of an export are read: in which order, and what besides them."""

    grouping: str
    zone: str
    with_names: bool = False
    with_checks: bool = False


def entries(
    *, export_id: UUID, wanted: Wanted, names: Mapping[tuple[int, int], Name]
) -> Generator[Booked, None, None]:
    """The entries of an export in the order their grouping needs. To be read inside a transaction.

    This function will yield them while the database still sends; a block at a time is in memory.
    """
    sql = _ENTRIES.format(
        giver=_GIVER if wanted.with_names else "''",
        check=_CHECK if wanted.with_checks else "''",
        join=(_GIVERS if wanted.with_names else "") + (_CHECKS if wanted.with_checks else ""),
        order=_ORDERS[wanted.grouping],
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, {"export": export_id, "zone": wanted.zone})
        for _, rows in groupby(_rows(cursor), key=itemgetter(0)):
            yield _booked(list(rows), names)


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while block := cursor.fetchmany(BLOCK):
        yield from block


def _booked(rows: list[tuple[Any, ...]], names: Mapping[tuple[int, int], Name]) -> Booked:
    entry_id, on, kind, source, of_day, reverses, payout, counterparty, giver, rate, check = rows[0][:11]
    return Booked(
        id=entry_id,
        on=on,
        kind=kind,
        source=source,
        lines=tuple(Line(names[row[11], row[12]], row[13], row[14], row[15]) for row in rows),
        of_day=of_day,
        reverses=reverses,
        payout=payout,
        counterparty=str(counterparty or ""),
        giver=giver,
        rate=rate,
        check=check,
    )


_PAIRS = """
SELECT DISTINCT l.account_id, l.fund_id FROM books_exportedentry x JOIN ledger_line l ON l.entry_id = x.entry_id
 WHERE x.export_id = %s ORDER BY 1, 2
"""
_SUMS = """
SELECT l.currency, count(*), (sum(l.amount_minor) FILTER (WHERE l.amount_minor > 0))::bigint
  FROM books_exportedentry x JOIN ledger_line l ON l.entry_id = x.entry_id
 WHERE x.export_id = %s GROUP BY l.currency ORDER BY l.currency
"""
_DAYS = """
SELECT min(en.booked_on), encode(sha256(string_agg(en.id::text, ',' ORDER BY en.id)::bytea), 'hex')
  FROM books_exportedentry x JOIN ledger_entry en ON en.id = x.entry_id WHERE x.export_id = %s
"""


def pairs(*, export_id: UUID) -> list[tuple[int, int]]:
    """This function will return every account with every fund that the lines of an export have."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [export_id])
        return list(cursor.fetchall())


def sums(*, export_id: UUID) -> dict[str, tuple[int, int]]:
    """This function will return the number of lines and the sum of debits of an export, by currency."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, [export_id])
        return {currency: (count, debits) for currency, count, debits in cursor.fetchall()}


def days_and_digest(*, export_id: UUID) -> tuple[date, str]:
    """This function will return the first day of an export and the SHA-256 of its entries' numbers in order."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [export_id])
        first, digest = cursor.fetchone()
        return first, str(digest)

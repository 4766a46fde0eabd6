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

from books.journals import sources
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

# The sum makes a sort that no index can spare: everything is read before the first row is written. Without it the table
# grows under the question whether an entry is in it, and a plan made when it was empty asks every row of it each time.
_CLAIM = f"""
INSERT INTO books_exportedentry (export_id, target, entry_id, payout_ref, counterparty, rate)
SELECT %(export)s, %(target)s, en.id, coalesce({sources.PAYOUT_REF}, ''), {sources.COUNTERPARTY},
  {sources.rate("%(base)s")}
FROM (SELECT en.* FROM {NEW}) en
{sources.PARTS}{sources.BALANCE}{sources.GIFT}{sources.PAYOUT}
ORDER BY en.id + 0
"""  # noqa: S608  # constants of these modules; values are parameters


def claim(*, export_id: UUID, scope: Mapping[str, Any], base_currency: str) -> int:
    """Write down which entries this export hands over, and what is known of them today.

    `scope` has entity, target, first and last. This function will return how many they are.
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
GIVER = "coalesce(s.name, d.name, '')"
GIVERS = (
    "LEFT JOIN donors_donor d ON d.id = x.counterparty LEFT JOIN donors_donor s ON s.id = d.merged_into_id"
)


# Rows of a batch that is posted stay as they are, the number of a check with them.
_CHECK = "coalesce(w.check_number, '')"
_CHECKS = f"""
LEFT JOIN donations_batchedgift g ON g.donation_id = CASE WHEN en.source ~ '^hand:{sources.UUID}$'
  THEN substr(en.source, 6)::uuid END
LEFT JOIN donations_batchrow w ON w.id = coalesce(g.row_id,
  CASE WHEN en.source ~ '^(offering|unidentified):{sources.UUID}$' THEN split_part(en.source, ':', 2)::uuid END)
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the entries of an export are read: in which order, what besides them, and how many lines they are."""

    grouping: str
    zone: str
    with_names: bool = False
    with_checks: bool = False
    line_count: int = 0


def entries(
    *, export_id: UUID, wanted: Wanted, names: Mapping[tuple[int, int], Name]
) -> Generator[Booked, None, None]:
    """The entries of an export in the order their grouping needs. To be read inside a transaction.

    This function will yield them while the database still sends; a block at a time is in memory.
    """
    sql = _ENTRIES.format(
        giver=GIVER if wanted.with_names else "''",
        check=_CHECK if wanted.with_checks else "''",
        join=(GIVERS if wanted.with_names else "") + (_CHECKS if wanted.with_checks else ""),
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

"""Givers: who gave for the first time, again, more, less, or not any more. The people's side of `reports.rollups`.

A giver is who stands for a record now: merged records are one. Someone gave in a year when something of that year's
gifts stayed. Years are calendar years of `given_on`; currencies never meet, so every question names one: a giver in
two currencies is asked about in each.

- FIRST: gave in the year, never before. KEPT: in the year and in the one before; of them UPGRADED gave more than the
  year before, DOWNGRADED less, SAME as much. RECOVERED: in the year, not in the one before, but earlier. GAVE: all.
- LYBUNT: gave last year but unfortunately not this. SYBUNT: gave some year before but not this; LYBUNT are among
  them. Both ask about what stands now: a gift later in the same year takes its giver off the list.
- The amount of a lapsed giver is of the last year in which they gave before the year asked about.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db import connection

from donations import folding
from ledger.money import Money
from reports import rollups
from reports.rollups import EVERYBODY, Scope

SIZE = 50


class Kind(Enum):
    """What a giver did in a year: the value is how the rows of `folding.GIVERS` tell it."""

    GAVE = "year = %(year)s"
    FIRST = "year = %(year)s AND before_year = 0"
    KEPT = "year = %(year)s AND before_year = %(year)s - 1"
    RECOVERED = "year = %(year)s AND before_year > 0 AND before_year < %(year)s - 1"
    UPGRADED = "year = %(year)s AND before_year = %(year)s - 1 AND net_minor > before_minor"
    DOWNGRADED = "year = %(year)s AND before_year = %(year)s - 1 AND net_minor < before_minor"
    SAME = "year = %(year)s AND before_year = %(year)s - 1 AND net_minor = before_minor "
    LYBUNT = "year = %(year)s - 1 AND after_year > %(year)s"
    SYBUNT = "year < %(year)s AND after_year > %(year)s"
    EVER = "after_year = 9999"


@dataclass(frozen=True, slots=True)
class Giver:
    """One giver as a list shows them. `net` is what stayed of the gifts of `year` (0: of all years, for EVER).

    `before` is what stayed of the year before in which they gave, None without one; `lifetime` of all years.
    """

    donor_id: uuid.UUID
    name: str
    local_name: str
    year: int
    gifts: int
    net: Money
    before_year: int
    before: Money | None
    first_year: int
    first_on: date
    last_on: date
    lifetime: Money


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Giver]
    more: str
    """Cursor of the next page; empty on the last one."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many givers, what they gave in the year told, and (KEPT and what is of it) in the year before."""

    donors: int
    net: Money
    before: Money


@dataclass(frozen=True, slots=True)
class Cohort:
    """Of those who first gave in `first_year`, how many gave in `year`, and how much."""

    first_year: int
    year: int
    donors: int
    net: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """All kinds of one year in one currency. What `kept` of those `lapsing + kept` of last year is the retention."""

    year: int
    counts: Mapping[Kind, Count]

    def of(self, kind: Kind) -> Count:
        return self.counts[kind]

    @property
    def retention(self) -> int | None:
        """Tenths of a percent of last year's givers who gave again, rounded down; None without any."""
        kept, gone = self.counts[Kind.KEPT].donors, self.counts[Kind.LYBUNT].donors
        return 1000 * kept // (kept + gone) if kept + gone else None


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


_COLUMNS = (
    "donor_id, year, gifts, net_minor, first_on, last_on, first_year, before_year, before_minor, after_year,"
    " total_minor"
)
_ALL_YEARS = (
    "donor_id, 0, total_gifts, total_minor, since, last_on, first_year, year, 0, after_year, total_minor"
)
_WHERE = "scope = %(scope)s AND currency = %(currency)s AND {kind} AND {sum} >= %(least)s {after}"
_OTHERS = "donor_id NOT IN (SELECT id FROM whose)"
# The kept rows come out of an index in order; whoever has unfolded deltas is counted anew and merged in. The row of
# the last year knows the sum of all years; who gave in a later one is looked up.
_PAGE = """
WITH {unfolded}, chosen ({names}) AS (
  ({kept})
  UNION ALL (SELECT {columns} FROM fresh WHERE {where} ORDER BY {order} {limit})
)
SELECT c.*, p.name, p.local_name, CASE WHEN c.after_year = 9999 THEN c.total_minor ELSE coalesce(
    (SELECT f.total_minor FROM fresh f WHERE f.donor_id = c.donor_id AND f.after_year = 9999
        AND f.scope = %(scope)s AND f.currency = %(currency)s),
    (SELECT g.total_minor FROM donations_giveryear g WHERE g.donor_id = c.donor_id AND g.after_year = 9999
        AND g.scope = %(scope)s AND g.currency = %(currency)s)) END AS lifetime
  FROM (SELECT * FROM chosen ORDER BY {outside} {limit}) c JOIN donors_donor p ON p.id = c.donor_id
 ORDER BY {outside}
"""
_ALL_KEPT = "SELECT {columns} FROM donations_giveryear WHERE {others} AND {where} ORDER BY {order} {limit}"
# What a page leaves out is left out by the index alone; only its own rows are fetched.
_FEW_KEPT = """
SELECT {columns} FROM (
  SELECT donor_id AS found_id, year AS found_year FROM donations_giveryear
   WHERE {others} AND {where} ORDER BY {order} {limit}) k
JOIN donations_giveryear ON donor_id = found_id AND year = found_year
 WHERE scope = %(scope)s AND currency = %(currency)s
"""


def page(
    *,
    kind: Kind,
    currency: str,
    year: int = 0,
    scope: Scope = EVERYBODY,
    minimum: Money | None = None,
    after: str = "",
    size: int = SIZE,
) -> Page:
    """Givers of one kind, most recent year first, then those who gave most. `year` is not asked of EVER.

    `minimum` is of the amount told in the row. Raises NoSuchCursor and NoSuchScope. This function will return at most
    `size` rows and the cursor of the page that follows.
    """
    values = _values(kind, currency, year, scope, minimum) | {"limit": size + 1}
    if after:
        values |= _read_cursor(after)
    rows = list(_select(_page(kind, has_cursor=bool(after), limit="LIMIT %(limit)s"), values, currency))
    return Page(rows[:size], _cursor(rows[size - 1]) if len(rows) > size else "")


def everyone(
    *, kind: Kind, currency: str, year: int = 0, scope: Scope = EVERYBODY, minimum: Money | None = None
) -> Iterator[Giver]:
    """This function will yield all givers of one kind in the order of the pages, of one snapshot."""
    values = _values(kind, currency, year, scope, minimum)
    yield from _select(_page(kind, has_cursor=False, limit=""), values, currency)


def _page(kind: Kind, *, has_cursor: bool, limit: str) -> str:
    of_all = kind is Kind.EVER
    follow = ""
    if has_cursor and of_all:
        follow = "AND (-total_minor, donor_id) > (%(after_minor)s, %(after_donor)s)"
        follow += " AND total_minor <= -%(after_minor)s AND %(after_year)s <= 0"
    elif has_cursor:
        # The first bounds let the index begin where the last page ended.
        follow = "AND year <= -%(after_year)s AND (-year, -net_minor, donor_id) > "
        follow += "(%(after_year)s, %(after_minor)s, %(after_donor)s)"
        if kind is not Kind.SYBUNT:
            follow += " AND net_minor <= -%(after_minor)s"
    words = {
        "columns": _ALL_YEARS if of_all else _COLUMNS,
        "where": _where(kind, after=follow),
        "order": "total_minor DESC, donor_id" if of_all else "year DESC, net_minor DESC, donor_id",
        "limit": limit,
        "others": _OTHERS,
    }
    kept = (_FEW_KEPT if limit and not of_all else _ALL_KEPT).format(**words)
    return _PAGE.format(
        unfolded=folding.UNFOLDED,
        names=_COLUMNS,
        kept=kept,
        outside="year DESC, net_minor DESC, donor_id",
        **words,
    )


def _where(kind: Kind, *, after: str = "") -> str:
    return _WHERE.format(
        kind=kind.value, sum="total_minor" if kind is Kind.EVER else "net_minor", after=after
    )


def _values(kind: Kind, currency: str, year: int, scope: Scope, minimum: Money | None) -> dict[str, Any]:
    if (year == 0) != (kind is Kind.EVER):
        raise ValueError("every kind but EVER is of a year")
    least = Money(1, currency) if minimum is None else minimum
    if least.currency != currency:
        raise ValueError("the minimum is in another currency")
    return {"scope": rollups.scope_id(scope), "currency": currency, "year": year, "least": least.minor}


def _select(sql: str, values: Mapping[str, Any], currency: str) -> Iterator[Giver]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        for row in cursor.fetchall():
            (donor_id, year, gifts, net, first_on, last_on, first, before_year, before, _, _, *named) = row
            yield Giver(
                donor_id=donor_id,
                name=named[0],
                local_name=named[1],
                year=year,
                gifts=gifts,
                net=Money(net, currency),
                before_year=before_year,
                before=Money(before, currency) if before else None,
                first_year=first,
                first_on=first_on,
                last_on=last_on,
                lifetime=Money(named[2], currency),
            )


def _cursor(row: Giver) -> str:
    return urlsafe_b64encode(f"{row.year}|{row.net.minor}|{row.donor_id}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> dict[str, Any]:
    try:
        year, minor, donor = (
            urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode().split("|")
        )
        return {"after_year": -int(year), "after_minor": -int(minor), "after_donor": uuid.UUID(donor)}
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error


_TOTAL = """
WITH {unfolded} SELECT count(*), coalesce(sum({sum}), 0)::bigint, coalesce(sum({before}), 0)::bigint
  FROM ({rows}) g WHERE {where}
"""


def total(
    *, kind: Kind, currency: str, year: int = 0, scope: Scope = EVERYBODY, minimum: Money | None = None
) -> Count:
    """This function will return how many givers all pages together hold, and their sums.

    Without a minimum it is read from the cohorts, whatever the number of givers.
    """
    values = _values(kind, currency, year, scope, minimum)
    if minimum is None and kind is not Kind.EVER:
        return movement(currency=currency, year=year, scope=scope).of(kind)
    of_all = kind is Kind.EVER
    sql = _TOTAL.format(
        unfolded=folding.UNFOLDED,
        rows=folding.ROWS,
        sum="total_minor" if of_all else "net_minor",
        before="0" if of_all else "before_minor",
        where=_where(kind),
    )
    if minimum is None:
        sql = f"""
        WITH {folding.UNFOLDED} SELECT coalesce(sum(donors) FILTER (WHERE after_year = 9999), 0)::bigint,
          coalesce(sum(net_minor), 0)::bigint, 0 FROM ({folding.COHORTS}) c
         WHERE scope = %(scope)s AND currency = %(currency)s
        """
    donors, net, before = _rows(sql, values)[0]
    return Count(donors, Money(net, currency), Money(before, currency))


_COUNTED = {
    kind: ("donors", "net_minor", "before_minor", kind.value)
    for kind in (Kind.GAVE, Kind.FIRST, Kind.KEPT, Kind.RECOVERED, Kind.LYBUNT, Kind.SYBUNT)
} | {
    Kind.UPGRADED: ("more", "more_minor", "more_before_minor", Kind.KEPT.value),
    Kind.DOWNGRADED: ("less", "less_minor", "less_before_minor", Kind.KEPT.value),
}


def movement(*, currency: str, year: int, scope: Scope = EVERYBODY) -> Movement:
    """This function will return how many givers each kind has in a year, and their sums."""
    values = {"scope": rollups.scope_id(scope), "currency": currency, "year": year}
    sums = ", ".join(
        f"coalesce(sum({name}) FILTER (WHERE {where}), 0)::bigint"
        for *names, where in _COUNTED.values()
        for name in names
    )
    sql = f"""
    WITH {folding.UNFOLDED} SELECT {sums} FROM ({folding.COHORTS}) c
     WHERE scope = %(scope)s AND currency = %(currency)s AND year <= %(year)s
    """
    (figures,) = _rows(sql, values)
    counts = {
        kind: Count(figures[place], Money(figures[place + 1], currency), Money(figures[place + 2], currency))
        for place, kind in zip(range(0, len(figures), 3), _COUNTED, strict=True)
    }
    kept, more, less = (counts[kind] for kind in (Kind.KEPT, Kind.UPGRADED, Kind.DOWNGRADED))
    counts[Kind.SAME] = Count(
        kept.donors - more.donors - less.donors,
        kept.net - more.net - less.net,
        kept.before - more.before - less.before,
    )
    return Movement(year, counts)


def cohorts(*, currency: str, scope: Scope = EVERYBODY) -> list[Cohort]:
    """This function will return, for each first year and each year since, who of them gave; years without any are
    left out.
    """
    sql = f"""
    WITH {folding.UNFOLDED} SELECT first_year, year, sum(donors)::bigint, sum(net_minor)::bigint
      FROM ({folding.COHORTS}) c WHERE scope = %(scope)s AND currency = %(currency)s
     GROUP BY 1, 2 HAVING sum(donors) <> 0 ORDER BY 1, 2
    """
    values = {"scope": rollups.scope_id(scope), "currency": currency}
    return [
        Cohort(first, year, donors, Money(net, currency)) for first, year, donors, net in _rows(sql, values)
    ]


def top(*, currency: str, year: int = 0, scope: Scope = EVERYBODY, size: int = SIZE) -> list[Giver]:
    """This function will return who gave most in a year, or in all years (0)."""
    kind = Kind.GAVE if year else Kind.EVER
    return page(kind=kind, currency=currency, year=year, scope=scope, size=size).rows


def _rows(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())

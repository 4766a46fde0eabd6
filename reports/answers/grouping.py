"""Grouping givers by the years they gave in: who came, who came back, who gives more, who has not come yet.

LYBUNT gave last year but unfortunately not this; SYBUNT some year but unfortunately not this. A year counts for a
giver when something of it is kept. People who were merged are one giver. Everything is of one currency, and of one
body and campaign when these are chosen: "new" is new there.
"""

import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.money import Money
from reports.answers import weighing
from reports.answers.asking import Asked
from reports.answers.weighing import GIFTS, KEPT

SIZE = 50

GROUPS = {
    "gave": "g.now > 0",
    "lybunt": "g.last > 0 AND g.now IS NULL",
    "sybunt": "g.now IS NULL",
    "lapsed": "g.last IS NULL AND g.now IS NULL",
    "new": "g.first_year = %(year)s",
    "regained": "g.now > 0 AND g.last IS NULL AND g.first_year < %(year)s",
    "stayed": "g.now > 0 AND g.last > 0",
    "more": "g.now > g.last",
    "same": "g.now = g.last",
    "less": "g.now < g.last",
    "cohort": "g.first_year = %(first)s AND g.now > 0",
    "began": "g.first_year = %(first)s",
}
"""Conditions on a giver `g`: `now`, `last` are what is kept of the year asked for and of the one before, or NULL."""
BY_LAST = {"lybunt", "sybunt", "lapsed"}
"""Groups whose largest givers are those of earlier years."""


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


@dataclass(frozen=True, slots=True)
class Giver:
    """One giver of a group. `gifts` counts those of the year asked for; `latest_on` is the newest gift up to it."""

    id: uuid.UUID
    name: str
    local_name: str
    is_reachable: bool
    first_year: int
    latest_year: int
    now: Money
    last: Money
    ever: Money
    gifts: int
    latest_on: date | None


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Giver]
    older: str


@dataclass(frozen=True, slots=True)
class Sums:
    """How many givers a group has, and what is kept of theirs: in the year, the year before, and ever."""

    donors: int
    now: Money
    last: Money
    ever: Money
    gifts: int


def _years(asked: Asked) -> tuple[str, dict[str, Any]]:
    """What each giver gave in each year up to the one asked for, as SQL."""
    conditions, params = weighing.where(asked)
    year = weighing.year_sql(asked.ends_in_month)
    sql = f"""SELECT coalesce(p.merged_into_id, p.id) AS giver, {year} AS year, count(*)::int AS gifts,
      sum({KEPT})::bigint AS kept
    FROM {GIFTS} JOIN donors_donor p ON p.id = d.donor_id
    WHERE {conditions} AND d.given_on <= %(year_ends)s GROUP BY 1, 2 HAVING sum({KEPT}) > 0"""
    return sql, params | {"year_ends": asked.span.last, "year": asked.year}


def _givers(asked: Asked) -> tuple[str, dict[str, Any]]:
    """One row for each giver, as SQL."""
    sql, params = _years(asked)
    return (
        f"""SELECT giver, min(year) AS first_year, max(year) AS latest_year,
          sum(kept) FILTER (WHERE year = %(year)s)::bigint AS now,
          sum(kept) FILTER (WHERE year = %(year)s - 1)::bigint AS last,
          sum(kept)::bigint AS ever, coalesce(sum(gifts) FILTER (WHERE year = %(year)s), 0)::int AS gifts
        FROM ({sql}) y GROUP BY giver""",
        params,
    )


def sums(asked: Asked, *, group: str, first: int | None = None) -> Sums:
    """This function will return what a group comes to."""
    sql, params = _givers(asked)
    [found] = weighing.rows(
        f"""SELECT count(*)::int AS donors, coalesce(sum(now), 0)::bigint AS now,
          coalesce(sum(last), 0)::bigint AS last, coalesce(sum(ever), 0)::bigint AS ever,
          coalesce(sum(gifts), 0)::int AS gifts
        FROM ({sql}) g WHERE {GROUPS[group]}""",
        params | {"first": first},
    )
    return _sums(found, asked.currency)


def _sums(found: dict[str, Any], currency: str) -> Sums:
    return Sums(
        found["donors"],
        Money(found["now"], currency),
        Money(found["last"], currency),
        Money(found["ever"], currency),
        found["gifts"],
    )


CHANGES = ("new", "regained", "more", "same", "less", "lybunt")


def changes(asked: Asked) -> dict[str, Sums]:
    """Who came, came back, gave more, the same, less, or did not come: together all that changed since last year.

    This function will return the sums of each of CHANGES.
    """
    sql, params = _givers(asked)
    cases = " ".join(f"WHEN {GROUPS[group]} THEN '{group}'" for group in CHANGES)
    found = weighing.rows(
        f"""SELECT CASE {cases} END AS change, count(*)::int AS donors, coalesce(sum(now), 0)::bigint AS now,
          coalesce(sum(last), 0)::bigint AS last, coalesce(sum(ever), 0)::bigint AS ever,
          coalesce(sum(gifts), 0)::int AS gifts
        FROM ({sql}) g GROUP BY 1""",
        params,
    )
    told = {row["change"]: _sums(row, asked.currency) for row in found}
    nothing = Money(0, asked.currency)
    return {group: told.get(group, Sums(0, nothing, nothing, nothing, 0)) for group in CHANGES}


_PAGE = """
WITH chosen AS (
  SELECT g.*, coalesce(g.{by}, 0) AS rank FROM ({givers}) g
  WHERE {condition} {after} ORDER BY coalesce(g.{by}, 0) DESC, g.giver LIMIT %(limit)s
)
SELECT c.giver AS id, p.name, p.local_name,
  (p.email <> '' OR p.address <> '') AND NOT p.do_not_contact AND p.died_on IS NULL AS is_reachable,
  c.first_year, c.latest_year, coalesce(c.now, 0) AS now, coalesce(c.last, 0) AS last, c.ever, c.gifts, c.rank,
  (SELECT max(d.given_on) FROM donations_donation d WHERE {gifts} AND d.given_on <= %(year_ends)s AND d.donor_id IN
    (SELECT q.id FROM donors_donor q WHERE q.id = c.giver OR q.merged_into_id = c.giver)) AS latest_on
FROM chosen c JOIN donors_donor p ON p.id = c.giver ORDER BY c.rank DESC, c.giver
"""


def page(
    asked: Asked, *, group: str, first: int | None = None, by: str = "", after: str = "", size: int = SIZE
) -> Page:
    """The givers of a group, the largest first: by the year asked for, or by last year where that is what is missed.

    Raises NoSuchCursor. This function will return at most `size` of them and the cursor of the page that follows.
    """
    by = by or ("last" if group == "lybunt" else "ever" if group in BY_LAST else "now")
    sql, params = _givers(asked)
    conditions, _ = weighing.where(asked)
    params |= {"limit": size + 1, "first": first}
    follow = ""
    if after:
        params["after_rank"], params["after_id"] = _read_cursor(after)
        follow = f"AND (-coalesce(g.{by}, 0), g.giver) > (-%(after_rank)s::bigint, %(after_id)s::uuid)"
    found = weighing.rows(
        _PAGE.format(by=by, givers=sql, condition=GROUPS[group], after=follow, gifts=conditions), params
    )
    ranks = [row.pop("rank") for row in found]
    rows = [_giver(row, asked.currency) for row in found]
    older = _cursor(ranks[size - 1], rows[size - 1].id) if len(rows) > size else ""
    return Page(rows[:size], older)


def _giver(row: dict[str, Any], currency: str) -> Giver:
    return Giver(**{**row, **{name: Money(row[name], currency) for name in ("now", "last", "ever")}})


def _cursor(rank: int, pk: uuid.UUID) -> str:
    return urlsafe_b64encode(f"{rank}|{pk}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[int, uuid.UUID]:
    try:
        rank, pk = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode().split("|")
        return int(rank), uuid.UUID(pk)
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who gave for the first time in `first`: how many gave in each later year, and how much."""

    first: int
    donors: dict[int, int]
    kept: dict[int, Money]

    @property
    def size(self) -> int:
        return self.donors.get(self.first, 0)

    def percent(self, year: int) -> int | None:
        """Of a hundred how many gave in a year, rounded down; None for nobody."""
        return self.donors.get(year, 0) * 100 // self.size if self.size else None


def cohorts(asked: Asked, *, years: int = 8) -> list[Cohort]:
    """This function will return the newest cohorts, the oldest of them first."""
    sql, params = _years(asked)
    found = weighing.rows(
        f"""WITH y AS MATERIALIZED ({sql}), f AS (SELECT giver, min(year) AS first FROM y GROUP BY giver)
        SELECT f.first, y.year, count(*)::int AS donors, sum(y.kept)::bigint AS kept FROM y JOIN f ON f.giver = y.giver
        WHERE f.first > %(year)s - %(years)s GROUP BY 1, 2""",
        params | {"years": years},
    )
    told: dict[int, Cohort] = {}
    for row in found:
        cohort = told.setdefault(row["first"], Cohort(row["first"], {}, {}))
        cohort.donors[row["year"]] = row["donors"]
        cohort.kept[row["year"]] = Money(row["kept"], asked.currency)
    return [told[first] for first in sorted(told)]


@dataclass(frozen=True, slots=True)
class Retained:
    """How many gave in a year, how many of them had given the year before, and how many were new."""

    year: int
    donors: int
    before: int
    stayed: int
    new: int

    @property
    def permille(self) -> int | None:
        """Of a thousand who gave the year before, how many gave again; None after a year without givers."""
        return self.stayed * 1000 // self.before if self.before else None


def retention(asked: Asked, *, years: int = 8) -> list[Retained]:
    """This function will return the newest years, the oldest of them first."""
    sql, params = _years(asked)
    found = weighing.rows(
        f"""WITH y AS MATERIALIZED ({sql}), f AS (
          SELECT giver, year, lag(year) OVER (PARTITION BY giver ORDER BY year) AS former FROM y)
        SELECT year, count(*)::int AS donors, count(*) FILTER (WHERE former = year - 1)::int AS stayed,
          count(*) FILTER (WHERE former IS NULL)::int AS new FROM f GROUP BY 1 ORDER BY 1""",
        params,
    )
    told = {row["year"]: row for row in found}
    first = max(min(told, default=asked.year), asked.year - years + 1)
    return [
        Retained(
            year,
            told.get(year, {}).get("donors", 0),
            told.get(year - 1, {}).get("donors", 0),
            told.get(year, {}).get("stayed", 0),
            told.get(year, {}).get("new", 0),
        )
        for year in range(first, asked.year + 1)
    ]

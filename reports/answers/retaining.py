"""Retaining: how many who gave once give again, year by year and by the year in which they began; and what changed."""

from dataclasses import dataclass
from typing import Any

from ledger.money import Money
from reports.answers import weighing
from reports.answers.asking import Asked

CHANGES = ("new", "regained", "more", "same", "less", "lybunt")


@dataclass(frozen=True, slots=True)
class Change:
    """Givers whose giving changed in one way, and what is kept of theirs in the year and in the one before."""

    kind: str
    donors: int
    now: Money
    last: Money

    @property
    def difference(self) -> Money:
        return self.now - self.last


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who gave for the first time in `first`: how many gave in each later year, and how much is kept of it."""

    first: int
    donors: dict[int, int]
    kept: dict[int, Money]

    @property
    def size(self) -> int:
        return self.donors.get(self.first, 0)

    def percent(self, year: int) -> int | None:
        """Of a hundred how many gave in a year, rounded down; None for nobody."""
        return self.donors.get(year, 0) * 100 // self.size if self.size else None


@dataclass(frozen=True, slots=True)
class Retained:
    """How many gave in a year and in the one before, how many did both, and how many were new."""

    year: int
    donors: int
    before: int
    stayed: int
    new: int

    @property
    def regained(self) -> int:
        """Those who had given once, but not the year before."""
        return self.donors - self.stayed - self.new

    @property
    def permille(self) -> int | None:
        """Of a thousand who gave the year before, how many gave again; None after a year without givers."""
        return self.stayed * 1000 // self.before if self.before else None


_CHANGES = """
{begin}, c AS MATERIALIZED (SELECT * FROM {cohorts} told WHERE year IN (%(year)s, %(year)s - 1))
SELECT 'new' AS kind, sum(donors)::int AS donors, sum(net_minor)::bigint AS now, 0::bigint AS last
  FROM c WHERE year = %(year)s AND before_year = 0
UNION ALL SELECT 'regained', sum(donors)::int, sum(net_minor)::bigint, 0
  FROM c WHERE year = %(year)s AND before_year BETWEEN 1 AND %(year)s - 2
UNION ALL SELECT 'more', sum(more)::int, sum(more_minor)::bigint, sum(more_before_minor)::bigint
  FROM c WHERE year = %(year)s AND before_year = %(year)s - 1
UNION ALL SELECT 'same', sum(donors - more - less)::int, sum(net_minor - more_minor - less_minor)::bigint,
    sum(before_minor - more_before_minor - less_before_minor)::bigint
  FROM c WHERE year = %(year)s AND before_year = %(year)s - 1
UNION ALL SELECT 'less', sum(less)::int, sum(less_minor)::bigint, sum(less_before_minor)::bigint
  FROM c WHERE year = %(year)s AND before_year = %(year)s - 1
UNION ALL SELECT 'lybunt', sum(donors)::int, 0, sum(net_minor)::bigint
  FROM c WHERE year = %(year)s - 1 AND after_year > %(year)s
"""


def changes(asked: Asked) -> list[Change]:
    """Who came, came back, gave more, the same, less, or did not come: together all that changed since last year.

    This function will return one change of each kind, in the order of CHANGES.
    """
    found = weighing.givers(asked)
    told = weighing.rows(_CHANGES.format(begin=found.begin, cohorts=found.cohorts), found.params)
    kinds = {row["kind"]: row for row in told}
    return [
        Change(
            kind,
            kinds[kind]["donors"] or 0,
            Money(kinds[kind]["now"] or 0, asked.currency),
            Money(kinds[kind]["last"] or 0, asked.currency),
        )
        for kind in CHANGES
    ]


def cohorts(asked: Asked, *, years: int = 8) -> list[Cohort]:
    """This function will return those who began in the newest years, the oldest first."""
    found = weighing.givers(asked)
    rows = weighing.rows(
        f"""{found.begin} SELECT first_year, year, sum(donors)::int AS donors, sum(net_minor)::bigint AS kept
        FROM {found.cohorts} c
        WHERE first_year > %(year)s - %(years)s AND year BETWEEN first_year AND %(year)s
        GROUP BY 1, 2 HAVING sum(donors) > 0""",
        found.params | {"years": years},
    )
    told: dict[int, Cohort] = {}
    for row in rows:
        cohort = told.setdefault(row["first_year"], Cohort(row["first_year"], {}, {}))
        cohort.donors[row["year"]] = row["donors"]
        cohort.kept[row["year"]] = Money(row["kept"], asked.currency)
    return [told[first] for first in sorted(told)]


def retention(asked: Asked, *, years: int = 8) -> list[Retained]:
    """This function will return the newest years, the oldest first, from the first in which anybody gave."""
    found = weighing.givers(asked)
    rows = weighing.rows(
        f"""{found.begin} SELECT year, sum(donors)::int AS donors,
          coalesce(sum(donors) FILTER (WHERE before_year = year - 1), 0)::int AS stayed,
          coalesce(sum(donors) FILTER (WHERE before_year = 0), 0)::int AS new
        FROM {found.cohorts} c WHERE year BETWEEN 1 AND %(year)s GROUP BY 1 HAVING sum(donors) > 0""",
        found.params,
    )
    told: dict[int, dict[str, Any]] = {row["year"]: row for row in rows}
    first = max(min(told, default=asked.year), asked.year - years + 1)
    nobody = {"donors": 0, "stayed": 0, "new": 0}
    return [
        Retained(
            year=year,
            donors=told.get(year, nobody)["donors"],
            before=told.get(year - 1, nobody)["donors"],
            stayed=told.get(year, nobody)["stayed"],
            new=told.get(year, nobody)["new"],
        )
        for year in range(first, asked.year + 1)
    ]

"""Grouping givers by the years they gave in: who came, who came back, who gives more, who has not come yet.

LYBUNT gave last year but unfortunately not this; SYBUNT some year but unfortunately not this. A year counts for a
giver when something of a gift of it is kept. People who were merged are one giver. Everything is of one currency, and
of one body or campaign when these are chosen: "new" is new there.
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

SIZE = 50

GROUPS = {
    "gave": "g.year = %(year)s",
    "lybunt": "g.year = %(year)s - 1 AND g.after_year > %(year)s",
    "sybunt": "g.year BETWEEN 1 AND %(year)s - 1 AND g.after_year > %(year)s",
    "lapsed": "g.year BETWEEN 1 AND %(year)s - 2 AND g.after_year > %(year)s",
    "new": "g.year = %(year)s AND g.before_year = 0",
    "regained": "g.year = %(year)s AND g.before_year BETWEEN 1 AND %(year)s - 2",
    "stayed": "g.year = %(year)s AND g.before_year = %(year)s - 1",
    "more": "g.year = %(year)s AND g.before_year = %(year)s - 1 AND g.net_minor > g.before_minor",
    "same": "g.year = %(year)s AND g.before_year = %(year)s - 1 AND g.net_minor = g.before_minor",
    "less": "g.year = %(year)s AND g.before_year = %(year)s - 1 AND g.net_minor < g.before_minor",
    "cohort": "g.year = %(year)s AND g.first_year = %(first)s",
    "ever": "g.year = 0",
}
"""Conditions on a giver's year `g`: a group takes of each giver one row, that of the newest year it speaks of."""
_COUNTED = ("donors", "net_minor", "before_minor")
_FIGURES = {
    "more": ("more", "more_minor", "more_before_minor"),
    "less": ("less", "less_minor", "less_before_minor"),
    "same": (
        "donors - more - less",
        "net_minor - more_minor - less_minor",
        "before_minor - more_before_minor - less_before_minor",
    ),
}
"""Where a cohort keeps the figures of those who gave more, less and the same as the year before."""
MISSING = {"lybunt", "sybunt", "lapsed"}
"""Groups of those who did not give in the year asked for."""


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


@dataclass(frozen=True, slots=True)
class Giver:
    """One giver of a group. `latest` is what is kept of `latest_year`, the newest year up to the one asked for;
    `ever` of all years there are, and `latest_on` the newest gift of which something is kept. `of_year` is the year by
    which a list is sorted, 0 where all years count together.
    """

    id: uuid.UUID
    name: str
    local_name: str
    is_reachable: bool
    first_year: int
    latest_year: int
    now: Money
    last: Money
    latest: Money
    ever: Money
    gifts: int
    latest_on: date | None
    of_year: int


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Giver]
    older: str


@dataclass(frozen=True, slots=True)
class Sums:
    """How many givers a group has, and what is kept of theirs: of the year, of the year before, of their newest."""

    donors: int
    now: Money
    last: Money
    latest: Money


def sums(asked: Asked, *, group: str, first: int | None = None) -> Sums:
    """This function will return what a group comes to; it is read from cohorts, whatever the number of givers."""
    found = weighing.givers(asked)
    donors, net, before = _FIGURES.get(group, _COUNTED)
    condition = GROUPS["stayed" if group in _FIGURES else group]
    [row] = weighing.rows(
        f"""{found.begin} SELECT coalesce(sum({donors}), 0)::int AS donors,
          coalesce(sum({net}) FILTER (WHERE g.year IN (0, %(year)s)), 0)::bigint AS now,
          coalesce(sum(CASE WHEN g.year = %(year)s - 1 THEN {net} WHEN g.year = %(year)s
            AND g.before_year = %(year)s - 1 THEN {before} END), 0)::bigint AS last,
          coalesce(sum({net}), 0)::bigint AS latest
        FROM {found.cohorts} g WHERE {condition}""",
        found.params | {"first": first},
    )
    return Sums(row["donors"], *(Money(row[name], asked.currency) for name in ("now", "last", "latest")))


_ARM = "(SELECT * FROM ({arm}) g WHERE {condition} {after} ORDER BY g.year DESC, g.net_minor DESC, g.donor_id {limit})"
_PAGE = """
{begin}, chosen AS (SELECT * FROM ({arms}) g ORDER BY g.year DESC, g.net_minor DESC, g.donor_id {limit})
SELECT c.donor_id AS id, p.name, p.local_name,
  (p.email <> '' OR p.address <> '') AND NOT p.do_not_contact AND p.died_on IS NULL AS is_reachable,
  c.first_year, CASE c.year WHEN 0 THEN c.before_year ELSE c.year END AS latest_year,
  CASE WHEN c.year IN (0, %(year)s) THEN c.net_minor ELSE 0 END AS now,
  CASE WHEN c.year = %(year)s - 1 THEN c.net_minor
    WHEN c.year = %(year)s AND c.before_year = %(year)s - 1 THEN c.before_minor ELSE 0 END AS last,
  c.net_minor AS latest, e.net_minor AS ever, c.gifts::int AS gifts, e.last_on AS latest_on, c.year AS of_year
FROM chosen c JOIN donors_donor p ON p.id = c.donor_id
CROSS JOIN LATERAL ({ever}) e
ORDER BY c.year DESC, c.net_minor DESC, c.donor_id
"""
_EVER = "SELECT g.net_minor, g.last_on FROM ({arm}) g WHERE g.donor_id = c.donor_id AND g.year = 0"
# The first bounds let the index begin where the last page ended.
_AFTER = """AND g.year <= %(after_year)s AND (g.year < %(after_year)s OR g.net_minor < %(after_minor)s
  OR (g.net_minor = %(after_minor)s AND g.donor_id > %(after_id)s::uuid))"""


def page(
    asked: Asked, *, group: str, first: int | None = None, after: str = "", size: int | None = SIZE
) -> Page:
    """The givers of a group: those of the newest year first, and of these the largest.

    Raises NoSuchCursor. This function will return at most `size` of them, all for None, and the cursor of the page
    that follows.
    """
    found = weighing.givers(asked)
    params = found.params | {"limit": size + 1 if size else None, "first": first}
    if after:
        params |= _read_cursor(after)
    limit = "LIMIT %(limit)s" if size else ""
    arms = (
        _ARM.format(arm=arm, condition=GROUPS[group], after=_AFTER if after else "", limit=limit)
        for arm in found.arms
    )
    sql = _PAGE.format(
        begin=found.begin,
        arms=" UNION ALL ".join(arms),
        ever=" UNION ALL ".join(_EVER.format(arm=arm) for arm in found.arms),
        limit=limit,
    )
    rows = [_giver(row, asked.currency) for row in weighing.rows(sql, params)]
    if not size or len(rows) <= size:
        return Page(rows, "")
    return Page(rows[:size], _cursor(rows[size - 1]))


def _giver(row: dict[str, Any], currency: str) -> Giver:
    amounts = {name: Money(row[name], currency) for name in ("now", "last", "latest", "ever")}
    return Giver(**{**row, **amounts})


def _cursor(giver: Giver) -> str:
    told = f"{giver.of_year}|{giver.latest.minor}|{giver.id}"
    return urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> dict[str, object]:
    try:
        told = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode()
        year, minor, pk = told.split("|")
        return {"after_year": int(year), "after_minor": int(minor), "after_id": uuid.UUID(pk)}
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error

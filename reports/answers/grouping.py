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
    "ever": f"g.after_year = {weighing.NEVER}",
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


_TOO_LARGE = 2**62


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


@dataclass(frozen=True, slots=True)
class Giver:
    """One giver of a group. `latest` is what is kept of `latest_year`, the newest year the group speaks of, `ever` of
    that and all years before; `latest_on` is the newest gift of it of which something is kept.
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
    latest_on: date


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
    # Whoever ever gave is one giver, and what is kept of theirs is of all their years.
    of_all = "TRUE" if group == "ever" else condition
    [row] = weighing.rows(
        f"""{found.begin} SELECT coalesce(sum({donors}) FILTER (WHERE {condition}), 0)::int AS donors,
          coalesce(sum({net}) FILTER (WHERE g.year = %(year)s), 0)::bigint AS now,
          coalesce(sum(CASE WHEN g.year = %(year)s - 1 THEN {net} WHEN g.year = %(year)s
            AND g.before_year = %(year)s - 1 AND {condition} THEN {before} END), 0)::bigint AS last,
          coalesce(sum({net}), 0)::bigint AS latest
        FROM {found.cohorts} g WHERE {of_all}""",
        found.params | {"first": first},
    )
    return Sums(row["donors"], *(Money(row[name], asked.currency) for name in ("now", "last", "latest")))


_ORDER = "ORDER BY g.year DESC, g.net_minor DESC, g.donor_id"
_ORDER_OF_ALL = "ORDER BY g.total_minor DESC, g.donor_id"
_ARM = "(SELECT * FROM ({arm}) g WHERE {condition} {after} {first})"
_SPARSE = {"regained", "same"}
# Such a page passes over most givers of the year: the index alone does that, and only its own rows are fetched.
_SPARSE_ARM = """(SELECT own.* FROM (SELECT g.donor_id, g.year FROM ({arm}) g WHERE {condition} {after} {first}) found
  JOIN ({arm}) own ON own.donor_id = found.donor_id AND own.year = found.year)"""
_PAGE = """
{begin}, chosen AS (SELECT * FROM ({arms}) g {first})
SELECT g.donor_id AS id, p.name, p.local_name,
  (p.email <> '' OR p.address <> '') AND NOT p.do_not_contact AND p.died_on IS NULL AS is_reachable,
  g.first_year, g.year AS latest_year, CASE WHEN g.year = %(year)s THEN g.net_minor ELSE 0 END AS now,
  CASE WHEN g.year = %(year)s - 1 THEN g.net_minor
    WHEN g.year = %(year)s AND g.before_year = %(year)s - 1 THEN g.before_minor ELSE 0 END AS last,
  g.net_minor AS latest, g.total_minor AS ever, g.gifts::int AS gifts, g.last_on AS latest_on
FROM chosen g JOIN donors_donor p ON p.id = g.donor_id {order}
"""
# The first bound lets the index begin where the last page ended.
_AFTER = """AND g.year <= %(after_year)s AND (g.year < %(after_year)s OR g.net_minor < %(after_minor)s
  OR (g.net_minor = %(after_minor)s AND g.donor_id > %(after_id)s::uuid))"""
_AFTER_OF_ALL = """AND g.total_minor <= %(after_minor)s
  AND (g.total_minor < %(after_minor)s OR g.donor_id > %(after_id)s::uuid)"""


def page(
    asked: Asked, *, group: str, first: int | None = None, after: str = "", size: int | None = SIZE
) -> Page:
    """The givers of a group: those of the newest year first, and of these the largest; of all years the largest.

    Raises NoSuchCursor. This function will return at most `size` of them, all for None, and the cursor of the page
    that follows.
    """
    found = weighing.givers(asked)
    of_all = group == "ever"
    params = found.params | {"limit": size + 1 if size else None, "first": first}
    follow = ""
    if after:
        params |= _read_cursor(after)
        follow = _AFTER_OF_ALL if of_all else _AFTER
    order = _ORDER_OF_ALL if of_all else _ORDER
    told = {
        "condition": GROUPS[group],
        "order": order,
        # Everybody is put in order once, at the end; the first of a page are the first of each arm.
        "first": f"{order} LIMIT %(limit)s" if size else "",
        "after": follow,
    }
    each = _SPARSE_ARM if size and group in _SPARSE else _ARM
    arms = " UNION ALL ".join(each.format(arm=arm, **told) for arm in found.arms)
    sql = _PAGE.format(begin=found.begin, arms=arms, **told)
    rows = [_giver(row, asked.currency) for row in weighing.tuples(sql, params)]
    if not size or len(rows) <= size:
        return Page(rows, "")
    return Page(rows[:size], _cursor(rows[size - 1], of_all=of_all))


def _giver(row: tuple[Any, ...], currency: str) -> Giver:
    """The columns of `_PAGE` are the fields of a giver, four of them amounts."""
    return Giver(*row[:6], *(Money(minor, currency) for minor in row[6:10]), *row[10:])


def _cursor(giver: Giver, *, of_all: bool) -> str:
    minor = giver.ever.minor if of_all else giver.latest.minor
    return urlsafe_b64encode(f"{giver.latest_year}|{minor}|{giver.id}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> dict[str, object]:
    try:
        told = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode()
        year, minor, pk = told.split("|")
        if abs(int(minor)) >= _TOO_LARGE or abs(int(year)) > weighing.NEVER:
            raise NoSuchCursor(text)
        return {"after_year": int(year), "after_minor": int(minor), "after_id": uuid.UUID(pk)}
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error

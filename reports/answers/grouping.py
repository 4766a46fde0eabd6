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
_NOW = "CASE WHEN g.year IN (0, %(year)s) THEN g.net_minor ELSE 0 END"
_LAST = """CASE WHEN g.year = %(year)s - 1 THEN g.net_minor
  WHEN g.year = %(year)s AND g.before_year = %(year)s - 1 THEN g.before_minor ELSE 0 END"""
MISSING = {"lybunt", "sybunt", "lapsed"}
"""Groups of those who did not give in the year asked for."""


class NoSuchCursor(ValueError):
    """The cursor was not made by `page`."""


@dataclass(frozen=True, slots=True)
class Giver:
    """One giver of a group. `latest` is what is kept of `latest_year`, the newest year up to the one asked for;
    `ever` of all years there are, and `latest_on` the newest gift of which something is kept.
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
    """This function will return what a group comes to."""
    found = weighing.givers(asked)
    [row] = weighing.rows(
        f"""{found.begin} SELECT count(*)::int AS donors, coalesce(sum({_NOW}), 0)::bigint AS now,
          coalesce(sum({_LAST}), 0)::bigint AS last, coalesce(sum(g.net_minor), 0)::bigint AS latest
        FROM {found.rows} g WHERE {GROUPS[group]}""",
        found.params | {"first": first},
    )
    return Sums(row["donors"], *(Money(row[name], asked.currency) for name in ("now", "last", "latest")))


_PAGE = """
{begin}, chosen AS (
  SELECT g.*, {now} AS now, {last} AS last FROM {rows} g
  WHERE {condition} {after} ORDER BY g.net_minor DESC, g.donor_id LIMIT %(limit)s
)
SELECT c.donor_id AS id, p.name, p.local_name,
  (p.email <> '' OR p.address <> '') AND NOT p.do_not_contact AND p.died_on IS NULL AS is_reachable,
  c.first_year, CASE c.year WHEN 0 THEN c.before_year ELSE c.year END AS latest_year, c.now, c.last,
  c.net_minor AS latest, e.net_minor AS ever, c.gifts::int AS gifts, e.last_on AS latest_on
FROM chosen c JOIN donors_donor p ON p.id = c.donor_id
JOIN {rows} e ON e.donor_id = c.donor_id AND e.year = 0
ORDER BY c.net_minor DESC, c.donor_id
"""


def page(asked: Asked, *, group: str, first: int | None = None, after: str = "", size: int = SIZE) -> Page:
    """The givers of a group, the largest first, by what is kept of the newest year the group speaks of.

    Raises NoSuchCursor. This function will return at most `size` of them and the cursor of the page that follows.
    """
    found = weighing.givers(asked)
    params = found.params | {"limit": size + 1, "first": first}
    follow = ""
    if after:
        params["after_minor"], params["after_id"] = _read_cursor(after)
        follow = """AND g.net_minor <= %(after_minor)s
          AND (g.net_minor < %(after_minor)s OR g.donor_id > %(after_id)s::uuid)"""
    sql = _PAGE.format(
        begin=found.begin, rows=found.rows, now=_NOW, last=_LAST, condition=GROUPS[group], after=follow
    )
    rows = [_giver(row, asked.currency) for row in weighing.rows(sql, params)]
    older = _cursor(rows[size - 1]) if len(rows) > size else ""
    return Page(rows[:size], older)


def _giver(row: dict[str, Any], currency: str) -> Giver:
    amounts = {name: Money(row[name], currency) for name in ("now", "last", "latest", "ever")}
    return Giver(**{**row, **amounts})


def _cursor(giver: Giver) -> str:
    return urlsafe_b64encode(f"{giver.latest.minor}|{giver.id}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[int, uuid.UUID]:
    try:
        minor, pk = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)).decode().split("|")
        return int(minor), uuid.UUID(pk)
    except (ValueError, NotBase64) as error:
        raise NoSuchCursor(text) from error

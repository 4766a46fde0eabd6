"""Selecting: a list, the columns somebody chose and what it is narrowed by become SQL."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.money import Money
from reports.kinds import Kind
from reports.lists.declaring import Asked, Column, Listing, UnreadableFilter
from staff import roles
from staff.models import User

MARK = Column("copy_of", "%(mark)s::text", Kind.TEXT)
"""The last column of a file that a second person let out: whose copy each row is."""
Cell = Callable[[Column], str]


class UnknownColumn(LookupError):
    """The list has no such column, or not for this person; the argument is its name."""


class NothingChosen(ValueError):
    """A file without a column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What leaves: `where` and `params` are SQL over the list's base."""

    listing: Listing
    columns: tuple[Column, ...]
    where: str
    params: Mapping[str, Any]

    @property
    def is_personal(self) -> bool:
        return any(column.is_personal for column in self.columns)

    def looked_up(self, join: str) -> tuple[Column, ...]:
        """This function will return the columns that whoever holds the rows of a join can look up there."""
        if not self.listing.joins[join].rows:
            return ()
        return tuple(column for column in self.columns if column.needs == (join,))

    def statement(
        self, *, cell: Cell, window: "Window", empty: Container[str] = (), held: Collection[str] = ()
    ) -> str:
        """The SELECT of one window, in the list's order. `empty` are tables without a row; of `held` joins the rows are
        where it is read: in place of what can be looked up there, their keys stand behind the columns.

        This function will return it.
        """
        listing = self.listing
        elsewhere = {column.name for join in held for column in self.looked_up(join)}
        columns = [column for column in self.columns if column.name not in elsewhere]
        needs = {name for column in columns for name in column.needs}
        told = [f"{cell(column)} AS {column.name}" for column in columns]
        chosen = ",\n  ".join([*told, *(f"{listing.joins[join].key} AS {join}_key" for join in held)])
        return (
            f"SELECT {chosen}\nFROM {listing.base}\n{listing.joined(needs, empty=empty, is_long=window.is_long)}"
            f"\nWHERE {self.where} AND {window.sql}\nORDER BY {listing.order}"
        )


def visible(*, listing: Listing, reader: User) -> tuple[Column, ...]:
    """This function will return the columns somebody may take, as their roles are now; none if not the list at all."""
    if not roles.may(reader, roles=listing.roles):
        return ()
    sees_people = roles.may(reader, roles=listing.personal_roles)
    return tuple(column for column in listing.columns if sees_people or not column.is_personal)


def select(
    *, listing: Listing, columns: Iterable[Column], asked: Asked, language: str, mark: str = ""
) -> Selection:
    """Raises UnreadableFilter, NothingChosen. `mark` tells whose copy the file is, in a column of its own.

    This function will return what to read.
    """
    chosen = tuple(columns)
    if not chosen:
        raise NothingChosen(listing.key)
    told = {name: value for name, value in asked.items() if value}
    for name in told:
        if name not in listing.filters:
            raise UnreadableFilter(name)
    where, params = listing.conditions(told)
    return Selection(
        listing=listing,
        columns=(*chosen, MARK) if mark else chosen,
        where=f"({where})",
        params={**params, "language": language, "mark": mark},
    )


def chosen(*, listing: Listing, names: Iterable[str], reader: User) -> tuple[Column, ...]:
    """The columns of these names in the list's own order; all that may be seen when none is named.

    Raises UnknownColumn, and NothingChosen for a list that is not theirs. This function will return them.
    """
    seen = {column.name: column for column in visible(listing=listing, reader=reader)}
    if not seen:
        raise NothingChosen(listing.key)
    wanted = set(names)
    for name in sorted(wanted - set(seen)):
        raise UnknownColumn(name)
    return tuple(column for name, column in seen.items() if name in wanted or not wanted)


def plain(column: Column) -> str:
    """This function will return a column as it stands in a file of text."""
    return column.cell


@dataclass(frozen=True, slots=True)
class Extent:
    """How much it is; `givers` is 0 for a selection that tells of nobody. Both stop counting at the most asked for."""

    rows: int
    givers: int


def extent(*, of: Selection, most_rows: int, most_givers: int) -> Extent:
    """This function will return how large a selection is, up to one more than the limits."""
    listing, params = of.listing, dict(of.params)
    body = f"FROM {listing.base} WHERE {of.where}"
    rows = _one(f"SELECT count(*) FROM (SELECT 1 {body} LIMIT {int(most_rows) + 1}) n", params)
    givers = 0
    if of.is_personal:
        sql = f"SELECT count(*) FROM (SELECT DISTINCT {listing.donor} {body} LIMIT {int(most_givers) + 1}) n"
        givers = _one(sql, params)
    return Extent(rows, givers)


def _one(sql: str, params: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.fetchone()[0])


def summed(*, of: Selection) -> dict[str, object]:
    """The rows of a selection and their sum in each currency, for its manifest.

    This function will return plain JSON.
    """
    listing = of.listing
    currency, minor = listing.summed or ("NULL::text", "0")
    body = f"FROM {listing.base}\n{listing.joined(set(listing.sum_needs))}\nWHERE {of.where}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {currency}, count(*), sum({minor})::bigint {body} GROUP BY 1 ORDER BY 1", dict(of.params)
        )
        found = cursor.fetchall()
    sums = [
        {"amount": Money(int(total), code).plain, "currency": code}
        for code, _count, total in found
        if code is not None and total is not None
    ]
    return {"rows": sum(count for _code, count, _total in found), "sums": sums}


def empties(*, of: Selection) -> frozenset[str]:
    """This function will return which of the tables that may be empty are; ask in the snapshot of the file."""
    tables = sorted({join.table for join in of.listing.joins.values() if join.nothing})
    if not tables:
        return frozenset()
    asked = ", ".join(
        " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables_of_one.split(", "))
        for tables_of_one in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        found = cursor.fetchone()
    return frozenset(table for table, is_there in zip(tables, found, strict=True) if not is_there)


LONG = 50_000
"""Rows from which on a list is cut."""
EARLY = 0.002
"""The share of a long list that leaves by itself, before the joins of all the others are made."""
SAMPLED = 2
"""Of a hundred blocks of a table, how many are looked at to find where."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where a long list is cut along its span: `early` so that the first rows come at once, `middle` in two halves.

    `is_most`: it holds a good part of its table, so that reading all of it is cheaper than looking for each row.
    """

    early: object
    middle: object
    is_most: bool


def cuts(*, of: Selection, middle: int = 50) -> Cuts | None:
    """They are found in a sample, which decides where the cuts are, never what is in the file. Of a hundred rows,
    `middle` come before the second half.

    This function will return them, or None for a list that is short or knows no span.
    """
    span = of.listing.span
    if span is None:
        return None
    table = f"{span.table} {span.alias}"
    sample = of.listing.base.replace(table, f"{table} TABLESAMPLE SYSTEM ({SAMPLED}) REPEATABLE (1)", 1)
    places = f"ARRAY[{EARLY}, {int(middle)} / 100.0]"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {of.where}), count(*), percentile_disc({places})"
            f" WITHIN GROUP (ORDER BY {span.sql}) FILTER (WHERE {of.where}) FROM {sample}",
            dict(of.params),
        )
        chosen, there, found = cursor.fetchone()
    if chosen * 100 < LONG * SAMPLED:
        return None
    early, half = found
    return Cuts(early, half, is_most=chosen * 3 >= there)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a list, as a condition; `is_long`: it has so many rows that what they stand on is better read whole."""

    sql: str
    is_long: bool


def windows(*, of: Selection, at: list[object]) -> tuple[list[Window], dict[str, object]]:
    """This function will return the parts that follow one another, and their parameters."""
    span = of.listing.span
    if span is None or not at:
        return [Window("TRUE", is_long=span is None)], {}
    column, last = span.sql, len(at) - 1
    inner = [f"{column} >= %(cut{place})s AND {column} < %(cut{place + 1})s" for place in range(last)]
    parts = [Window(sql, is_long=True) for sql in (*inner, f"{column} >= %(cut{last})s")]
    return [Window(f"{column} < %(cut0)s", is_long=False), *parts], {
        f"cut{place}": cut for place, cut in enumerate(at)
    }

"""Declaring a list: the words in which a module of this package says what it is."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from reports import escaping
from reports.kinds import Kind
from staff.models import Role

Asked = Mapping[str, str]
"""What a list was narrowed by, as plain texts: the same words stand in an address, a row and a manifest."""
Conditions = Callable[[Asked], tuple[str, dict[str, Any]]]


class UnreadableFilter(ValueError):
    """A list cannot be narrowed by this word, or not to this value; `name` is the word."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` stands in the file in every language, so that programs find it.

    `sql` is the plain value (an AMOUNT is exact already, a MOMENT without zone), `thousandths` the same AMOUNT as a
    whole number of them; `needs` are the joins it stands on. `is_personal`: it tells who somebody is. `is_guarded`: its
    join guards the text once for each person instead of once for each row.
    """

    name: str
    sql: str
    kind: Kind = Kind.CODE
    needs: tuple[str, ...] = ()
    is_personal: bool = False
    is_guarded: bool = False
    thousandths: str = ""

    @property
    def cell(self) -> str:
        """The value as it stands in every format."""
        return escaping.guarded(self.sql) if self.kind is Kind.TEXT and not self.is_guarded else self.sql


def amount(name: str, minor: str, *needs: str, currency: str = "x.currency") -> Column:
    """This function will return the column of minor units of a currency, both as SQL."""
    exact, whole = escaping.exact(minor, currency), escaping.thousandths(minor, currency)
    return Column(name, exact, Kind.AMOUNT, needs, thousandths=whole)


def local(moment: str, zone: str) -> str:
    """A moment by the clock of a zone, both as SQL. Whose session tells the time by that clock need not look for it.

    This function will return it as SQL.
    """
    is_ours = f"{zone} = (SELECT current_setting('TimeZone'))"
    return (
        f"(CASE WHEN {is_ours} THEN {moment}::timestamp ELSE {moment} AT TIME ZONE {zone} END)::timestamp(0)"
    )


@dataclass(frozen=True, slots=True)
class Join:
    """One join and the joins before it. All are to at most one row, so that leaving one out changes no other column.

    `nothing` stands in its place while `table` is empty: a young house has no refund, and need not ask a million times.
    `few` is the same asked row by row, for a few rows of a large table. `rows`, where told, is all it may join, and the
    one whose `met` is the list's `key` is joined: a reader that holds those rows needs no more than the key.
    """

    sql: str
    needs: tuple[str, ...] = ()
    table: str = ""
    nothing: str = ""
    few: str = ""
    rows: str = ""
    met: str = ""
    key: str = ""

    def told(self, *, empty: Container[str], is_long: bool) -> str:
        """This function will return its SQL for a long list or a short one; `empty` are tables without a row."""
        if self.nothing and self.table in empty:
            return self.nothing
        return self.sql if is_long or not self.few else self.few


@dataclass(frozen=True, slots=True)
class Span:
    """An indexed column that is never empty, by its table's alias in `base`: a long list is cut along it."""

    table: str
    alias: str
    column: str

    @property
    def sql(self) -> str:
        return f"{self.alias}.{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list.

    `order` is total: it ends with a key. `summed` is (currency, minor units) over `base` and `sum_needs`, for the
    manifest. `donor` is the SQL of the giver a row tells of, over `base`; a list with personal columns must have it.
    `roles` may take the file, `personal_roles` also its personal columns. `order` begins with `span`, if there is one:
    a long list is cut there, so that its first rows come at once. `clock` is a SELECT of the zone that most of its
    moments are `local` to.
    """

    key: str
    roles: frozenset[Role]
    base: str
    columns: tuple[Column, ...]
    order: str
    conditions: Conditions
    filters: frozenset[str]
    joins: Mapping[str, Join] = field(default_factory=dict)
    summed: tuple[str, str] | None = None
    sum_needs: tuple[str, ...] = ()
    donor: str = ""
    personal_roles: frozenset[Role] = frozenset({Role.FINANCE})
    span: Span | None = None
    clock: str = ""

    def joined(self, needs: set[str], *, empty: Container[str] = (), is_long: bool = True) -> str:
        """This function will return the joins that are needed, in their order; `empty` are tables without a row."""
        wanted = set(needs)
        for name in reversed(list(self.joins)):
            if name in wanted:
                wanted.update(self.joins[name].needs)
        return "\n".join(
            join.told(empty=empty, is_long=is_long) for name, join in self.joins.items() if name in wanted
        )


def no_conditions(asked: Asked) -> tuple[str, dict[str, Any]]:
    """This function will return the condition of a list that cannot be narrowed."""
    return "TRUE", {}


def among(key: str, rows: QuerySet[Any, Any], *, prefix: str = "q") -> tuple[str, dict[str, Any]]:
    """The condition that `key` is one of the rows a page would show, so that list and file cannot disagree.

    This function will return it as SQL with named parameters.
    """
    query, values = rows.order_by().values("pk").query.sql_with_params()
    names = [f"%({prefix}{place})s" for place in range(len(values))]
    text = query.replace("%%", "%%%%") % tuple(names)
    return f"{key} IN ({text})", {f"{prefix}{place}": value for place, value in enumerate(values)}

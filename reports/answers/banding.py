"""Banding: how many gifts of which size, and what they come to. The bands are of each currency's own round amounts."""

from dataclasses import dataclass
from typing import Any

from donations import folding
from ledger import money
from ledger.money import Money
from reports.answers import weighing
from reports.answers.asking import Asked
from reports.answers.weighing import GIFTS, KEPT

_STEPS = (25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000)
_LARGER_UNITS = {"KRW": 1000, "JPY": 100}
"""A currency whose unit is small has bands of larger numbers: 25,000 won stands where 25 dollars do."""


@dataclass(frozen=True, slots=True)
class Band:
    """All gifts of `least` up to but not with `below`, None at the open end, whatever went back; `kept` is the rest."""

    least: Money
    below: Money | None
    gifts: int
    given: Money
    kept: Money

    @property
    def most(self) -> Money | None:
        """The largest amount in the band: one minor unit below the next."""
        return None if self.below is None else self.below - Money(1, self.below.currency)


def edges(currency: str) -> list[Money]:
    """This function will return where bands begin, the first at nothing."""
    unit = 10 ** money.exponent(currency) * _LARGER_UNITS.get(currency, 1)
    return [Money(0, currency), *(Money(step * unit, currency) for step in _STEPS)]


def bands(asked: Asked) -> list[Band]:
    """This function will return every band of a currency in a year, also empty ones, the smallest first."""
    starts = edges(asked.currency)
    sql, params = _counted_ahead(asked) if _is_counted_ahead(asked) else _counted(asked)
    found = weighing.rows(sql, params | {"edges": [edge.minor for edge in starts]})
    told = {row["band"]: row for row in found}
    empty = {"gifts": 0, "given": 0, "kept": 0}
    made = []
    for number, least in enumerate(starts, start=1):
        row = told.get(number, empty)
        below = starts[number] if number < len(starts) else None
        amounts = (Money(row[name], asked.currency) for name in ("given", "kept"))
        made.append(Band(least, below, row["gifts"], *amounts))
    return made


def _is_counted_ahead(asked: Asked) -> bool:
    return asked.ends_in_month == 12 and not asked.campaign


def _counted_ahead(asked: Asked) -> tuple[str, dict[str, Any]]:
    conditions, params = weighing.told_where(asked)
    return (
        f"""SELECT width_bucket(t.size_minor, %(edges)s::bigint[]) AS band, sum(gifts)::int AS gifts,
          sum(given_minor)::bigint AS given, sum(given_minor - back_minor)::bigint AS kept
        FROM ({folding.SIZES}) t WHERE {conditions} AND t.year = %(year)s GROUP BY 1""",
        params | {"year": asked.year},
    )


def _counted(asked: Asked) -> tuple[str, dict[str, Any]]:
    conditions, params = weighing.where(asked, asked.span)
    return (
        f"""SELECT width_bucket(d.amount_minor, %(edges)s::bigint[]) AS band, count(*)::int AS gifts,
          sum(d.amount_minor)::bigint AS given, sum({KEPT})::bigint AS kept
        FROM {GIFTS} WHERE {conditions} GROUP BY 1""",
        params,
    )

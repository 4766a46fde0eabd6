"""Banding: how many gifts of which size, and what they come to. The bands are of each currency's own round amounts."""

from dataclasses import dataclass

from ledger import money
from ledger.money import Money
from reports.answers import weighing
from reports.answers.asking import Asked, Span
from reports.answers.weighing import GIFTS, KEPT

_STEPS = (25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 25000)
_LARGER_UNITS = {"KRW": 1000, "JPY": 100}
"""A currency whose unit is small has bands of larger numbers: 25,000 won stands where 25 dollars do."""


@dataclass(frozen=True, slots=True)
class Band:
    """Gifts of `least` up to but not with `below`; None at an open end. `kept` is less what went back."""

    least: Money
    below: Money | None
    gifts: int
    donors: int
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


def bands(asked: Asked, span: Span) -> list[Band]:
    """This function will return every band of a currency, also empty ones, the smallest first."""
    starts = edges(asked.currency)
    conditions, params = weighing.where(asked, span)
    found = weighing.rows(
        f"""SELECT width_bucket(d.amount_minor, %(edges)s::bigint[]) AS band, count(*)::int AS gifts,
          count(DISTINCT coalesce(p.merged_into_id, p.id))::int AS donors, sum(d.amount_minor)::bigint AS given,
          sum({KEPT})::bigint AS kept
        FROM {GIFTS} JOIN donors_donor p ON p.id = d.donor_id WHERE {conditions} GROUP BY 1""",
        params | {"edges": [edge.minor for edge in starts]},
    )
    told = {row["band"]: row for row in found}
    empty = {"gifts": 0, "donors": 0, "given": 0, "kept": 0}
    made = []
    for number, least in enumerate(starts, start=1):
        row = told.get(number, empty)
        below = starts[number] if number < len(starts) else None
        made.append(
            Band(
                least,
                below,
                row["gifts"],
                row["donors"],
                Money(row["given"], asked.currency),
                Money(row["kept"], asked.currency),
            )
        )
    return made

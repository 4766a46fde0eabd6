"""The bars of the giver's years: lengths for a picture; the numbers stand beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template

from ledger.money import Money
from reports.histories import Year

register = template.Library()


@dataclass(frozen=True, slots=True)
class Bar:
    year: int
    kept: Money
    width: int


@register.filter
def barred(years: Sequence[Year]) -> list[Bar]:
    """Each year with its share, in hundredths, of the largest in the same currency."""
    largest: dict[str, int] = {}
    for one in years:
        largest[one.kept.currency] = max(largest.get(one.kept.currency, 0), one.kept.minor)
    return [
        Bar(one.year, one.kept, max(one.kept.minor, 0) * 100 // (largest[one.kept.currency] or 1))
        for one in years
    ]

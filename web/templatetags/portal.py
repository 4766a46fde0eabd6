"""The bars of the giver's years: lengths for a picture; the numbers stand beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.translation import get_language

from donations import telling, wishing
from donations.models import PlanChange, RecurringPlan
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


@register.filter
def often(plan: RecurringPlan) -> str:
    """ "every month", "every quarter", "every year"."""
    return telling.every(wishing.months_of(plan))


@register.filter
def wanted(change: PlanChange) -> str:
    """What was asked for, in a word or two, for the history of a plan."""
    if change.amount is not None:
        return change.amount.shown(get_language() or "en")
    if change.kind == PlanChange.Kind.FREQUENCY and change.months:
        return telling.every(change.months)
    if change.kind == PlanChange.Kind.FUND and change.fund is not None:
        return change.fund.code
    if change.kind == PlanChange.Kind.DAY:
        return str(change.charge_day)
    return ""

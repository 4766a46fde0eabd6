"""Costing: what one unit costs on a day, whether that was checked lately, and adding a new cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from campaigns.models import Campaign, NeedGroup, UnitCost, UnitCostHead, UnitCostHeadText
from ledger import money
from staff import auditing
from staff.models import User

FRESH_FOR = timedelta(days=90)
"""A meaning shown beside an amount must be true today: older checks are not shown (practice F11)."""


class UnableToSetCost(ValueError):
    """The parts do not add up to the whole, the currencies differ, or the day has a cost already."""


@dataclass(frozen=True)
class Head:
    """One part of a cost; `names` by language."""

    amount: money.Money
    names: Mapping[str, str]


def in_force(costs: Iterable[UnitCost], *, day: date) -> UnitCost | None:
    """The cost among `costs` (for example a prefetched `campaign.unit_costs.all()`) that holds on `day`."""
    begun = [cost for cost in costs if cost.effective_from <= day]
    return max(begun, key=lambda cost: cost.effective_from, default=None)


def cost_on(campaign: Campaign, day: date) -> UnitCost | None:
    """This function will return the newest cost effective on or before `day`, or None before the first."""
    return campaign.unit_costs.filter(effective_from__lte=day).order_by("-effective_from").first()


def is_fresh(cost: UnitCost, day: date) -> bool:
    """Whether `cost` was checked within the 90 days up to `day`."""
    return cost.checked_on <= day <= cost.checked_on + FRESH_FOR


def group_goal(group: NeedGroup, *, cost: UnitCost) -> money.Money:
    """What a group needs: its size times the cost in force."""
    return money.Money(group.size * cost.amount_minor, cost.currency)


def set_cost(
    *,
    campaign: Campaign,
    amount: money.Money,
    effective_from: date,
    checked_on: date,
    checked_by: str,
    source_note: str,
    heads: Sequence[Head],
    actor: User | str,
    now: datetime,
) -> UnitCost:
    """Add a dated cost with the parts it covers; former costs stay as they were.

    `heads` may be empty. Raises UnableToSetCost if their sum is not `amount`, if the currency is not the
    campaign's, or if a cost already begins on that day. This function will return the stored cost.
    """
    _require_fit(campaign=campaign, amount=amount, heads=heads)
    with transaction.atomic():
        cost, is_new = UnitCost.objects.get_or_create(
            campaign=campaign,
            effective_from=effective_from,
            defaults={
                "amount_minor": amount.minor,
                "currency": amount.currency,
                "checked_on": checked_on,
                "checked_by": checked_by,
                "source_note": source_note,
            },
        )
        if not is_new:
            raise UnableToSetCost(f"a cost already begins on {effective_from}")
        _add_heads(cost=cost, heads=heads)
        auditing.record(
            actor=actor,
            action="campaign.cost_set",
            target=f"campaign:{campaign.pk}",
            now=now,
            details={"amount_minor": amount.minor, "effective_from": effective_from.isoformat()},
        )
    return cost


def _require_fit(*, campaign: Campaign, amount: money.Money, heads: Sequence[Head]) -> None:
    if amount.currency != campaign.currency:
        raise UnableToSetCost(f"the campaign counts in {campaign.currency}")
    if any(head.amount.currency != amount.currency for head in heads):
        raise UnableToSetCost("a part is in another currency")
    if heads and money.total((head.amount for head in heads), currency=amount.currency) != amount:
        raise UnableToSetCost("the parts do not add up to the whole")


def _add_heads(*, cost: UnitCost, heads: Sequence[Head]) -> None:
    for position, head in enumerate(heads, start=1):
        row = UnitCostHead.objects.create(unit_cost=cost, position=position, amount_minor=head.amount.minor)
        UnitCostHeadText.objects.bulk_create(
            UnitCostHeadText(head=row, language=language, name=name) for language, name in head.names.items()
        )

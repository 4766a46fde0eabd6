"""Filling: a group that waits closes by itself when the money for it has come, and what is over helps the next (F45).

Money goes to the group that has waited longest. What a group takes is its size times the cost in force on the day it
is funded, and it keeps that sum: a later cost changes what the next group needs, never what the last one took.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from campaigns import costing, publishing
from campaigns.models import Campaign, NeedGroup, UnitCost
from ledger.money import Money
from staff import auditing

ACTOR = "filling"


@dataclass(frozen=True, slots=True)
class Step:
    """One group in the order of waiting: `until_minor` is how much the campaign must have raised to cover it."""

    group: NeedGroup
    need_minor: int
    until_minor: int


def taken_minor(group: NeedGroup, *, costs: Sequence[UnitCost]) -> int:
    """What a funded group took. Groups funded before sums were kept took the cost of the day they were funded."""
    if group.funded_minor is not None:
        return group.funded_minor
    cost = costing.in_force(costs, day=group.funded_on) if group.funded_on else None
    return costing.group_goal(group, cost=cost).minor if cost else 0


def steps(*, groups: Sequence[NeedGroup], costs: Sequence[UnitCost], day: date) -> list[Step]:
    """Funded groups first, as they were funded, then those that wait, longest first, at the cost of `day`.

    Without a cost in force nobody knows what a waiting group needs: only the funded ones are counted.
    This function will return one step for each group that is counted.
    """
    funded = [group for group in groups if group.funded_on is not None]
    funded.sort(key=lambda group: (group.funded_on or date.max, group.opened_on, group.pk))
    cost = costing.in_force(costs, day=day)
    waiting = [group for group in groups if group.funded_on is None] if cost else []
    waiting.sort(key=lambda group: (group.opened_on, group.pk))
    found: list[Step] = []
    until = 0
    for group in funded:
        need = taken_minor(group, costs=costs)
        until += need
        found.append(Step(group, need, until))
    for group in waiting:
        need = costing.group_goal(group, cost=cost).minor if cost else 0
        until += need
        found.append(Step(group, need, until))
    return found


def covered(found: Sequence[Step], *, raised: Money) -> int:
    """This function will return how many groups, in order, `raised` covers."""
    return sum(step.until_minor <= raised.minor for step in found)


def fill(*, campaign_id: int, raised: Callable[[], Money], now: datetime, day: date) -> list[NeedGroup]:
    """Close every waiting group whose money has come.

    `raised` is asked after the campaign's row is locked, so that of two gifts settled at once whoever comes second
    sees both. A gift that was refunded later opens no group again: people plan on it; the next group waits longer.
    When no group waits any more, an open campaign becomes funded: what still comes goes where its words say.
    This function will return the groups it closed.
    """
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        groups = list(campaign.need_groups.all())
        if all(group.funded_on is not None for group in groups):
            return []
        found = steps(groups=groups, costs=list(campaign.unit_costs.all()), day=day)
        have = raised()
        closed = [
            step
            for step in found
            if step.group.funded_on is None
            and have.currency == campaign.currency
            and step.until_minor <= have.minor
        ]
        for step in closed:
            _close(step, campaign=campaign, now=now, day=day)
        waits = len(groups) - sum(group.funded_on is not None for group in groups)
        if closed and not waits and campaign.status == Campaign.Status.OPEN:
            publishing.mark_funded(campaign_id=campaign.pk, actor=ACTOR, now=now)
    return [step.group for step in closed]


def _close(step: Step, *, campaign: Campaign, now: datetime, day: date) -> None:
    # A group opened with a later date than today (a typing mistake) is funded on the day it opens, as its law wants.
    step.group.funded_on = max(day, step.group.opened_on)
    step.group.funded_minor = step.need_minor
    step.group.save(update_fields=["funded_on", "funded_minor"])
    auditing.record(
        actor=ACTOR,
        action="campaign.group_funded",
        target=f"campaign:{campaign.pk}",
        now=now,
        details={"group": step.group.pk, "amount_minor": step.need_minor, "currency": campaign.currency},
    )

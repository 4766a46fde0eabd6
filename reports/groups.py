"""Groups: which group the next gift helps, and what one gift met when it came. Sums of the books (F45)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, Sum

from campaigns import filling
from campaigns.models import Campaign
from donations import funding
from donations.models import Donation
from ledger.balances import INCOME
from ledger.models import Entry, Line
from ledger.money import Money

SURPLUS = "surplus"


@dataclass(frozen=True, slots=True)
class Serving:
    """`mark` names the group the next gift helps, or says that none waits. `just_filled`: its money has come, and the
    timetable has not closed it yet, or every group is funded.
    """

    mark: str
    just_filled: bool
    next_waits: bool


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a gift met. `moved_on`: the group it was begun for had its money before this gift came. `completed`: this
    gift brought the last of what a group needed. `next_waits`: there was a group left for what is over.
    """

    moved_on: bool
    completed: bool
    next_waits: bool


def serving(*, slug: str, day: date) -> Serving | None:
    """This function will return which group the next gift helps; None for a campaign without groups or a cost."""
    campaign = Campaign.objects.filter(slug=slug, kind=Campaign.Kind.UNITS).first()
    steps = _steps(campaign, day=day) if campaign else []
    if campaign is None or not steps:
        return None
    place = filling.covered(steps, raised=funding.raised(campaign))
    waiting = next((step.group for step in steps[place:]), None)
    is_current = waiting is not None and not any(step.group.funded_on is None for step in steps[:place])
    return Serving(
        mark=str(waiting.pk) if waiting else SURPLUS,
        just_filled=not is_current,
        next_waits=waiting is not None,
    )


def arrival(*, donation: Donation, began_at: datetime, day: date) -> Arrival | None:
    """What the books held for the campaign just before this gift, and when its giver opened the form.

    This function will return None for a gift that goes to no group.
    """
    campaign = donation.campaign
    if campaign.kind != Campaign.Kind.UNITS or donation.currency != campaign.currency:
        return None
    given = donation.designations.filter(fund=campaign.fund_id).aggregate(sum=Sum("amount_minor"))["sum"]
    entry = (
        Entry.objects.filter(source=f"charge:{donation.processor_ref}").values_list("pk", flat=True).first()
    )
    steps = _steps(campaign, day=day)
    if not given or entry is None or not steps:
        return None
    before = _held(campaign, Q(entry__lt=entry))
    met = filling.covered(steps, raised=before)
    asked = filling.covered(steps, raised=_held(campaign, Q(entry__recorded_at__lt=began_at)))
    after = filling.covered(steps, raised=before + Money(given, campaign.currency))
    return Arrival(moved_on=met > asked, completed=after > met, next_waits=max(met, after) < len(steps))


def _steps(campaign: Campaign, *, day: date) -> list[filling.Step]:
    groups, costs = list(campaign.need_groups.all()), list(campaign.unit_costs.all())
    return filling.steps(groups=groups, costs=costs, day=day)


def _held(campaign: Campaign, when: Q) -> Money:
    lines = Line.objects.filter(
        when, account__code__in=INCOME, segment=campaign.slug, currency=campaign.currency
    )
    return Money(-(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0), campaign.currency)

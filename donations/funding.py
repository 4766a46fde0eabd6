"""Funding: whether the money of groups that wait has come. The books are asked; nothing here moves money (F45).

It runs by the timetable and not inside settling: a gift is written down whatever its group has, so two gifts that race
past the goal are both accepted, and the pages read the same sums as this deed does.
"""

from datetime import datetime

from campaigns import filling
from campaigns.models import Campaign, NeedGroup
from ledger import balances
from ledger.money import Money


def close_groups(*, now: datetime) -> int:
    """Ask the books for every campaign that has a group waiting. Safe to repeat and to run twice at once.

    This function will return how many groups it closed.
    """
    waiting = NeedGroup.objects.waiting().values("campaign")
    campaigns = Campaign.objects.filter(pk__in=waiting).select_related("fund__entity").in_order()
    return sum(_close(campaign, now=now) for campaign in campaigns)


def _close(campaign: Campaign, *, now: datetime) -> int:
    day = campaign.fund.entity.day_of(now)
    closed = filling.fill(campaign_id=campaign.pk, raised=lambda: raised(campaign), now=now, day=day)
    return len(closed)


def raised(campaign: Campaign) -> Money:
    """This function will return what the books hold for a campaign in its own currency, refunds taken off."""
    sums = balances.received(segments=[campaign.slug]).get(campaign.slug, [])
    nothing = Money(0, campaign.currency)
    return next((amount for amount in sums if amount.currency == campaign.currency), nothing)

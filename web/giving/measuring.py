"""Measuring: how near a campaign is, in money and plain words, without making anybody feel small.

A bar is shown only from 30 % on: far from a goal it puts people off (F13). Near the end of a one-off goal no
count of givers is shown, because it makes gifts smaller (F14); monthly givers may be counted.
"""

from dataclasses import dataclass, replace

from django.utils.translation import pgettext

from campaigns.models import Campaign
from ledger.money import Money
from reports import progress

BAR_FROM_PERCENT = 30
GIVERS_SHOWN_FROM = 5


@dataclass(frozen=True)
class Meter:
    """`have` of `goal`, ready for a sentence and, if `has_bar`, for a bar."""

    have: Money
    goal: Money | None
    is_monthly: bool
    has_bar: bool
    others: tuple[Money, ...]
    givers: int


def meter(
    *, kind: str, currency: str, goal: Money | None, monthly_goal: Money | None, standing: progress.Standing
) -> Meter:
    """Choose between what was raised and what is pledged each month.

    `givers` is 0 unless it may be told. This function will return the meter of one campaign.
    """
    is_monthly = kind == Campaign.Kind.RUNNING
    amounts = standing.monthly if is_monthly else standing.raised
    have = standing.monthly_in(currency) if is_monthly else standing.raised_in(currency)
    aim = monthly_goal if is_monthly else goal
    givers = standing.monthly_givers if is_monthly else 0
    return Meter(
        have=have,
        goal=aim,
        is_monthly=is_monthly,
        has_bar=aim is not None and have.minor * 100 >= aim.minor * BAR_FROM_PERCENT,
        others=tuple(amount for amount in amounts if amount.currency != currency and amount.minor > 0),
        givers=givers if givers >= GIVERS_SHOWN_FROM else 0,
    )


def of_group(meter: Meter, *, goal: Money, taken: Money) -> Meter:
    """Of a campaign with groups the one that waits is measured: what the groups before took is not counted again.

    This function will return the meter of the group.
    """
    have = Money(max(0, meter.have.minor - taken.minor), meter.have.currency)
    return replace(meter, have=have, goal=goal, has_bar=have.minor * 100 >= goal.minor * BAR_FROM_PERCENT)


def funded_places(*, size: int, raised: Money, unit_cost: Money) -> int:
    """How many places of a group the money covers. This function will return 0 to `size`."""
    if raised.currency != unit_cost.currency or raised.minor <= 0:
        return 0
    return min(size, raised.minor // unit_cost.minor)


def in_words(number: int) -> str:
    """ "three"; from eleven on, digits. Korean uses the counting form ("세")."""
    words = (
        pgettext("counting", "none"),
        pgettext("counting", "one"),
        pgettext("counting", "two"),
        pgettext("counting", "three"),
        pgettext("counting", "four"),
        pgettext("counting", "five"),
        pgettext("counting", "six"),
        pgettext("counting", "seven"),
        pgettext("counting", "eight"),
        pgettext("counting", "nine"),
        pgettext("counting", "ten"),
    )
    return words[number] if 0 <= number < len(words) else str(number)

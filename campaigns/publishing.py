"""Publishing: how a campaign comes before the public, rests at once when people are in danger, and closes."""

from datetime import date, datetime

from django.db import transaction

from campaigns.models import Campaign, CampaignText
from staff import auditing
from staff.models import User

Status = Campaign.Status
MAY_BECOME: dict[str, frozenset[str]] = {
    Status.DRAFT: frozenset({Status.OPEN}),
    Status.OPEN: frozenset({Status.PAUSED, Status.RESTING, Status.FUNDED, Status.CLOSED}),
    Status.PAUSED: frozenset({Status.OPEN, Status.RESTING, Status.FUNDED, Status.CLOSED}),
    Status.FUNDED: frozenset({Status.OPEN, Status.PAUSED, Status.RESTING, Status.CLOSED}),
    Status.RESTING: frozenset({Status.OPEN, Status.PAUSED, Status.FUNDED, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.RESTING}),
}
"""From what to what. A closed campaign can rest (it can still endanger somebody), never ask again."""


class UnableToPublish(ValueError):
    """The campaign cannot be shown, or cannot go from its state to the one asked for."""


def publish(*, campaign_id: int, actor: User | str, now: datetime) -> Campaign:
    """Show a draft for the first time; resumed ones go through `resume`.

    It must have English words whose terms say what happens to a gift (S11). Raises UnableToPublish.
    This function will return the open campaign.
    """
    words = CampaignText.objects.filter(campaign_id=campaign_id, language="en").first()
    if words is None or not words.terms:
        raise UnableToPublish("English words and fund terms come first")
    return _advance(
        campaign_id=campaign_id,
        to=Status.OPEN,
        sources={Status.DRAFT},
        actor=actor,
        now=now,
        published_at=now,
    )


def rest(*, campaign_id: int, actor: User | str, now: datetime, reason: str = "") -> Campaign:
    """Incident mode (S06): hide a campaign and everything that hangs from it, at once.

    Every page, feed and embed reads `.public()`, so the commit is the moment it disappears.
    The reason is kept in the audit trail only. Raises UnableToPublish for a draft.
    This function will return the resting campaign; one that rests already is returned unchanged.
    """
    resting = Campaign.objects.resting().filter(pk=campaign_id).first()
    if resting is not None:
        return resting
    return _advance(campaign_id=campaign_id, to=Status.RESTING, actor=actor, now=now, reason=reason)


def resume(*, campaign_id: int, to: Campaign.Status, actor: User | str, now: datetime) -> Campaign:
    """Bring back a resting or paused campaign as `to`: somebody decides what it wakes up as.

    One that was closed before it rested wakes up closed, whatever is asked for: raises UnableToPublish.
    This function will return the campaign.
    """
    return _advance(
        campaign_id=campaign_id, to=to, sources={Status.RESTING, Status.PAUSED}, actor=actor, now=now
    )


def pause(*, campaign_id: int, actor: User | str, now: datetime) -> Campaign:
    """Take no new gifts for a while; page and monthly gifts stay (S12). This function will return it."""
    return _advance(campaign_id=campaign_id, to=Status.PAUSED, actor=actor, now=now)


def mark_funded(*, campaign_id: int, actor: User | str, now: datetime) -> Campaign:
    """Its goal is covered; further gifts help the next, as its terms say. This function will return it."""
    return _advance(campaign_id=campaign_id, to=Status.FUNDED, actor=actor, now=now)


def close(*, campaign_id: int, on: date, actor: User | str, now: datetime) -> Campaign:
    """End a campaign on a day; it stays readable and never asks again. This function will return it."""
    return _advance(campaign_id=campaign_id, to=Status.CLOSED, actor=actor, now=now, closed_on=on)


def _advance(
    *,
    campaign_id: int,
    to: Campaign.Status,
    actor: User | str,
    now: datetime,
    sources: set[Campaign.Status] | None = None,
    reason: str = "",
    **dates: date | datetime,
) -> Campaign:
    with transaction.atomic():
        campaign = Campaign.objects.select_for_update().get(pk=campaign_id)
        before = campaign.status
        is_allowed = to in MAY_BECOME[before] and (sources is None or before in sources)
        ended = campaign.closed_on is not None and to not in {Status.CLOSED, Status.RESTING}
        if not is_allowed or ended:
            raise UnableToPublish(f"a campaign that is {before} cannot become {to}")
        campaign.status = to
        for name, value in dates.items():
            setattr(campaign, name, value)
        campaign.save(update_fields=["status", *dates])
        auditing.record(
            actor=actor,
            action=f"campaign.{to.value}",
            target=f"campaign:{campaign.pk}",
            now=now,
            details={"from": before, **({"reason": reason} if reason else {})},
        )
    return campaign

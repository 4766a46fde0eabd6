"""Gathering: everything a public page says about campaigns, letters and tours, in one language.

What is gathered is plain and frozen, so it can be kept for half a minute. Whether a campaign may be shown is never
kept: that is asked of the database each time, because resting must work at once (S06).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns import costing, filling, measuring, resting, telling
from campaigns.models import Campaign, CampaignText, NeedGroup, UnitCost
from ledger.money import Money
from reports import keeping


@dataclass(frozen=True)
class Part:
    name: str
    amount: Money


@dataclass(frozen=True)
class Cost:
    """What one unit costs now, of what parts, when it was checked, and what it cost before."""

    amount: Money
    checked_on: date
    is_fresh: bool
    parts: tuple[Part, ...]
    history: tuple[tuple[int, Money], ...]


@dataclass(frozen=True)
class Stage:
    """One phase of a building."""

    name: str
    sentence: str
    percent: int
    finished_year: int | None


@dataclass(frozen=True)
class Story:
    """One campaign as a visitor reads it."""

    slug: str
    kind: str
    status: str
    currency: str
    title: str
    tag: str
    sentence: str
    body: str
    terms: str
    surplus: str
    why_harder: tuple[str, ...]
    goal: Money | None
    monthly_goal: Money | None
    urgent_until: date | None
    area: str
    area_label: str
    finished_years: int | None
    closed_on: date | None
    takes_gifts: bool
    group_size: int
    groups_waiting: int
    group_goal: Money | None
    taken: Money
    has_ways: bool
    entity_id: int | None
    cost: Cost | None
    stages: tuple[Stage, ...]


def status_of(slug: str) -> str | None:
    """This function will return the state of a published campaign now (also resting), or None."""
    status = resting.status_of(slug=slug)
    return None if status == Campaign.Status.DRAFT else status


def shown() -> list[tuple[str, str]]:
    """This function will return the slug and state of every public campaign at this moment, in order."""
    return list(Campaign.objects.public().in_order().values_list("slug", "status"))


def stories(*, language: str, day: date) -> list[Story]:
    """This function will return every public campaign in order; the list of them is always of this moment."""
    rows = shown()
    mark = hashlib.sha256(repr(rows).encode()).hexdigest()[:24]
    return keeping.kept(
        f"stories:v2:{language}:{day}:{mark}",
        lambda: _told([slug for slug, _ in rows], language=language, day=day),
    )


def story(slug: str, *, status: str, language: str, day: date) -> Story | None:
    """`status` is what `status_of` just said. This function will return one campaign, or None."""
    kept = keeping.kept(
        f"story:v2:{language}:{day}:{status}:{slug}",
        lambda: _told([slug], language=language, day=day),
    )
    return kept[0] if kept else None


def _told(slugs: Sequence[str], *, language: str, day: date) -> list[Story]:
    campaigns = (
        Campaign.objects.public()
        .filter(slug__in=slugs)
        .select_related("giving_page__entity", "fund")
        .prefetch_related("texts", "need_groups", "phases__texts", "unit_costs__heads__texts")
        .prefetch_related("giving_page__entity__ways_to_give")
        .in_order()
    )
    return [_story(campaign, language=language, day=day) for campaign in campaigns if campaign.texts.all()]


def _story(campaign: Campaign, *, language: str, day: date) -> Story:
    words: CampaignText = telling.told(campaign.texts.all(), language=language)
    groups = sorted(
        (group for group in campaign.need_groups.all() if group.funded_on is None),
        key=lambda group: (group.opened_on, group.pk),
    )
    area = campaign.area_square_meters
    costs = list(campaign.unit_costs.all())
    is_urgent = campaign.status == Campaign.Status.OPEN and (campaign.urgent_until or date.min) >= day
    return Story(
        slug=campaign.slug,
        kind=campaign.kind,
        status=campaign.status,
        currency=campaign.currency,
        title=words.title,
        tag=words.tag,
        sentence=words.sentence,
        body=words.body,
        terms=words.terms,
        surplus=words.surplus,
        why_harder=tuple(line.strip() for line in words.why_harder.splitlines() if line.strip()),
        goal=campaign.goal,
        monthly_goal=campaign.monthly_goal,
        urgent_until=campaign.urgent_until if is_urgent else None,
        area=measuring.area(area, language) if area is not None else "",
        area_label=campaign.area_label,
        finished_years=campaign.finished_years,
        closed_on=campaign.closed_on,
        takes_gifts=_takes_gifts(campaign),
        group_size=_size(groups),
        groups_waiting=len(groups),
        group_goal=_group_goal(groups, costs=costs, day=day),
        taken=_taken(campaign, costs=costs),
        has_ways=_has_ways(campaign),
        entity_id=_entity_id(campaign),
        cost=_cost(costs, language=language, day=day),
        stages=_stages(campaign, language=language),
    )


def _entity_id(campaign: Campaign) -> int | None:
    """Who receives: the body of its page; of a campaign without one, the body of its fund."""
    page = getattr(campaign, "giving_page", None)
    return page.entity_id if page is not None else campaign.fund.entity_id


def _takes_gifts(campaign: Campaign) -> bool:
    page = getattr(campaign, "giving_page", None)
    is_asking = campaign.status in {Campaign.Status.OPEN, Campaign.Status.FUNDED}
    return is_asking and page is not None and page.is_open and campaign.fund.is_open


def _size(groups: Sequence[NeedGroup]) -> int:
    """The size of the group that waits longest: money goes to it first."""
    return groups[0].size if groups else 0


def _group_goal(groups: Sequence[NeedGroup], *, costs: Sequence[UnitCost], day: date) -> Money | None:
    """What the group that waits longest needs, at the cost in force."""
    cost = costing.in_force(costs, day=day)
    return costing.group_goal(groups[0], cost=cost) if groups and cost else None


def _taken(campaign: Campaign, *, costs: Sequence[UnitCost]) -> Money:
    """What the groups before took: it was raised too, but it helps nobody who waits now."""
    funded = [group for group in campaign.need_groups.all() if group.funded_on is not None]
    return Money(sum(filling.taken_minor(group, costs=costs) for group in funded), campaign.currency)


def _has_ways(campaign: Campaign) -> bool:
    if not _takes_gifts(campaign):
        return False
    return any(way.is_shown for way in campaign.giving_page.entity.ways_to_give.all())


def _cost(costs: Sequence[UnitCost], *, language: str, day: date) -> Cost | None:
    current = costing.in_force(costs, day=day)
    if current is None:
        return None
    # By year, never by route: the newest cost that began in a year stands for it.
    by_year = {
        cost.effective_from.year: cost.amount for cost in sorted(costs, key=lambda cost: cost.effective_from)
    }
    return Cost(
        amount=current.amount,
        checked_on=current.checked_on,
        is_fresh=costing.is_fresh(current, day),
        parts=tuple(
            Part(
                name=telling.told(head.texts.all(), language=language).name,
                amount=Money(head.amount_minor, current.currency),
            )
            for head in sorted(current.heads.all(), key=lambda head: head.position)
            if head.texts.all()
        ),
        history=tuple(sorted((year, amount) for year, amount in by_year.items() if year <= day.year)),
    )


def _stages(campaign: Campaign, *, language: str) -> tuple[Stage, ...]:
    stages = []
    for phase in sorted(campaign.phases.all(), key=lambda phase: phase.position):
        words = telling.told(phase.texts.all(), language=language)
        stages.append(
            Stage(
                name=words.name,
                sentence=words.sentence,
                percent=phase.percent,
                finished_year=phase.finished_on.year if phase.finished_on else None,
            )
        )
    return tuple(stages)

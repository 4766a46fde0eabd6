"""Asking: the demo's campaigns with their costs, group, phases and giving pages."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from campaigns import costing
from campaigns.models import (
    Campaign,
    CampaignText,
    GivingPage,
    NeedGroup,
    PageCurrency,
    PageFund,
    Phase,
    PhaseText,
    PresetAmount,
)
from ledger import money
from ledger.models import Fund, LegalEntity
from web.demo import facts, shapes

ACTOR = "demo"


def write(
    *,
    bodies: Mapping[str, LegalEntity],
    funds: Mapping[str, Mapping[str, Fund]],
    tongues: Sequence[shapes.Tongue],
    today: date,
    now: datetime,
) -> None:
    """This function will add what is missing and renew dates that have gone by; the rest stays as edited."""
    for position, effort in enumerate(facts.EFFORTS, start=1):
        _campaign(
            effort,
            position=position,
            entity=bodies[effort.body],
            funds=funds[effort.body],
            tongues=tongues,
            today=today,
        )
    family = Campaign.objects.get(slug="family")
    _costs(family, tongues=tongues, today=today, now=now)
    Campaign.objects.filter(slug="family", urgent_until__lt=today).update(
        urgent_until=today + timedelta(days=45)
    )


def _campaign(
    effort: facts.Effort,
    *,
    position: int,
    entity: LegalEntity,
    funds: Mapping[str, Fund],
    tongues: Sequence[shapes.Tongue],
    today: date,
) -> None:
    campaign, is_new = Campaign.objects.get_or_create(
        slug=effort.slug,
        defaults={
            "kind": effort.kind,
            "status": effort.status,
            "fund": funds[effort.fund],
            "currency": entity.base_currency,
            "goal_minor": effort.goal_minor,
            "monthly_goal_minor": effort.monthly_goal_minor,
            "urgent_until": today + timedelta(days=effort.urgent_days) if effort.urgent_days else None,
            "area_square_meters": effort.area,
            "area_label": Campaign.AreaLabel.LAND if effort.area else "",
            "position": position,
            "published_at": _noon(today - facts.PUBLISHED_AGO),
            "closed_on": today - facts.CLOSED_AGO if effort.status == "closed" else None,
            "finished_years": effort.finished_years,
        },
    )
    if not is_new:
        return
    _words(campaign, tongues=tongues)
    if effort.choices:
        _page(campaign, effort, entity=entity, funds=[funds[code] for code in effort.choices])
    if effort.kind == "units":
        NeedGroup.objects.create(
            campaign=campaign, size=facts.GROUP_SIZE, opened_on=today - timedelta(days=60)
        )
    if effort.finished_years:
        _phases(campaign, years=effort.finished_years, ended=today - facts.CLOSED_AGO, tongues=tongues)


def _words(campaign: Campaign, *, tongues: Sequence[shapes.Tongue]) -> None:
    CampaignText.objects.bulk_create(
        CampaignText(campaign=campaign, language=tongue.LANGUAGE, **tongue.CAMPAIGNS[campaign.slug])
        for tongue in tongues
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _page(campaign: Campaign, effort: facts.Effort, *, entity: LegalEntity, funds: Sequence[Fund]) -> None:
    page = GivingPage.objects.create(campaign=campaign, entity=entity)
    PageFund.objects.bulk_create(
        PageFund(page=page, fund=fund, position=position) for position, fund in enumerate(funds, start=1)
    )
    ladders = [ladder for ladder in facts.LADDERS if ladder.currency in effort.currencies]
    for position, ladder in enumerate(ladders, start=1):
        currency = PageCurrency.objects.create(
            page=page, currency=ladder.currency, minimum_minor=ladder.minimum_minor, position=position
        )
        _presets(currency, PresetAmount.Frequency.ONCE, ladder.once, ladder.once_default)
        _presets(currency, PresetAmount.Frequency.MONTHLY, ladder.monthly, ladder.monthly_default)


def _presets(
    currency: PageCurrency, frequency: PresetAmount.Frequency, amounts: Sequence[int], default: int
) -> None:
    PresetAmount.objects.bulk_create(
        PresetAmount(
            page_currency=currency,
            frequency=frequency,
            amount_minor=amount,
            is_default=amount == default,
            position=position,
        )
        for position, amount in enumerate(amounts, start=1)
    )


def _phases(campaign: Campaign, *, years: int, ended: date, tongues: Sequence[shapes.Tongue]) -> None:
    """One phase a year, the last one ending on the day the project did."""
    for index in range(years):
        finished = ended - timedelta(days=365 * (years - 1 - index))
        phase = Phase.objects.create(
            campaign=campaign,
            position=index + 1,
            started_on=finished - timedelta(days=364),
            finished_on=finished,
            percent=100,
        )
        for tongue in tongues:
            name, sentence = tongue.PHASES[index]
            PhaseText.objects.create(phase=phase, language=tongue.LANGUAGE, name=name, sentence=sentence)


def _costs(family: Campaign, *, tongues: Sequence[shapes.Tongue], today: date, now: datetime) -> None:
    """The history of the cost, and a check of it that is never older than a giver is shown."""
    for effective_from, minor in facts.PAST_COSTS:
        if not family.unit_costs.filter(effective_from=effective_from).exists():
            _cost(family, minor=minor, day=effective_from, heads=[], now=now)
    newest = costing.cost_on(family, today)
    if newest is None or not costing.is_fresh(newest, today):
        heads = [
            costing.Head(
                amount=money.Money(minor, family.currency),
                names={tongue.LANGUAGE: tongue.COST_HEADS[index] for tongue in tongues},
            )
            for index, minor in enumerate(facts.COST_HEADS_MINOR)
        ]
        _cost(family, minor=facts.COST_MINOR, day=today - facts.COST_CHECKED_AGO, heads=heads, now=now)


def _cost(family: Campaign, *, minor: int, day: date, heads: list[costing.Head], now: datetime) -> None:
    costing.set_cost(
        campaign=family,
        amount=money.Money(minor, family.currency),
        effective_from=day,
        checked_on=day,
        checked_by="Finance office",
        source_note="Average of the journeys of the last quarter, checked by two people.",
        heads=heads,
        actor=ACTOR,
        now=now,
    )

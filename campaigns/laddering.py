"""Laddering: what a giving page asks for: its suggested amounts, smallest gift, lead sentence and fee offer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction

from campaigns.models import CampaignText, GivingPage, PageCurrency, PresetAmount
from ledger.money import LARGEST_MINOR
from staff import auditing
from staff.models import User

FEWEST, MOST = 3, 6
LEAD_LONGEST = 160


class UnableToLadder(ValueError):
    """`where` is the field ("USD_once"), `code` says why it cannot be."""

    def __init__(self, where: str, code: str) -> None:
        super().__init__(f"{where}: {code}")
        self.where, self.code = where, code


@dataclass(frozen=True, slots=True)
class Ladder:
    """Suggested amounts in minor units, rising; `default` is the one chosen beforehand, if any."""

    amounts: tuple[int, ...]
    default: int | None = None


@dataclass(frozen=True, slots=True)
class CurrencyAsk:
    minimum_minor: int
    once: Ladder
    monthly: Ladder


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Everything staff may change about a giving page: `offers` by currency, `leads` by language."""

    has_fee_cover: bool
    offers: Mapping[str, CurrencyAsk] = field(default_factory=dict)
    leads: Mapping[str, str] = field(default_factory=dict)


def asked(*, page: GivingPage) -> PageAsk:
    """This function will return what a page asks for now."""
    rows = page.currencies.prefetch_related("presets").order_by("position")
    texts = CampaignText.objects.filter(campaign=page.campaign_id).order_by("language")
    return PageAsk(
        has_fee_cover=page.has_fee_cover,
        offers={row.currency: _ask(row) for row in rows},
        leads=dict(texts.values_list("language", "lead")),
    )


def _ask(row: PageCurrency) -> CurrencyAsk:
    def ladder(frequency: str) -> Ladder:
        presets = [preset for preset in row.presets.all() if preset.frequency == frequency]
        default = next((preset.amount_minor for preset in presets if preset.is_default), None)
        return Ladder(tuple(sorted(preset.amount_minor for preset in presets)), default)

    return CurrencyAsk(row.minimum_minor, ladder("once"), ladder("monthly"))


def change(*, page_id: int, wanted: PageAsk, actor: User, now: datetime) -> bool:
    """Let a giving page ask for something else, from the next form on; the trail keeps before and after.

    Lists have three to six round amounts (F07, F09), the chosen one not above their median (F10), none below the
    smallest gift. Currencies and languages are those the page has. Raises UnableToLadder.
    This function will return whether anything changed.
    """
    refuse_wrong(wanted=wanted)
    with transaction.atomic():
        page = GivingPage.objects.select_for_update().select_related("campaign").get(pk=page_id)
        before = asked(page=page)
        if set(wanted.offers) != set(before.offers) or set(wanted.leads) != set(before.leads):
            raise UnableToLadder("page", "changed")
        if wanted == before:
            return False
        _write(page=page, wanted=wanted)
        auditing.record(
            actor=actor,
            action="giving_page.changed",
            target=f"giving_page:{page.pk}",
            now=now,
            details={"before": _plain(before), "after": _plain(wanted)},
        )
    return True


def refuse_wrong(*, wanted: PageAsk) -> None:
    """This function will raise UnableToLadder for the first thing a page may not ask."""
    for currency, ask in wanted.offers.items():
        _refuse_wrong(currency, ask)
    for language, lead in wanted.leads.items():
        if not 0 < len(lead.strip()) <= LEAD_LONGEST:
            raise UnableToLadder(f"lead_{language}", "lead")


def _refuse_wrong(currency: str, ask: CurrencyAsk) -> None:
    if not 0 < ask.minimum_minor <= LARGEST_MINOR:
        raise UnableToLadder(f"{currency}_minimum", "minimum")
    for frequency, ladder in (("once", ask.once), ("monthly", ask.monthly)):
        where = f"{currency}_{frequency}"
        _refuse_wrong_amounts(where, ladder.amounts, smallest=ask.minimum_minor)
        middle = ladder.amounts[(len(ladder.amounts) - 1) // 2]
        if ladder.default is not None and ladder.default not in ladder.amounts:
            raise UnableToLadder(f"{where}_default", "unlisted")
        if ladder.default is not None and ladder.default > middle:
            raise UnableToLadder(f"{where}_default", "high")


def _refuse_wrong_amounts(where: str, amounts: Sequence[int], *, smallest: int) -> None:
    if not FEWEST <= len(set(amounts)) == len(amounts) <= MOST:
        raise UnableToLadder(where, "count")
    if any(len(str(amount).rstrip("0")) > 2 for amount in amounts):
        raise UnableToLadder(where, "round")
    if any(not smallest <= amount <= LARGEST_MINOR for amount in amounts):
        raise UnableToLadder(where, "small")


def _write(*, page: GivingPage, wanted: PageAsk) -> None:
    GivingPage.objects.filter(pk=page.pk).update(has_fee_cover=wanted.has_fee_cover)
    for language, lead in wanted.leads.items():
        CampaignText.objects.filter(campaign=page.campaign_id, language=language).update(lead=lead.strip())
    for row in page.currencies.order_by("position"):
        ask = wanted.offers[row.currency]
        PageCurrency.objects.filter(pk=row.pk).update(minimum_minor=ask.minimum_minor)
        row.presets.all().delete()
        PresetAmount.objects.bulk_create(
            PresetAmount(
                page_currency=row,
                frequency=frequency,
                amount_minor=amount,
                is_default=amount == ladder.default,
                position=position,
            )
            for frequency, ladder in (("once", ask.once), ("monthly", ask.monthly))
            for position, amount in enumerate(sorted(ladder.amounts), start=1)
        )


def _plain(ask: PageAsk) -> dict[str, object]:
    return {
        "has_fee_cover": ask.has_fee_cover,
        "offers": {currency: asdict(offer) for currency, offer in ask.offers.items()},
        "leads": dict(ask.leads),
    }

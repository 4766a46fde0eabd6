"""Asking: what one giving page offers, in one language: currencies, amounts, purposes and who receives."""

from dataclasses import dataclass
from datetime import date

from campaigns import costing, telling
from campaigns.models import GivingPage, PageCurrency, PresetAmount
from ledger.money import Money
from reports import keeping


@dataclass(frozen=True)
class Rung:
    """One suggested amount; `value` is what the form sends."""

    amount: Money
    value: str
    is_default: bool


@dataclass(frozen=True)
class Offer:
    """What may be given in one currency."""

    currency: str
    minimum: Money
    once: tuple[Rung, ...]
    monthly: tuple[Rung, ...]

    def ladder(self, frequency: str) -> tuple[Rung, ...]:
        return self.monthly if frequency == "monthly" else self.once


@dataclass(frozen=True)
class Purpose:
    fund_id: int
    name: str


@dataclass(frozen=True)
class Ask:
    page_id: int
    entity_id: int
    law: str
    slug: str
    kind: str
    title: str
    lead: str
    terms: str
    surplus: str
    has_ways: bool
    cost: Money | None
    cost_checked_on: date | None
    has_fee_cover: bool
    offers: tuple[Offer, ...]
    purposes: tuple[Purpose, ...]

    def offer(self, currency: str) -> Offer:
        """The one in this currency, else the page's first."""
        return next((offer for offer in self.offers if offer.currency == currency), self.offers[0])


def ask(*, slug: str, status: str, language: str, day: date) -> Ask | None:
    """`status` is the campaign's state now, so that a change is seen at once.

    This function will return what the page offers, or None when it takes no gifts.
    """
    kept = keeping.kept(
        f"ask:v3:{language}:{day}:{status}:{slug}",
        lambda: _asked(slug=slug, language=language, day=day),
    )
    return kept[0] if kept else None


def _asked(*, slug: str, language: str, day: date) -> list[Ask]:
    page = _page(slug)
    if page is None:
        return []
    words = telling.told(page.campaign.texts.all(), language=language)
    cost = costing.in_force(page.campaign.unit_costs.all(), day=day)
    is_fresh = cost is not None and costing.is_fresh(cost, day)
    offers = tuple(_offer(row) for row in sorted(page.currencies.all(), key=lambda row: row.position))
    purposes = _purposes(page, language=language)
    if not offers or not purposes:
        return []
    return [
        Ask(
            page_id=page.pk,
            entity_id=page.entity_id,
            law=_law(page),
            slug=slug,
            kind=page.campaign.kind,
            title=words.title,
            lead=words.lead,
            terms=words.terms,
            surplus=words.surplus,
            has_ways=page.entity.ways_to_give.filter(is_shown=True).exists(),
            cost=cost.amount if cost and is_fresh else None,
            cost_checked_on=cost.checked_on if cost and is_fresh else None,
            has_fee_cover=page.has_fee_cover,
            offers=offers,
            purposes=purposes,
        )
    ]


def _page(slug: str) -> GivingPage | None:
    pages = GivingPage.objects.filter(
        campaign__slug=slug,
        campaign__published_at__isnull=False,
        campaign__status__in=["open", "funded"],
        campaign__fund__is_open=True,
        is_open=True,
    )
    return (
        pages.select_related("campaign", "entity__issuer")
        .prefetch_related(
            "campaign__texts", "campaign__unit_costs", "currencies__presets", "funds__fund__texts"
        )
        .first()
    )


def _law(page: GivingPage) -> str:
    """The law the receiving body stands under; of one that has no issuer yet, its country's."""
    issuer = getattr(page.entity, "issuer", None)
    return issuer.law if issuer else page.entity.country


def _purposes(page: GivingPage, *, language: str) -> tuple[Purpose, ...]:
    return tuple(
        Purpose(fund_id=choice.fund_id, name=telling.told(choice.fund.texts.all(), language=language).name)
        for choice in sorted(page.funds.all(), key=lambda row: row.position)
        if choice.fund.is_open and choice.fund.texts.all()
    )


def _offer(row: PageCurrency) -> Offer:
    presets = sorted(row.presets.all(), key=lambda preset: preset.position)
    return Offer(
        currency=row.currency,
        minimum=row.minimum,
        once=_ladder([preset for preset in presets if preset.frequency == "once"], currency=row.currency),
        monthly=_ladder(
            [preset for preset in presets if preset.frequency == "monthly"], currency=row.currency
        ),
    )


def _ladder(presets: list[PresetAmount], *, currency: str) -> tuple[Rung, ...]:
    amounts = [(Money(preset.amount_minor, currency), preset.is_default) for preset in presets]
    return tuple(
        Rung(amount=amount, value=plain(amount), is_default=is_default) for amount, is_default in amounts
    )


def plain(amount: Money) -> str:
    """Digits for a form field: "100", "12.50", "50000"."""
    return amount.plain.removesuffix(".00").removesuffix(".000")

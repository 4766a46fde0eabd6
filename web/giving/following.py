"""Following: one gift's own page, opened by a private address. It tells what became of the gift and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import telling
from campaigns.models import Campaign, CampaignText
from donations import giving, linking
from donations.linking import Link
from donations.models import Checkout, Donation
from ledger.models import FundText, LegalEntity
from ledger.money import Money
from reports import outcomes
from reports.outcomes import Outcome
from web import furnishing
from web.giving import thanking


@dataclass(frozen=True)
class Gift:
    """One gift as its page tells it: what its giver knows, and not their name, address or card."""

    outcome: Outcome
    amount: Money
    purposes: tuple[str, ...]
    terms: str
    often: str
    on: date
    next_on: date | None
    slug: str
    receiver: LegalEntity


@require_safe
def status(request: HttpRequest, token: str) -> HttpResponse:
    """This function will show the gift of a private address; any other address is not found."""
    link = linking.read(token)
    gift = _gift(link, language=(get_language() or "en")[:2], now=timezone.now()) if link else None
    if gift is None:
        raise Http404("gift")
    return thanking.private(
        render(request, "giving/status.html", {**furnishing.of(gift.receiver.pk), "gift": gift})
    )


def _gift(link: Link, *, language: str, now: datetime) -> Gift | None:
    if link.kind == "c":
        checkout = giving.find(checkout_id=link.id)
        return _of_checkout(checkout, language=language, now=now) if checkout else None
    donation = (
        Donation.objects.select_related("campaign", "entity", "checkout__page__campaign")
        .filter(pk=link.id)
        .first()
    )
    return _of_donation(donation, language=language, now=now) if donation else None


def _of_checkout(checkout: Checkout, *, language: str, now: datetime) -> Gift:
    zone = ZoneInfo(checkout.entity.zone)
    outcome = outcomes.of_checkout(checkout=checkout, day=now.astimezone(zone).date())
    return Gift(
        outcome=outcome,
        amount=checkout.amount,
        purposes=(_named(checkout.fund_id, language=language),),
        terms=_terms(checkout.campaign, language=language),
        often=checkout.frequency,
        on=outcome.given_on or checkout.began_at.astimezone(zone).date(),
        next_on=outcome.next_at.astimezone(zone).date() if outcome.next_at else None,
        slug=checkout.page.campaign.slug,
        receiver=checkout.entity,
    )


def _of_donation(donation: Donation, *, language: str, now: datetime) -> Gift:
    zone = ZoneInfo(donation.entity.zone)
    outcome = outcomes.of_donation(donation=donation, day=now.astimezone(zone).date())
    funds = donation.designations.order_by("id").values_list("fund", flat=True)
    checkout = donation.checkout
    return Gift(
        outcome=outcome,
        amount=donation.amount,
        purposes=tuple(_named(fund_id, language=language) for fund_id in funds),
        terms=_terms(donation.campaign, language=language),
        often=checkout.frequency if checkout else "once",
        on=donation.given_on,
        next_on=outcome.next_at.astimezone(zone).date() if outcome.next_at else None,
        slug=checkout.page.campaign.slug if checkout else donation.campaign.slug,
        receiver=donation.entity,
    )


def _named(fund_id: int, *, language: str) -> str:
    return telling.told(FundText.objects.filter(fund=fund_id), language=language).name


def _terms(campaign: Campaign, *, language: str) -> str:
    # While a campaign rests, its words rest too.
    if campaign.status not in Campaign.SHOWN:
        return ""
    return telling.told(CampaignText.objects.filter(campaign=campaign), language=language).terms

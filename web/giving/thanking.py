"""Thanking: the page somebody comes back to. It only reads, tells the true state, and never charges again."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import telling
from campaigns.models import Campaign, CampaignText, PageCurrency
from donations import giving
from donations.models import Checkout, Donation, RecurringPlan, Refund
from donations.models.intents import Frequency
from ledger import money
from ledger.models import FundText
from ledger.money import Money
from receipts.models import Coverage
from web.giving import asking

STATES = {
    Checkout.Status.BEGUN: "waiting",
    Checkout.Status.OPEN: "waiting",
    Checkout.Status.CONFIRMING: "confirming",
    Checkout.Status.PAID: "paid",
    Checkout.Status.FAILED: "failed",
    Checkout.Status.EXPIRED: "expired",
    Checkout.Status.ABANDONED: "expired",
}
STEP_UNITS = 5


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt, as its own giver may see it."""

    state: str
    amount: Money
    is_monthly: bool
    slug: str
    terms: str
    purpose: str
    masked_email: str
    serial: str
    next_url: str
    monthly: Money | None
    monthly_value: str
    page_path: str
    first_on: date | None = None
    """Of a regular gift with a day of its own: when the first one is collected."""


@require_safe
def thanks(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """This function will show the state of one gift as it is now."""
    checkout = giving.find(checkout_id=checkout_id)
    if checkout is None:
        raise Http404(str(checkout_id))
    context = {"outcome": _outcome(checkout, language=(get_language() or "en")[:2]), "checkout": checkout}
    response = render(request, "giving/thanks.html", context)
    # It names a gift, and changes by itself: nobody in between may keep it.
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _outcome(checkout: Checkout, *, language: str) -> Outcome:
    words = telling.told(CampaignText.objects.filter(campaign=checkout.campaign_id), language=language)
    purpose = telling.told(FundText.objects.filter(fund=checkout.fund_id), language=language)
    donation = Donation.objects.filter(checkout=checkout).order_by("given_at", "id").first()
    is_monthly = checkout.frequency == Frequency.MONTHLY
    state = _state(checkout, donation=donation)
    monthly = smaller_monthly(checkout) if state == "paid" and not is_monthly else None
    slug = checkout.page.campaign.slug
    # While a campaign rests, its words rest too.
    is_shown = checkout.campaign.status in Campaign.SHOWN
    return Outcome(
        state=state,
        amount=checkout.amount,
        is_monthly=is_monthly,
        slug=slug,
        terms=words.terms if is_shown else "",
        purpose=purpose.name,
        masked_email=masked(checkout.email),
        serial=_serial(donation),
        next_url=checkout.session_url if checkout.status == Checkout.Status.OPEN else "",
        monthly=monthly,
        monthly_value=asking.plain(monthly) if monthly else "",
        page_path=reverse("giving:campaign", args=[slug]) if is_shown else "",
        first_on=_first_on(checkout),
    )


def _state(checkout: Checkout, *, donation: Donation | None) -> str:
    if (
        donation is not None
        and checkout.status == Checkout.Status.PAID
        and checkout.frequency == Frequency.ONCE
    ):
        returned = Refund.objects.filter(donation=donation, failure__isnull=True)
        if (returned.aggregate(sum=Sum("amount_minor"))["sum"] or 0) >= donation.amount_minor:
            return "returned"
    if _first_on(checkout) is not None:
        return "agreed"
    return STATES[Checkout.Status(checkout.status)]


def _first_on(checkout: Checkout) -> date | None:
    """The day of the first gift, while a regular gift with a day of its own is agreed and nothing is due yet."""
    if checkout.status != Checkout.Status.CONFIRMING or checkout.charge_day is None:
        return None
    plan = RecurringPlan.objects.filter(checkout=checkout, status=RecurringPlan.Status.ACTIVE).first()
    return plan.next_charge_at.date() if plan is not None and plan.next_charge_at else None


def _serial(donation: Donation | None) -> str:
    if donation is None:
        return ""
    covering = Coverage.objects.filter(donation=donation).select_related("receipt").first()
    return covering.receipt.serial if covering else ""


def masked(email: str) -> str:
    """ "g...@...org": enough to know one's own address, nothing to learn for anybody else."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@…{domain[domain.rfind('.') :] if '.' in domain else ''}"


def smaller_monthly(checkout: Checkout) -> Money | None:
    """A quiet offer between a twelfth and a quarter of the gift, in round fives, if that can be given (F16)."""
    gift = checkout.amount - Money(checkout.cover_minor, checkout.currency)
    step = _step(checkout.currency)
    offer = Money(max(1, round(gift.minor / 8 / step)) * step, checkout.currency)
    if not gift.minor <= offer.minor * 12 <= gift.minor * 3:
        return None
    rows = PageCurrency.objects.filter(page=checkout.page_id, currency=checkout.currency)
    # More than the page itself suggests each month would be pushing.
    minimum = rows.filter(
        presets__frequency=Frequency.MONTHLY, presets__amount_minor__gte=offer.minor
    ).first()
    return offer if minimum is not None and not offer < minimum.minimum else None


def _step(currency: str) -> int:
    """Five dollars, five thousand won."""
    places = money.exponent(currency)
    return STEP_UNITS * (10**places if places else 1_000)

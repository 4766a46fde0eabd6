"""Thanking: the page somebody comes back to. It only reads, tells the true state, and never charges again."""

import uuid
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns import telling
from campaigns.models import Campaign, CampaignText, PageCurrency
from donations import giving, linking
from donations.models import Checkout, Tribute
from donations.models.intents import Frequency
from ledger import money
from ledger.models import FundText
from ledger.money import Money
from receipts.models import Issuer
from reports import outcomes
from reports.outcomes import Outcome
from web import furnishing
from web.giving import asking

STEP_UNITS = 5


@dataclass(frozen=True)
class Shown:
    """What the page says about one attempt, as its own giver may see it. No name and no whole address."""

    outcome: Outcome
    amount: Money
    often: str
    slug: str
    terms: str
    surplus: str
    purpose: str
    masked_email: str
    next_url: str
    next_on: date | None
    monthly: Money | None
    monthly_value: str
    page_path: str
    status_url: str
    tribute: str
    tells_family: bool
    aid_url: str

    @property
    def state(self) -> str:
        return self.outcome.state

    @property
    def mark(self) -> str:
        """Changes as soon as the page would say something else; its script looks for that."""
        return f"{self.state}{self.outcome.serial}"


@require_safe
def thanks(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """This function will show the state of one gift as it is now."""
    checkout = giving.find(checkout_id=checkout_id)
    if checkout is None:
        raise Http404(str(checkout_id))
    shown = _shown(checkout, language=(get_language() or "en")[:2])
    site = checkout.site if checkout.site and checkout.site.is_active and checkout.site.return_url else None
    context = {**furnishing.of(checkout.entity_id), "outcome": shown, "checkout": checkout, "site": site}
    return private(render(request, "giving/thanks.html", context))


def private(response: HttpResponse) -> HttpResponse:
    """It names a gift, and changes by itself: nobody in between may keep it, no search engine may list it.

    This function will return the response with headers that say so.
    """
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shown(checkout: Checkout, *, language: str) -> Shown:
    words = telling.told(CampaignText.objects.filter(campaign=checkout.campaign_id), language=language)
    purpose = telling.told(FundText.objects.filter(fund=checkout.fund_id), language=language)
    zone = ZoneInfo(checkout.entity.zone)
    outcome = outcomes.of_checkout(checkout=checkout, day=timezone.now().astimezone(zone).date())
    is_once = checkout.frequency == Frequency.ONCE
    monthly = smaller_monthly(checkout) if outcome.state == "paid" and is_once else None
    slug = checkout.page.campaign.slug
    # While a campaign rests, its words rest too.
    is_shown = checkout.campaign.status in Campaign.SHOWN
    tribute = Tribute.objects.filter(checkout=checkout).first()
    return Shown(
        outcome=outcome,
        amount=checkout.amount,
        often=checkout.frequency,
        slug=slug,
        terms=words.terms if is_shown else "",
        surplus=words.surplus if is_shown else "",
        purpose=purpose.name,
        masked_email=masked(checkout.email),
        next_url=checkout.session_url if checkout.status == Checkout.Status.OPEN else "",
        next_on=outcome.next_at.astimezone(zone).date() if outcome.next_at else None,
        monthly=monthly,
        monthly_value=asking.plain(monthly) if monthly else "",
        page_path=reverse("giving:campaign", args=[slug]) if is_shown else "",
        status_url=_status_url(checkout),
        tribute=tribute.kind if tribute else "",
        tells_family=bool(tribute and tribute.notify_email),
        aid_url=_aid_url(checkout),
    )


def _status_url(checkout: Checkout) -> str:
    """The private address on the page itself keeps the host the reader came by."""
    whole = linking.address(kind="c", id=checkout.pk)
    return whole.removeprefix(settings.BASE_URL)


def _aid_url(checkout: Checkout) -> str:
    """Where a giver of a United Kingdom charity declares Gift Aid; nothing for any other body."""
    issuer = Issuer.objects.filter(entity=checkout.entity_id, law=Issuer.Law.UNITED_KINGDOM)
    return f"{_status_url(checkout)}gift-aid/" if issuer.exists() else ""


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

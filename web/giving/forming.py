"""Forming: everything the giving page shows, made ready so that the template only places it."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, override

from ledger import money
from ledger.money import Money
from receipts.rules import identity
from web import furnishing
from web.giving import (
    covering,
    honoring,
    identifying,
    naming,
    overflowing,
    pacing,
    proving,
    reading,
    vouching,
)
from web.giving.asking import Ask, Offer
from web.giving.reading import Typed

FIELDS = (
    "every",
    "day",
    "until",
    "amount",
    "fund",
    "name",
    "email",
    *identifying.LONGEST,
    *honoring.FIELDS,
    "employer",
    "note",
)


@dataclass(frozen=True)
class Trouble:
    """One error: the field, the id its link leads to, the words."""

    field: str
    anchor: str
    words: str


def page(
    request: HttpRequest,
    *,
    ask: Ask,
    form: Typed,
    checkout_id: uuid.UUID,
    errors: dict[str, str] | None = None,
    notice: str = "",
    status: int = 200,
    shown_at: float | None = None,
    has_sum: bool = False,
) -> HttpResponse:
    """`shown_at` is when this form was first shown; `has_sum` adds a sum for the browser to do.

    This function will return the giving page with a form that carries `checkout_id`.
    """
    offer = ask.offer(form.currency)
    context: dict[str, Any] = {
        **furnishing.of(ask.entity_id),
        "ask": ask,
        "form": form,
        "offer": offer,
        "token": vouching.token(checkout_id=checkout_id, slug=ask.slug, shown_at=shown_at),
        "challenge": proving.challenge(checkout_id=checkout_id, now=timezone.now()) if has_sum else "",
        "checkout_id": checkout_id,
        "errors": errors or {},
        "troubles": _troubles(errors or {}, form=form, offer=offer),
        "notice": notice,
        **_sums(form, offer=offer, has_cover=ask.has_fee_cover),
        **_schedule(form),
        **_words(form, ask=ask, offer=offer),
        **overflowing.shown(ask, is_fresh=request.method == "POST"),
    }
    response = render(request, "giving/give.html", context, status=status)
    # Every form has its own id, so no cache may hand it to two people; a browser may still go back to it.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _words(form: Typed, *, ask: Ask, offer: Offer) -> dict[str, Any]:
    other = "en" if (get_language() or "en")[:2] == "ko" else "ko"
    return {
        "pays": {
            "once": naming.methods(currency=offer.currency, is_recurring=False),
            "monthly": naming.methods(currency=offer.currency, is_recurring=True),
        },
        "amount_wrong": reading.amount_words("shape", offer=offer),
        "amount_low": reading.amount_words("below_minimum", offer=offer),
        "purpose": _purpose(form, ask=ask),
        "asked": identity.asked(law=ask.law).fields,
        "receipt_words": identifying.receipt_words(law=ask.law),
        "other_offers": [known for known in ask.offers if known.currency != offer.currency],
        "other_url": _address("giving:give", ask.slug, other),
        "other_switch_url": _address("giving:switch", ask.slug, other),
    }


def _schedule(form: Typed) -> dict[str, Any]:
    """The lists of the fields that say when a gift comes again, and what is chosen in words."""
    language, today = (get_language() or "en")[:2], timezone.now().date()
    pace = pacing.read(
        freq=form.freq, every=form.every, day=form.day, until=form.until, today=today, errors={}
    )
    return {
        "every_choices": pacing.every_choices(),
        "day_choices": pacing.day_choices(language=language),
        "until_choices": pacing.until_choices(today=today, language=language),
        "on_day": pacing.on_day(),
        "until_month": pacing.until_month(),
        "often": pacing.said(
            frequency=pace.frequency, charge_day=pace.charge_day, ends_on=pace.ends_on, language=language
        ),
    }


def _sums(form: Typed, *, offer: Offer, has_cover: bool) -> dict[str, Any]:
    cover = _cover(form, offer=offer) if has_cover else None
    total = _total(form, offer=offer, cover=cover)
    return {
        "gift": _gift(form, offer=offer),
        "cover": cover,
        "total": total,
        "bank": naming.hint(currency=offer.currency, total=total),
        "rate": covering.RATES.get(offer.currency) if has_cover else None,
        "exponent": money.exponent(offer.currency),
        "symbol": money.SYMBOLS.get(offer.currency, offer.currency),
        "fixed": _fixed(offer),
        "percent": _percent(offer),
    }


def _troubles(errors: dict[str, str], *, form: Typed, offer: Offer) -> list[Trouble]:
    ladder = offer.ladder(form.freq)
    first = f"amount-{form.freq}-1" if ladder and not form.other.strip() else "other"
    anchors = {"amount": first}
    return [
        Trouble(field=field, anchor=anchors.get(field, field), words=errors[field])
        for field in FIELDS
        if field in errors
    ]


def _gift(form: Typed, *, offer: Offer) -> Money | None:
    try:
        return money.read_amount(form.chosen, currency=offer.currency)
    except money.UnreadableAmount:
        return None


def _cover(form: Typed, *, offer: Offer) -> Money | None:
    gift = _gift(form, offer=offer)
    return covering.added(gift) if gift else None


def _total(form: Typed, *, offer: Offer, cover: Money | None) -> Money | None:
    """What will be paid: the gift and, if ticked, its cover."""
    gift = _gift(form, offer=offer)
    return gift + cover if gift and cover and form.cover else gift or None


def _fixed(offer: Offer) -> Money | None:
    rate = covering.RATES.get(offer.currency)
    return Money(rate.fixed_minor, offer.currency) if rate else None


def _percent(offer: Offer) -> str:
    rate = covering.RATES.get(offer.currency)
    return f"{rate.percent_hundredths / 100:g}" if rate else ""


def _purpose(form: Typed, *, ask: Ask) -> str:
    return next((known.name for known in ask.purposes if str(known.fund_id) == form.fund), "")


def _address(name: str, slug: str, language: str) -> str:
    with override(language):
        return reverse(name, kwargs={"slug": slug})


def refusal(code: str, *, offer: Offer) -> tuple[str, str]:
    """What to tell somebody whose gift the deed refused. This function will return the field and the words."""
    if code == "fund":
        return "fund", gettext("Choose where your gift should go")
    if code == "schedule":
        return "until", gettext("Choose a last month from the list")
    if code == "resident_number":
        return "note", reading.resident_number_words()
    if code in {"currency", "frequency"}:
        return "amount", gettext("This page no longer takes gifts this way; choose again")
    return "amount", reading.amount_words(code, offer=offer)

"""Reading: what somebody typed becomes a gift, or words beside the fields that say what to change.

Nothing typed is ever lost or changed: `Typed` holds the raw words for the page, `Read` the values understood.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, gettext

from donations.giving import Dedication, Giver
from donations.models import Checkout
from donors import matching, refusing
from ledger import money
from ledger.money import Money
from paper import texts
from web.giving import asking, covering, honoring, identifying, pacing
from web.giving.asking import Ask
from web.giving.pacing import Pace

NAME_LONGEST = 120
NOTE_LONGEST = 500
EMAIL_LONGEST = 254
EMPLOYER_LONGEST = 120
WRITTEN = (
    *("name", "email", "first_name", "last_name", "address", "postcode"),
    *("honoree", "family_name", "family_email", "family_words", "employer", "note"),
)
"""What somebody writes freely. A resident number is refused in any of them, and repeated to nobody else (KR-13)."""
FREQUENCIES = {"once": "once", "monthly": "monthly", "month": "monthly"}
_SITE = re.compile(r"[a-z0-9-]{2,40}")
# What an address may ask for besides: a gift that comes again, at another pace.
PACES = {"quarterly": "quarterly", "quarter": "quarterly", "yearly": "yearly", "year": "yearly"}
_NOT_IN_SOURCE = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True)
class Typed:
    """The form as it was typed. Tick boxes hold "on" or nothing; `hand` says that the page's script saw the press."""

    currency: str = ""
    freq: str = "once"
    every: str = ""
    day: str = ""
    until: str = ""
    amount_once: str = ""
    amount_monthly: str = ""
    other: str = ""
    fund: str = ""
    name: str = ""
    email: str = ""
    first_name: str = ""
    initial: str = ""
    last_name: str = ""
    address: str = ""
    postcode: str = ""
    tribute: str = ""
    honoree: str = ""
    family_name: str = ""
    family_email: str = ""
    family_words: str = ""
    employer: str = ""
    note: str = ""
    cover: str = ""
    letter: str = ""
    anonymous: str = ""
    src: str = ""
    site: str = ""
    zone: str = ""
    hand: str = ""

    @property
    def chosen(self) -> str:
        """A typed amount counts before a suggested one."""
        return self.other.strip() or self.preset

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Every field with its words, for a page that must carry them along unseen."""
        return [(field.name, getattr(self, field.name)) for field in fields(self)]

    @property
    def has_tribute(self) -> bool:
        return any(getattr(self, name) for name in honoring.FIELDS)

    @property
    def has_schedule(self) -> bool:
        return bool(self.day or self.until) or self.every not in {"", "monthly"}

    @property
    def preset(self) -> str:
        return self.amount_monthly if self.freq == "monthly" else self.amount_once


@dataclass(frozen=True)
class Read:
    """What was understood; all of it, because a gift with one error is not begun."""

    amount: Money
    cover: Money | None
    fund_id: int
    name: str
    email: str
    note: str
    employer: str
    pace: Pace
    dedication: Dedication | None
    giver: Giver | None


def typed(form: Mapping[str, str], *, ask: Ask) -> Typed:
    """This function will return the posted words, with a frequency and currency the page knows."""
    raw = Typed(**{field.name: form.get(field.name, "") for field in fields(Typed)})
    return replace(
        raw,
        freq=FREQUENCIES.get(raw.freq, "once"),
        currency=ask.offer(raw.currency).currency,
        src=source(raw.src),
        site=site(raw.site),
    )


def from_address(query: Mapping[str, str], *, ask: Ask) -> Typed:
    """What a link asks for: amount, freq, currency, src. Anything else is quietly left at the default.

    This function will return a fresh form.
    """
    offer = ask.offer(query.get("currency", "").upper())
    wanted = query.get("freq", "")
    fresh = Typed(
        currency=offer.currency,
        freq="monthly" if wanted in PACES else FREQUENCIES.get(wanted, "once"),
        every=PACES.get(wanted, ""),
        fund=str(ask.purposes[0].fund_id),
        src=source(query.get("src", "")),
        site=site(query.get("return", "")),
    )
    return with_amount(defaults(fresh, offer=offer), amount=query.get("amount", ""), offer=offer)


def from_checkout(checkout: Checkout, *, ask: Ask) -> Typed:
    """This function will return the form of an attempt that was not finished (F31)."""
    offer = ask.offer(checkout.currency)
    again = Typed(
        currency=offer.currency,
        **pacing.typed(checkout),
        **honoring.typed(getattr(checkout, "tribute", None)),
        **identifying.typed(checkout),
        employer=checkout.employer,
        fund=str(checkout.fund_id),
        name=checkout.donor_name,
        email=checkout.email,
        note=checkout.note,
        cover="on" if checkout.cover_minor else "",
        letter="on" if checkout.wants_letter else "",
        anonymous="on" if checkout.is_anonymous else "",
        src=checkout.source,
        site=checkout.site.code if checkout.site else "",
    )
    gift = checkout.amount - Money(checkout.cover_minor, checkout.currency)
    return with_amount(defaults(again, offer=offer), amount=asking.plain(gift), offer=offer)


def defaults(form: Typed, *, offer: asking.Offer) -> Typed:
    """The amounts that are chosen beforehand. This function will return the form with them."""

    def default(ladder: tuple[asking.Rung, ...]) -> str:
        return next((rung.value for rung in ladder if rung.is_default), "")

    return replace(form, amount_once=default(offer.once), amount_monthly=default(offer.monthly))


def with_amount(form: Typed, *, amount: str, offer: asking.Offer) -> Typed:
    """This function will return the form with a wanted amount chosen or written, if it can be given here."""
    try:
        wanted = money.read_amount(amount, currency=offer.currency)
    except money.UnreadableAmount:
        return form
    if wanted < offer.minimum:
        return form
    value = asking.plain(wanted)
    if value not in {rung.value for rung in offer.ladder(form.freq)}:
        return replace(form, other=value)
    return replace(form, amount_monthly=value) if form.freq == "monthly" else replace(form, amount_once=value)


def in_currency(form: Typed, *, currency: str, ask: Ask) -> Typed:
    """Another currency: suggested amounts change, everything typed stays. This function will return the form."""
    offer = ask.offer(currency)
    return (
        form
        if offer.currency == form.currency
        else defaults(replace(form, currency=offer.currency), offer=offer)
    )


def source(typed_source: str) -> str:
    """Where a link stood: plain letters only, at most sixty."""
    return _NOT_IN_SOURCE.sub("", typed_source.casefold())[:60]


def site(code: str) -> str:
    """A registered site's code, or nothing: whatever else an address says is no code, least of all an address."""
    return code if _SITE.fullmatch(code) else ""


def read(form: Typed, *, ask: Ask, today: date) -> tuple[Read | None, dict[str, str]]:
    """Understand a form, or say for each field what to change.

    This function will return the values and no words, or None and the words by field in the order of the page.
    """
    errors: dict[str, str] = {}
    pace = pacing.read(
        freq=form.freq, every=form.every, day=form.day, until=form.until, today=today, errors=errors
    )
    amount = _amount(form, offer=ask.offer(form.currency), errors=errors)
    fund_id = _fund(form, ask=ask, errors=errors)
    name = _name(form.name, errors=errors)
    email = _email(form.email, errors=errors)
    giver = identifying.read(form, law=ask.law, errors=errors)
    dedication = honoring.read(**{name: getattr(form, name) for name in honoring.FIELDS}, errors=errors)
    employer = _employer(form.employer, errors=errors)
    note = _note(form.note, errors=errors)
    for field in WRITTEN:
        if refusing.is_held_by(getattr(form, field)):
            errors[field] = resident_number_words()
    if errors or amount is None:
        return None, errors
    return Read(
        amount=amount,
        cover=covering.added(amount) if form.cover and ask.has_fee_cover else None,
        fund_id=fund_id,
        name=name,
        email=email,
        note=note,
        employer=employer,
        pace=pace,
        dedication=dedication,
        giver=giver,
    ), {}


def _amount(form: Typed, *, offer: asking.Offer, errors: dict[str, str]) -> Money | None:
    try:
        amount = money.read_amount(form.chosen, currency=offer.currency)
    except money.UnreadableAmount as trouble:
        errors["amount"] = amount_words(trouble.code, offer=offer)
        return None
    if amount < offer.minimum:
        errors["amount"] = amount_words("below_minimum", offer=offer)
    return amount


def resident_number_words() -> str:
    """This function will return what to say to somebody who typed a resident number."""
    return gettext(
        "Leave out the resident number (주민등록번호): we must not keep it, and do not need it here"
    )


def amount_words(code: str, *, offer: asking.Offer) -> str:
    """This function will return what to change about an amount, for the error summary and the field."""
    language = get_language() or "en"
    if code == "empty":
        return gettext("Choose an amount or write another one")
    if code in {"large", "above_maximum"}:
        largest = Money(money.LARGEST_MINOR, offer.currency).shown(language, short=True)
        return gettext("Online we can take up to %(largest)s at once; write to us for more") % {
            "largest": largest
        }
    if code == "below_minimum":
        smallest = offer.minimum.shown(language, short=True)
        return gettext("The smallest gift here is %(smallest)s") % {"smallest": smallest}
    if money.exponent(offer.currency) == 0:
        return gettext("Write the amount as a whole number, like 50,000")
    return gettext("Write the amount as a number, like 100 or 100.50")


def _fund(form: Typed, *, ask: Ask, errors: dict[str, str]) -> int:
    known = {str(purpose.fund_id): purpose.fund_id for purpose in ask.purposes}
    if form.fund not in known:
        errors["fund"] = gettext("Choose where your gift should go")
    return known.get(form.fund, 0)


def _name(written: str, *, errors: dict[str, str]) -> str:
    name = matching.clean_name(written)
    if not name:
        errors["name"] = gettext("Write your full name")
    elif len(name) > NAME_LONGEST:
        errors["name"] = gettext("A name can have up to 120 characters")
    elif missing := texts.missing_characters(name):
        # The receipt is a legal paper: better to ask now than to print an empty box later.
        shown = " ".join(sorted(missing)[:8])
        errors["name"] = gettext(
            "We cannot print %(characters)s on your receipt; write your name without it"
        ) % {"characters": shown}
    return name


def _email(written: str, *, errors: dict[str, str]) -> str:
    email = unicodedata.normalize("NFKC", written).strip()
    try:
        if len(email) > EMAIL_LONGEST:
            raise ValidationError("")
        validate_email(email)
    except ValidationError:
        errors["email"] = gettext("Write an email address like name@example.com")
    return email


def _employer(written: str, *, errors: dict[str, str]) -> str:
    employer = matching.clean_name(written)
    if len(employer) > EMPLOYER_LONGEST:
        errors["employer"] = gettext("A name can have up to 120 characters")
    return employer


def _note(written: str, *, errors: dict[str, str]) -> str:
    # Lines stay; other control characters and directions go, as in names.
    lines = [matching.clean_name(line) for line in written.splitlines()]
    note = "\n".join(lines).strip()
    if len(note) > NOTE_LONGEST:
        errors["note"] = gettext("A note can have up to 500 characters")
    return note

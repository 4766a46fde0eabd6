"""Giving: the intent is written and committed first, then the processor is asked for a payment page."""

import uuid
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from campaigns.models import Campaign, GivingPage, Site
from donations import dating, retrying
from donations.models import Checkout, GiverDetail, Tribute
from donations.models.intents import Frequency
from donors import refusing
from ledger.models import Fund
from ledger.money import LARGEST_MINOR, Money
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure, SessionRequest, SessionState, StoredFailure

SESSION_LASTS = timedelta(hours=23)
LOOK_AFTER = timedelta(minutes=2)
LAST_DAY = 31
"""As a day of the month: the last one, however long the month is."""


class OtherGift(Exception):
    """This form was sent before with another content; a new form must be used."""


class GiftRefused(Exception):
    """The gift cannot be begun; `code` says which field is wrong and why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Dedication:
    """In whose honor or memory a gift is made, and who of the family is told of it (never the amount)."""

    kind: Tribute.Kind
    honoree: str = ""
    notify_name: str = ""
    notify_email: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Giver:
    """What the law of the receiving body asks of its giver: a name in parts, or an address, or both."""

    first_name: str = ""
    initial: str = ""
    last_name: str = ""
    address: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """What a supporter asked for. `amount` is without the fee they may cover on top (`cover`).

    `charge_day` and `ends_on` are of a gift that comes again: the day of the month (31 is the last one) and its
    last day.
    """

    page: GivingPage
    fund: Fund
    frequency: Frequency
    amount: Money
    cover: Money | None
    donor_name: str
    email: str
    language: str
    is_anonymous: bool
    wants_letter: bool
    letter_wording: str
    note: str
    source: str
    site: Site | None = None
    charge_day: int | None = None
    ends_on: date | None = None
    employer: str = ""
    dedication: Dedication | None = None
    giver: Giver | None = None
    giver_zone: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A begun attempt. `payment_url` is None when nobody knows yet whether the payment page exists."""

    checkout: Checkout
    payment_url: str | None


def find(*, checkout_id: uuid.UUID) -> Checkout | None:
    """One attempt with everything a page tells about it; reads only."""
    return (
        Checkout.objects.select_related(
            "campaign", "entity", "fund", "page__campaign", "site", "tribute", "giver"
        )
        .filter(pk=checkout_id)
        .first()
    )


def begin(*, checkout_id: uuid.UUID, gift: Gift, now: datetime) -> Begun:
    """Begin a gift: commit the intent under its own id, then open the payment page.

    Sent twice, or by two presses at once, the same form makes one attempt and one page, because the row's key
    and the processor's idempotency key are the same id. Raises GiftRefused and OtherGift.
    This function will return the attempt with the address of its payment page, if one is known.
    """
    _refuse_what_cannot_be(gift)
    _refuse_impossible_schedule(gift, day=now.date())
    checkout = retrying.again(lambda: _write_intent(checkout_id=checkout_id, gift=gift, now=now))
    if checkout.status in {Checkout.Status.BEGUN, Checkout.Status.ABANDONED}:
        return _open(checkout=checkout, now=now)
    return Begun(checkout, checkout.session_url if checkout.status == Checkout.Status.OPEN else None)


def _refuse_what_cannot_be(gift: Gift) -> None:
    if any(map(refusing.is_held_by, _typed(gift))):
        raise GiftRefused("resident_number")
    if not gift.page.is_open or not Campaign.objects.filter(pk=gift.page.campaign_id).takes_gifts().exists():
        raise GiftRefused("page_closed")
    currency = gift.page.currencies.filter(currency=gift.amount.currency).first()
    if currency is None:
        raise GiftRefused("currency")
    if gift.amount.minor < currency.minimum_minor:
        raise GiftRefused("below_minimum")
    cover = gift.cover or Money(0, gift.amount.currency)
    if (gift.amount + cover).minor > LARGEST_MINOR:
        raise GiftRefused("above_maximum")
    if gift.fund.pk != gift.page.campaign.fund_id and not gift.page.funds.filter(fund=gift.fund).exists():
        raise GiftRefused("fund")


def _typed(gift: Gift) -> list[str]:
    """Everything of a gift that somebody wrote freely."""
    said = [gift.donor_name, gift.email, gift.note, gift.employer]
    if gift.giver is not None:
        said += astuple(gift.giver)
    if gift.dedication is not None:
        named = gift.dedication
        said += [named.honoree, named.notify_name, named.notify_email, named.words]
    return said


def _refuse_impossible_schedule(gift: Gift, *, day: date) -> None:
    """A gift given once has no schedule; one that comes again has days that exist and lie ahead."""
    has_schedule = gift.charge_day is not None or gift.ends_on is not None
    if has_schedule and gift.frequency == Frequency.ONCE:
        raise GiftRefused("schedule")
    if gift.charge_day is not None and not 1 <= gift.charge_day <= LAST_DAY:
        raise GiftRefused("schedule")
    if gift.ends_on is not None and gift.ends_on <= day:
        raise GiftRefused("schedule")


def _write_intent(*, checkout_id: uuid.UUID, gift: Gift, now: datetime) -> Checkout:
    cover = gift.cover or Money(0, gift.amount.currency)
    asked = Checkout(
        id=checkout_id,
        page=gift.page,
        campaign=_counted_for(gift),
        entity=gift.page.entity,
        fund=gift.fund,
        frequency=gift.frequency,
        amount_minor=(gift.amount + cover).minor,
        cover_minor=cover.minor,
        currency=gift.amount.currency,
        donor_name=gift.donor_name,
        email=gift.email,
        language=gift.language,
        is_anonymous=gift.is_anonymous,
        wants_letter=gift.wants_letter,
        letter_wording=gift.letter_wording[:300],
        note=gift.note[:500],
        source=gift.source[:60],
        site=gift.site,
        charge_day=gift.charge_day,
        ends_on=gift.ends_on,
        employer=gift.employer[:120],
        giver_zone=dating.known_zone(gift.giver_zone),
        began_at=now,
        look_after=now + LOOK_AFTER,
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
            if gift.dedication is not None:
                _tribute(checkout=asked, dedication=gift.dedication).save(force_insert=True)
            if gift.giver is not None:
                GiverDetail.objects.create(checkout=asked, **asdict(gift.giver))
    except IntegrityError:
        return _same_gift_again(asked, dedication=gift.dedication, giver=gift.giver)
    return asked


def _tribute(*, checkout: Checkout, dedication: Dedication) -> Tribute:
    return Tribute(
        checkout=checkout,
        kind=dedication.kind,
        honoree=dedication.honoree[:120],
        notify_name=dedication.notify_name[:120],
        notify_email=dedication.notify_email[:254],
        words=dedication.words[:300],
    )


def _same_gift_again(asked: Checkout, *, dedication: Dedication | None, giver: Giver | None) -> Checkout:
    """The row of this id was there already: a second press, if it asks for the same."""
    related = ("entity", "fund", "campaign", "page__campaign", "tribute", "giver")
    kept = Checkout.objects.select_related(*related).get(pk=asked.pk)
    tribute = getattr(kept, "tribute", None)
    is_same = all(getattr(kept, field) == getattr(asked, field) for field in _CONTENT)
    said = giver_of(kept)
    if not is_same or (tribute and dedicated(tribute)) != dedication or said != giver:
        raise OtherGift(str(asked.pk))
    return kept


def giver_of(checkout: Checkout) -> Giver | None:
    """This function will return what the form of an attempt asked its giver for, or None."""
    kept: GiverDetail | None = getattr(checkout, "giver", None)
    if kept is None:
        return None
    return Giver(kept.first_name, kept.initial, kept.last_name, kept.address, kept.postcode)


def dedicated(tribute: Tribute) -> Dedication:
    """This function will return what a stored tribute says."""
    return Dedication(
        kind=Tribute.Kind(tribute.kind),
        honoree=tribute.honoree,
        notify_name=tribute.notify_name,
        notify_email=tribute.notify_email,
        words=tribute.words,
    )


_CONTENT = (
    "page_id", "fund_id", "frequency", "amount_minor", "cover_minor", "currency", "donor_name", "email",
    "is_anonymous", "wants_letter", "note", "charge_day", "ends_on", "employer",
)  # fmt: skip


def _counted_for(gift: Gift) -> Campaign:
    if gift.fund.pk == gift.page.campaign.fund_id:
        return gift.page.campaign
    other = Campaign.objects.filter(fund=gift.fund).order_by("position", "id").first()
    return other or gift.page.campaign


def _open(*, checkout: Checkout, now: datetime) -> Begun:
    try:
        state = gateway.connect().open_session(_request(checkout))
    except StoredFailure:
        return _look_after_failure(checkout=checkout, now=now)
    except ProcessorUnsure:
        return Begun(checkout, None)
    except ProcessorRefused as error:
        Checkout.advance(pk=checkout.pk, to=Checkout.Status.FAILED, now=now)
        raise GiftRefused("processor") from error
    adopt_session(checkout_id=checkout.pk, state=state, now=now)
    return Begun(checkout, state.url or None)


def _look_after_failure(*, checkout: Checkout, now: datetime) -> Begun:
    """The processor answers this key with its failure for ever: take a new one, once nothing is found."""
    try:
        found = gateway.connect().find_session(reference=str(checkout.pk), since=checkout.began_at)
    except (ProcessorUnsure, ProcessorRefused):
        return Begun(checkout, None)
    if found is None:
        Checkout.objects.filter(pk=checkout.pk, attempt=checkout.attempt).update(attempt=checkout.attempt + 1)
        return Begun(checkout, None)
    adopt_session(checkout_id=checkout.pk, state=found, now=now)
    return Begun(checkout, found.url or None)


def reopen(*, checkout: Checkout, now: datetime) -> bool:
    """Finish opening an attempt whose answer never came: look by our id first, then ask with the same key.

    This function will return whether a payment page is known now.
    """
    found = gateway.connect().find_session(reference=str(checkout.pk), since=checkout.began_at)
    if found is not None:
        adopt_session(checkout_id=checkout.pk, state=found, now=now)
        return True
    return _open(checkout=checkout, now=now).payment_url is not None


def _request(checkout: Checkout) -> SessionRequest:
    with translation.override(checkout.language):
        thanks = reverse("giving:thanks", args=[checkout.pk])
        # Both addresses name the attempt and nothing else: the processor learns no campaign's words (F41).
        again = reverse("giving:again", args=[checkout.pk])
    return SessionRequest(
        reference=str(checkout.pk),
        attempt=checkout.attempt,
        amount=checkout.amount,
        months=Frequency(checkout.frequency).months,
        charge_day=checkout.charge_day,
        label=checkout.fund.code,
        language=checkout.language,
        email=checkout.email,
        success_url=f"{settings.BASE_URL}{thanks}",
        cancel_url=f"{settings.BASE_URL}{again}",
        # Fixed by the row, not by the clock: the same key must always carry the same parameters.
        expires_at=checkout.began_at + SESSION_LASTS,
    )


def adopt_session(*, checkout_id: uuid.UUID, state: SessionState, now: datetime) -> None:
    """This function will note the payment page of an attempt that has none yet."""
    Checkout.advance(
        pk=checkout_id,
        to=Checkout.Status.OPEN,
        now=now,
        session_ref=state.ref,
        session_url=state.url,
        look_after=now + LOOK_AFTER,
    )

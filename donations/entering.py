"""Entering: a gift that came over the desk becomes a Donation, by hand and once.

Checks, cash, transfers, securities, things, vehicles, a volunteer's costs, tickets, and what a fund, an employer or
another charity paid. One gift is one call, so that a batch is many calls in one transaction.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction

from campaigns.models import Campaign
from donations import benefiting, crediting, dating, recording, refunding, splitting
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis, Dated
from donations.models import Donation, GiftDetail, GiftEvent
from donors import refusing
from donors.models import Donor, JointMember
from ledger import money
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

METHODS: Mapping[Donation.Kind, tuple[str, ...]] = {
    Donation.Kind.CASH: ("check", "cash", "bank_transfer"),
    Donation.Kind.TICKET: ("check", "cash", "bank_transfer"),
    Donation.Kind.STOCK: ("stock",),
    Donation.Kind.PROPERTY: ("in_kind",),
    Donation.Kind.VEHICLE: ("in_kind",),
    Donation.Kind.VOLUNTEER_EXPENSES: ("in_kind",),
}
WALLETS = {"paypal": "paypal:"}
"""Ways that come only in a file of the processor, by how its references begin: nobody enters them by hand."""
THINGS = frozenset(
    {Donation.Kind.PROPERTY, Donation.Kind.STOCK, Donation.Kind.VEHICLE, Donation.Kind.VOLUNTEER_EXPENSES}
)
ORGANIZATIONS = frozenset({Donation.Payer.DAF, Donation.Payer.CHARITY, Donation.Payer.EMPLOYER})
"""Payers that are the giver themselves, never the person who advised or works there (D8, D9)."""
SAME_CHECK_WITHIN = timedelta(days=120)
OLDEST = timedelta(days=366 * 20)


class UnableToEnter(ValueError):
    """`code` says what is wrong, `field` where: the words are the page's."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Detail:
    """What is known of a thing, or of money in another currency. Values are minor units of the gift's currency."""

    quantity: int = 1
    unit_value_minor: int | None = None
    fair_value_minor: int | None = None
    claimed_minor: int | None = None
    appraiser_name: str = ""
    appraiser_address: str = ""
    equivalent: Money | None = None
    rate_on: date | None = None
    rate_source: str = ""
    is_day_known: bool = True
    staff_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandGift:
    """One gift over the desk. `id` is made with the form; `amount` of a thing is its value for the books.

    `days` holds what is known: postmark, hand-over, receipt, settlement, transfer, and the day written on a check.
    `came_on` is the day it reached us, on which the books get it.
    """

    id: uuid.UUID
    entity: LegalEntity
    donor_id: uuid.UUID
    campaign: Campaign
    parts: Sequence[tuple[Fund, Money]]
    amount: Money
    method: str
    came_on: date
    days: Mapping[Basis, date]
    kind: Donation.Kind = Donation.Kind.CASH
    payer: Donation.Payer = Donation.Payer.DONOR
    description: str = ""
    is_person_directed: bool = False
    is_anonymous: bool = False
    language: str = "en"
    last4: str = ""
    note: str = ""
    source: str = ""
    detail: Detail | None = None
    returns: Sequence[Return] = field(default=())
    credits: Sequence[Credit] = field(default=())
    processor_ref: str = ""
    """The processor's own name of it, where it came in a file: with it a gift comes once, whatever its id."""
    given_at: datetime | None = None
    """The moment, where a file tells it; a day without an hour stands at noon."""


def enter(*, gift: HandGift, actor: User, now: datetime) -> Donation:
    """Write a gift with its day, its entry in the books, what came back for it and whom we thank besides.

    Doing it again under the same id adds nothing. Raises UnableToEnter; nothing is written then.
    This function will return the stored donation.
    """
    with transaction.atomic():
        refunding.lock(gift.id)
        known = Donation.objects.filter(pk=gift.id).first()
        if known is not None:
            return _same(known, gift)
        dated = check(gift=gift, now=now)
        donation, _ = recording.record(received=_received(gift, dated), now=now)
        _write_details(donation, gift, now)
        for given in gift.returns:
            benefiting.write(donation_id=donation.pk, given=given, actor=actor, now=now)
        splitting.follow(donation_id=donation.pk, happened_at=gift.entity.noon(gift.came_on), now=now)
        for credit in gift.credits:
            crediting.thank(donation_id=donation.pk, credit=credit, actor=actor, now=now)
        auditing.record(
            actor=actor,
            action="donation.entered",
            target=f"donation:{donation.pk}",
            details={"kind": gift.kind.value, "method": gift.method, "rule": dated.kept_as},
            now=now,
        )
    return donation


def _same(known: Donation, gift: HandGift) -> Donation:
    """The form was sent twice; if it says something else the second time, a person has to look."""
    told = (gift.donor_id, gift.amount, gift.kind, gift.campaign.pk)
    if (known.donor_id, known.amount, known.kind, known.campaign_id) != told:
        raise UnableToEnter("entered", "amount")
    return known


def check(*, gift: HandGift, now: datetime) -> Dated:
    """Judge a gift without writing it, as a batch does for each row.

    Raises UnableToEnter. This function will return the day it was given for tax, with what chose it.
    """
    _check_words(gift)
    _check_money(gift)
    _check_kind(gift)
    _check_giver(gift)
    return _check_days(gift, now)


def _check_words(gift: HandGift) -> None:
    """No number of a person in anything that was typed (KR-13)."""
    typed = {"description": gift.description, "note": gift.note, "last4": gift.last4, "source": gift.source}
    if gift.detail is not None:
        typed["appraiser_name"] = gift.detail.appraiser_name
        typed["appraiser_address"] = gift.detail.appraiser_address
        typed["rate_source"] = gift.detail.rate_source
        typed["staff_note"] = gift.detail.staff_note
    for field_, words in typed.items():
        if refusing.is_held_by(words):
            raise UnableToEnter("resident_number", field_)
    if any(refusing.is_held_by(given.description) for given in gift.returns):
        raise UnableToEnter("resident_number", "returns")


def _check_money(gift: HandGift) -> None:
    if not 0 < gift.amount.minor <= money.LARGEST_BY_HAND:
        raise UnableToEnter("amount", "amount")
    currency = gift.amount.currency
    if any(part.currency != currency or part.minor <= 0 for _, part in gift.parts):
        raise UnableToEnter("parts", "parts")
    if money.total([part for _, part in gift.parts], currency=currency) != gift.amount:
        raise UnableToEnter("sum", "parts")
    funds = [fund for fund, _ in gift.parts]
    if len({fund.pk for fund in funds}) < len(funds):
        raise UnableToEnter("twice", "parts")
    if any(fund.entity_id != gift.entity.pk or not fund.is_open for fund in funds):
        raise UnableToEnter("fund", "parts")


def _check_kind(gift: HandGift) -> None:
    is_of_a_file = gift.method in WALLETS and gift.processor_ref.startswith(WALLETS[gift.method])
    if gift.method not in METHODS[gift.kind] and not (is_of_a_file and gift.kind == Donation.Kind.CASH):
        raise UnableToEnter("method", "method")
    if gift.kind in THINGS and not gift.description.strip():
        raise UnableToEnter("description", "description")
    if gift.kind in THINGS and gift.payer == Donation.Payer.IRA_QCD:
        raise UnableToEnter("payer", "payer")  # an account distributes money, never things
    if gift.kind == Donation.Kind.TICKET and not gift.returns:
        raise UnableToEnter("ticket", "returns")  # a ticket without its return cannot be receipted


def _check_giver(gift: HandGift) -> None:
    donor = Donor.objects.filter(pk=gift.donor_id).first()
    if donor is None:
        raise UnableToEnter("unknown", "donor")
    if donor.merged_into_id is not None:
        raise UnableToEnter("merged", "donor")
    if gift.payer in ORGANIZATIONS and donor.kind != Donor.Kind.ORGANIZATION:
        raise UnableToEnter("organization", "donor")
    if gift.payer == Donation.Payer.IRA_QCD and donor.kind == Donor.Kind.ORGANIZATION:
        raise UnableToEnter("person", "donor")
    if JointMember.objects.filter(joint=donor, left_at__isnull=False).exists():
        raise UnableToEnter("parted", "donor")
    for credit in gift.credits:
        if credit.donor_id == gift.donor_id:
            raise UnableToEnter("self", "credits")


def _check_days(gift: HandGift, now: datetime) -> Dated:
    today = gift.entity.day_of(now)
    days = {"came_on": gift.came_on} | {basis.value: day for basis, day in gift.days.items()}
    for name, day in days.items():
        # The day written on a check may lie ahead: people do that, and it never counts (C4).
        if (day > today and name != Basis.WRITTEN) or day < today - OLDEST:
            raise UnableToEnter("day", name)
    try:
        dated = dating.given(
            method=gift.method, events=gift.days, zone=gift.entity.zone, rule=gift.entity.date_rule
        )
    except dating.NoBasis as error:
        raise UnableToEnter("basis", "basis") from error
    if dated.on > gift.came_on:
        raise UnableToEnter("later", dated.basis.value)
    return dated


def is_basis_weak(*, method: str, days: Mapping[Basis, date]) -> bool:
    """Whether the day of receipt would decide about the tax year and nobody said how it came (C5).

    This function will tell whether the form should ask again: only for checks, between 20 December and 15 January.
    """
    better = {Basis.POSTMARK, Basis.HAND} & set(days)
    received = days.get(Basis.RECEIVED)
    return method == "check" and not better and received is not None and dating.asks_for_basis(received)


def same_check(*, gift: HandGift) -> Donation | None:
    """This function will return a gift of the same giver, sum and check number within 120 days, if there is one."""
    if not gift.last4:
        return None
    near = (gift.came_on - SAME_CHECK_WITHIN, gift.came_on + SAME_CHECK_WITHIN)
    return (
        Donation.objects.filter(
            rail=Donation.Rail.DESK,
            donor_id=gift.donor_id,
            amount_minor=gift.amount.minor,
            currency=gift.amount.currency,
            last4=gift.last4,
            given_on__range=near,
        )
        .exclude(pk=gift.id)
        .order_by("-recorded_at", "id")
        .first()
    )


def _received(gift: HandGift, dated: Dated) -> recording.Received:
    return recording.Received(
        entity=gift.entity,
        donor_id=gift.donor_id,
        campaign=gift.campaign,
        parts=gift.parts,
        amount=gift.amount,
        given_at=gift.given_at or gift.entity.noon(dated.on),
        processor_ref=gift.processor_ref,
        payment_ref="",
        method=gift.method,
        last4=gift.last4,
        is_live="_live_" in settings.STRIPE_API_KEY,
        is_anonymous=gift.is_anonymous,
        language=gift.language,
        note=gift.note,
        source=gift.source,
        checkout=None,
        plan=None,
        by_hand=recording.ByHand(
            id=gift.id,
            dated=dated,
            booked_at=gift.entity.noon(gift.came_on),
            kind=gift.kind,
            payer=gift.payer,
            description=gift.description.strip(),
            is_person_directed=gift.is_person_directed,
        ),
        bought_minor=sum(map(splitting.worth_of, set(gift.returns))),
    )


def _write_details(donation: Donation, gift: HandGift, now: datetime) -> None:
    GiftEvent.objects.bulk_create(
        GiftEvent(donation=donation, basis=basis.value, on=day, entered_at=now)
        for basis, day in gift.days.items()
        if basis != Basis.CHARGE  # its moment is the gift's own
    )
    told = gift.detail
    if told is None:
        return
    GiftDetail.objects.create(
        donation=donation,
        quantity=told.quantity,
        unit_value_minor=told.unit_value_minor,
        fair_value_minor=told.fair_value_minor,
        claimed_minor=told.claimed_minor,
        appraiser_name=told.appraiser_name,
        appraiser_address=told.appraiser_address,
        equivalent_minor=told.equivalent.minor if told.equivalent else None,
        equivalent_currency=told.equivalent.currency if told.equivalent else "",
        rate_on=told.rate_on,
        rate_source=told.rate_source,
        is_day_known=told.is_day_known,
        staff_note=told.staff_note,
        entered_at=now,
    )

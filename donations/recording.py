"""Recording: THE door by which a Donation comes to exist, however the money came."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign
from donations import dating, postings
from donations.dating import Basis, Dated
from donations.models import Checkout, Designation, Donation, Recognition, RecurringPlan
from donations.postings import Share
from ledger import posting
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from payments.gateway import BalanceLine
from payments.models import BalanceTransaction


@dataclass(frozen=True, slots=True)
class ByHand:
    """What only a person can tell of a gift that no processor knows.

    `id` is made before anything happens. `dated` is the day for tax, `booked_at` when the books got it.
    """

    id: uuid.UUID
    dated: Dated
    booked_at: datetime
    kind: Donation.Kind
    payer: Donation.Payer
    description: str
    is_person_directed: bool


@dataclass(frozen=True, slots=True)
class Received:
    """Everything a donation is made of. `parts` say which fund gets how much and sum to `amount`.

    A gift of the processor has its references; one over the desk has `by_hand` and empty references. `bought_minor` is
    what its giver got in return for one over the desk: that part is no contribution.
    """

    entity: LegalEntity
    donor_id: uuid.UUID
    campaign: Campaign
    parts: Sequence[tuple[Fund, Money]]
    amount: Money
    given_at: datetime
    processor_ref: str
    payment_ref: str
    method: str
    last4: str
    is_live: bool
    is_anonymous: bool
    language: str
    note: str
    source: str
    checkout: Checkout | None
    plan: RecurringPlan | None
    by_hand: ByHand | None = None
    bought_minor: int = 0
    basis: Basis = Basis.CHARGE
    giver_zone: str = ""


def record(*, received: Received, now: datetime) -> tuple[Donation, bool]:
    """Write a donation with its designations and its entry in the books, once for each charge.

    The tax date is the day of the charge, or of the bank's payment, by the entity's rule of the moment (US-12, C1); the
    rule is kept, and a later rule moves nothing. A gift over the desk brings its own day; whoever enters it holds its
    lock, so that it is recorded once.
    This function will return the donation and whether it is new.
    """
    if received.by_hand is not None:
        return _record_by_hand(received, received.by_hand, now)
    fresh = _charged(received, now)
    with transaction.atomic(savepoint=False):
        Donation.objects.bulk_create([fresh], ignore_conflicts=True)
        kept = Donation.objects.filter(processor_ref=received.processor_ref)
        kept_id = kept.values_list("pk", flat=True).first()
        if kept_id is None:
            # Another charge already paid this checkout or this payment: a person must look, not a guess.
            raise SecondCharge(received.processor_ref)
        if kept_id != fresh.pk:
            return kept.select_related("entity", "campaign").get(), False
        _write_parts(donation=fresh, received=received, now=now)
    return fresh, True


def _charged(received: Received, now: datetime) -> Donation:
    dated = dating.charged(
        at=received.given_at,
        zone=received.entity.zone,
        rule=received.entity.date_rule,
        basis=received.basis,
    )
    return Donation(
        id=uuid.uuid4(),
        entity=received.entity,
        donor_id=received.donor_id,
        campaign=received.campaign,
        checkout=received.checkout,
        plan=received.plan,
        rail=Donation.Rail.PROCESSOR,
        method=received.method[:40],
        last4=received.last4[:4],
        processor_ref=received.processor_ref,
        payment_ref=received.payment_ref or None,
        amount_minor=received.amount.minor,
        currency=received.amount.currency,
        given_at=received.given_at,
        given_on=dated.on,
        date_rule=dated.kept_as,
        giver_zone=received.giver_zone,
        language=received.language,
        note=received.note,
        source=received.source,
        is_live=received.is_live,
        recorded_at=now,
    )


def _record_by_hand(received: Received, told: ByHand, now: datetime) -> tuple[Donation, bool]:
    known = Donation.objects.filter(pk=told.id).first()
    if known is not None:
        return known, False
    with transaction.atomic(savepoint=False):
        fresh = Donation.objects.create(
            id=told.id,
            entity=received.entity,
            donor_id=received.donor_id,
            campaign=received.campaign,
            rail=Donation.Rail.DESK,
            method=received.method[:40],
            last4=received.last4[:4],
            processor_ref=received.processor_ref or None,
            amount_minor=received.amount.minor,
            currency=received.amount.currency,
            given_at=received.given_at,
            given_on=told.dated.on,
            date_rule=told.dated.kept_as,
            kind=told.kind,
            payer=told.payer,
            description=told.description,
            is_person_directed=told.is_person_directed,
            language=received.language,
            note=received.note,
            source=received.source,
            is_live=received.is_live,
            recorded_at=now,
        )
        _write_parts(donation=fresh, received=received, now=now)
    return fresh, True


class SecondCharge(Exception):
    """A charge came for an attempt that has been paid by another one."""


def _write_parts(*, donation: Donation, received: Received, now: datetime) -> None:
    Designation.objects.bulk_create(
        Designation(donation=donation, fund=fund, amount_minor=amount.minor)
        for fund, amount in received.parts
    )
    Recognition.objects.create(donation=donation, is_anonymous=received.is_anonymous, changed_at=now)
    told = received.by_hand
    posting.post(
        entity=received.entity,
        kind=Entry.Kind.DONATION,
        source=f"hand:{told.id}" if told else f"charge:{received.processor_ref}",
        happened_at=told.booked_at if told else received.given_at,
        postings=_by_hand(received, told) if told else postings.donation(shares(received)),
        now=now,
    )


def _by_hand(received: Received, told: ByHand) -> list[posting.Posting]:
    parts = shares(received)
    bought = Money(min(received.bought_minor, received.amount.minor), received.amount.currency)
    return postings.by_hand(
        parts, kind=told.kind, method=received.method, bought=postings.over(bought, parts)
    )


def share(fund: Fund, amount: Money, campaign: Campaign) -> Share:
    """This function will return what part of a sum given for a campaign went to one fund."""
    # A gift made on a campaign's page for another fund does not count for that campaign.
    segment = campaign.slug if campaign.fund_id == fund.pk else ""
    return Share(fund.pk, fund.is_restricted, amount, segment)


def shares(received: Received) -> list[Share]:
    """How what was received is divided over funds."""
    return [share(fund, amount, received.campaign) for fund, amount in received.parts]


def shares_of(donation: Donation) -> list[Share]:
    """How a donation is divided over funds, as it was recorded."""
    designations = donation.designations.select_related("fund").order_by("id")
    return [
        share(line.fund, Money(line.amount_minor, donation.currency), donation.campaign)
        for line in designations
    ]


def keep_balance_line(*, line: BalanceLine, now: datetime) -> None:
    """This function will keep one line of the processor's balance, once."""
    row = BalanceTransaction(
        ref=line.ref,
        kind=line.kind,
        amount_minor=line.amount_minor,
        fee_minor=line.fee_minor,
        net_minor=line.net_minor,
        currency=line.currency,
        source_ref=line.source_ref,
        exchange_rate=line.exchange_rate,
        created_at=line.created_at,
        available_on=line.available_on,
        recorded_at=now,
    )
    BalanceTransaction.objects.bulk_create([row], ignore_conflicts=True)


def post_settlement(
    *, entity: LegalEntity, line: BalanceLine, gross: Money, shares: Sequence[Share], now: datetime
) -> None:
    """This function will keep the balance line of a charge or refund and post its fee and exchange, once."""
    keep_balance_line(line=line, now=now)
    posting.post(
        entity=entity,
        kind=Entry.Kind.PROCESSOR_FEE,
        source=f"balance:{line.ref}",
        happened_at=line.created_at,
        postings=postings.settlement(
            gross=gross,
            settled=Money(line.amount_minor, line.currency),
            fee=Money(line.fee_minor, line.currency),
            shares=shares,
        ),
        now=now,
    )

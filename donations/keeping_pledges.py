"""Keeping pledges: a gift keeps a promise, the part due first; one that went back keeps it no longer.

A person says which gift keeps which promise; `fitting` names those that may. Nothing is kept twice: what a gift keeps
is never more than what of it stayed, and what is given for a part never more than the part.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from donations import pledging, postings, refunding
from donations.models import DisputeClosing, Donation, Instalment, Pledge, PledgePayment
from donations.pledging import UnableToPledge
from donors.models import Donor
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from staff.models import User

LISTED = 20


@dataclass(frozen=True, slots=True)
class By:
    """Who does it and when; nobody, when a refund has done it."""

    actor: User | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a promise with what of it is still to come."""

    instalment: Instalment
    amount: Money
    left: Money


def parts(*, pledge: Pledge) -> list[Part]:
    """This function will return the parts of a promise in the order they fall due."""
    rows = (
        Instalment.objects.filter(pledge=pledge)
        .annotate(paid=Coalesce(Sum("payments__amount_minor"), 0))
        .order_by("due_on", "number")
    )
    return [
        Part(
            row,
            Money(row.amount_minor, pledge.currency),
            Money(row.amount_minor - row.paid, pledge.currency),
        )
        for row in rows
    ]


def unused(*, donation: Donation) -> Money:
    """This function will return what of a gift stayed with us and keeps no promise yet."""
    lost = DisputeClosing.objects.filter(dispute__donation=donation, outcome=DisputeClosing.Outcome.LOST)
    taken = lost.aggregate(sum=Sum("dispute__amount_minor"))["sum"] or 0
    used = donation.pledge_payments.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return donation.amount - refunding.refunded(donation=donation) - Money(taken + used, donation.currency)


def fitting(*, pledge: Pledge) -> list[Donation]:
    """Gifts that may keep a promise: of its giver, in its currency, not before it was made, not used up.

    This function will return at most twenty, the newest first.
    """
    giver = _survivor(pledge.donor)
    near = Donation.objects.filter(
        Q(donor_id=giver) | Q(donor__merged_into_id=giver),
        entity_id=pledge.entity_id,
        currency=pledge.currency,
        given_on__gte=pledge.promised_on,
    ).order_by("-given_on", "-id")
    return [gift for gift in near[: 3 * LISTED] if unused(donation=gift).minor > 0][:LISTED]


def kept_by(*, pledge: Pledge) -> list[Donation]:
    """This function will return the gifts that keep a promise, the first one first."""
    kept = (
        PledgePayment.objects.filter(instalment__pledge=pledge)
        .values("donation_id")
        .annotate(sum=Sum("amount_minor"))
    )
    ids = [row["donation_id"] for row in kept.filter(sum__gt=0)]
    return list(Donation.objects.filter(pk__in=ids).order_by("given_at", "id"))


def keep(
    *, pledge_id: uuid.UUID, donation_id: uuid.UUID, amount: Money | None, actor: User, now: datetime
) -> list[PledgePayment]:
    """Let a gift keep a promise: as much as `amount` says, or as much as fits, the part due first.

    Raises UnableToPledge: `ended`, `gift` (of somebody else, of another body or currency, or before the promise),
    `nothing` left of either, `too_much`. This function will return what was applied to each part.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        pledge = pledging.locked(pledge_id)
        if pledge.status != Pledge.Status.OPEN:
            raise UnableToPledge("ended")
        donation = _fitting(pledge, donation_id)
        most = min(unused(donation=donation).minor, pledging.left(pledge).minor)
        wanted = most if amount is None else amount.minor
        if most <= 0 or wanted <= 0:
            raise UnableToPledge("nothing", "amount")
        if wanted > most or (amount is not None and amount.currency != pledge.currency):
            raise UnableToPledge("too_much", "amount")
        made = _apply(pledge, donation, wanted, By(actor, now))
        if not pledging.left(pledge):
            pledging.end(pledge, Pledge.Status.FULFILLED, now)
        pledging.note(pledge, actor, "pledge.kept", {"donation": str(donation.pk), "minor": wanted}, now)
    return made


def _fitting(pledge: Pledge, donation_id: uuid.UUID) -> Donation:
    donation = Donation.objects.select_related("donor").filter(pk=donation_id).first()
    if donation is None:
        raise UnableToPledge("gift", "donation")
    is_other = _survivor(donation.donor) != _survivor(pledge.donor) or donation.entity_id != pledge.entity_id
    if is_other or donation.currency != pledge.currency or donation.given_on < pledge.promised_on:
        raise UnableToPledge("gift", "donation")
    return donation


def _survivor(donor: Donor) -> uuid.UUID:
    """Who stands for a record now: after a merge two records are one giver."""
    return donor.merged_into_id or donor.pk


def _apply(pledge: Pledge, donation: Donation, minor: int, by: By) -> list[PledgePayment]:
    made = []
    for part in parts(pledge=pledge):
        share = min(part.left.minor, minor)
        if share <= 0:
            continue
        made.append(_write(pledge, part.instalment, donation, share, by))
        minor -= share
    return made


def _write(pledge: Pledge, instalment: Instalment, donation: Donation, minor: int, by: By) -> PledgePayment:
    payment = PledgePayment.objects.create(
        instalment=instalment, donation=donation, amount_minor=minor, applied_by=by.actor, applied_at=by.now
    )
    if pledge.is_booked:
        posting.post(
            entity=pledge.entity,
            kind=Entry.Kind.PLEDGE_PAYMENT,
            source=f"pledge_payment:{payment.pk}",
            happened_at=max(donation.given_at, pledge.entity.noon(pledge.promised_on)),
            postings=postings.pledge_kept(Money(minor, pledge.currency), fund=pledge.fund),
            now=by.now,
        )
    return payment


def take_back(
    *, pledge_id: uuid.UUID, donation_id: uuid.UUID, actor: User, now: datetime
) -> list[PledgePayment]:
    """Somebody said by mistake that a gift keeps a promise. Raises UnableToPledge.

    This function will return the rows that undo it.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        pledge = pledging.locked(pledge_id)
        if pledge.status not in {Pledge.Status.OPEN, Pledge.Status.FULFILLED}:
            raise UnableToPledge("ended")
        donation = Donation.objects.get(pk=donation_id)
        made = _undo(pledge, donation, None, By(actor, now))
        if not made:
            raise UnableToPledge("nothing")
    return made


def _undo(pledge: Pledge, donation: Donation, most: int | None, by: By) -> list[PledgePayment]:
    """Take what a gift gave to a promise from its last part on; `most` minor units, or all of it."""
    given = (
        PledgePayment.objects.filter(instalment__pledge=pledge, donation=donation)
        .values("instalment_id")
        .annotate(sum=Sum("amount_minor"))
        .filter(sum__gt=0)
        .order_by("-instalment__number")
    )
    made, rest = [], most
    for row in given:
        share = row["sum"] if rest is None else min(row["sum"], rest)
        if not share:
            break
        instalment = Instalment.objects.get(pk=row["instalment_id"])
        made.append(_write(pledge, instalment, donation, -share, by))
        rest = None if rest is None else rest - share
    if made and pledge.status == Pledge.Status.FULFILLED:
        pledge.status, pledge.ended_at = Pledge.Status.OPEN, None
        pledge.save(update_fields=["status", "ended_at"])
    if made:
        pledging.note(pledge, by.actor, "pledge.kept_less", {"donation": str(donation.pk)}, by.now)
    return made


def follow_refunds(*, now: datetime) -> int:
    """Gifts that went back since they kept a promise keep it no longer, as far as they went back.

    A promise that was written off meanwhile stays so. This function will return how many gifts it took back.
    """
    taken = 0
    for donation in _gone_back():
        with transaction.atomic():
            refunding.lock(donation.pk)
            missing = -unused(donation=donation).minor
            for pledge_id in _kept_by(donation) if missing > 0 else ():
                pledge = pledging.locked(pledge_id)
                made = _undo(pledge, donation, missing, By(None, now))
                missing += sum(payment.amount_minor for payment in made)
            taken += missing <= 0
    return taken


def _gone_back() -> Sequence[Donation]:
    """Gifts that keep a promise and went back in part or wholly, of the last hundred days or so."""
    kept = Donation.objects.filter(pledge_payments__isnull=False).filter(
        Q(refunds__failure__isnull=True, refunds__isnull=False)
        | Q(disputes__closing__outcome=DisputeClosing.Outcome.LOST)
    )
    return [gift for gift in kept.distinct().order_by("id") if unused(donation=gift).minor < 0]


def _kept_by(donation: Donation) -> list[uuid.UUID]:
    open_ones = Q(instalment__pledge__status__in=[Pledge.Status.OPEN, Pledge.Status.FULFILLED])
    rows = PledgePayment.objects.filter(open_ones, donation=donation).annotate(
        pledge=F("instalment__pledge_id")
    )
    return list(rows.order_by("-pledge").values_list("pledge", flat=True).distinct())

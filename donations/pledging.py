"""Pledging: a promise of money is written down in parts that fall due, kept by gifts, and given up by two people.

A promise is no gift: no receipt, no total of a campaign knows it. The books know it only where the accountant wants
unconditional promises as a receivable (`is_booked`); then a gift that keeps it is no second income.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from campaigns.models import Campaign
from donations import postings, scheduling
from donations.models import Donation, Instalment, Pledge, PledgePayment
from donors import refusing
from donors.models import Donor, JointMember
from ledger import money, posting
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

MOST_PARTS = 120


class UnableToPledge(ValueError):
    """`code` says what is wrong, `field` where: the words are the page's."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPledge:
    """A promise as it is written down. `id` is made with the form; the parts sum to the amount, in order of days."""

    id: uuid.UUID
    entity: LegalEntity
    donor_id: uuid.UUID
    campaign: Campaign
    fund: Fund
    amount: Money
    promised_on: date
    parts: Sequence[tuple[date, Money]]
    kind: Pledge.Kind = Pledge.Kind.PLEDGE
    matches_id: uuid.UUID | None = None
    condition: str = ""
    is_booked: bool = False
    wants_reminders: bool = True
    note: str = ""


def schedule(*, amount: Money, count: int, first_on: date, months: int) -> list[tuple[date, Money]]:
    """Equal parts, the odd minor units first, `months` apart; a day a month does not have is its last.

    This function will return `count` days with their amounts; raises UnableToPledge for more parts than minor units.
    """
    if not 1 <= count <= min(MOST_PARTS, amount.minor):
        raise UnableToPledge("count", "count")
    shares = amount.split([1] * count)
    return [
        (scheduling.months_later(first_on, place * months, meant=first_on.day), share)
        for place, share in enumerate(shares)
    ]


def promise(*, pledge: NewPledge, actor: User, now: datetime) -> Pledge:
    """Write a promise with its parts; doing it again under the same id adds nothing. Raises UnableToPledge.

    This function will return the stored promise.
    """
    with transaction.atomic():
        known = Pledge.objects.filter(pk=pledge.id).first()
        if known is not None:
            return known
        _check(pledge, now)
        made = Pledge.objects.create(
            id=pledge.id,
            entity=pledge.entity,
            donor_id=pledge.donor_id,
            campaign=pledge.campaign,
            fund=pledge.fund,
            kind=pledge.kind,
            matches_id=pledge.matches_id,
            amount_minor=pledge.amount.minor,
            currency=pledge.amount.currency,
            promised_on=pledge.promised_on,
            is_conditional=bool(pledge.condition.strip()),
            condition=" ".join(pledge.condition.split()),
            is_booked=pledge.is_booked,
            wants_reminders=pledge.wants_reminders,
            note=" ".join(pledge.note.split()),
            entered_by=actor,
            entered_at=now,
        )
        Instalment.objects.bulk_create(
            Instalment(pledge=made, number=number, due_on=day, amount_minor=part.minor)
            for number, (day, part) in enumerate(pledge.parts, start=1)
        )
        if made.is_booked:
            posting.post(
                entity=made.entity,
                kind=Entry.Kind.PLEDGE,
                source=f"pledge:{made.pk}",
                happened_at=made.entity.noon(made.promised_on),
                postings=postings.pledged(pledge.amount, fund=made.fund),
                now=now,
            )
        note(made, actor, "pledge.entered", {"parts": len(pledge.parts)}, now)
    return made


def _check(pledge: NewPledge, now: datetime) -> None:
    if any(map(refusing.is_held_by, (pledge.note, pledge.condition))):
        raise UnableToPledge("resident_number", "note")
    if not 0 < pledge.amount.minor <= money.LARGEST_BY_HAND:
        raise UnableToPledge("amount", "amount")
    if pledge.promised_on > pledge.entity.day_of(now):
        raise UnableToPledge("day", "promised_on")
    if pledge.fund.entity_id != pledge.entity.pk or not pledge.fund.is_open:
        raise UnableToPledge("fund", "fund")
    if pledge.is_booked and pledge.condition.strip():
        raise UnableToPledge("conditional", "is_booked")  # a receivable only without conditions (ASU 2018-08)
    _check_parts(pledge)
    _check_giver(pledge)


def _check_parts(pledge: NewPledge) -> None:
    currency = pledge.amount.currency
    amounts = [part for _, part in pledge.parts]
    if not 0 < len(amounts) <= MOST_PARTS or any(
        part.currency != currency or part.minor <= 0 for part in amounts
    ):
        raise UnableToPledge("parts", "parts")
    if money.total(amounts, currency=currency) != pledge.amount:
        raise UnableToPledge("sum", "parts")
    days = [day for day, _ in pledge.parts]
    if days != sorted(days) or days[0] < pledge.promised_on:
        raise UnableToPledge("days", "parts")


def _check_giver(pledge: NewPledge) -> None:
    donor = Donor.objects.filter(pk=pledge.donor_id).first()
    if donor is None:
        raise UnableToPledge("unknown", "donor")
    if donor.merged_into_id is not None:
        raise UnableToPledge("merged", "donor")
    if JointMember.objects.filter(joint=donor, left_at__isnull=False).exists():
        raise UnableToPledge("parted", "donor")
    if pledge.kind == Pledge.Kind.PLEDGE:
        return
    if donor.kind != Donor.Kind.ORGANIZATION:
        raise UnableToPledge("organization", "donor")
    if pledge.kind == Pledge.Kind.MATCH:
        _check_match(pledge)


def _check_match(pledge: NewPledge) -> None:
    """An employer's match names the gift of the employee that it doubles, and each employer doubles it once."""
    own = Donation.objects.filter(pk=pledge.matches_id).first() if pledge.matches_id else None
    if own is None or own.donor_id == pledge.donor_id:
        raise UnableToPledge("matches", "matches")
    claims = Pledge.objects.filter(matches=own, donor_id=pledge.donor_id)
    if claims.exclude(status=Pledge.Status.CANCELED).exists():
        raise UnableToPledge("claimed", "matches")


def cancel(*, pledge_id: uuid.UUID, reason: str, actor: User, now: datetime) -> Pledge:
    """Take back a promise that was written down wrongly: nothing was given for it and the books do not know it.

    Raises UnableToPledge: what the books know, or what was given for in part, is written off by two people.
    This function will return the canceled promise.
    """
    words = " ".join(reason.split())
    if code := refusing.wrong_reason(words):
        raise UnableToPledge(code, "reason")
    with transaction.atomic():
        pledge = locked(pledge_id)
        if pledge.status != Pledge.Status.OPEN:
            raise UnableToPledge("ended")
        if pledge.is_booked or paid(pledge_id=pledge.pk):
            raise UnableToPledge("write_off")
        end(pledge, Pledge.Status.CANCELED, now)
        note(pledge, actor, "pledge.canceled", {"reason": words[:200]}, now)
    return pledge


def paid(*, pledge_id: uuid.UUID) -> int:
    """This function will return how many minor units of a promise were given."""
    rows = PledgePayment.objects.filter(instalment__pledge_id=pledge_id)
    return int(rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0)


def left(pledge: Pledge) -> Money:
    """What of a promise has not been given."""
    return Money(pledge.amount_minor - paid(pledge_id=pledge.pk), pledge.currency)


# What the other deeds on promises stand on: `keeping_pledges`, `giving_up`.


def locked(pledge_id: uuid.UUID) -> Pledge:
    """The promise, held until the transaction ends. Raises UnableToPledge when there is none."""
    pledge = (
        Pledge.objects.select_for_update(of=("self",))
        .select_related("entity", "fund", "donor")
        .filter(pk=pledge_id)
    )
    found = pledge.first()
    if found is None:
        raise UnableToPledge("unknown")
    return found


def end(pledge: Pledge, status: Pledge.Status, now: datetime) -> None:
    pledge.status, pledge.ended_at = status, now
    pledge.save(update_fields=["status", "ended_at"])


def note(pledge: Pledge, actor: User | None, action: str, details: dict[str, object], now: datetime) -> None:
    auditing.record(
        actor=actor or "almoner", action=action, target=f"pledge:{pledge.pk}", details=details, now=now
    )

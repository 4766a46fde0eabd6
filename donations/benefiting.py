"""Benefiting: what a giver got in return, added and withdrawn by rows; the receipt follows by itself."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from donations import refunding, splitting
from donations.models import Benefit, Donation
from donors import refusing
from staff import auditing
from staff.models import User


class UnableToBenefit(ValueError):
    """`code` is `description`, `resident_number`, `value`, `withdrawn` or `unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Return:
    """Something provided in return for a gift. Values are minor units of its currency; unknown is None."""

    description: str
    fair_value_minor: int | None = None
    cost_minor: int | None = None
    is_token: bool = False
    is_intangible_religious: bool = False
    is_sold_commercially: bool = False
    is_cash_like: bool = False


def standing(*, donation_id: uuid.UUID) -> list[Benefit]:
    """This function will return the benefits of a gift that were not withdrawn, oldest first."""
    rows = Benefit.objects.filter(donation_id=donation_id, withdraws__isnull=True, withdrawal__isnull=True)
    return list(rows.order_by("id"))


def add(*, donation_id: uuid.UUID, given: Return, actor: User, now: datetime) -> Benefit:
    """Write down a benefit, and book what it is worth as bought. The same benefit entered again is the one that stands.

    Raises UnableToBenefit. This function will return the benefit that stands.
    """
    with transaction.atomic():
        made = write(donation_id=donation_id, given=given, actor=actor, now=now)
        splitting.follow(donation_id=donation_id, happened_at=now, now=now)
    return made


def write(*, donation_id: uuid.UUID, given: Return, actor: User, now: datetime) -> Benefit:
    """Write down a benefit of a gift whose books know it already, or will at once: two dinners are one line.

    Raises UnableToBenefit. This function will return the benefit that stands.
    """
    words = " ".join(given.description.split())
    if not words:
        raise UnableToBenefit("description")
    if refusing.is_held_by(words):
        raise UnableToBenefit("resident_number")
    if any(value is not None and value < 0 for value in (given.fair_value_minor, given.cost_minor)):
        raise UnableToBenefit("value")
    told = {
        "description": words,
        "fair_value_minor": given.fair_value_minor,
        "cost_minor": given.cost_minor,
        "is_token": given.is_token,
        "is_intangible_religious": given.is_intangible_religious,
        "is_sold_commercially": given.is_sold_commercially,
        "is_cash_like": given.is_cash_like,
    }
    with transaction.atomic():
        donation = _locked(donation_id)
        same = Benefit.objects.filter(
            donation=donation, withdraws__isnull=True, withdrawal__isnull=True, **told
        )
        known = same.order_by("id").first()
        if known is not None:
            return known
        made = Benefit.objects.create(donation=donation, entered_by=actor, entered_at=now, **told)
        _note(made, "benefit.added", actor, now)
    return made


def withdraw(*, benefit_id: int, donation_id: uuid.UUID, actor: User, now: datetime) -> Benefit:
    """Take a benefit back that was entered by mistake, and book what was bought as given; safe to repeat.

    Raises UnableToBenefit when there is no such benefit of this gift. This function will return the withdrawing row.
    """
    with transaction.atomic():
        donation = _locked(donation_id)
        wrong = Benefit.objects.filter(pk=benefit_id, donation=donation, withdraws__isnull=True).first()
        if wrong is None:
            raise UnableToBenefit("unknown")
        known = Benefit.objects.filter(withdraws=wrong).first()
        if known is not None:
            return known
        made = Benefit.objects.create(
            donation=donation,
            description=wrong.description,
            fair_value_minor=wrong.fair_value_minor,
            cost_minor=wrong.cost_minor,
            is_token=wrong.is_token,
            is_intangible_religious=wrong.is_intangible_religious,
            is_sold_commercially=wrong.is_sold_commercially,
            is_cash_like=wrong.is_cash_like,
            withdraws=wrong,
            entered_by=actor,
            entered_at=now,
        )
        splitting.follow(donation_id=donation_id, happened_at=now, now=now)
        _note(made, "benefit.withdrawn", actor, now)
    return made


def _locked(donation_id: uuid.UUID) -> Donation:
    refunding.lock(donation_id)
    donation = Donation.objects.filter(pk=donation_id).first()
    if donation is None:
        raise UnableToBenefit("unknown")
    return donation


def _note(benefit: Benefit, action: str, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"donation:{benefit.donation_id}",
        details={"benefit": benefit.pk},
        now=now,
    )

"""Crediting: thanks to somebody who did not give. It is no money, counts for no tax and doubles no total."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from donations import refunding
from donations.models import Donation, SoftCredit
from donors.models import Donor
from staff import auditing
from staff.models import User


class UnableToCredit(ValueError):
    """`code` is `unknown`, `giver` (gave it), `amount`, `twice` or `matches` (not this person's own gift)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is thanked for a gift of somebody else, and why. `matches` is their own gift that an employer matched."""

    donor_id: uuid.UUID
    kind: SoftCredit.Kind
    amount_minor: int | None = None
    """Minor units of the gift's currency; all of it when nothing is said."""
    matches_id: uuid.UUID | None = None


def thank(*, donation_id: uuid.UUID, credit: Credit, actor: User, now: datetime) -> SoftCredit:
    """Write down a soft credit; the same credit again is the one that is there.

    Raises UnableToCredit. This function will return the stored credit.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        donation = Donation.objects.filter(pk=donation_id).first()
        thanked = Donor.objects.filter(pk=credit.donor_id).first()
        if donation is None or thanked is None or thanked.merged_into_id is not None:
            raise UnableToCredit("unknown")
        if thanked.pk == donation.donor_id:
            raise UnableToCredit("giver")
        minor = donation.amount_minor if credit.amount_minor is None else credit.amount_minor
        if not 0 < minor <= donation.amount_minor:
            raise UnableToCredit("amount")
        _check_match(credit)
        known = SoftCredit.objects.filter(donation=donation, donor=thanked).first()
        if known is not None:
            return _same(known, credit, minor)
        made = SoftCredit.objects.create(
            donation=donation,
            donor=thanked,
            kind=credit.kind,
            amount_minor=minor,
            matches_id=credit.matches_id,
            entered_by=actor,
            entered_at=now,
        )
        auditing.record(
            actor=actor,
            action="soft_credit.added",
            target=f"donation:{donation.pk}",
            details={"credit": made.pk, "kind": credit.kind.value},
            now=now,
        )
    return made


def _check_match(credit: Credit) -> None:
    """An employer matches the person's own gift, and no gift is matched in somebody else's name (D9)."""
    if credit.matches_id is None:
        return
    own = Donation.objects.filter(pk=credit.matches_id, donor_id=credit.donor_id)
    if credit.kind != SoftCredit.Kind.MATCH or not own.exists():
        raise UnableToCredit("matches")


def _same(known: SoftCredit, credit: Credit, minor: int) -> SoftCredit:
    if (known.kind, known.amount_minor, known.matches_id) != (credit.kind, minor, credit.matches_id):
        raise UnableToCredit("twice")
    return known

"""Mending: what kept a gift from its receipt is put right, and the gift is tried again at once, not in a day."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from donations import approving, benefiting, restating, reversing
from donations.benefiting import Return
from donations.models import Benefit, Correction, Donation, RefundRequest, Reversal
from donations.reversing import Wrong
from donors import keeping
from donors.models import Donor
from receipts import correcting, obstructing
from staff.models import User


def change_donor(
    *, donor_id: uuid.UUID, changes: Mapping[str, str | bool], actor: User, now: datetime
) -> Donor:
    """Correct a profile. Raises what `keeping.change` raises. This function will return the donor as it is now."""
    with transaction.atomic():
        donor = keeping.change(donor_id=donor_id, changes=changes, actor=actor, now=now)
        obstructing.try_again(donor_id=donor_id, now=now)
    return donor


def restate(
    *, donation_id: uuid.UUID, changes: Mapping[str, object], reason: str, actor: User, now: datetime
) -> Correction:
    """Correct a gift. Raises what `restating.restate` raises. This function will return the correction."""
    with transaction.atomic():
        made = restating.restate(
            donation_id=donation_id, changes=changes, reason=reason, actor=actor, now=now
        )
        obstructing.try_again(donation_ids=[donation_id], now=now)
    return made


def reverse(*, wrong: Wrong, actor: User, now: datetime) -> Reversal:
    """Take a gift over the desk back, and let its receipt follow at once: one paper names both numbers (B09).

    Raises what `reversing.reverse` raises. This function will return the reversal.
    """
    with transaction.atomic():
        made = reversing.reverse(wrong=wrong, actor=actor, now=now)
        correcting.correct(donation_id=wrong.donation_id, now=now)
    return made


def approve(*, request_id: uuid.UUID, is_at_bank: bool, actor: User, now: datetime) -> RefundRequest:
    """Agree that money is given back. What came over the desk is back in the books with that, and its receipt follows.

    Raises what `approving.approve` raises. This function will return the request as it stands.
    """
    made = approving.approve(request_id=request_id, is_at_bank=is_at_bank, actor=actor, now=now)
    if made.donation.rail == Donation.Rail.DESK:
        correcting.correct(donation_id=made.donation_id, now=now)
    return made


def add_benefit(*, donation_id: uuid.UUID, given: Return, actor: User, now: datetime) -> Benefit:
    """Add a return. Raises what `benefiting.add` raises. This function will return the benefit that stands."""
    with transaction.atomic():
        made = benefiting.add(donation_id=donation_id, given=given, actor=actor, now=now)
        obstructing.try_again(donation_ids=[donation_id], now=now)
    return made


def withdraw_benefit(*, benefit_id: int, donation_id: uuid.UUID, actor: User, now: datetime) -> Benefit:
    """Take a return back. Raises what `benefiting.withdraw` raises. This function will return the withdrawing row."""
    with transaction.atomic():
        made = benefiting.withdraw(benefit_id=benefit_id, donation_id=donation_id, actor=actor, now=now)
        obstructing.try_again(donation_ids=[donation_id], now=now)
    return made

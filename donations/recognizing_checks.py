"""Recognizing checks: the same number, sum and giver within 120 days may be one check that was entered twice (B07)."""

import re
import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from donations import entering
from donations.models import Batch, BatchRow, Donation
from ledger.money import Money

_BETWEEN = re.compile(r"[\s-]+")


@dataclass(frozen=True, slots=True)
class Twin:
    """What was entered before: a row of a batch, or a gift that was entered by itself."""

    row: BatchRow | None = None
    donation: Donation | None = None


def number(typed: str) -> str:
    """This function will return a check's number as it is kept: without blanks, hyphens and leading noughts."""
    plain = _BETWEEN.sub("", typed).upper()
    return plain.lstrip("0") or plain[-1:]


def twin(
    *, row_id: uuid.UUID, check_number: str, amount: Money, donor_id: uuid.UUID | None, came_on: date
) -> Twin | None:
    """Look for the same check. Where one of the two has no giver yet, number and sum are enough to ask.

    This function will return the newest one found, or None.
    """
    if not check_number:
        return None
    near = (came_on - entering.SAME_CHECK_WITHIN, came_on + entering.SAME_CHECK_WITHIN)
    whose = Q() if donor_id is None else Q(donor_id=donor_id) | Q(giver=BatchRow.Giver.UNKNOWN)
    same = BatchRow.objects.filter(
        whose,
        check_number=check_number,
        amount_minor=amount.minor,
        batch__currency=amount.currency,
        batch__came_on__range=near,
    ).exclude(Q(pk=row_id) | Q(batch__status=Batch.Status.DISCARDED))
    row = same.select_related("batch").order_by("-entered_at", "-position").first()
    if row is not None:
        return Twin(row=row)
    return _by_itself(check_number, amount, donor_id, near)


def _by_itself(
    check_number: str, amount: Money, donor_id: uuid.UUID | None, near: tuple[date, date]
) -> Twin | None:
    """A gift that came in no batch keeps the last four digits of its check."""
    if donor_id is None:
        return None
    same = Donation.objects.filter(
        rail=Donation.Rail.DESK,
        batched__isnull=True,
        donor_id=donor_id,
        method="check",
        amount_minor=amount.minor,
        currency=amount.currency,
        last4=check_number[-4:],
        given_on__range=near,
    )
    found = same.order_by("-recorded_at", "id").first()
    return None if found is None else Twin(donation=found)

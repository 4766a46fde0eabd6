"""Correcting: when money went back after a receipt was issued, the paper follows by itself."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from donations import refunding
from donations.models import Donation, Refund
from receipts import issuing, mailing
from receipts.models import Coverage, Exclusion, Receipt, Voiding


def due() -> list[uuid.UUID]:
    """Gifts whose receipt, or lack of one, may no longer tell the truth."""
    touched = Donation.objects.filter(refunds__isnull=False) | Donation.objects.filter(
        disputes__closing__outcome="lost"
    )
    covered = touched.filter(coverage__isnull=False).distinct().order_by("id")
    returned = Refund.objects.filter(
        failure__isnull=False, donation__exclusion__reason=Exclusion.Reason.REFUNDED
    )
    candidates = [*covered.values_list("id", flat=True), *returned.values_list("donation_id", flat=True)]
    return [donation_id for donation_id in dict.fromkeys(candidates) if _is_wrong(donation_id)]


def _is_wrong(donation_id: uuid.UUID) -> bool:
    donation = Donation.objects.get(pk=donation_id)
    line = donation.receipt_lines.filter(receipt__covers__donation=donation).first()
    if line is None:
        return issuing.why_none(donation) is None
    told = line.refunded_minor
    return issuing.why_none(donation) is not None or told != refunding.refunded(donation=donation).minor


def correct_due(*, now: datetime) -> int:
    """Void what is no longer true and replace what is partly true. This function will return how many it corrected."""
    return sum(correct(donation_id=donation_id, now=now) for donation_id in due())


def correct(*, donation_id: uuid.UUID, now: datetime) -> bool:
    """Make the paper of one gift true again.

    Everything went back: the receipt is voided. A part went back: it is voided and replaced by one with the
    reduced amount, which names the number it replaces. A refund came back to us: the gift is decided anew.
    This function will return whether anything was wrong.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        if not _is_wrong(donation_id):
            return False
        donation = Donation.objects.select_related("entity", "donor", "campaign").get(pk=donation_id)
        reason = issuing.why_none(donation)
        coverage = Coverage.objects.select_related("receipt").filter(donation=donation).first()
        if coverage is None:
            Exclusion.objects.filter(donation=donation).delete()
            return True
        former = coverage.receipt
        coverage.delete()
        _void(receipt=former, donation=donation, reason=reason, now=now)
        if reason is None:
            issuing.issue(donation=donation, replaces=former, now=now)
        else:
            Exclusion.objects.create(donation=donation, reason=reason, decided_at=now)
            mailing.tell_voided(receipt=former, donation=donation, now=now)
    return True


def _void(*, receipt: Receipt, donation: Donation, reason: Exclusion.Reason | None, now: datetime) -> None:
    told = receipt.lines.get(donation=donation).refunded_minor
    came_back = reason is None and told > refunding.refunded(donation=donation).minor
    if reason == Exclusion.Reason.DISPUTE_LOST:
        words = Voiding.Reason.DISPUTE_LOST
    else:
        words = Voiding.Reason.REFUND_RETURNED if came_back else Voiding.Reason.REFUNDED
    Voiding.objects.create(
        receipt=receipt,
        reason=words,
        voided_at=now,
        voided_on=now.astimezone(ZoneInfo(donation.entity.zone)).date(),
    )

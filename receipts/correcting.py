"""Correcting: when money went back after a receipt was issued, the paper follows by itself."""

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from donations import refunding
from donations.models import Donation
from receipts import issuing, mailing
from receipts.models import Coverage, Exclusion, Receipt, Voiding

_DUE = """
WITH touched AS (
  SELECT donation_id FROM donations_refund UNION SELECT donation_id FROM donations_dispute
), standing AS (
  SELECT t.donation_id, d.amount_minor,
         (SELECT coalesce(sum(r.amount_minor), 0) FROM donations_refund r
            LEFT JOIN donations_refundfailure f ON f.refund_id = r.id
           WHERE r.donation_id = t.donation_id AND f.id IS NULL) AS refunded_minor,
         EXISTS (SELECT 1 FROM donations_dispute s JOIN donations_disputeclosing z ON z.dispute_id = s.id
                  JOIN donations_disputemovement m ON m.dispute_id = s.id
                 WHERE s.donation_id = t.donation_id AND z.outcome = 'lost'
                   AND NOT EXISTS (SELECT 1 FROM donations_disputemovement b
                                    WHERE b.dispute_id = s.id AND b.amount_minor > 0)) AS is_lost
    FROM touched t JOIN donations_donation d ON d.id = t.donation_id
)
SELECT s.donation_id FROM standing s
  LEFT JOIN receipts_coverage c ON c.donation_id = s.donation_id
  LEFT JOIN receipts_receiptline l ON l.receipt_id = c.receipt_id AND l.donation_id = s.donation_id
  LEFT JOIN receipts_exclusion e ON e.donation_id = s.donation_id
 WHERE (c.id IS NOT NULL AND (s.is_lost OR l.refunded_minor <> s.refunded_minor))
    OR (e.id IS NOT NULL AND NOT s.is_lost AND s.refunded_minor < s.amount_minor)
 ORDER BY s.donation_id
"""


def due() -> list[uuid.UUID]:
    """Gifts whose receipt, or lack of one, no longer tells the truth; only gifts with a refund or dispute are read."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        return [row[0] for row in cursor.fetchall()]


def _is_wrong(donation: Donation) -> bool:
    """The same question for one gift, asked again under its lock."""
    reason = issuing.why_none(donation)
    line = donation.receipt_lines.filter(receipt__covers__donation=donation).first()
    if line is not None:
        return reason is not None or line.refunded_minor != refunding.refunded(donation=donation).minor
    return reason is None and Exclusion.objects.filter(donation=donation).exists()


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
        donation = Donation.objects.select_related("entity", "donor", "campaign").get(pk=donation_id)
        if not _is_wrong(donation):
            return False
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

"""Correcting: when a gift is no longer what its receipt says, the paper follows by itself.

Money went back or came back, a dispute was lost, a person corrected giver, day or kind, a return was entered: the
receipt is voided, and what is left of it stands on a new one that names the number it replaces. A later name or
address of a donor makes no receipt wrong.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from donations import refunding, reversing
from donations.models import Reversal
from receipts import gathering, issuing, mailing, replacing, voiding
from receipts.gathering import Gift
from receipts.models import Coverage, Exclusion, Receipt, ReceiptLine, Voiding
from receipts.rules import choosing, years

BATCH = 500
_MONEY = ("refunded", "dispute_lost")
_BY_LAW = ("purchase", "advantage_over_80pct", "daf", "vehicle_1098c", "services")
_BY_BODY = ("not_501c3", "not_registered", "entity_not_designated")

_MONEY_MOVED = """
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
  LEFT JOIN receipts_exclusion e ON e.donation_id = s.donation_id AND e.reason = ANY(%s)
 WHERE (c.id IS NOT NULL AND (s.is_lost OR l.refunded_minor <> s.refunded_minor))
    OR (e.id IS NOT NULL AND NOT s.is_lost AND s.refunded_minor < s.amount_minor)
 ORDER BY s.donation_id
"""

# A request may tell the time before a receipt is issued and be in the books after it; hence the overlap.
_SAID = """
WITH said AS (
  SELECT donation_id, corrected_at AS at FROM donations_correction
  UNION ALL SELECT donation_id, entered_at FROM donations_benefit
  UNION ALL SELECT donation_id, entered_at FROM donations_giftdetail
)
SELECT s.donation_id FROM said s JOIN receipts_coverage c ON c.donation_id = s.donation_id
  JOIN receipts_receipt r ON r.id = c.receipt_id
 WHERE s.at > r.issued_at
    OR (s.at > r.issued_at - interval '10 minutes' AND s.at > %(now)s - interval '30 minutes')
UNION
SELECT s.donation_id FROM said s JOIN receipts_exclusion e ON e.donation_id = s.donation_id
 WHERE e.reason = ANY(%(by_law)s) AND s.at > e.decided_at
UNION
SELECT e.donation_id FROM receipts_exclusion e
  JOIN (SELECT donation_id, recorded_at AS at FROM donations_refund
        UNION ALL SELECT r.donation_id, f.recorded_at FROM donations_refundfailure f
                    JOIN donations_refund r ON r.id = f.refund_id) m ON m.donation_id = e.donation_id
 WHERE e.reason = 'purchase' AND m.at > e.decided_at
UNION
SELECT e.donation_id FROM receipts_exclusion e JOIN donations_donation d ON d.id = e.donation_id
  JOIN receipts_issuer i ON i.entity_id = d.entity_id
 WHERE e.reason = ANY(%(by_body)s) AND i.changed_at > e.decided_at
 ORDER BY 1 LIMIT %(limit)s
"""


def due(*, now: datetime) -> list[uuid.UUID]:
    """Gifts whose receipt, or lack of one, may no longer tell the truth.

    Only gifts whose money moved or about which something was entered are read; of the latter only those whose facts
    come out differently are returned.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONEY_MOVED, [list(_MONEY)])
        moved = [row[0] for row in cursor.fetchall()]
        told: dict[str, Any] = {
            "now": now,
            "by_law": list(_BY_LAW),
            "by_body": list(_BY_BODY),
            "limit": BATCH,
        }
        cursor.execute(_SAID, told)
        said = [row[0] for row in cursor.fetchall()]
    return list(dict.fromkeys([*moved, *_different(said)]))


def _different(donation_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    if not donation_ids:
        return []
    gifts = gathering.gather(donation_ids)
    lines = {
        line.donation_id: line
        for line in ReceiptLine.objects.filter(
            donation__in=donation_ids, receipt__covers__donation__in=donation_ids
        )
        .select_related("receipt__donor")
        .order_by("receipt__issued_at", "id")
    }
    return [
        pk
        for pk, gift in gifts.items()
        if hasattr(gift.donation, "exclusion") or (pk in lines and _is_wrong(gift, lines[pk]))
    ]


def correct_due(*, now: datetime) -> int:
    """Void what is no longer true and replace what is partly true. This function will return how many it corrected."""
    return sum(correct(donation_id=donation_id, now=now) for donation_id in due(now=now))


def correct(*, donation_id: uuid.UUID, now: datetime) -> bool:
    """Make the paper of one gift true again, with all that stands on the same paper.

    Everything on it went back: the receipt is voided. A part did, or a gift left it: it is voided and replaced by one
    that names its number. A gift of another donor or year now gets a paper of its own. A refund came back to us: the
    gift is decided anew. This function will return whether anything was wrong.
    """
    with transaction.atomic():
        refunding.lock(donation_id)
        covering = Coverage.objects.filter(donation_id=donation_id).first()
        if covering is None:
            return _reconsidered(donation_id, now=now)
        return _replaced(receipt_id=covering.receipt_id, donation_id=donation_id, now=now)


def _reconsidered(donation_id: uuid.UUID, *, now: datetime) -> bool:
    known = Exclusion.objects.filter(
        donation_id=donation_id, reason__in=[*_MONEY, *_BY_LAW, *_BY_BODY]
    ).first()
    if known is None:
        return False
    known.delete()
    issuing.again(donation_id=donation_id, now=now)
    fresh = Exclusion.objects.filter(donation_id=donation_id).first()
    return fresh is None or fresh.reason != known.reason


def _replaced(*, receipt_id: uuid.UUID, donation_id: uuid.UUID, now: datetime) -> bool:
    receipt = Receipt.objects.select_related("series__entity__issuer", "donor").get(pk=receipt_id)
    lines = {line.donation_id: line for line in receipt.lines.order_by("id")}
    gifts = gathering.gather([*lines, *_true_gifts(lines)], is_locking=True)
    # Another worker may have replaced it while we waited for the gifts.
    if not Coverage.objects.filter(donation_id=donation_id, receipt=receipt).exists():
        return False
    for line in lines.values():
        line.receipt = receipt
    wrong = [pk for pk, line in lines.items() if _is_wrong(gifts[pk], line)]
    if not wrong:
        return False
    voiding.mark(receipt=receipt, reason=_reason(gifts, lines, wrong), words="", actor_id=None, now=now)
    if replacing.replace(receipt=receipt, gifts=gifts, now=now) is None:
        mailing.tell_voided(receipt=receipt, donations=[gifts[pk].donation for pk in lines], now=now)
    return True


def _true_gifts(reversed_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """What was entered in the place of gifts that were mistakes: it belongs on the paper that replaces theirs (B09)."""
    found = Reversal.objects.filter(
        refund__donation__in=list(reversed_ids),
        replaced_by__coverage__isnull=True,
        replaced_by__exclusion__isnull=True,
    )
    return [pk for pk in found.order_by("id").values_list("replaced_by", flat=True) if pk is not None]


def _is_wrong(gift: Gift, line: ReceiptLine) -> bool:
    """Whether a paper no longer tells the truth about a gift on it."""
    if gift.held == "lost" or gift.is_all_back or line.refunded_minor != gift.refunded_minor:
        return True
    receipt, law = line.receipt, line.receipt.law
    if not line.facts_hash:
        return gift.donation.given_on.year != receipt.tax_year or _was_touched(gift, receipt)
    if years.tax_year(law=law, on=gift.donation.given_on) != receipt.tax_year:
        return True
    told = gathering.line_of(gift, law=law, code="", book_currency=choosing.law_of(country=law).CURRENCY)
    return gathering.facts_hash(gift, told) != line.facts_hash


def _was_touched(gift: Gift, receipt: Receipt) -> bool:
    """Papers from before facts were hashed: anything said about the gift since makes them doubtful."""
    row = gift.donation
    detail = gift.detail
    return (
        row.corrections.filter(corrected_at__gt=receipt.issued_at).exists()
        or any(one.entered_at > receipt.issued_at for one in gift.benefits)
        or (detail is not None and detail.entered_at > receipt.issued_at)
    )


def _reason(
    gifts: Mapping[uuid.UUID, Gift], lines: Mapping[uuid.UUID, ReceiptLine], wrong: Sequence[uuid.UUID]
) -> Voiding.Reason:
    if any(gifts[pk].held == "lost" for pk in wrong):
        return Voiding.Reason.DISPUTE_LOST
    if all(reversing.kind_of(donation_id=pk) == reversing.Kind.MISTAKE for pk in wrong):
        return Voiding.Reason.CORRECTED
    moved = [gifts[pk].refunded_minor - lines[pk].refunded_minor for pk in wrong]
    if any(minor > 0 for minor in moved):
        return Voiding.Reason.REFUNDED
    return Voiding.Reason.REFUND_RETURNED if any(moved) else Voiding.Reason.CORRECTED

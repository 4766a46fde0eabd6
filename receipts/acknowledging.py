"""Acknowledging: thanks that mean nothing for taxes, to whoever had a part in a gift but gets no receipt for it.

The adviser of a fund and the sponsor that made the grant (the sponsor gave, so nobody gets a receipt), the employee
whose employer matched a gift, whoever is credited for another's gift, a giver whose gift gets no receipt by law, and a
giver who gets one receipt for all gifts when the year is over. One row for each gift, person and kind; the words are in
`receipts/thanking.py`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from donations.models import Donation
from donors import corresponding
from donors.models import Donor, Message
from receipts import delivering, thanking
from receipts.models import Acknowledgment, Delivery, Exclusion

BATCH = 200
RECENT = timedelta(days=60)
"""Nobody is thanked for a gift of long ago because it was entered, or brought from another system, today."""
SETTLED = timedelta(minutes=2)
"""By then it is decided whether a gift gets a receipt at once, and the letter says what is true."""
_UNTHANKED = [
    Exclusion.Reason.REFUNDED,  # its giver hears of the refund
    Exclusion.Reason.DISPUTE_LOST,
    Exclusion.Reason.UNKNOWN_GIVER,
    Exclusion.Reason.SPONSOR_IS_DONOR,  # thanked as the sponsor
]

# A disputed or reviewed gift waits; a gift that no longer stands is thanked for no more.
_DUE = """
WITH recent AS (
  SELECT d.id, d.donor_id, d.payer, d.entity_id FROM donations_donation d
   WHERE d.recorded_at >= %(since)s AND d.recorded_at <= %(settled)s AND d.given_at >= %(recent)s
     AND NOT EXISTS (SELECT 1 FROM donations_dispute s LEFT JOIN donations_disputeclosing z ON z.dispute_id = s.id
                      WHERE s.donation_id = d.id AND z.id IS NULL)
     AND NOT EXISTS (SELECT 1 FROM donations_review r LEFT JOIN donations_reviewclosing z ON z.review_id = r.id
                      WHERE r.donation_id = d.id AND z.id IS NULL)
), due AS (
  SELECT id AS donation_id, donor_id, 'sponsor' AS kind FROM recent WHERE payer = 'daf'
  UNION ALL
  SELECT r.id, r.donor_id, 'gift' FROM recent r JOIN receipts_exclusion e ON e.donation_id = r.id
   WHERE r.payer <> 'daf' AND e.reason <> ALL(%(unthanked)s)
  UNION ALL
  SELECT r.id, r.donor_id, 'gift' FROM recent r
    JOIN donors_donor o ON o.id = r.donor_id JOIN receipts_issuer i ON i.entity_id = r.entity_id
   WHERE r.payer <> 'daf' AND (o.receipt_rhythm = 'annual' OR (o.receipt_rhythm = '' AND i.default_rhythm = 'annual'))
     AND NOT EXISTS (SELECT 1 FROM receipts_coverage c WHERE c.donation_id = r.id)
     AND NOT EXISTS (SELECT 1 FROM receipts_exclusion e WHERE e.donation_id = r.id)
  UNION ALL
  SELECT s.donation_id, s.donor_id,
         CASE s.kind WHEN 'adviser' THEN 'adviser' WHEN 'match' THEN 'match' ELSE 'soft_credit' END
    FROM donations_softcredit s JOIN donations_donation d ON d.id = s.donation_id
   WHERE s.entered_at >= %(since)s AND d.given_at >= %(recent)s
     AND NOT EXISTS (SELECT 1 FROM donations_review r LEFT JOIN donations_reviewclosing z ON z.review_id = r.id
                      WHERE r.donation_id = d.id AND z.id IS NULL)
     AND NOT EXISTS (SELECT 1 FROM receipts_exclusion e
                      WHERE e.donation_id = d.id AND e.reason IN ('refunded', 'dispute_lost'))
)
SELECT u.donation_id, u.donor_id, u.kind FROM due u
 WHERE NOT EXISTS (SELECT 1 FROM receipts_acknowledgment a
                    WHERE a.donation_id = u.donation_id AND a.donor_id = u.donor_id AND a.kind = u.kind)
 ORDER BY u.donation_id, u.kind, u.donor_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Who is to be thanked for which gift, as what."""

    donation_id: uuid.UUID
    donor_id: uuid.UUID
    kind: Acknowledgment.Kind


def due(*, since: datetime, now: datetime, limit: int = BATCH) -> list[Due]:
    """This function will return thanks that are owed for gifts and credits written down `since` then."""
    asked: dict[str, datetime | list[str] | int] = {
        "since": since,
        "recent": now - RECENT,
        "settled": now - SETTLED,
        "unthanked": [reason.value for reason in _UNTHANKED],
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, asked)
        return [Due(row[0], row[1], Acknowledgment.Kind(row[2])) for row in cursor.fetchall()]


def acknowledge_due(*, now: datetime, since: datetime | None = None) -> int:
    """Thank everybody who waits for it: by mail, or on paper for who is written to on paper.

    Whoever wishes to hear nothing has a row without either, so that nothing is looked at twice. Two workers may look at
    once: a unique constraint decides whose row, and with it whose mail, stays.
    This function will return how many were thanked.
    """
    thanked = 0
    waiting = due(since=since or now - RECENT, now=now)
    gifts = _gifts(waiting)
    donors = Donor.objects.select_related("merged_into").in_bulk([each.donor_id for each in waiting])
    for each in waiting:
        thanked += _acknowledge(gifts[each.donation_id], donors[each.donor_id], each.kind, now=now)
    return thanked


def _gifts(waiting: Sequence[Due]) -> dict[uuid.UUID, Donation]:
    found = Donation.objects.filter(pk__in=[each.donation_id for each in waiting])
    return found.select_related("entity", "donor", "checkout", "exclusion").in_bulk()


def _acknowledge(gift: Donation, donor: Donor, kind: Acknowledgment.Kind, *, now: datetime) -> bool:
    reader = donor.merged_into or donor
    channel = delivering.channel_of(reader, is_receipt=kind == Acknowledgment.Kind.GIFT)
    made = Acknowledgment(
        donation=gift, donor=donor, kind=kind, is_on_paper=channel == Delivery.Channel.POST, made_at=now
    )
    with transaction.atomic():
        Acknowledgment.objects.bulk_create([made], ignore_conflicts=True)
        stored = Acknowledgment.objects.select_for_update().filter(
            donation=gift, donor=donor, kind=kind, message__isnull=True, made_at=now
        )
        if channel == Delivery.Channel.EMAIL and stored.exists():
            stored.update(message_id=_mail(gift, reader, kind, now=now))
    return True


def _mail(gift: Donation, reader: Donor, kind: Acknowledgment.Kind, *, now: datetime) -> uuid.UUID | None:
    said = thanking.letter(gift=gift, reader=reader, kind=kind)
    return corresponding.queue(
        kind=Message.Kind.ACKNOWLEDGMENT,
        cause=f"thanks:{kind}:{gift.pk}:{reader.pk}",
        to_email=reader.email,
        sender=corresponding.sender(gift.entity),
        language=reader.language,
        subject=said.subject,
        text="\n\n".join(said.paragraphs),
        donor_id=reader.pk,
        now=now,
    )

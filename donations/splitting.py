"""Splitting: of what was paid for a ticket, what was given and what was bought (an exchange, ASU 2018-08).

What came back to the giver is income of the event (4200) as far as it has a value; the rest is a contribution. The
books follow the benefits that stand: whatever changes them, or what is left of the gift, posts the difference. The gift
part goes back first (D3), so a refund shrinks contributions until only what was bought is left.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from django.db import connection, transaction

from donations import postings, recording, taking_turns
from donations.models import Benefit, Donation
from donations.postings import Share
from ledger import posting
from ledger.models import Entry
from ledger.money import Money

_NAMES = """
  SELECT 'hand:' || d.id AS source, d.id AS gift FROM donations_donation d
  UNION ALL SELECT 'charge:' || d.processor_ref, d.id FROM donations_donation d WHERE d.processor_ref IS NOT NULL
  UNION ALL SELECT named || ':' || r.processor_ref, r.donation_id FROM donations_refund r,
    unnest(ARRAY['refund', 'refund_failure']) named
  UNION ALL SELECT named || ':' || x.processor_ref, x.donation_id FROM donations_dispute x,
    unnest(ARRAY['dispute_lost', 'dispute_appeal']) named
"""
"""Under which names what was paid for a gift, and what went back of it, stands in the books."""

_BOOKED = f"""
WITH RECURSIVE former(number, id) AS (
  SELECT 1, e.id FROM ledger_entry e WHERE e.source = 'event:' || %(gift)s || ':1'
  UNION ALL
  SELECT f.number + 1, e.id FROM former f
    JOIN ledger_entry e ON e.source = 'event:' || %(gift)s || ':' || (f.number + 1)
), about AS (
  SELECT id FROM former
  UNION ALL SELECT e.id FROM ({_NAMES}) n JOIN ledger_entry e ON e.source = n.source WHERE n.gift = %(gift)s::uuid
)
SELECT l.fund_id, -sum(l.amount_minor)::bigint,
       coalesce(-sum(l.amount_minor) FILTER (WHERE a.code = '4200'), 0)::bigint,
       (SELECT count(*) FROM former)::int
  FROM about b JOIN ledger_line l ON l.entry_id = b.id
  JOIN ledger_account a ON a.id = l.account_id AND a.code IN ('4000', '4100', '4200')
 GROUP BY l.fund_id
"""  # noqa: S608 - of constants

WORTH = """
(SELECT coalesce(sum(f.fair_value_minor), 0) FROM donations_benefit f
  WHERE f.donation_id = d.id AND f.withdraws_id IS NULL AND NOT f.is_token AND NOT f.is_intangible_religious
    AND NOT EXISTS (SELECT 1 FROM donations_benefit w WHERE w.withdraws_id = f.id))
"""
"""What the benefits of gift `d` that stand would sell for."""

UNSPLIT = f"""
WITH gifts AS (
  SELECT d.id, {WORTH} AS worth FROM donations_donation d
   WHERE d.id IN (SELECT donation_id FROM donations_benefit)
), names AS (
  SELECT * FROM ({_NAMES}) n WHERE n.gift IN (SELECT id FROM gifts)
  UNION ALL SELECT e.source, split_part(e.source, ':', 2)::uuid FROM ledger_entry e
   WHERE e.kind = 'adjustment' AND e.source LIKE 'event:%%'
), booked AS (
  SELECT n.gift, -sum(l.amount_minor) AS paid,
         coalesce(-sum(l.amount_minor) FILTER (WHERE a.code = '4200'), 0) AS bought
    FROM names n JOIN ledger_entry e ON e.source = n.source JOIN ledger_line l ON l.entry_id = e.id
    JOIN ledger_account a ON a.id = l.account_id AND a.code IN ('4000', '4100', '4200')
   GROUP BY n.gift
)
SELECT g.id, b.bought, least(g.worth, greatest(b.paid, 0)) AS wanted FROM gifts g JOIN booked b ON b.gift = g.id
 WHERE b.bought <> least(g.worth, greatest(b.paid, 0))
"""  # noqa: S608 - of constants
"""Gifts of which the books do not say what was bought as the benefits do: id, what they say, what they should say."""


class Valued(Protocol):
    """A benefit, or a return that is about to become one."""

    @property
    def fair_value_minor(self) -> int | None: ...
    @property
    def is_token(self) -> bool: ...
    @property
    def is_intangible_religious(self) -> bool: ...


def worth_of(given: Valued) -> int:
    """Minor units a return counts for: nothing for a token, an intangible religious benefit or an unknown value."""
    is_free = given.is_token or given.is_intangible_religious
    return 0 if is_free else given.fair_value_minor or 0


def follow(*, donation_id: uuid.UUID, happened_at: datetime, now: datetime) -> bool:
    """Book what of a gift was bought, as its benefits stand and as much as is left of it; the caller holds its lock.

    Divided over funds by what is left of each. This function will return whether anything had to be booked.
    """
    if not Benefit.objects.filter(donation_id=donation_id).exists():
        return False
    donation = Donation.objects.select_related("entity", "campaign").get(pk=donation_id)
    paid, bought, number = _booked(donation_id)
    standing = Benefit.objects.filter(donation=donation, withdraws__isnull=True, withdrawal__isnull=True)
    wanted = _wanted(paid=paid, worth=sum(map(worth_of, standing)), currency=donation.currency)
    shares = [
        Share(share.fund_id, share.is_restricted, Money(more, donation.currency), share.segment)
        for share in recording.shares_of(donation)
        if (more := wanted.get(share.fund_id, 0) - bought.get(share.fund_id, 0))
    ]
    made = posting.post(
        entity=donation.entity,
        kind=Entry.Kind.ADJUSTMENT,
        source=f"event:{donation_id}:{number + 1}",
        happened_at=happened_at,
        postings=postings.bought(shares),
        now=now,
    )
    return made is not None


def _booked(donation_id: uuid.UUID) -> tuple[dict[int, int], dict[int, int], int]:
    """What the books say was paid and bought, by fund, and how often it was said anew."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, {"gift": str(donation_id)})
        rows = cursor.fetchall()
    paid = {fund_id: minor for fund_id, minor, _bought, _number in rows}
    bought = {fund_id: minor for fund_id, _paid, minor, _number in rows}
    return paid, bought, rows[0][3] if rows else 0


def _wanted(*, paid: Mapping[int, int], worth: int, currency: str) -> dict[int, int]:
    """Minor units bought by fund: never more than is left of the gift, nor than is left of a fund."""
    left = {fund_id: max(minor, 0) for fund_id, minor in paid.items()}
    whole = min(worth, sum(left.values()))
    if not whole:
        return {}
    parts = Money(whole, currency).split(list(left.values()))
    return {fund_id: part.minor for fund_id, part in zip(left, parts, strict=True)}


def sources(*, donation: Donation) -> list[str]:
    """This function will return every name under which the books may have followed a gift's benefits."""
    causes = donation.benefits.count() + 2 * (donation.refunds.count() + donation.disputes.count())
    return [f"event:{donation.pk}:{number}" for number in range(1, causes + 1)]


def catch_up(*, now: datetime) -> int:
    """Follow every gift whose books do not say what its benefits say, such as those of before this was booked.

    This function will return how many it put right.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNSPLIT, {})
        found = [row[0] for row in cursor.fetchall()]
    return sum(_catch_up(donation_id, now) for donation_id in found)


def _catch_up(donation_id: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        taking_turns.take([donation_id])
        return int(follow(donation_id=donation_id, happened_at=now, now=now))

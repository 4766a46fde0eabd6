"""What the reports should say, counted the slow and obvious way: gift by gift, giver by giver, in plain Python."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from donations.models import Dispute, Donation, Refund
from donors import merging
from reports.givers import Kind


@dataclass(frozen=True)
class Gift:
    donor: uuid.UUID
    entity: str
    campaign: str
    currency: str
    on: date
    amount: int
    back: int
    source: str = ""

    @property
    def stays(self) -> bool:
        return self.back < self.amount


def gifts() -> list[Gift]:
    """Every donation as it stands now, under who stands for its giver."""
    back: dict[uuid.UUID, int] = defaultdict(int)
    for refund in Refund.objects.filter(failure__isnull=True):
        back[refund.donation_id] += refund.amount_minor
    for dispute in Dispute.objects.filter(closing__outcome="lost"):
        moved = [movement.amount_minor for movement in dispute.movements.all()]
        if moved and max(moved) < 0:
            back[dispute.donation_id] += dispute.amount_minor
    rows = Donation.objects.select_related("donor__merged_into", "entity", "campaign").order_by("id")
    return [
        Gift(
            donor=merging.survivor(donor=row.donor).pk,
            entity=row.entity.code,
            campaign=row.campaign.slug,
            currency=row.currency,
            on=row.given_on,
            amount=row.amount_minor,
            back=back[row.pk],
            source=row.source,
        )
        for row in rows
    ]


def figures(found: Iterable[Gift]) -> tuple[int, int, int, int]:
    """Recorded, gone wholly, given, gone back."""
    rows = list(found)
    return (
        len(rows),
        sum(not row.stays for row in rows),
        sum(row.amount for row in rows),
        sum(row.back for row in rows),
    )


Years = dict[uuid.UUID, dict[int, int]]


def years(found: Iterable[Gift]) -> Years:
    """What stayed of each giver's gifts, by year; years of which nothing stayed are none."""
    sums: Years = defaultdict(lambda: defaultdict(int))
    for gift in found:
        if gift.stays:
            sums[gift.donor][gift.on.year] += gift.amount - gift.back
    return sums


def of_kind(kind: Kind, given: Years, year: int) -> dict[uuid.UUID, tuple[int, int]]:
    """Who is of a kind, with the year told and what they gave in it."""
    found = {}
    for donor, sums in given.items():
        earlier = sorted(each for each in sums if each < year)
        told = _told(kind, sums, earlier, year)
        if told is not None:
            found[donor] = (told, sum(sums.values()) if kind is Kind.EVER else sums[told])
    return found


def _told(kind: Kind, sums: dict[int, int], earlier: list[int], year: int) -> int | None:
    gave, last = year in sums, sums.get(year - 1)
    if kind is Kind.EVER:
        return 0
    if kind in {Kind.LYBUNT, Kind.SYBUNT}:
        lapsed = not gave and (last is not None if kind is Kind.LYBUNT else bool(earlier))
        return earlier[-1] if lapsed else None
    kept = gave and last is not None
    holds = {
        Kind.GAVE: gave,
        Kind.FIRST: gave and not earlier,
        Kind.KEPT: kept,
        Kind.RECOVERED: gave and bool(earlier) and last is None,
        Kind.UPGRADED: kept and last is not None and sums[year] > last,
        Kind.DOWNGRADED: kept and last is not None and sums[year] < last,
        Kind.SAME: kept and last is not None and sums[year] == last,
    }
    return year if holds[kind] else None

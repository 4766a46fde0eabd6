"""What the reports should say, counted the slow and obvious way: gift by gift, giver by giver, in plain Python."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from donations.models import Dispute, Donation, Refund
from donors import merging


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

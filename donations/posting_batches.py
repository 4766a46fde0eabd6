"""Posting batches: in one transaction every row becomes what it is in the books, and what goes to the bank goes there.

A row with a giver becomes a gift for each person named on it; loose cash is an offering without a giver; money whose
giver nobody knows yet stands as such until somebody says who it was. There is no way back: what turns out to be wrong
is put right by `reversing`.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Prefetch, Sum

from donations import (
    batching,
    benefiting,
    counting_batches,
    crediting,
    entering,
    postings,
    reading_rows,
    recording,
)
from donations.models import Batch, BatchedGift, BatchRow, BatchRowPart
from donations.postings import Share
from ledger import posting
from ledger.models import Entry, LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

KINDS: Mapping[str, Entry.Kind] = {
    BatchRow.Giver.NOBODY: Entry.Kind.OFFERING,
    BatchRow.Giver.UNKNOWN: Entry.Kind.UNIDENTIFIED,
}
"""How a row without a giver is booked, under its own name: `offering:` or `unidentified:` and the row."""


class UnableToPost(Exception):
    """`codes` say what keeps the batch from being posted; `position` which row, if it is about one."""

    def __init__(self, codes: Sequence[str], *, position: int | None = None) -> None:
        super().__init__(", ".join(codes))
        self.codes, self.position = tuple(codes), position


def post(*, batch_id: uuid.UUID, actor: User, now: datetime) -> Batch:
    """Post an open batch; one that is posted already is returned as it is. Raises UnableToPost and writes nothing.

    Count and total must agree, or a second person has approved that they do not; two counters are named; the cash is
    counted by denomination; the day of the deposit lies in an open period (B08, B10, B23).
    This function will return the posted batch.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.status == Batch.Status.POSTED:
            return batch
        if batch.status != Batch.Status.OPEN:
            raise UnableToPost(["ended"])
        batch = batching.locked(batch_id)
        count = counting_batches.of(batch=batch)
        if codes := counting_batches.obstacles(batch=batch, count=count):
            raise UnableToPost(codes)
        for row in rows_of(batch):
            _post_row(batch, row, actor=actor, now=now)
        _post_deposit(batch, now=now)
        Batch.objects.filter(pk=batch.pk).update(status=Batch.Status.POSTED, ended_by=actor, ended_at=now)
        auditing.record(
            actor=actor,
            action="batch.posted",
            target=f"batch:{batch.pk}",
            details={
                "number": batch.number,
                "count": count.count,
                "total": count.total.plain,
                **_override(batch),
            },
            now=now,
        )
    return Batch.objects.get(pk=batch_id)


def _override(batch: Batch) -> dict[str, object]:
    """Both who asked and who approved stand in the record where the numbers do not agree (B08)."""
    if batch.override_by_id is None:
        return {}
    return {
        "override_asked_by": batch.override_asked_by_id,
        "override_by": batch.override_by_id,
        "reason": batch.override_reason,
    }


def rows_of(batch: Batch) -> list[BatchRow]:
    """This function will return the rows of a batch in order, with everything that posting asks of them."""
    parts = BatchRowPart.objects.select_related("fund", "donor__merged_into").order_by("id")
    rows = BatchRow.objects.filter(batch=batch).select_related("donor__merged_into", "campaign", "reversal")
    fetched = rows.prefetch_related(Prefetch("parts", parts), "reversal__truth__fund")
    return list(fetched.order_by("position"))


def _post_row(batch: Batch, row: BatchRow, *, actor: User, now: datetime) -> None:
    parts = list(row.parts.all())
    if row.giver == BatchRow.Giver.DONOR:
        enter_gifts(batch=batch, row=row, parts=parts, actor=actor, now=now)
        return
    kind = KINDS[row.giver]
    posting.post(
        entity=batch.entity,
        kind=kind,
        source=f"{kind.value}:{row.pk}",
        happened_at=batch.entity.noon(batch.came_on),
        postings=postings.by_hand(shares(batch, row, parts), kind=row.kind),
        memo=memo(batch),
        now=now,
    )


def enter_gifts(
    *, batch: Batch, row: BatchRow, parts: Sequence[BatchRowPart], actor: User, now: datetime
) -> None:
    """Make a row the gift of each of its givers. Raises UnableToPost where it has become impossible since it was typed.

    This function will remember which gift each row became.
    """
    for gift in reading_rows.gifts(batch=batch, row=row, parts=parts, giver=row.donor):
        try:
            made = entering.enter(gift=gift, actor=actor, now=now)
        except (entering.UnableToEnter, benefiting.UnableToBenefit, crediting.UnableToCredit) as error:
            raise UnableToPost([error.code], position=row.position) from error
        BatchedGift.objects.create(row=row, donation=made)


def shares(batch: Batch, row: BatchRow, parts: Sequence[BatchRowPart]) -> list[Share]:
    """This function will return how a row without a giver is divided over funds; it counts for its campaign."""
    return [
        recording.share(part.fund, Money(part.amount_minor, batch.currency), row.campaign) for part in parts
    ]


def memo(batch: Batch) -> str:
    """This function will return how entries of a batch name it: by its number and nobody's name."""
    return f"Batch {batch.number}"


def _post_deposit(batch: Batch, *, now: datetime) -> None:
    """What goes to the bank leaves the drawer, fund by fund, in one entry on the day of the deposit."""
    carried = BatchRowPart.objects.filter(row__batch=batch, row__kind__in=counting_batches.MONEY)
    sums = carried.values_list("fund_id").annotate(sum=Sum("amount_minor")).order_by("fund_id")
    deposit(
        entity=batch.entity,
        source=f"deposit:{batch.pk}",
        on=batch.deposit_on,
        parts={fund_id: Money(minor, batch.currency) for fund_id, minor in sums},
        memo=memo(batch),
        now=now,
    )


def deposit(
    *, entity: LegalEntity, source: str, on: date, parts: Mapping[int, Money], memo: str, now: datetime
) -> None:
    """This function will book money of the drawer to the bank, once for each source; nothing is booked for nothing."""
    posting.post(
        entity=entity,
        kind=Entry.Kind.DEPOSIT,
        source=source,
        happened_at=entity.noon(on),
        postings=postings.deposited(list(parts.items())),
        memo=memo,
        now=now,
    )

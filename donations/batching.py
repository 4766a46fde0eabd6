"""Batching: what two people counted is entered piece by piece, and is no gift before the batch is posted.

A batch states first how many pieces there are and what they sum to. Rows come and go while it is open; each is judged
as the gift it will be, so that posting holds no surprises. Whatever changes takes an override back: it was asked for
other numbers.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from campaigns.models import Campaign
from donations import counting_batches, entering, judging_rows
from donations.dating import Basis
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow, BatchRowPart, CashCount, Donation
from donors import refusing
from ledger import money
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from payments.models import BankAccount
from staff import auditing
from staff.models import User

LONGEST_AHEAD = timedelta(days=14)
"""How far ahead the day of a deposit may lie: counted on a holiday, carried to the bank after it."""
MOST_ROWS = 500
METHODS = ("check", "cash")
"""How most of a batch came. Things are entered as things, row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What stands on the envelope of a batch, and what each of its rows begins with."""

    bank_account: BankAccount
    fund: Fund
    campaign: Campaign
    method: str
    expected_count: int
    expected: Money
    came_on: date
    deposit_on: date
    event: str = ""
    counter_one: str = ""
    counter_two: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a piece goes to which fund, and from whom if not from the piece's giver."""

    fund: Fund
    amount: Money
    donor_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One row as somebody typed it; `id` is made with the form, so that a form sent twice is one row.

    Without parts all of it goes to the batch's fund; without days it counts from the day it reached us.
    `is_sure_of_day` confirms that there is no postmark, `accepts_twin` that it is another check.
    """

    id: uuid.UUID
    amount: Money
    giver: BatchRow.Giver
    donor_id: uuid.UUID | None = None
    parts: Sequence[Part] = ()
    method: str = ""
    kind: Donation.Kind = Donation.Kind.CASH
    payer: Donation.Payer = Donation.Payer.DONOR
    campaign: Campaign | None = None
    check_number: str = ""
    account_last4: str = ""
    description: str = ""
    memo: str = ""
    hint: str = ""
    days: Mapping[Basis, date] = field(default_factory=dict)
    credited_id: uuid.UUID | None = None
    benefit: str = ""
    benefit_minor: int | None = None
    is_anonymous: bool = False
    accepts_twin: bool = False
    is_sure_of_day: bool = False


def open_batch(*, batch_id: uuid.UUID, cover: Cover, actor: User, now: datetime) -> Batch:
    """Begin a batch; the same id again is the batch that is there. Its number is the next one of its entity.

    Raises UnableToBatch. This function will return the open batch.
    """
    entity = cover.bank_account.entity
    _check_cover(cover, entity, now)
    with transaction.atomic():
        LegalEntity.objects.select_for_update().get(pk=entity.pk)
        known = Batch.objects.filter(pk=batch_id).first()
        if known is not None:
            return known
        last = Batch.objects.filter(entity=entity).aggregate(last=Max("number"))["last"] or 0
        made = Batch.objects.create(
            id=batch_id, number=last + 1, entity=entity, opened_by=actor, opened_at=now, **_told(cover)
        )
        auditing.record(
            actor=actor,
            action="batch.opened",
            target=f"batch:{made.pk}",
            details={"number": made.number, "count": made.expected_count, "total": cover.expected.plain},
            now=now,
        )
    return made


def change_cover(*, batch_id: uuid.UUID, cover: Cover, actor: User, now: datetime) -> Batch:
    """Correct what stands on the envelope of an open batch. Its currency and its body stay once it has rows.

    Raises UnableToBatch. This function will return the batch as it is now.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        _check_cover(cover, cover.bank_account.entity, now)
        is_other = (cover.bank_account.entity_id, cover.expected.currency) != (
            batch.entity_id,
            batch.currency,
        )
        if is_other:
            raise UnableToBatch("other_body", "bank_account")
        before = {"count": batch.expected_count, "total": Money(batch.expected_minor, batch.currency).plain}
        Batch.objects.filter(pk=batch.pk).update(**_told(cover))
        take_back_override(batch)
        auditing.record(
            actor=actor,
            action="batch.changed",
            target=f"batch:{batch.pk}",
            details={"before": before, "count": cover.expected_count, "total": cover.expected.plain},
            now=now,
        )
    return Batch.objects.get(pk=batch.pk)


def _told(cover: Cover) -> dict[str, object]:
    return {
        "bank_account": cover.bank_account,
        "fund": cover.fund,
        "campaign": cover.campaign,
        "method": cover.method,
        "currency": cover.expected.currency,
        "expected_count": cover.expected_count,
        "expected_minor": cover.expected.minor,
        "came_on": cover.came_on,
        "deposit_on": cover.deposit_on,
        "event": " ".join(cover.event.split())[:120],
        "counter_one": " ".join(cover.counter_one.split())[:120],
        "counter_two": " ".join(cover.counter_two.split())[:120],
    }


def _check_cover(cover: Cover, entity: LegalEntity, now: datetime) -> None:
    if cover.expected_count <= 0 or cover.expected_count > MOST_ROWS:
        raise UnableToBatch("count", "expected_count")
    if not 0 < cover.expected.minor <= money.LARGEST_BY_HAND:
        raise UnableToBatch("amount", "expected")
    if cover.bank_account.currency != cover.expected.currency or not cover.bank_account.is_open:
        raise UnableToBatch("bank", "bank_account")
    if cover.fund.entity_id != entity.pk or not cover.fund.is_open:
        raise UnableToBatch("fund", "fund")
    if cover.method not in METHODS:
        raise UnableToBatch("method", "method")
    names = [" ".join(name.split()).casefold() for name in (cover.counter_one, cover.counter_two)]
    if names[0] and names[0] == names[1]:
        raise UnableToBatch("one_counter", "counter_two")
    if any(map(refusing.is_held_by, (cover.event, cover.counter_one, cover.counter_two))):
        raise UnableToBatch("resident_number", "event")
    _check_days(cover, entity, now)


def _check_days(cover: Cover, entity: LegalEntity, now: datetime) -> None:
    today = entity.day_of(now)
    if not today - entering.OLDEST <= cover.came_on <= today:
        raise UnableToBatch("day", "came_on")
    if not cover.came_on <= cover.deposit_on <= today + LONGEST_AHEAD:
        raise UnableToBatch("deposit_day", "deposit_on")
    if cover.deposit_on < counting_batches.first_open_day(entity_id=entity.pk):
        raise UnableToBatch("closed", "deposit_on")


def locked(batch_id: uuid.UUID) -> Batch:
    """The batch, held until the transaction ends. Raises UnableToBatch when it is not open any more.

    This function will return it with what its rows are judged by.
    """
    found = Batch.objects.select_for_update(of=("self",)).select_related("entity", "fund", "campaign")
    batch = found.get(pk=batch_id)
    if batch.status != Batch.Status.OPEN:
        raise UnableToBatch("ended", "batch")
    return batch


def take_back_override(batch: Batch) -> None:
    """This function will forget an override that was asked for or approved: it was about other numbers."""
    if batch.override_asked_by_id is not None:
        Batch.objects.filter(pk=batch.pk).update(
            override_reason="",
            override_asked_by=None,
            override_asked_at=None,
            override_by=None,
            override_at=None,
        )


def save_row(*, batch_id: uuid.UUID, piece: Piece, actor: User, now: datetime) -> BatchRow:
    """Write a row of an open batch, or write it anew under the same id; at its place it stays.

    The row is judged as the gift it will be. Raises UnableToBatch, with the twin where a check like this was entered
    before. This function will return the stored row.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        known = BatchRow.objects.filter(pk=piece.id).first()
        if known is not None and known.batch_id != batch.pk:
            raise UnableToBatch("entered", "amount")
        rows = BatchRow.objects.filter(batch=batch)
        if known is None and rows.count() >= MOST_ROWS:
            raise UnableToBatch("full", "amount")
        position = known.position if known else (rows.aggregate(last=Max("position"))["last"] or 0) + 1
        row, parts = _row(batch, piece, position=position, actor=actor, now=now)
        judging_rows.judge(
            batch=batch, row=row, parts=parts, is_sure_of_day=piece.is_sure_of_day, known=known, now=now
        )
        row.save(force_insert=known is None, force_update=known is not None)
        BatchRowPart.objects.filter(row=row).delete()
        BatchRowPart.objects.bulk_create(parts)
        take_back_override(batch)
    return row


def _row(
    batch: Batch, piece: Piece, *, position: int, actor: User, now: datetime
) -> tuple[BatchRow, list[BatchRowPart]]:
    if piece.amount.currency != batch.currency:
        raise UnableToBatch("currency", "amount")
    row = BatchRow(
        id=piece.id,
        batch=batch,
        position=position,
        giver=piece.giver,
        donor_id=piece.donor_id if piece.giver == BatchRow.Giver.DONOR else None,
        hint=piece.hint if piece.giver == BatchRow.Giver.UNKNOWN else "",
        method=piece.method or batch.method,
        kind=piece.kind,
        payer=piece.payer,
        amount_minor=piece.amount.minor,
        check_number=judging_rows.number(piece.check_number),
        account_last4=piece.account_last4,
        description=" ".join(piece.description.split()),
        memo=" ".join(piece.memo.split()),
        days={basis.value: day.isoformat() for basis, day in piece.days.items()}
        or {Basis.RECEIVED.value: batch.came_on.isoformat()},
        credited_id=piece.credited_id,
        benefit=" ".join(piece.benefit.split()),
        benefit_minor=piece.benefit_minor,
        campaign=piece.campaign or batch.campaign,
        is_anonymous=piece.is_anonymous,
        accepts_twin=piece.accepts_twin,
        entered_by=actor,
        entered_at=now,
    )
    return row, _parts(batch, row, piece)


def _parts(batch: Batch, row: BatchRow, piece: Piece) -> list[BatchRowPart]:
    """A part of the piece's own giver names nobody, so that naming them later is one change."""
    return [
        BatchRowPart(
            row=row,
            fund=part.fund,
            donor_id=None if part.donor_id == row.donor_id else part.donor_id,
            amount_minor=part.amount.minor,
        )
        for part in piece.parts or [Part(batch.fund, piece.amount)]
    ]


def remove_row(*, batch_id: uuid.UUID, row_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Take a row out of an open batch; once more does nothing. Raises UnableToBatch.

    This function will keep in the record what was taken out, by amount and place.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        row = BatchRow.objects.filter(pk=row_id, batch=batch).first()
        if row is None:
            return
        auditing.record(
            actor=actor,
            action="batch.row_removed",
            target=f"batch:{batch.pk}",
            details={"position": row.position, "amount": Money(row.amount_minor, batch.currency).plain},
            now=now,
        )
        row.delete()
        take_back_override(batch)


def count_cash(*, batch_id: uuid.UUID, pieces: Mapping[int, int]) -> None:
    """Write how many notes and coins of each denomination (minor units) the bag holds; noughts are left out.

    Raises UnableToBatch. This function will replace what was counted before.
    """
    with transaction.atomic():
        batch = locked(batch_id)
        if any(denomination <= 0 or count < 0 for denomination, count in pieces.items()):
            raise UnableToBatch("cash", "cash")
        CashCount.objects.filter(batch=batch).delete()
        CashCount.objects.bulk_create(
            CashCount(batch=batch, denomination_minor=denomination, pieces=count)
            for denomination, count in sorted(pieces.items(), reverse=True)
            if count
        )


def discard(*, batch_id: uuid.UUID, reason: str, actor: User, now: datetime) -> Batch:
    """End a batch that was begun by mistake. Its rows stay to be read and become nothing; once more changes nothing.

    Raises UnableToBatch. This function will return the ended batch.
    """
    words = " ".join(reason.split())[:200]
    if code := refusing.wrong_reason(words):
        raise UnableToBatch(code, "reason")
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.status == Batch.Status.DISCARDED:
            return batch
        batch = locked(batch_id)
        Batch.objects.filter(pk=batch.pk).update(status=Batch.Status.DISCARDED, ended_by=actor, ended_at=now)
        auditing.record(
            actor=actor,
            action="batch.discarded",
            target=f"batch:{batch.pk}",
            details={"number": batch.number, "reason": words},
            now=now,
        )
    return Batch.objects.get(pk=batch_id)

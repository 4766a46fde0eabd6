"""Reversing rows: loose cash, or money whose giver nobody knows, was not what the books say. It goes back by its row.

A batch that is posted never changes. A mistake is reversed on the day it was booked and what is true is entered beside
it; a check that bounced leaves on the day it bounced. Both lie at the bank, where the batch was carried, or where a
thing was put.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from donations import counting_batches, leaving_unknown, posting_batches, postings, recording
from donations.models import BatchRow, RowReversal, RowTruth
from donors import refusing
from ledger import money, posting
from ledger.models import Entry, Fund
from ledger.money import Money
from staff import auditing
from staff.models import User

Kind = RowReversal.Kind


class UnableToReverse(ValueError):
    """`code` says why, `field` where.

    Codes are `giver` (it is a gift: take that back), `open` (the batch is not posted: change the row), `gone`,
    `reason`, `resident_number`, `day`, `same`, `truth` (only a mistake has one), `unknown_giver` (name them first: then
    the gift is put right, or say that nobody will know), `amount` and `fund`.
    """

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """What is wrong with a row. `truth` is what each fund got in fact, empty when there was nothing; `happened_on` is
    the day a check bounced.
    """

    row_id: uuid.UUID
    kind: RowReversal.Kind
    reason: str
    truth: Sequence[tuple[Fund, Money]] = ()
    happened_on: date | None = None


def reverse(*, wrong: WrongRow, actor: User, now: datetime) -> RowReversal:
    """Take a row without a giver back as a whole and enter what is true; told again it is the one that was done.

    Raises UnableToReverse; nothing is written then. This function will return the stored reversal.
    """
    words = _checked(wrong)
    with transaction.atomic():
        found = BatchRow.objects.select_for_update(of=("self",)).select_related("batch__entity", "campaign")
        row = found.filter(pk=wrong.row_id).first()
        if row is None:
            raise UnableToReverse("unknown")
        known = RowReversal.objects.filter(row=row).first()
        if known is not None:
            return _same(known, wrong)
        _check(row, wrong, now)
        made = RowReversal.objects.create(
            row=row, kind=wrong.kind, reason=words, reversed_by=actor, recorded_at=now
        )
        RowTruth.objects.bulk_create(
            RowTruth(reversal=made, fund=fund, amount_minor=amount.minor) for fund, amount in wrong.truth
        )
        _post(row, wrong, now=now)
        auditing.record(
            actor=actor,
            action="batch.row_reversed",
            target=f"batch:{row.batch_id}",
            details={"row": str(row.pk), "kind": wrong.kind.value, "reason": words},
            now=now,
        )
    return made


def _checked(wrong: WrongRow) -> str:
    words = " ".join(wrong.reason.split())[:300]
    if code := refusing.wrong_reason(words):
        raise UnableToReverse(code, "reason")
    if wrong.kind != Kind.MISTAKE and wrong.truth:
        raise UnableToReverse("truth", "amount")
    return words


def _same(known: RowReversal, wrong: WrongRow) -> RowReversal:
    told = {fund.pk: amount.minor for fund, amount in wrong.truth}
    if (known.kind, dict(known.truth.values_list("fund_id", "amount_minor"))) != (wrong.kind, told):
        raise UnableToReverse("gone")
    return known


def _check(row: BatchRow, wrong: WrongRow, now: datetime) -> None:
    batch = row.batch
    if batch.status != batch.Status.POSTED:
        raise UnableToReverse("open")
    if row.giver == BatchRow.Giver.DONOR:
        raise UnableToReverse("giver")
    today = batch.entity.day_of(now)
    day = wrong.happened_on
    if wrong.kind == Kind.BOUNCED and (day is None or not batch.came_on <= day <= today):
        raise UnableToReverse("day", "happened_on")
    if wrong.truth:
        _check_truth(row, wrong.truth)


def _check_truth(row: BatchRow, truth: Sequence[tuple[Fund, Money]]) -> None:
    batch = row.batch
    if row.giver == BatchRow.Giver.UNKNOWN and not leaving_unknown.is_left(row=row):
        raise UnableToReverse("unknown_giver", "amount")
    for fund, amount in truth:
        if amount.currency != batch.currency or not 0 < amount.minor <= money.LARGEST_BY_HAND:
            raise UnableToReverse("amount", "amount")
        if fund.entity_id != batch.entity_id or not fund.is_open:
            raise UnableToReverse("fund", "amount")
    before = dict(row.parts.values_list("fund_id", "amount_minor"))
    if {fund.pk: amount.minor for fund, amount in truth} == before:
        raise UnableToReverse("same", "amount")


def _post(row: BatchRow, wrong: WrongRow, *, now: datetime) -> None:
    """What went to the bank in the batch leaves the bank; what is true came there in its place."""
    batch = row.batch
    came = batch.entity.noon(batch.came_on)
    bounced = wrong.happened_on if wrong.kind == Kind.BOUNCED else None
    is_money = row.kind in counting_batches.MONEY
    shares = posting_batches.shares(batch, row, list(row.parts.select_related("fund").order_by("id")))
    posting.post(
        entity=batch.entity,
        kind=Entry.Kind.REVERSAL,
        source=f"row_reversed:{row.pk}",
        happened_at=batch.entity.noon(bounced) if bounced else came,
        postings=postings.taken_back(shares, kind=row.kind, is_at_bank=is_money),
        memo=posting_batches.memo(batch),
        reverses=f"{posting_batches.KINDS[row.giver].value}:{row.pk}",
        now=now,
    )
    true = [recording.share(fund, amount, row.campaign) for fund, amount in wrong.truth]
    if true:
        posting.post(
            entity=batch.entity,
            kind=Entry.Kind.OFFERING,
            source=f"row_true:{row.pk}",
            happened_at=came,
            postings=postings.unidentified(
                true, against=postings.BANK if is_money else postings.lies_on(kind=row.kind)
            ),
            memo=posting_batches.memo(batch),
            now=now,
        )

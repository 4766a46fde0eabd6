"""Rows that break the laws of batches and reversals."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from donations.models import (
    Batch,
    BatchRow,
    CashCount,
    Donation,
    LeftUnknown,
    Reversal,
    RowReversal,
    RowTruth,
)
from ledger.models import Entry
from tests import facts
from tests.donations import batches, desk
from tests.facts import NOW


def changed(**values: object) -> None:
    Batch.objects.filter(pk=batches.opened().pk).update(**values)


def numbered_twice() -> None:
    first, second = batches.opened(), batches.opened()
    Batch.objects.filter(pk=second.pk).update(number=first.number)


def ended() -> dict[str, object]:
    return {"ended_at": NOW, "ended_by": batches.finance()}


def posted_uncounted() -> None:
    batch = batches.opened(counter_two="")
    batches.saved(batch)
    Batch.objects.filter(pk=batch.pk).update(status="posted", **ended())


def asked(**values: object) -> dict[str, object]:
    told = {"override_asked_by": batches.finance(), "override_asked_at": NOW, "override_reason": "torn"}
    return told | values


def row(**values: object) -> None:
    BatchRow.objects.filter(pk=batches.saved(batches.opened()).pk).update(**values)


def row_again() -> None:
    kept = batches.saved(batches.opened())
    kept.pk = uuid.uuid4()
    kept.save(force_insert=True)


def part(**values: object) -> None:
    kept = batches.saved(batches.opened()).parts.get()
    kept.pk = None
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save(force_insert=True)


def cash(*counts: tuple[int, int]) -> None:
    batch = batches.opened()
    for denomination, pieces in counts:
        CashCount.objects.create(batch=batch, denomination_minor=denomination, pieces=pieces)


def reversal(gift: Donation | None = None, minor: int | None = None, **values: object) -> None:
    """A reversal of a gift over the desk, written past the deed."""
    wrong = gift or desk.enter(desk.check())
    refund = wrong.refunds.create(
        processor_ref=f"reversal:{wrong.pk}",
        amount_minor=minor or wrong.amount_minor,
        refunded_at=NOW,
        recorded_at=NOW,
    )
    refund.parts.create(fund=wrong.campaign.fund, amount_minor=refund.amount_minor)
    told: dict[str, object] = {"kind": "mistake", "reason": "typed wrong", **values}
    Reversal.objects.create(refund=refund, reversed_by=facts.staff_member(), recorded_at=NOW, **told)


def giverless(giver: BatchRow.Giver = BatchRow.Giver.NOBODY) -> BatchRow:
    """A row of a posted batch that has no giver."""
    batch = batches.opened(count=1, total="5.00")
    made = batches.saved(batch, "5.00", giver=giver)
    batches.post(batch)
    return made


def put_right(*amounts: int, reason: str = "typed wrong") -> None:
    """A row that was mistyped, with what is true, written past the deed."""
    made = RowReversal.objects.create(
        row=giverless(), kind="mistake", reason=reason, reversed_by=batches.finance(), recorded_at=NOW
    )
    for minor in amounts or (400,):
        RowTruth.objects.create(reversal=made, fund=facts.campaign().fund, amount_minor=minor)


def left_unknown(reason: str = "no name on it") -> None:
    entry = Entry.objects.get(source=f"unidentified:{giverless(BatchRow.Giver.UNKNOWN).pk}")
    LeftUnknown.objects.create(entry=entry, reason=reason, decided_by=batches.finance(), decided_at=NOW)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "batch_number_once": [numbered_twice],
    "batch_expects_something": [lambda: changed(expected_count=0), lambda: changed(expected_minor=0)],
    "batch_ended_at_only_when_ended": [
        lambda: changed(ended_at=NOW),
        lambda: changed(status="discarded"),
        lambda: changed(status="discarded", ended_at=NOW),
    ],
    "batch_counted_by_two_people": [lambda: changed(counter_one="Ada", counter_two="Ada")],
    "batch_posted_was_counted": [posted_uncounted],
    "batch_override_has_a_reason": [
        lambda: changed(override_reason="torn"),
        lambda: changed(**asked(override_reason="")),
        lambda: changed(**asked(override_asked_at=None)),
    ],
    "batch_override_by_another": [
        lambda: changed(**asked(override_by=batches.finance(), override_at=NOW)),
        lambda: changed(**asked(override_by=batches.approver())),
        lambda: changed(override_by=batches.approver(), override_at=NOW),
    ],
    "row_reversal_has_a_reason": [lambda: put_right(reason="")],
    "row_truth_once_per_fund": [lambda: put_right(1, 2)],
    "row_truth_is_positive": [lambda: put_right(0), lambda: put_right(-1)],
    "left_unknown_for_a_reason": [lambda: left_unknown("")],
    "batch_row_once_per_position": [row_again],
    "batch_row_amount_is_positive": [lambda: row(amount_minor=0)],
    "batch_row_names_its_giver": [
        lambda: row(giver="unknown"),
        lambda: row(giver="nobody"),
        lambda: row(donor=None),
        lambda: row(giver="odd"),
    ],
    "batch_row_identified_has_a_giver": [
        lambda: row(identified_at=NOW),
        lambda: row(identified_by=batches.finance()),
        lambda: row(giver="unknown", donor=None, identified_at=NOW, identified_by=batches.finance()),
    ],
    "batch_row_return_is_described": [
        lambda: row(benefit_minor=1),
        lambda: row(benefit="x", benefit_minor=-1),
    ],
    "batch_row_part_once": [part],
    "batch_row_part_is_positive": [lambda: part(fund=facts.general(), amount_minor=0)],
    "cash_count_once": [lambda: cash((100, 1), (100, 2))],
    "cash_count_is_of_something": [lambda: cash((0, 1)), lambda: cash((100, 0))],
    "reversal_has_a_reason": [lambda: reversal(reason="")],
}

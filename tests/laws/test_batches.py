"""A batch that ended stays with its rows, parts and cash; what is posted agrees; a reversal takes a whole gift."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection

from donations.models import Batch, BatchRow, BatchRowPart, CashCount, Donation
from ledger.money import Money
from tests import facts
from tests.donations import batches, desk
from tests.facts import NOW
from tests.laws.broken_batches import ended, reversal
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


def posted_with_cash() -> Batch:
    batch = batches.opened(count=2, total="125.00")
    batches.saved(batch)
    batches.loose(batch, "25.00", n500=5)
    return batches.post(batch)


def rows_of(batch: Batch) -> BatchRow:
    return BatchRow.objects.filter(batch=batch).order_by("position")[0]


def more_of(row: BatchRow) -> BatchRowPart:
    return BatchRowPart(row=row, fund=facts.general(), amount_minor=1)


CHANGES: dict[str, list[Callable[[Batch], object]]] = {
    "donations_batchrow_stays_when_posted": [
        lambda batch: BatchRow.objects.filter(batch=batch).update(amount_minor=1),
        lambda batch: BatchRow.objects.filter(batch=batch).update(memo="other"),
        lambda batch: BatchRow.objects.filter(batch=batch)._raw_delete("default"),
        lambda batch: BatchRow(
            batch=batch, position=9, giver="nobody", method="cash", amount_minor=1, campaign=batch.campaign,
            entered_by=batches.finance(), entered_at=NOW,
        ).save(force_insert=True),
    ],
    "donations_batchrowpart_stays_when_posted": [
        lambda batch: BatchRowPart.objects.filter(row__batch=batch).update(amount_minor=1),
        lambda batch: BatchRowPart.objects.filter(row__batch=batch)._raw_delete("default"),
        lambda batch: more_of(rows_of(batch)).save(),
    ],
    "donations_cashcount_stays_when_posted": [
        lambda batch: CashCount.objects.filter(batch=batch).update(pieces=1),
        lambda batch: CashCount.objects.filter(batch=batch)._raw_delete("default"),
        lambda batch: CashCount.objects.create(batch=batch, denomination_minor=1, pieces=1),
    ],
    "batch_stays_when_ended": [
        lambda batch: Batch.objects.filter(pk=batch.pk).update(event="another"),
        lambda batch: Batch.objects.filter(pk=batch.pk).update(override_reason="later"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("law", "place"), [(law, place) for law in CHANGES for place in range(len(CHANGES[law]))]
)
def test_what_was_posted_stays(law: str, place: int) -> None:
    batch = posted_with_cash()
    with refused_by(law):
        CHANGES[law][place](batch)


def test_even_an_open_batch_is_not_removed() -> None:
    batch = batches.opened()
    with refused_by("batch_stays_when_ended"):
        Batch.objects.filter(pk=batch.pk)._raw_delete("default")


def test_the_giver_of_an_unknown_row_may_be_named_and_nothing_else() -> None:
    batch = batches.opened()
    row = batches.saved(batch, giver=BatchRow.Giver.UNKNOWN, hint="blue ink")
    batches.post(batch)
    kept = BatchRow.objects.filter(pk=row.pk)
    named = {
        "giver": "donor",
        "donor": facts.donor(),
        "identified_by": batches.finance(),
        "identified_at": NOW,
    }
    with refused_by("donations_batchrow_stays_when_posted"):
        kept.update(**named, amount_minor=1)
    with refused_by("donations_batchrow_stays_when_posted"):
        kept.update(hint="red ink")
    assert kept.update(**named, hint="") == 1
    with refused_by("donations_batchrow_stays_when_posted"):
        kept.update(donor=facts.donor("Daniel Kim", "daniel@example.org"))


STEPS = {"open": {"posted", "discarded"}, "posted": set(), "discarded": set()}


def test_a_batch_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(STEPS) == set(Batch.Status.values)
    batch = batches.opened()
    batches.saved(batch)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for before, after in product(STEPS, STEPS):
        told = {"open": {"ended_at": None, "ended_by": None}}.get(before, ended())
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE donations_batch DISABLE TRIGGER USER")
        Batch.objects.filter(pk=batch.pk).update(status=before, **told)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE donations_batch ENABLE TRIGGER USER")
        step = {"status": after, **(ended() if after != "open" else {})}
        if after in STEPS[before] or before == after == "open":
            assert Batch.objects.filter(pk=batch.pk).update(**step) == 1
        else:
            with refused_by("batch_stays_when_ended"):
                Batch.objects.filter(pk=batch.pk).update(**step)


@pytest.mark.parametrize("total", ["99.00", "100.00"])
def test_what_does_not_agree_is_posted_only_when_a_second_person_agreed(total: str) -> None:
    batch = batches.opened(count=1 if total == "99.00" else 2, total=total)
    batches.saved(batch)
    kept = Batch.objects.filter(pk=batch.pk)
    with refused_by("batch_posted_only_when_it_agrees"):
        kept.update(status="posted", **ended())
    asked = {"override_asked_by": batches.finance(), "override_asked_at": NOW, "override_reason": "torn"}
    kept.update(**asked)
    with refused_by("batch_posted_only_when_it_agrees"):
        kept.update(status="posted", **ended())
    assert kept.update(status="posted", override_by=batches.approver(), override_at=NOW, **ended()) == 1


def test_the_parts_of_a_row_sum_to_it() -> None:
    row = batches.saved(batches.opened())
    with refused_by("batch_row_parts_sum_to_row"):
        BatchRowPart.objects.filter(row=row).update(amount_minor=9_999)
    with refused_by("batch_row_parts_sum_to_row"):
        BatchRow.objects.filter(pk=row.pk).update(amount_minor=9_999)
    with refused_by("batch_row_parts_sum_to_row"):
        BatchRowPart.objects.filter(row=row)._raw_delete("default")


def test_a_reversal_is_of_a_whole_gift_over_the_desk() -> None:
    other = desk.enter(desk.check(amount=Money(500, "USD")))
    breakings: list[Callable[[], object]] = [
        lambda: reversal(minor=1),
        lambda: reversal(facts.donation()),
        lambda: reversal(kind="bounced", replaced_by=other),
    ]
    for breaking in breakings:
        with refused_by("reversal_is_of_a_whole_gift"):
            breaking()
    gift = desk.enter(desk.check())
    with refused_by("reversal_is_of_a_whole_gift"):
        reversal(gift, replaced_by=gift)
    reversal(gift, replaced_by=other)
    assert Donation.objects.get(replaces__refund__donation=gift) == other

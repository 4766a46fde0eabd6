"""A batch is posted, typed into and reversed by several at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from donations import batching, posting_batches, reversing
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow, Donation, Refund, Reversal
from donations.posting_batches import UnableToPost
from donations.reversing import Wrong
from ledger.models import Entry
from tests import threads
from tests.donations import batches
from tests.facts import NOW


def test_posted_by_two_at_once_it_is_posted_once(committed_db: None) -> None:
    batch, actor = batches.opened(count=2, total="200.00"), batches.finance()
    for _ in range(2):
        batches.saved(batch)
    done = threads.results(
        threads.at_once([lambda: posting_batches.post(batch_id=batch.pk, actor=actor, now=NOW)] * 3)
    )
    assert {one.status for one in done} == {Batch.Status.POSTED}
    assert (Donation.objects.count(), Entry.objects.filter(kind="deposit").count()) == (2, 1)
    wrong = Wrong(
        donation_id=Donation.objects.order_by("id")[0].pk,
        kind=Reversal.Kind.MISTAKE,
        reason="never was",
        gift_id=uuid.uuid4(),
    )
    reversed_by_all = threads.results(
        threads.at_once([lambda: reversing.reverse(wrong=wrong, actor=actor, now=NOW)] * 3)
    )
    assert len({one.pk for one in reversed_by_all}) == 1
    assert Refund.objects.count() == 1


def test_a_row_that_is_typed_while_it_is_posted_is_in_it_or_refused(committed_db: None) -> None:
    batch, actor = batches.opened(), batches.finance()
    batches.saved(batch)
    more = batches.piece("50.00")

    def save() -> object:
        return batching.save_row(batch_id=batch.pk, piece=more, actor=actor, now=NOW)

    def post() -> object:
        return posting_batches.post(batch_id=batch.pk, actor=actor, now=NOW)

    deeds: list[Callable[[], object]] = [save, post]
    saved, posted = threads.at_once(deeds)
    rows = BatchRow.objects.filter(batch=batch).count()
    if isinstance(saved, UnableToBatch):
        assert (rows, Batch.objects.get().status) == (1, Batch.Status.POSTED)
    else:
        assert isinstance(posted, UnableToPost)
        assert (rows, Batch.objects.get().status) == (2, Batch.Status.OPEN)


def test_two_batches_begun_at_once_have_two_numbers(committed_db: None) -> None:
    cover, actor = batches.cover(), batches.finance()
    made = threads.results(
        threads.at_once(
            [
                lambda: batching.open_batch(batch_id=uuid.uuid4(), cover=cover, actor=actor, now=NOW)
                for _ in range(3)
            ]
        )
    )
    assert sorted(one.number for one in made) == [1, 2, 3]

"""The laws of batches and reversals (I30, I31) are broken behind the triggers' back, and the check names the row."""

from __future__ import annotations

import pytest

from donations import identifying_givers
from donations.models import BatchedGift, BatchRow, Donation
from tests import facts
from tests.donations import batches
from tests.donations.test_batch_reversing import reverse
from tests.facts import NOW
from tests.reports.breaking import broken, sql

Giver = BatchRow.Giver


@pytest.fixture
def posted(lawful: Donation, unguarded: None) -> BatchRow:
    """A posted batch with a check, loose cash, money that is not known, and money whose giver was found."""
    batch = batches.opened(count=4, total="325.00")
    row = batches.saved(batch)
    batches.loose(batch, "25.00", n500=5)
    batches.saved(batch, giver=Giver.UNKNOWN, check_number="7")
    found = batches.saved(batch, giver=Giver.UNKNOWN, check_number="8")
    batches.post(batch)
    identifying_givers.identify(row_id=found.pk, donor_id=facts.donor().pk, actor=batches.finance(), now=NOW)
    assert [*broken("I13"), *broken("I30"), *broken("I31")] == []
    return row


@pytest.mark.parametrize("kind", ["offering", "unidentified", "identified"])
def test_i30_a_row_that_is_not_in_the_books(posted: BatchRow, kind: str) -> None:
    sql("UPDATE ledger_entry SET source = 'lost:' || id WHERE kind = %s", kind)
    assert any("is not in the books" in row for row in broken("I30"))


def test_i30_a_row_that_became_less(posted: BatchRow) -> None:
    BatchedGift.objects.filter(row=posted)._raw_delete("default")
    assert broken("I30") == [f"row {posted.pk} of 10000 became gifts of 0"]


def test_i30_a_row_that_became_a_gift_and_has_no_giver(posted: BatchRow) -> None:
    sql("UPDATE donations_batchrow SET giver = 'unknown', donor_id = NULL WHERE id = %s", posted.pk)
    assert f"row {posted.pk} without a giver became a gift" in broken("I30")


def test_i30_a_gift_of_an_open_batch_and_a_deposit_that_differs(posted: BatchRow) -> None:
    sql("UPDATE donations_batchrow SET amount_minor = 1 WHERE giver = 'nobody'")
    number = posted.batch.number
    told = broken("I30")
    assert f"batch {number} carried 30001 to the bank, its deposit is 32500" in told
    assert f"batch {number} was posted without agreeing and without a second person" in told
    sql("UPDATE donations_batch SET status = 'open', ended_at = NULL, ended_by_id = NULL")
    assert f"row {posted.pk} of a batch that is open became a gift" in broken("I30")


def test_i31_a_part_of_a_gift_and_a_reversal_without_its_entry(posted: BatchRow) -> None:
    gift = posted.gifts.get().donation
    reverse(gift)
    assert broken("I31") == []
    sql("UPDATE donations_refund SET amount_minor = 1 WHERE donation_id = %s", gift.pk)
    sql("UPDATE ledger_entry SET reverses_id = NULL WHERE kind = 'reversal'")
    assert broken("I31") == [
        f"reversal of {gift.pk} takes 1 of 10000",
        f"reversal of {gift.pk} does not reverse its entry",
    ]
    sql("DELETE FROM donations_reversal")
    assert broken("I31") == [f"gift {gift.pk} of the desk went back without a reversal"]

"""The office puts right what has no giver, leaves one unknown, and gives money back over the desk by two people."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations.models import Batch, BatchRow, Donation, RefundRequest, Reversal, RowReversal
from donors.models import Donor
from tests import making
from tests.web.batch_pages import account, approver, batch, filled, finance, kim, save, words

__all__ = ["account", "approver", "batch", "finance", "kim"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(finance: Client, batch: Batch, kim: Donor) -> Batch:
    """A batch with a check of Kim's, loose cash and money of somebody nobody knows."""
    filled(finance, batch, last="60.00")
    save(finance, batch, amount="40.00", donor="-")
    batch.expected_count = 3
    batch.save(update_fields=["expected_count"])
    finance.post(reverse("office:batch_post", args=[batch.pk]))
    return Batch.objects.get(status="posted")


def loose() -> BatchRow:
    return BatchRow.objects.get(giver="nobody")


def told(**given: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": "mistake", "reason": "digits swapped", **given}
    return {**values, f"fund_{making.fund().pk}": values.pop("fund", "5")}


def test_loose_cash_is_put_right_from_its_batch(finance: Client, posted: Batch) -> None:
    address = reverse("office:batch_row_amend", args=[loose().pk])
    assert address in finance.get(reverse("office:batch", args=[posted.pk])).content.decode()
    assert "The whole row is reversed at the bank" in words(finance.get(address))
    answer = finance.post(address, told(), follow=True)
    shown = words(answer)
    assert "What is true stands in the books beside what was wrong." in shown
    assert "It was written down wrong GEN $5.00 digits swapped" in shown
    assert "This row was taken back already." in words(finance.get(address))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fund": "x"}, "This is not an amount"),
        ({"reason": ""}, "This field is required."),
        ({"reason": "900101-1234567"}, "resident number"),
        ({"kind": "bounced", "happened_on": "2001-01-01"}, "day"),
        ({"kind": "returned"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    finance: Client, posted: Batch, given: dict[str, str], said: str
) -> None:
    answer = finance.post(reverse("office:batch_row_amend", args=[loose().pk]), told(**given))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not RowReversal.objects.exists()


def test_a_row_with_a_giver_is_a_gift(finance: Client, posted: Batch) -> None:
    row = BatchRow.objects.get(giver="donor")
    shown = words(finance.get(reverse("office:batch_row_amend", args=[row.pk])))
    assert "This row is a gift: take the gift back on its own page." in shown


def test_nobody_will_know(finance: Client, posted: Batch) -> None:
    row = BatchRow.objects.get(giver="unknown")
    page = reverse("office:batch_identify", args=[row.pk])
    leave = reverse("office:batch_leave_unknown", args=[row.pk])
    assert leave in finance.get(page).content.decode()
    assert "Write why." in words(finance.post(leave, {"reason": " "}, follow=True))
    answer = finance.post(leave, {"reason": "No name on the envelope"}, follow=True)
    assert "it stays income of its fund" in words(answer)
    assert "Nothing to identify." in words(finance.get(reverse("office:batch_unknown")))
    assert "that nobody will know: No name on the envelope" in words(finance.get(page))
    finance.post(reverse("office:batch_row_amend", args=[row.pk]), told())
    assert "This row was taken back already." in words(finance.get(page))


def test_money_is_given_back_when_somebody_else_agrees(
    finance: Client, approver: Client, posted: Batch
) -> None:
    gift = Donation.objects.get()
    amend = reverse("office:amend", args=[gift.pk])
    assert "Money that we give back needs a second person" in words(finance.get(amend))
    form = {
        "gift_id": str(uuid.uuid4()), "kind": "returned", "reason": "asked", "happened_on": posted.came_on.isoformat(),
    }  # fmt: skip
    answer = finance.post(amend, form, follow=True)
    assert "is proposed; somebody else must approve it." in words(answer)
    assert not Reversal.objects.exists()
    again = finance.post(amend, {**form, "gift_id": str(uuid.uuid4())})
    assert "Somebody proposed already to give this gift back" in words(again)
    asked = RefundRequest.objects.get()
    page = reverse("office:proposal", args=[asked.pk])
    assert page in approver.get(reverse("office:today")).content.decode()
    assert "over the desk: the books follow when you agree" in words(approver.get(page))
    done = approver.post(reverse("office:proposal_decide", args=[asked.pk]), {"deed": "approve"}, follow=True)
    assert "was given back." in words(done)
    assert Reversal.objects.get().kind == "returned"

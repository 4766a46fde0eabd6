"""Money that came over the desk is given back by two people: one proposes, another agrees, whatever the sum."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest

from donations import approving, giving_back, reversing
from donations.approving import UnableToDecide
from donations.models import Donation, Refund, RefundRequest, Reversal
from donations.reversing import UnableToReverse, Wrong
from ledger.models import Entry
from receipts import mending
from receipts.models import Receipt
from reports import today
from staff.models import AuditEvent
from tests import facts
from tests.donations import batches, desk
from tests.donations.batches import usd
from tests.donations.test_batch_posting import on_account, sound
from tests.facts import NOW
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db
Status = RefundRequest.Status
DAY = date(2026, 11, 19)


def small() -> Donation:
    """Far below what one person may refund alone."""
    return desk.enter(desk.check(amount=usd("25.00")))


def propose(gift: Donation, **told: Any) -> RefundRequest:
    values: dict[str, Any] = {
        "request_id": uuid.uuid4(), "happened_on": DAY, "reason": "  asked\n for it ", "actor": batches.finance(),
        "now": NOW, **told,
    }  # fmt: skip
    return giving_back.propose(donation_id=gift.pk, **values)


def approve(asked: RefundRequest, **told: Any) -> RefundRequest:
    return approving.approve(request_id=asked.pk, actor=batches.approver(), now=NOW, **told)


def test_it_waits_for_somebody_else_and_nothing_is_booked_before() -> None:
    gift = small()
    asked = propose(gift)
    assert (asked.status, asked.amount, asked.reason) == (Status.PROPOSED, usd("25.00"), "asked for it")
    assert on_account("1050") == 2_500
    assert not Refund.objects.exists()
    with pytest.raises(UnableToDecide, match="Somebody else"):
        approving.approve(request_id=asked.pk, actor=batches.finance(), now=NOW)
    done = approve(asked)
    assert (done.status, done.decided_by) == (Status.DONE, batches.approver())
    made = Reversal.objects.get()
    assert (made.kind, made.reversed_by, made.refund.request) == ("returned", batches.approver(), asked)
    assert Entry.objects.get(kind="reversal").booked_on == DAY
    assert on_account("1050") == 0
    assert set(AuditEvent.objects.filter(target=f"donation:{gift.pk}").values_list("action", flat=True)) >= {
        "propose refund", "approve refund", "donation.reversed",
    }  # fmt: skip
    sound()


def test_the_same_press_again_is_the_same_proposal_and_the_same_decision() -> None:
    gift, key = small(), uuid.uuid4()
    asked = propose(gift, request_id=key)
    assert propose(gift, request_id=key) == asked
    with pytest.raises(UnableToReverse, match="waits"):
        propose(gift)
    assert approve(asked) == approve(asked)
    assert Refund.objects.count() == 1
    with pytest.raises(UnableToReverse, match="gone"):
        propose(gift)


def test_nobody_gives_back_alone_neither_by_the_deed_nor_in_the_database() -> None:
    gift = small()
    told = Wrong(donation_id=gift.pk, kind=Reversal.Kind.RETURNED, reason="x", gift_id=uuid.uuid4(),
                 happened_on=DAY)  # fmt: skip
    with pytest.raises(UnableToReverse, match="second"):
        reversing.reverse(wrong=told, actor=batches.finance(), now=NOW)
    back = Refund.objects.create(
        donation=gift, processor_ref="by hand", amount_minor=2_500, refunded_at=NOW, recorded_at=NOW
    )
    back.parts.create(fund=gift.campaign.fund, amount_minor=2_500)
    with refused_by("return_is_of_two_people"):
        Reversal.objects.create(
            refund=back, kind="returned", reason="x", reversed_by=batches.finance(), recorded_at=NOW
        )


def test_while_it_waits_nothing_else_takes_the_gift_back() -> None:
    gift = small()
    asked = propose(gift)
    told = Wrong(donation_id=gift.pk, kind=Reversal.Kind.MISTAKE, reason="x", gift_id=uuid.uuid4())
    with pytest.raises(UnableToReverse, match="waits"):
        reversing.reverse(wrong=told, actor=batches.finance(), now=NOW)
    approving.withdraw(request_id=asked.pk, actor=batches.finance(), now=NOW)
    reversing.reverse(wrong=told, actor=batches.finance(), now=NOW)
    assert on_account("1050") == 0


def test_declined_or_too_old_it_stays_a_gift() -> None:
    gift = small()
    approving.decline(request_id=propose(gift).pk, actor=batches.approver(), reason="no", now=NOW)
    asked = propose(gift)
    late = NOW + approving.EXPIRES_AFTER + timedelta(minutes=1)
    with pytest.raises(UnableToDecide, match="older than 7 days"):
        approving.approve(request_id=asked.pk, actor=batches.approver(), now=late)
    assert approving.expire_due(now=late) == 1
    assert on_account("1050") == 2_500


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"reason": " "}, "reason"),
        ({"reason": "900101-1234567"}, "resident_number"),
        ({"happened_on": date(2026, 11, 21)}, "day"),
        ({"happened_on": None}, "day"),
    ],
)
def test_what_nobody_may_propose(told: dict[str, Any], code: str) -> None:
    with pytest.raises(UnableToReverse, match=code):
        propose(small(), **told)
    assert not RefundRequest.objects.exists()


def test_what_did_not_come_over_the_desk_goes_back_the_way_it_came() -> None:
    with pytest.raises(UnableToReverse, match="desk"):
        propose(facts.donation())
    with pytest.raises(UnableToReverse, match="unknown"):
        giving_back.propose(
            donation_id=uuid.uuid4(), request_id=uuid.uuid4(), happened_on=DAY, reason="x",
            actor=batches.finance(), now=NOW,
        )  # fmt: skip


def test_what_happened_to_the_gift_meanwhile_refuses_the_decision() -> None:
    gift = small()
    asked = propose(gift)
    part = Refund.objects.create(
        donation=gift, processor_ref="elsewhere", amount_minor=100, refunded_at=NOW, recorded_at=NOW
    )
    part.parts.create(fund=gift.campaign.fund, amount_minor=100)
    with pytest.raises(UnableToDecide, match="went back already"):
        approve(asked)
    asked.refresh_from_db()
    assert asked.status == Status.PROPOSED


def test_the_second_person_finds_it_on_today_and_the_receipt_follows() -> None:
    batches.posted("25.00")
    gift = Donation.objects.get()
    facts.paperwork()
    asked = propose(gift, happened_on=date(2026, 11, 20))
    waiting = [task for task in today.work(now=NOW).tasks if task.kind == "refund_proposed"]
    assert [(task.donation, task.amount) for task in waiting] == [(gift.pk, usd("25.00"))]
    mending.approve(request_id=asked.pk, is_at_bank=False, actor=batches.approver(), now=NOW)
    assert Receipt.objects.get().voiding.reason == "refunded"
    assert on_account("1000") == 0
    sound()


def test_what_a_line_of_the_bank_brought_leaves_the_bank() -> None:
    gift = small()
    approve(propose(gift), is_at_bank=True)
    assert (on_account("1000"), on_account("1050")) == (-2_500, 2_500)

"""After the money, over the real wire: failed refunds, disputes to their end, warnings, reviews; each told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from donations import disputing, recording, refunding, returning, settling
from donations.models import (
    Dispute,
    DisputeClosing,
    DisputeStep,
    Donation,
    FraudWarning,
    Refund,
    Review,
)
from donors.models import Message
from ledger import balances
from ledger.models import Entry, Fund
from ledger.money import Money
from payments import gateway
from payments.models import ProcessorEvent
from receipts.models import Exclusion, Receipt
from reports import today
from reports.tasks_of_people import Task
from staff.models import User
from tests import facts
from tests.donations.giving import Supporter, only_donation, paperwork, selfcheck, settle_all
from tests.sandbox.driving import Browser


def account(code: str) -> int:
    return balances.of_account(code=code, currency="USD").minor


def finish(supporter: Supporter) -> None:
    settle_all(supporter.processor, now=supporter.now)
    paperwork(now=supporter.now)


def charge_of(supporter: Supporter) -> str:
    return str(supporter.processor.v1.charges.list().data[0].id)


def operate(supporter: Supporter, path: str, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = supporter.processor.operate("POST", path, body)
    return answer


def staff_told() -> list[str]:
    """The beginnings of the causes for which somebody here was told, in order; each once."""
    rows = Message.objects.filter(kind="staff_notice").order_by("queued_at", "id")
    told = [(row.cause.split(":")[0], row.to_email) for row in rows]
    assert len(told) == len(set(told)), told
    assert {to for _, to in told} <= {"finance@example.org", "admin@example.org"}
    return sorted(cause for cause, _ in told)


def donor_told() -> list[str]:
    return sorted(Message.objects.exclude(kind="staff_notice").values_list("kind", flat=True))


def letter(kind: str) -> str:
    return Message.objects.get(kind=kind).text


def tasks(kind: str, now: datetime) -> list[Task]:
    return [task for task in today.work(now=now).tasks if task.kind == kind]


def given(supporter: Supporter) -> Donation:
    supporter.give()
    finish(supporter)
    return only_donation()


# Refunds


def test_a_failed_refund_tells_staff_and_giver_once_and_truthfully(supporter: Supporter) -> None:
    given(supporter)
    refund = supporter.processor.v1.refunds.create({"charge": charge_of(supporter)})
    finish(supporter)
    assert donor_told() == ["receipt", "receipt_voided"]
    operate(supporter, f"refunds/{refund.id}/fail")
    for _ in range(2):
        finish(supporter)
    assert staff_told() == ["refund_failed"]
    assert donor_told() == ["receipt", "receipt_corrected", "receipt_voided"]
    assert "The $100.00 we sent back did not reach your bank account" in letter("receipt_corrected")
    entry = Entry.objects.get(source=f"refund_failure:{refund.id}")
    assert entry.reverses == Entry.objects.get(source=f"refund:{refund.id}")
    assert (account("4100"), account("1100")) == (-10_000, 10_000 - 320)
    selfcheck(now=supporter.now)


def test_a_refund_before_any_receipt_is_told_by_a_mail_of_its_own(supporter: Supporter) -> None:
    supporter.give()
    for minor in (4_000, 6_000):
        supporter.processor.v1.refunds.create({"charge": charge_of(supporter), "amount": minor})
    for _ in range(2):
        finish(supporter)
    assert donor_told() == ["refund_made", "refund_made"]
    assert Exclusion.objects.get().reason == "refunded"
    first = Message.objects.get(subject="$40.00 is on its way back to you")
    assert "$40.00 of your gift of $100.00 was given back to you." in first.text
    refund = Refund.objects.get(amount_minor=6_000)
    operate(supporter, f"refunds/{refund.processor_ref}/fail")
    finish(supporter)
    assert donor_told() == ["receipt", "refund_made", "refund_made"]
    assert "The $60.00 we sent back did not reach" in letter("receipt")
    assert Receipt.objects.get().total == Money(6_000, "USD")
    selfcheck(now=supporter.now)


def test_a_part_that_went_back_is_told_by_the_corrected_receipt_alone(supporter: Supporter) -> None:
    given(supporter)
    supporter.processor.v1.refunds.create({"charge": charge_of(supporter), "amount": 2_500})
    for _ in range(2):
        finish(supporter)
    assert donor_told() == ["receipt", "receipt_corrected"]
    assert "$25.00 of your gift of $100.00 was given back to you." in letter("receipt_corrected")
    assert "now stands at $75.00" in letter("receipt_corrected")


def test_what_the_processor_says_went_back_must_be_the_sum_of_our_refunds(
    supporter: Supporter, unguarded: None
) -> None:
    given(supporter)
    supporter.processor.v1.refunds.create({"charge": charge_of(supporter), "amount": 2_500})
    settle_all(supporter.processor, now=supporter.now)
    settled = ProcessorEvent.objects.get(kind="charge.refunded")
    assert settled.status == "settled"
    Refund.objects.update(amount_minor=2_400)
    with pytest.raises(returning.DoesNotMatch, match="2500 went back there, 2400 in our books"):
        settling.HANDLERS["charge.refunded"](charge_of(supporter), supporter.now)
    assert returning.DoesNotMatch in settling.PARKING


def test_a_refund_over_two_funds_goes_the_whole_way(supporter: Supporter, now: datetime) -> None:
    begun = supporter.begin()
    supporter.pay(begun)
    state = gateway.connect().charge(charge_of(supporter))
    checkout = begun.checkout
    other = Fund.objects.exclude(pk=checkout.fund_id).filter(entity=checkout.entity).order_by("id")[0]
    received = facts.received(
        {checkout.fund: 6_000, other: 4_000}, entity=checkout.entity, campaign=checkout.campaign,
        processor_ref=state.ref, payment_ref=state.payment_ref, given_at=state.created_at, checkout=checkout,
    )  # fmt: skip
    recording.record(received=received, now=supporter.now)
    checkout.__class__.advance(pk=checkout.pk, to=checkout.Status.PAID, now=supporter.now)
    finish(supporter)
    request = refunding.request(
        donation_id=only_donation().pk,
        amount=Money(3_000, "USD"),
        parts={checkout.fund_id: Money(0, "USD"), other.pk: Money(3_000, "USD")},
        reason="wrong fund",
        actor=User.objects.get(email="finance@example.org"),
        request_id=facts.fresh_id(),
        now=supporter.now,
    )
    finish(supporter)
    assert request.status == "done"
    parts = {part.fund_id: part.amount_minor for part in Refund.objects.get().parts.all()}
    assert parts == {other.pk: 3_000}
    # A dispute after it takes what was left of each fund: $60.00 and $10.00, not a share of the whole gift.
    made = operate(supporter, "disputes", charge=state.ref)
    operate(supporter, f"disputes/{made['id']}/close", outcome="lost")
    finish(supporter)
    lost = Entry.objects.get(source=f"dispute_lost:{made['id']}")
    taken = {
        line.fund_id: line.amount_minor for line in lost.lines.filter(account__code__in=["4000", "4100"])
    }
    assert taken == {checkout.fund_id: 6_000, other.pk: 1_000}
    assert account("1150") == 0
    selfcheck(now=supporter.now)


# Disputes


def test_a_dispute_is_told_once_and_listed_with_its_day(supporter: Supporter) -> None:
    gift = given(supporter)
    made = operate(supporter, "disputes", charge=charge_of(supporter))
    for _ in range(2):
        finish(supporter)
    assert staff_told() == ["dispute_opened"]
    [task] = tasks("dispute_open", supporter.now)
    assert (task.donation, task.state) == (gift.pk, "needs_response")
    assert task.days_left in {6, 7}  # seven days less the time this test takes
    assert task.elsewhere == f"https://dashboard.stripe.com/test/disputes/{made['id']}"
    assert "took $100.00 back" in letter("staff_notice")
    assert "Please answer it at the processor by" in letter("staff_notice")
    assert "Grace" not in letter("staff_notice")
    supporter.processor.v1.disputes.update(made["id"], {"evidence": {"uncategorized_text": "a letter"}})
    finish(supporter)
    [task] = tasks("dispute_open", supporter.now)
    assert (task.state, task.due_at) == ("under_review", None)
    operate(supporter, f"disputes/{made['id']}/close", outcome="won")
    finish(supporter)
    assert staff_told() == ["dispute_opened", "dispute_won"]
    assert tasks("dispute_open", supporter.now) == []
    assert donor_told() == ["receipt"]
    assert list(DisputeStep.objects.order_by("id").values_list("status", flat=True)) == [
        "needs_response",
        "under_review",
        "won",
    ]


def test_a_lost_dispute_tells_the_giver_by_the_void_receipt_alone(supporter: Supporter) -> None:
    given(supporter)
    made = operate(supporter, "disputes", charge=charge_of(supporter))
    finish(supporter)
    operate(supporter, f"disputes/{made['id']}/close", outcome="lost")
    for _ in range(2):
        finish(supporter)
    assert staff_told() == ["dispute_lost", "dispute_opened"]
    assert donor_told() == ["receipt", "receipt_voided"]
    assert "Your bank took your gift of $100.00 back" in letter("receipt_voided")


def test_an_inquiry_holds_nothing_and_becomes_a_dispute_when_money_moves(supporter: Supporter) -> None:
    supporter.give()
    made = operate(supporter, "disputes", charge=charge_of(supporter), kind="inquiry")
    finish(supporter)
    gift = only_donation()
    assert Receipt.objects.count() == 1
    assert refunding.refundable(donation=gift) == gift.amount
    assert staff_told() == ["inquiry_opened"]
    assert len(tasks("inquiry_open", supporter.now)) == 1
    operate(supporter, f"disputes/{made['id']}/escalate")
    finish(supporter)
    assert staff_told() == ["dispute_opened", "inquiry_opened"]
    assert (account("1150"), refunding.refundable(donation=gift).minor) == (10_000, 0)
    assert len(tasks("dispute_open", supporter.now)) == 1
    selfcheck(now=supporter.now)


def test_an_inquiry_that_ends_moved_nothing(supporter: Supporter) -> None:
    given(supporter)
    made = operate(supporter, "disputes", charge=charge_of(supporter), kind="inquiry")
    operate(supporter, f"disputes/{made['id']}/close", outcome="won")
    finish(supporter)
    assert DisputeClosing.objects.get().outcome == "withdrawn"
    assert not Entry.objects.filter(kind__in=["dispute_movement", "dispute_lost"]).exists()
    assert staff_told() == ["dispute_withdrawn"]


@pytest.mark.parametrize("kind", ["dispute", "inquiry"])
def test_a_prevented_dispute_ends_when_its_money_is_back(supporter: Supporter, kind: str) -> None:
    given(supporter)
    made = operate(supporter, "disputes", charge=charge_of(supporter), kind=kind)
    operate(supporter, f"disputes/{made['id']}/close", outcome="prevented")
    finish(supporter)
    assert DisputeClosing.objects.get().outcome == "withdrawn"
    assert (account("1150"), account("4100")) == (0, -10_000)
    assert only_donation().receipt_lines.filter(receipt__voiding__isnull=True).count() == 1
    selfcheck(now=supporter.now)


def test_called_off_while_the_money_is_still_gone_stays_open(db: None) -> None:
    gift = facts.donation()
    dispute = facts.dispute(gift, "prevented")
    assert not DisputeClosing.objects.filter(dispute=dispute).exists()
    assert refunding.refundable(donation=gift) == Money(0, "USD")


def test_an_appeal_that_is_won_makes_the_loss_income_again(supporter: Supporter) -> None:
    gift = given(supporter)
    made = operate(supporter, "disputes", charge=charge_of(supporter))
    operate(supporter, f"disputes/{made['id']}/close", outcome="lost")
    finish(supporter)
    operate(supporter, f"disputes/{made['id']}/appeal")
    finish(supporter)
    [task] = tasks("dispute_open", supporter.now)
    assert (task.state, account("4100")) == ("appeal_needs_response", 0)
    operate(supporter, f"disputes/{made['id']}/close", outcome="won")
    for _ in range(2):
        finish(supporter)
    assert (account("1150"), account("4100"), account("5150")) == (0, -10_000, 1_500)
    assert staff_told() == ["dispute_appealed", "dispute_lost", "dispute_opened"]
    assert tasks("dispute_open", supporter.now) == []
    standing = Receipt.objects.get(voiding__isnull=True)
    assert (standing.total, standing.replaces is not None) == (gift.amount, True)
    assert refunding.refundable(donation=gift) == gift.amount
    selfcheck(now=supporter.now)


def test_a_dispute_that_does_not_fit_its_gift_is_parked(db: None) -> None:
    gift = facts.donation()
    for amount in (Money(10_001, "USD"), Money(10_000, "KRW")):
        with pytest.raises(disputing.DisputeDoesNotFit):
            facts.dispute(gift, amount=amount)
    state = replace(facts.refund_state(gift, 100), amount=Money(100, "KRW"))
    with pytest.raises(refunding.RefundDoesNotFit):
        refunding.take_in(donation=gift, state=state, now=facts.NOW)
    assert not Dispute.objects.exists()
    assert {disputing.DisputeDoesNotFit, refunding.RefundDoesNotFit} <= set(settling.PARKING)


# Warnings and reviews


def test_an_early_warning_suggests_a_refund_which_prevents_the_dispute(supporter: Supporter) -> None:
    gift = given(supporter)
    charge = charge_of(supporter)
    operate(supporter, "fraud_warnings", charge=charge)
    for _ in range(2):
        finish(supporter)
    assert (FraudWarning.objects.get().kind, staff_told()) == ("made_with_stolen_card", ["fraud_warning"])
    [task] = tasks("fraud_warning", supporter.now)
    assert task.donation == gift.pk
    supporter.processor.v1.refunds.create({"charge": charge})
    finish(supporter)
    assert tasks("fraud_warning", supporter.now) == []
    with pytest.raises(Exception, match="400"):
        operate(supporter, "disputes", charge=charge)
    assert staff_told() == ["fraud_warning"]
    selfcheck(now=supporter.now)


def test_a_warning_that_came_too_late_suggests_nothing(supporter: Supporter) -> None:
    given(supporter)
    operate(supporter, "disputes", charge=charge_of(supporter))
    operate(supporter, "fraud_warnings", charge=charge_of(supporter))
    finish(supporter)
    assert FraudWarning.objects.count() == 1
    assert tasks("fraud_warning", supporter.now) == []
    assert staff_told() == ["dispute_opened"]


def test_the_documented_card_is_warned_of(supporter: Supporter) -> None:
    begun = supporter.begin()
    assert begun.payment_url
    assert Browser().pay(begun.payment_url, card="4000000000005423").status == 303
    supporter.processor.operate("POST", "clock", {"seconds": 2})
    finish(supporter)
    assert FraudWarning.objects.count() == 1


def test_a_review_holds_the_receipt_until_it_is_closed(supporter: Supporter) -> None:
    supporter.give()
    made = operate(supporter, "reviews", charge=charge_of(supporter))
    finish(supporter)
    assert (Receipt.objects.count(), Review.objects.count()) == (0, 1)
    assert [task.ref for task in tasks("review_open", supporter.now)] == [made["id"]]
    operate(supporter, f"reviews/{made['id']}/close")
    finish(supporter)
    assert Review.objects.get().closing.outcome == "approved"
    assert (Receipt.objects.count(), tasks("review_open", supporter.now)) == (1, [])
    selfcheck(now=supporter.now)

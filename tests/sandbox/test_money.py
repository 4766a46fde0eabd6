"""Refunds, disputes, payouts, the balance: what leaves, what comes back, and that it adds up."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from stripe_sandbox.tables.order import ORDER
from tests.sandbox.driving import Browser, Receiver, Sandbox, paid


def charged(sandbox: Sandbox, browser: Browser, amount: int = 10_000, **fields: str) -> stripe.Charge:
    charge = paid(sandbox, browser, amount, **fields).latest_charge
    assert isinstance(charge, stripe.Charge)
    return charge


def owed(sandbox: Sandbox, currency: str = "usd") -> int:
    balance = sandbox.v1.balance.retrieve()
    parts: list[Any] = [*balance.available, *balance.pending]
    return sum(part.amount for part in parts if part.currency == currency)


def test_partial_refunds_up_to_the_charge_and_not_above(sandbox: Sandbox, browser: Browser) -> None:
    charge = charged(sandbox, browser)
    assert owed(sandbox) == 10_000 - 320
    first = sandbox.v1.refunds.create({"charge": charge.id, "amount": 4_000, "metadata": {"why": "asked"}})
    assert (first.status, first.amount, first.metadata and first.metadata["why"]) == (
        "succeeded",
        4_000,
        "asked",
    )
    assert isinstance(first.balance_transaction, str)
    line = sandbox.v1.balance_transactions.retrieve(first.balance_transaction)
    assert (line.amount, line.fee, line.net, line.reporting_category) == (-4_000, 0, -4_000, "refund")
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        sandbox.v1.refunds.create({"charge": charge.id, "amount": 6_001})
    assert isinstance(charge.payment_intent, str)
    sandbox.v1.refunds.create({"payment_intent": charge.payment_intent})
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_already_refunded"
    again = sandbox.v1.charges.retrieve(charge.id, {"expand": ["refunds", "balance_transaction"]})
    assert (again.refunded, again.amount_refunded) == (True, 10_000)
    assert again.refunds
    assert [refund.amount for refund in again.refunds.data] == [6_000, 4_000]
    assert owed(sandbox) == -320  # the fee is kept


def test_a_refund_that_waits_and_then_fails_brings_the_money_back(
    sandbox: Sandbox, browser: Browser, receiver: Receiver
) -> None:
    charge = charged(sandbox, browser)
    sandbox.operate("POST", "settings", {"refund_status": "pending"})
    refund = sandbox.v1.refunds.create({"charge": charge.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    sandbox.drain()
    receiver.forget()
    sandbox.operate("POST", f"refunds/{refund.id}/fail")
    failed = sandbox.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert failed.failure_balance_transaction.amount == 10_000
    again = sandbox.v1.charges.retrieve(charge.id)
    assert (again.refunded, again.amount_refunded) == (False, 0)
    assert owed(sandbox) == 10_000 - 320
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["refund fails"]


def test_the_test_cards_for_refunds(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    slow = sandbox.v1.refunds.create({"charge": charged(sandbox, browser, card="4000000000007726").id})
    assert slow.status == "pending"
    sandbox.operate("POST", f"refunds/{slow.id}/settle")
    assert sandbox.v1.refunds.retrieve(slow.id).status == "succeeded"
    broken = sandbox.v1.refunds.create({"charge": charged(sandbox, browser, card="4000000000005126").id})
    assert broken.status == "succeeded"
    assert receiver.wait_for("refund.failed").data.object["id"] == broken.id


def test_a_disputed_card_withdraws_and_loses(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    charge = charged(sandbox, browser, 3_000, card="4000000000000259")
    opened = receiver.wait_for("charge.dispute.funds_withdrawn").data.object["id"]
    dispute = sandbox.v1.disputes.retrieve(opened, {"expand": ["balance_transactions"]})
    assert (dispute.status, dispute.amount, dispute.charge) == ("needs_response", 3_000, charge.id)
    assert [(row.amount, row.fee, row.net) for row in dispute.balance_transactions] == [
        (-3_000, 1_500, -4_500)
    ]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.v1.refunds.create({"charge": charge.id})
    assert refusal.value.code == "charge_disputed"
    sandbox.drain()
    receiver.forget()
    assert sandbox.v1.disputes.close(dispute.id).status == "lost"
    assert owed(sandbox) == 3_000 - 117 - 4_500
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["dispute lost"]


def test_a_dispute_that_is_won_is_reinstated_by_its_own_line(
    sandbox: Sandbox, browser: Browser, receiver: Receiver
) -> None:
    charge = charged(sandbox, browser, 3_000)
    sandbox.drain()
    receiver.forget()
    dispute = sandbox.operate("POST", "disputes", {"charge": charge.id})
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["dispute opens"]
    receiver.forget()
    sandbox.operate("POST", f"disputes/{dispute['id']}/close", {"outcome": "won"})
    won = sandbox.v1.disputes.retrieve(dispute["id"])
    assert won.status == "won"
    assert [(row.amount, row.fee) for row in won.balance_transactions] == [(-3_000, 1_500), (3_000, 0)]
    assert sandbox.v1.charges.retrieve(charge.id).disputed is False
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["dispute won"]


def test_winning_evidence_wins(sandbox: Sandbox, browser: Browser) -> None:
    dispute = sandbox.operate("POST", "disputes", {"charge": charged(sandbox, browser).id})
    updated = sandbox.v1.disputes.update(
        dispute["id"], {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    )
    assert (updated.status, updated.evidence_details.submission_count) == ("won", 1)


def test_an_inquiry_moves_no_money_until_it_escalates(sandbox: Sandbox, browser: Browser) -> None:
    charge = charged(sandbox, browser, 3_000)
    before = owed(sandbox)
    inquiry = sandbox.operate("POST", "disputes", {"charge": charge.id, "kind": "inquiry"})
    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    closed = sandbox.operate("POST", f"disputes/{inquiry['id']}/close", {"outcome": "won"})
    assert closed["status"] == "warning_closed"
    assert owed(sandbox) == before
    second = sandbox.operate("POST", "disputes", {"charge": charge.id, "kind": "inquiry"})
    assert sandbox.operate("POST", f"disputes/{second['id']}/escalate")["status"] == "needs_response"
    assert owed(sandbox) == before - 4_500


def test_an_automatic_payout_holds_every_open_line(
    sandbox: Sandbox, browser: Browser, receiver: Receiver
) -> None:
    first, second = charged(sandbox, browser, 2_500), charged(sandbox, browser, 10_000)
    sandbox.v1.refunds.create({"charge": second.id, "amount": 1_000})
    sandbox.drain()
    receiver.forget()
    made = sandbox.operate("POST", "payouts", {"currency": "usd"})
    payout = sandbox.v1.payouts.retrieve(made["id"])
    assert (payout.status, payout.reconciliation_status, payout.automatic) == ("paid", "completed", True)
    lines = sandbox.v1.balance_transactions.list({"payout": payout.id, "limit": 100}).data
    assert sorted(line.type for line in lines) == ["charge", "charge", "payout", "refund"]
    others = [line for line in lines if line.type != "payout"]
    assert sum(line.net for line in others) == payout.amount == 2_397 + 9_680 - 1_000
    assert {line.source for line in others} >= {first.id, second.id}
    assert owed(sandbox) == 0
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["payout"]

    sandbox.operate("POST", f"payouts/{payout.id}/fail")  # paid first, failed later
    failed = sandbox.v1.payouts.retrieve(payout.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    assert isinstance(failed.failure_balance_transaction, stripe.BalanceTransaction)
    assert owed(sandbox) == failed.failure_balance_transaction.net == payout.amount
    second_try = sandbox.operate("POST", "payouts", {"currency": "usd"})
    assert second_try["amount"] == payout.amount
    with pytest.raises(Exception, match="400"):
        sandbox.operate("POST", "payouts", {"currency": "usd"})  # nothing is left


def test_a_payout_in_transit_then_paid(sandbox: Sandbox, browser: Browser) -> None:
    charged(sandbox, browser)
    payout = sandbox.operate("POST", "payouts", {"currency": "usd", "status": "in_transit"})
    assert (payout["status"], payout["reconciliation_status"]) == ("in_transit", "in_progress")
    assert sandbox.operate("POST", f"payouts/{payout['id']}/pay")["reconciliation_status"] == "completed"
    assert [one.id for one in sandbox.v1.payouts.list({"status": "paid"}).data] == [payout["id"]]


def test_a_manual_payout_cannot_be_taken_apart(sandbox: Sandbox, browser: Browser) -> None:
    charged(sandbox, browser, card="4000000000000077")  # available at once
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        sandbox.v1.payouts.create({"amount": 100_000, "currency": "usd"})
    assert refusal.value.code == "balance_insufficient"
    payout = sandbox.v1.payouts.create({"amount": 1_000, "currency": "usd"})
    assert (payout.automatic, payout.reconciliation_status) == (False, "not_applicable")
    with pytest.raises(stripe.InvalidRequestError, match="not manual"):
        sandbox.v1.balance_transactions.list({"payout": payout.id})


def test_pending_becomes_available_with_time(sandbox: Sandbox, browser: Browser) -> None:
    charged(sandbox, browser)
    balance = sandbox.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (0, 9_680)
    sandbox.operate("POST", "clock", {"seconds": 2 * 86_400})
    balance = sandbox.v1.balance.retrieve()
    assert (balance.available[0].amount, balance.pending[0].amount) == (9_680, 0)


def test_currencies_are_paid_out_apart(sandbox: Sandbox, browser: Browser) -> None:
    paid(sandbox, browser, 50_000, "krw")
    charged(sandbox, browser, 2_500)
    assert sandbox.operate("POST", "payouts", {"currency": "krw"})["amount"] == 50_000 - 1_850
    assert sandbox.operate("POST", "payouts", {"currency": "usd"})["amount"] == 2_397
    record = sandbox.operate("GET", "record")
    assert record["breaches"] == []
    assert {one["currency"] for one in record["objects"]["payout"]} == {"krw", "usd"}

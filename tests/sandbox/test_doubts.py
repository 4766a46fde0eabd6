"""Early fraud warnings, reviews and appeals, as the unmodified SDK sees them."""

from __future__ import annotations

import urllib.error

import pytest
import stripe

from tests.sandbox.driving import Browser, Sandbox, paid


def charge(sandbox: Sandbox) -> str:
    intent = paid(sandbox, Browser())
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge.id


def events(sandbox: Sandbox, group: str) -> list[str]:
    """The types of a group of events, oldest first."""
    types = [str(event.type) for event in sandbox.v1.events.list({"limit": 100})]
    return [name for name in reversed(types) if name.startswith(group)]


def test_a_warning_is_read_and_listed_and_follows_its_charge(sandbox: Sandbox) -> None:
    warned = charge(sandbox)
    made = sandbox.operate("POST", "fraud_warnings", {"charge": warned, "fraud_type": "misc"})
    warning = sandbox.v1.radar.early_fraud_warnings.retrieve(made["id"])
    assert (warning.charge, warning.fraud_type, warning.actionable) == (warned, "misc", True)
    assert [one.id for one in sandbox.v1.radar.early_fraud_warnings.list({"charge": warned})] == [made["id"]]
    with pytest.raises(urllib.error.HTTPError):
        sandbox.operate("POST", "fraud_warnings", {"charge": warned})
    sandbox.v1.refunds.create({"charge": warned, "amount": 500})
    assert sandbox.v1.radar.early_fraud_warnings.retrieve(made["id"]).actionable
    sandbox.v1.refunds.create({"charge": warned})
    assert not sandbox.v1.radar.early_fraud_warnings.retrieve(made["id"]).actionable
    assert events(sandbox, "radar.") == [
        "radar.early_fraud_warning.created",
        "radar.early_fraud_warning.updated",
    ]


def test_a_fully_refunded_charge_cannot_be_disputed(sandbox: Sandbox) -> None:
    given = charge(sandbox)
    sandbox.v1.refunds.create({"charge": given})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        sandbox.operate("POST", "disputes", {"charge": given})
    assert refusal.value.code == 400
    refusal.value.close()


def test_a_review_is_opened_and_approved(sandbox: Sandbox) -> None:
    looked_at = charge(sandbox)
    made = sandbox.operate("POST", "reviews", {"charge": looked_at})
    assert sandbox.v1.reviews.retrieve(made["id"]).open
    assert sandbox.v1.charges.retrieve(looked_at).review == made["id"]
    closed = sandbox.v1.reviews.approve(made["id"])
    assert (closed.open, closed.closed_reason) == (False, "approved")
    assert events(sandbox, "review.") == ["review.opened", "review.closed"]


def test_a_lost_dispute_can_be_appealed_and_won(sandbox: Sandbox) -> None:
    made = sandbox.operate("POST", "disputes", {"charge": charge(sandbox)})
    with pytest.raises(urllib.error.HTTPError):
        sandbox.operate("POST", f"disputes/{made['id']}/appeal")
    sandbox.operate("POST", f"disputes/{made['id']}/close", {"outcome": "lost"})
    sandbox.operate("POST", f"disputes/{made['id']}/appeal")
    assert sandbox.v1.disputes.retrieve(made["id"]).status == "appeal_needs_response"
    sandbox.operate("POST", f"disputes/{made['id']}/close", {"outcome": "won"})
    dispute = sandbox.v1.disputes.retrieve(made["id"])
    assert (dispute.status, [line.amount for line in dispute.balance_transactions]) == ("won", [-2500, 2500])
    assert sandbox.operate("GET", "audit")["breaches"] == []


def test_a_prevented_dispute_gives_its_money_back(sandbox: Sandbox) -> None:
    made = sandbox.operate("POST", "disputes", {"charge": charge(sandbox)})
    sandbox.operate("POST", f"disputes/{made['id']}/close", {"outcome": "prevented"})
    dispute = sandbox.v1.disputes.retrieve(made["id"])
    assert (dispute.status, sum(line.amount for line in dispute.balance_transactions)) == ("prevented", 0)
    assert events(sandbox, "charge.dispute.")[-2:] == [
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_the_operator_page_has_a_button_for_each(sandbox: Sandbox) -> None:
    given = charge(sandbox)
    sandbox.operate("POST", "fraud_warnings", {"charge": given})
    sandbox.operate("POST", "reviews", {"charge": given})
    page = Browser().open(f"{sandbox.url}/_sandbox/").html
    for told in ("Fraud warnings (1)", "Reviews (1)", ">Warn<", ">Review<", ">Approve<"):
        assert told in page, told

"""Monthly giving: subscriptions, invoices, renewals by the clock, dunning, the portal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe

from stripe_sandbox import periods
from stripe_sandbox.tables.order import ORDER
from tests.sandbox.driving import Browser, Receiver, Sandbox, monthly

DAY = 86_400


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y")


def begun(
    sandbox: Sandbox, browser: Browser, start: str, **fields: Any
) -> tuple[stripe.Subscription, stripe.test_helpers.TestClock]:
    clock = sandbox.v1.test_helpers.test_clocks.create({"frozen_time": at(start)})
    customer = sandbox.v1.customers.create({"email": "grace@example.org", "test_clock": clock.id})
    session = monthly(sandbox, customer=customer.id)
    assert browser.pay(session.url or "", **fields).status == 303
    done = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert isinstance(done.subscription, stripe.Subscription)
    return done.subscription, clock


def advance(sandbox: Sandbox, clock: stripe.test_helpers.TestClock, to: str) -> None:
    done = sandbox.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": at(to)})
    assert done.status == "ready"


def invoices(sandbox: Sandbox, subscription: stripe.Subscription) -> list[stripe.Invoice]:
    """The oldest first."""
    return sandbox.v1.invoices.list({"subscription": subscription.id, "limit": 100}).data[::-1]


def use_card(sandbox: Sandbox, subscription: stripe.Subscription, number: str) -> None:
    sandbox.operate("POST", f"customers/{subscription.customer}/card", {"number": number})


def test_a_supporter_begins_to_give_monthly(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    session = monthly(sandbox, submit_type="donate")
    page = browser.open(session.url or "")
    assert "USD 50.00 / every month" in page.html
    assert browser.pay(session.url or "").status == 303
    done = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice.payments"]})
    assert (done.payment_status, done.payment_intent) == ("paid", None)
    subscription, invoice = done.subscription, done.invoice
    assert isinstance(subscription, stripe.Subscription)
    assert isinstance(invoice, stripe.Invoice)
    assert (subscription.status, subscription.metadata["plan"]) == ("active", "p-1")
    item = subscription["items"].data[0]
    assert item.current_period_end > item.current_period_start
    assert (item.price.unit_amount, item.price.recurring and item.price.recurring.interval) == (5000, "month")
    assert (invoice.status, invoice.billing_reason, invoice.amount_paid) == (
        "paid",
        "subscription_create",
        5000,
    )
    assert invoice.parent
    assert invoice.parent.subscription_details
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert "payment_intent" not in invoice.to_dict()
    payment = sandbox.v1.invoice_payments.list({"invoice": invoice.id or ""}).data[0]
    assert isinstance(payment.payment.payment_intent, str)
    intent = sandbox.v1.payment_intents.retrieve(
        payment.payment.payment_intent, {"expand": ["latest_charge"]}
    )
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.balance_transaction
    found = sandbox.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": intent.id}}
    )
    assert [one.id for one in found.data] == [payment.id]
    sandbox.drain()
    assert tuple(receiver.types()) == ORDER["subscription begins"]


def test_a_declined_first_payment_begins_nothing(sandbox: Sandbox, browser: Browser) -> None:
    session = monthly(sandbox)
    assert browser.pay(session.url or "", "4000000000000002").status == 402
    assert sandbox.v1.subscriptions.list({"status": "all"}).data == []


def test_the_anchor_day_does_not_drift(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-31T10:00")
    sandbox.drain()
    receiver.forget()
    advance(sandbox, clock, "2026-02-28T12:00")
    sandbox.drain()
    renewal = [kind for kind in receiver.types() if not kind.startswith("test_helpers")]
    assert tuple(renewal) == ORDER["renewal succeeds"]
    advance(sandbox, clock, "2026-03-31T12:00")
    advance(sandbox, clock, "2026-04-30T12:00")
    rows = invoices(sandbox, subscription)
    assert [day(row.created) for row in rows] == ["31 Jan 2026", "28 Feb 2026", "31 Mar 2026", "30 Apr 2026"]
    assert [row.billing_reason for row in rows] == ["subscription_create", *["subscription_cycle"] * 3]
    assert {row.status for row in rows} == {"paid"}
    assert rows[1].created + 3600 == rows[1].status_transitions.paid_at  # drafted, an hour later charged


@pytest.mark.parametrize(
    ("anchor", "count", "expected"),
    [
        ("2027-12-31T23:59:59", 2, "29 Feb 2028"),
        ("2026-01-31T00:00", 1, "28 Feb 2026"),
        ("2026-10-31T00:00", 1, "30 Nov 2026"),
    ],
)
def test_periods_clamp_to_the_month(anchor: str, count: int, expected: str) -> None:
    assert day(periods.after(at(anchor), "month", count)) == expected


def test_a_declined_renewal_is_tried_again_and_recovers(
    sandbox: Sandbox, browser: Browser, receiver: Receiver
) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    advance(sandbox, clock, "2026-02-16T00:00")
    use_card(sandbox, subscription, "4000000000009995")
    sandbox.drain()
    receiver.forget()
    advance(sandbox, clock, "2026-03-15T12:00")
    sandbox.drain()
    renewal = [kind for kind in receiver.types() if not kind.startswith("test_helpers")]
    assert tuple(renewal) == ORDER["renewal declines"]
    current = sandbox.v1.subscriptions.retrieve(subscription.id)
    assert current.status == "past_due"
    bill = invoices(sandbox, subscription)[-1]
    assert (bill.status, bill.attempt_count) == ("open", 1)
    assert bill.next_payment_attempt
    assert day(bill.next_payment_attempt) == "18 Mar 2026"
    advance(sandbox, clock, "2026-03-18T12:00")
    assert sandbox.v1.invoices.retrieve(bill.id or "").attempt_count == 2
    use_card(sandbox, subscription, "4242424242424242")
    advance(sandbox, clock, "2026-03-21T12:00")
    bill = sandbox.v1.invoices.retrieve(bill.id or "")
    assert bill.status == "paid"
    assert day(bill.status_transitions.paid_at or 0) == "21 Mar 2026"
    current = sandbox.v1.subscriptions.retrieve(subscription.id)
    assert current.status == "active"
    assert day(current["items"].data[0].current_period_end) == "15 Apr 2026"
    assert len(sandbox.v1.charges.list({"customer": str(subscription.customer)}).data) == 5


def test_four_declines_end_the_subscription(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    use_card(sandbox, subscription, "4000000000000341")
    advance(sandbox, clock, "2026-02-28T00:00")
    ended = sandbox.v1.subscriptions.retrieve(subscription.id)
    assert ended.status == "canceled"
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "payment_failed"
    bill = invoices(sandbox, subscription)[-1]
    assert (bill.status, bill.attempt_count, bill.next_payment_attempt) == ("uncollectible", 4, None)
    for month in ("03-28", "04-28", "05-28"):
        advance(sandbox, clock, f"2026-{month}T00:00")
    assert len(invoices(sandbox, subscription)) == 2  # no fifth attempt, no further invoice
    sandbox.drain()
    assert receiver.types().count("invoice.payment_failed") == 4
    assert "customer.subscription.deleted" in receiver.types()


@pytest.mark.parametrize("card", ["4000000000009979", "4000000000009987"])
def test_hard_declines_are_not_tried_again(sandbox: Sandbox, browser: Browser, card: str) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    use_card(sandbox, subscription, card)
    advance(sandbox, clock, "2026-03-10T00:00")
    bill = invoices(sandbox, subscription)[-1]
    assert (bill.attempt_count, bill.next_payment_attempt) == (1, None)
    assert sandbox.v1.subscriptions.retrieve(subscription.id).status == "past_due"


def test_a_renewal_that_needs_the_supporter(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    use_card(sandbox, subscription, "4000002760003184")
    advance(sandbox, clock, "2026-02-15T12:00")
    assert receiver.wait_for("invoice.payment_action_required")
    bill = invoices(sandbox, subscription)[-1]
    assert bill.hosted_invoice_url
    assert "Invoice" in browser.open(bill.hosted_invoice_url).html
    page = browser.open(bill.hosted_invoice_url, card="4242424242424242")
    assert page.status == 303
    assert "paid" in browser.open(bill.hosted_invoice_url).html
    assert sandbox.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_amount_changes_from_the_next_period_on(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    item = subscription["items"].data[0]
    price: Any = {
        "currency": "usd",
        "unit_amount": 7500,
        "product": item.price.product,
        "recurring": {"interval": "month"},
    }
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.v1.subscriptions.update(subscription.id, {"items": [{"id": item.id, "price_data": price}]})
    sandbox.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    )
    advance(sandbox, clock, "2026-02-15T12:00")
    assert [row.amount_paid for row in invoices(sandbox, subscription)] == [5000, 7500]


def test_cancel_now_and_cancel_at_the_end(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    now, first = begun(sandbox, browser, "2026-01-15T10:00")
    assert sandbox.v1.subscriptions.cancel(now.id).status == "canceled"
    later, second = begun(sandbox, browser, "2026-01-15T10:00")
    updated = sandbox.v1.subscriptions.update(later.id, {"cancel_at_period_end": True})
    assert (updated.status, updated.cancel_at_period_end) == ("active", True)
    for clock in (first, second):
        advance(sandbox, clock, "2026-02-20T00:00")
    assert sandbox.v1.subscriptions.retrieve(later.id).status == "canceled"
    assert len(invoices(sandbox, now)) == len(invoices(sandbox, later)) == 1
    assert sandbox.v1.subscriptions.list().data == []
    sandbox.drain()
    assert receiver.types().count("customer.subscription.deleted") == 2


def test_paused_collection_voids_invoices(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    paused = sandbox.v1.subscriptions.update(
        subscription.id, {"pause_collection": {"behavior": "void", "resumes_at": at("2026-03-01T00:00")}}
    )
    assert paused.status == "active"
    advance(sandbox, clock, "2026-02-15T12:00")
    advance(sandbox, clock, "2026-03-15T12:00")
    assert [row.status for row in invoices(sandbox, subscription)] == ["paid", "void", "paid"]
    sandbox.drain()
    assert receiver.types().count("invoice.voided") == 1
    assert sandbox.v1.subscriptions.retrieve(subscription.id).pause_collection is None


def test_an_open_invoice_can_be_voided_or_paid(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    use_card(sandbox, subscription, "4000000000009995")
    advance(sandbox, clock, "2026-02-15T12:00")
    bill = invoices(sandbox, subscription)[-1].id or ""
    with pytest.raises(stripe.CardError) as refusal:
        sandbox.v1.invoices.pay(bill)
    assert refusal.value.code == "card_declined"
    assert sandbox.v1.invoices.pay(bill, {"payment_method": "pm_card_visa"}).status == "paid"
    advance(sandbox, clock, "2026-03-15T12:00")
    bill = invoices(sandbox, subscription)[-1].id or ""
    assert sandbox.v1.invoices.void_invoice(bill).status == "void"
    assert sandbox.v1.invoice_payments.list({"invoice": bill}).data[0].status == "canceled"


def test_the_portal_changes_the_card_and_cancels(sandbox: Sandbox, browser: Browser) -> None:
    subscription, _ = begun(sandbox, browser, "2026-01-15T10:00")
    portal = sandbox.v1.billing_portal.sessions.create(
        {"customer": str(subscription.customer), "return_url": "https://give.example.org/me", "locale": "ko"}
    )
    page = browser.open(portal.url)
    assert "나의 정기 후원" in page.html
    assert "4242" in page.html
    assert 'href="https://give.example.org/me"' in page.html
    assert "카드 번호가 올바르지 않습니다" in browser.open(portal.url, action="card", card="1234").alert
    assert browser.open(portal.url, action="card", card="5555555555554444").status == 200
    current = sandbox.v1.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    assert isinstance(current.default_payment_method, stripe.PaymentMethod)
    assert current.default_payment_method.card
    assert current.default_payment_method.card.last4 == "4444"
    browser.open(portal.url, action="cancel", subscription=subscription.id)
    assert sandbox.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end is True


def test_the_sandbox_clock_renews_subscriptions_without_a_test_clock(
    sandbox: Sandbox, browser: Browser
) -> None:
    session = monthly(sandbox)
    browser.pay(session.url or "")
    sandbox.operate("POST", "clock", {"seconds": 32 * DAY})
    bills = sandbox.v1.invoices.list().data
    assert [bill.status for bill in bills] == ["paid", "paid"]
    assert 28 * DAY <= bills[0].created - bills[1].created <= 31 * DAY


def test_a_bank_debit_subscription_follows_its_debit(
    sandbox: Sandbox, browser: Browser, receiver: Receiver
) -> None:
    session = monthly(sandbox)
    browser.pay(session.url or "", method="us_bank_account", account="000123456789")
    done = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["invoice"]})
    assert isinstance(done.invoice, stripe.Invoice)
    assert (done.payment_status, done.invoice.status) == ("unpaid", "open")
    charge = sandbox.v1.charges.list().data[0]
    sandbox.operate("POST", f"bank_debits/{charge.id}/settle")
    assert sandbox.v1.invoices.retrieve(done.invoice.id or "").status == "paid"
    sandbox.drain()
    assert "invoice.paid" in receiver.types()
    assert receiver.types()[-1] == "checkout.session.async_payment_succeeded"


def test_a_clock_does_not_leap_too_far(sandbox: Sandbox, browser: Browser) -> None:
    _, clock = begun(sandbox, browser, "2026-01-15T10:00")
    for target in ("2026-01-14T00:00", "2026-06-15T00:00"):
        with pytest.raises(stripe.InvalidRequestError):
            advance(sandbox, clock, target)

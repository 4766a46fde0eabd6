"""Standing gifts: anchors, other intervals, ends, pauses, moved dates, and plans brought from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.driving import Browser, Receiver, Sandbox, monthly
from tests.sandbox.test_monthly import advance, at, begun, day, invoices, use_card

NOON = {"hour": 14, "minute": 0, "second": 0}


def paid_days(sandbox: Sandbox, subscription: stripe.Subscription) -> list[str]:
    return [day(row.created) for row in invoices(sandbox, subscription) if row.amount_paid]


def anchored(
    sandbox: Sandbox,
    browser: Browser,
    start: str,
    *,
    day_of_month: int,
    recurring: Any = None,
    card: str = "4242424242424242",
) -> tuple[stripe.Subscription, stripe.test_helpers.TestClock]:
    clock = sandbox.v1.test_helpers.test_clocks.create({"frozen_time": at(start)})
    sandbox.operate("POST", "clock", {"set": at(start)})
    customer = sandbox.v1.customers.create({"email": "grace@example.org", "test_clock": clock.id})
    price = {
        "currency": "usd",
        "unit_amount": 5000,
        "recurring": recurring or {"interval": "month"},
        "product_data": {"name": "GEN"},
    }
    session = monthly(
        sandbox,
        customer=customer.id,
        line_items=[{"quantity": 1, "price_data": price}],
        subscription_data={
            "metadata": {"plan": "p-1"},
            "proration_behavior": "none",
            "billing_cycle_anchor_config": {"day_of_month": day_of_month, **NOON},
        },
    )
    assert session.amount_total == 0
    assert browser.pay(session.url or "", card).status == 303
    done = sandbox.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert isinstance(done.subscription, stripe.Subscription)
    return done.subscription, clock


def test_a_day_of_the_month_is_charged_first_on_that_day_and_the_last_day_is_kept(
    sandbox: Sandbox, browser: Browser
) -> None:
    subscription, clock = anchored(sandbox, browser, "2026-02-10T10:00", day_of_month=31)
    assert sandbox.v1.charges.list().data == []
    for month in ("02-28", "03-31", "04-30", "05-31"):
        advance(sandbox, clock, f"2026-{month}T20:00")
    assert paid_days(sandbox, subscription) == ["28 Feb 2026", "31 Mar 2026", "30 Apr 2026", "31 May 2026"]


def test_a_card_that_cannot_be_kept_begins_nothing(sandbox: Sandbox, browser: Browser) -> None:
    with pytest.raises(AssertionError):
        anchored(sandbox, browser, "2026-02-10T10:00", day_of_month=15, card="4000000000000002")
    assert sandbox.v1.subscriptions.list({"status": "all"}).data == []


@pytest.mark.parametrize(
    ("recurring", "expected"),
    [
        ({"interval": "month", "interval_count": 3}, ["15 Feb 2026", "15 May 2026", "15 Aug 2026"]),
        ({"interval": "year"}, ["15 Feb 2026"]),
        ({"interval": "month", "interval_count": 12}, ["15 Feb 2026"]),
    ],
)
def test_other_intervals(sandbox: Sandbox, browser: Browser, recurring: Any, expected: list[str]) -> None:
    subscription, clock = anchored(sandbox, browser, "2026-02-10T10:00", day_of_month=15, recurring=recurring)
    advance(sandbox, clock, "2026-02-15T20:00")
    advance(sandbox, clock, "2026-05-15T20:00")
    advance(sandbox, clock, "2026-09-15T00:00")
    assert paid_days(sandbox, subscription) == expected


def test_an_end_at_a_boundary_charges_no_more(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    ending = sandbox.v1.subscriptions.update(
        subscription.id, {"cancel_at": at("2026-03-15T10:00"), "proration_behavior": "none"}
    )
    assert ending.cancel_at == at("2026-03-15T10:00")
    advance(sandbox, clock, "2026-02-20T00:00")
    advance(sandbox, clock, "2026-04-20T00:00")
    assert paid_days(sandbox, subscription) == ["15 Jan 2026", "15 Feb 2026"]
    assert sandbox.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    sandbox.drain()
    assert receiver.types().count("customer.subscription.deleted") == 1


def test_an_end_can_be_taken_back(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    sandbox.v1.subscriptions.update(subscription.id, {"cancel_at": at("2026-02-01T10:00")})
    assert sandbox.v1.subscriptions.update(subscription.id, {"cancel_at": ""}).cancel_at is None
    advance(sandbox, clock, "2026-02-20T00:00")
    assert len(paid_days(sandbox, subscription)) == 2


def test_a_date_is_moved_by_a_trial_without_a_charge(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    moved = sandbox.v1.subscriptions.update(
        subscription.id, {"trial_end": at("2026-02-03T14:00"), "proration_behavior": "none"}
    )
    assert (moved.status, moved.billing_cycle_anchor) == ("trialing", at("2026-02-03T14:00"))
    assert len(sandbox.v1.charges.list().data) == 1
    advance(sandbox, clock, "2026-02-20T00:00")
    advance(sandbox, clock, "2026-03-20T00:00")
    assert paid_days(sandbox, subscription) == ["15 Jan 2026", "03 Feb 2026", "03 Mar 2026"]
    assert sandbox.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_another_interval_needs_a_trial(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    item = subscription["items"].data[0]
    price: Any = {
        "currency": "usd",
        "unit_amount": 9000,
        "product": item.price.product,
        "recurring": {"interval": "month", "interval_count": 3},
    }
    change: Any = {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"}
    with pytest.raises(stripe.InvalidRequestError):
        sandbox.v1.subscriptions.update(subscription.id, change)
    change["trial_end"] = item.current_period_end
    sandbox.v1.subscriptions.update(subscription.id, change)
    advance(sandbox, clock, "2026-02-20T00:00")
    advance(sandbox, clock, "2026-05-20T00:00")
    assert paid_days(sandbox, subscription) == ["15 Jan 2026", "15 Feb 2026", "15 May 2026"]


def test_a_pause_ends_by_itself(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    pause: Any = {"behavior": "void", "resumes_at": at("2026-03-14T22:00")}
    sandbox.v1.subscriptions.update(subscription.id, {"pause_collection": pause})
    advance(sandbox, clock, "2026-02-20T00:00")
    advance(sandbox, clock, "2026-03-15T00:00")
    assert sandbox.v1.subscriptions.retrieve(subscription.id).pause_collection is None
    advance(sandbox, clock, "2026-03-16T00:00")
    assert paid_days(sandbox, subscription) == ["15 Jan 2026", "15 Mar 2026"]


def brought(sandbox: Sandbox, **more: Any) -> stripe.Subscription:
    customer = sandbox.v1.customers.create({"email": "grace@example.org"})
    method = sandbox.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    product = sandbox.v1.products.create({"name": "GEN"})
    price = {
        "currency": "usd",
        "unit_amount": 2500,
        "product": product.id,
        "recurring": {"interval": "month"},
    }
    params: Any = {
        "customer": customer.id,
        "default_payment_method": method.id,
        "items": [{"price_data": price}],
        "billing_cycle_anchor": at("2026-02-03T14:00"),
        "proration_behavior": "none",
        "metadata": {"reference": "r-1"},
        **more,
    }
    given: Any = {name: value for name, value in params.items() if value != ""}
    return sandbox.v1.subscriptions.create(given)


def test_a_plan_from_elsewhere_is_charged_on_its_next_date(sandbox: Sandbox, browser: Browser) -> None:
    sandbox.operate("POST", "clock", {"set": at("2026-01-20T10:00")})
    subscription = brought(sandbox)
    assert subscription.status == "active"
    assert sandbox.v1.charges.list().data == []
    sandbox.operate("POST", "clock", {"to": at("2026-02-03T13:59")})
    assert sandbox.v1.charges.list().data == []
    sandbox.operate("POST", "clock", {"to": at("2026-03-03T20:00")})
    assert paid_days(sandbox, subscription) == ["03 Feb 2026", "03 Mar 2026"]


def test_what_is_not_imitated_is_refused(sandbox: Sandbox) -> None:
    sandbox.operate("POST", "clock", {"set": at("2026-01-20T10:00")})
    for wrong in (
        {"billing_cycle_anchor": ""},
        {"proration_behavior": ""},
        {"billing_cycle_anchor": at("2026-01-01T00:00")},
        {"default_payment_method": ""},
        {"default_payment_method": "pm_none"},
        {"days_until_due": 3},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            brought(sandbox, **wrong)
    assert sandbox.v1.subscriptions.list({"status": "all"}).data == []


def test_the_network_tells_of_a_new_card(sandbox: Sandbox, browser: Browser, receiver: Receiver) -> None:
    subscription, _ = begun(sandbox, browser, "2026-01-15T10:00")
    method = str(subscription.default_payment_method)
    sandbox.operate("POST", f"payment_methods/{method}/renew", {"exp_month": 3, "exp_year": 2031})
    card = sandbox.v1.payment_methods.retrieve(method).card
    assert card
    assert (card.exp_month, card.exp_year) == (3, 2031)
    sandbox.drain()
    assert "payment_method.automatically_updated" in receiver.types()


def test_the_card_page_changes_only_the_customers_default(sandbox: Sandbox, browser: Browser) -> None:
    subscription, _ = begun(sandbox, browser, "2026-01-15T10:00")
    back: Any = {"type": "redirect", "redirect": {"return_url": "https://give.example.org/back"}}
    portal = sandbox.v1.billing_portal.sessions.create(
        {
            "customer": str(subscription.customer),
            "flow_data": {"type": "payment_method_update", "after_completion": back},
        }
    )
    page = browser.open(portal.url)
    assert "Cancel this subscription" not in page.html
    away = browser.open(portal.url, action="card", card="5555555555554444")
    assert (away.status, away.url) == (303, "https://give.example.org/back")
    customer = sandbox.v1.customers.retrieve(
        str(subscription.customer), {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert customer.invoice_settings
    kept = customer.invoice_settings.default_payment_method
    assert isinstance(kept, stripe.PaymentMethod)
    assert kept.id != subscription.default_payment_method
    current = sandbox.v1.subscriptions.retrieve(subscription.id)
    assert current.default_payment_method == subscription.default_payment_method


def test_a_card_to_be_picked_up_is_never_tried_again(sandbox: Sandbox, browser: Browser) -> None:
    subscription, clock = begun(sandbox, browser, "2026-01-15T10:00")
    use_card(sandbox, subscription, "4000000000009961")
    advance(sandbox, clock, "2026-03-10T00:00")
    bill = invoices(sandbox, subscription)[-1]
    assert (bill.attempt_count, bill.next_payment_attempt) == (1, None)

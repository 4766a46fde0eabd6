"""Answers of the processor, whole, missing and misshapen: read rightly, or not believed at all."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ledger.money import Money
from payments import reading
from payments.gateway import ProcessorUnsure

STAMP = 1_795_000_000
AT = datetime.fromtimestamp(STAMP, UTC)

BALANCE: dict[str, Any] = {
    "id": "txn_1", "type": "charge", "amount": 10_000, "fee": 320, "net": 9_680, "currency": "usd",
    "source": "ch_1", "created": STAMP, "available_on": STAMP, "exchange_rate": None,
}  # fmt: skip
CHARGE: dict[str, Any] = {
    "id": "ch_1", "payment_intent": "pi_1", "amount": 10_000, "currency": "usd", "status": "succeeded",
    "created": STAMP, "payment_method_details": {"type": "card", "card": {"last4": "4242"}},
    "metadata": {"reference": "c-1"}, "customer": None, "amount_refunded": 0, "failure_code": None,
    "livemode": False, "balance_transaction": BALANCE,
}  # fmt: skip
SESSION: dict[str, Any] = {
    "id": "cs_1", "client_reference_id": "c-1", "status": "complete", "payment_status": "paid", "mode": "payment",
    "amount_total": 10_000, "currency": "usd", "url": None, "expires_at": STAMP, "customer": {"id": "cus_1"},
    "subscription": None, "payment_intent": {"id": "pi_1", "latest_charge": CHARGE}, "livemode": False,
}  # fmt: skip
REFUND: dict[str, Any] = {
    "id": "re_1", "charge": "ch_1", "amount": 500, "currency": "usd", "status": "succeeded", "created": STAMP,
    "reason": None, "metadata": {}, "balance_transaction": BALANCE, "failure_balance_transaction": None,
}  # fmt: skip
DISPUTE: dict[str, Any] = {
    "id": "du_1", "charge": "ch_1", "amount": 500, "currency": "usd", "status": "lost", "reason": "fraudulent",
    "created": STAMP, "evidence_details": {"due_by": STAMP}, "balance_transactions": [BALANCE],
}  # fmt: skip
PLAN: dict[str, Any] = {
    "id": "sub_1", "metadata": {"reference": "c-1"}, "customer": "cus_1", "status": "active",
    "items": {"data": [{"id": "si_1", "quantity": 2, "current_period_end": STAMP, "price": {
        "unit_amount": 2_500, "currency": "usd", "recurring": {"interval": "month"}}}]},
    "start_date": STAMP, "ended_at": None, "latest_invoice": "in_1", "livemode": False,
}  # fmt: skip
CARD: dict[str, Any] = {
    "id": "pm_1", "type": "card", "customer": "cus_1",
    "card": {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028},
}  # fmt: skip
INVOICE: dict[str, Any] = {
    "id": "in_1", "parent": {"subscription_details": {"subscription": "sub_1"}}, "status": "paid", "currency": "usd",
    "amount_due": 5_000, "attempt_count": 1, "next_payment_attempt": None,
    "payments": {"data": [{"status": "paid", "payment": {"payment_intent": "pi_1"}},
                          {"status": "open", "payment": {"payment_intent": "pi_2"}}]},
}  # fmt: skip
PAYOUT: dict[str, Any] = {
    "id": "po_1", "amount": 9_680, "currency": "usd", "status": "paid", "created": STAMP, "arrival_date": STAMP,
    "automatic": True, "reconciliation_status": "completed", "balance_transaction": "txn_2",
    "failure_balance_transaction": None,
}  # fmt: skip
NOTICE: dict[str, Any] = {
    "id": "evt_1", "type": "charge.succeeded", "data": {"object": {"id": "ch_1"}}, "created": STAMP,
    "livemode": False, "api_version": "2026-09-30",
}  # fmt: skip

READERS: list[tuple[Callable[[Any], object], dict[str, Any]]] = [
    (reading.balance_line, BALANCE),
    (reading.charge, CHARGE),
    (reading.session, SESSION),
    (reading.refund, REFUND),
    (reading.dispute, DISPUTE),
    (reading.plan, PLAN),
    (reading.card, CARD),
    (reading.invoice, INVOICE),
    (reading.payout, PAYOUT),
    (reading.notice, NOTICE),
]


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in an answer."""
    found: list[tuple[Any, ...]] = [at] if at else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += paths(inner, (*at, key))
    if isinstance(value, list):
        for place, inner in enumerate(value):
            found += paths(inner, (*at, place))
    return found


def changed(value: Any, path: tuple[Any, ...], *, to: Any = None, gone: bool = False) -> Any:
    result = copy.deepcopy(value)
    inner = result
    for step in path[:-1]:
        inner = inner[step]
    if gone:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return result


JUNK: list[Any] = [
    None, "", "x", 0, -1, 1.5, math.nan, math.inf, True, [], {}, [None], {"id": None}, {"data": []}, 10**30, -(10**30),
    "９", "usd\x00", [[]],
]  # fmt: skip


@pytest.mark.parametrize(("read", "whole"), READERS, ids=lambda value: getattr(value, "__name__", ""))
def test_nothing_misshapen_raises_anything_but_unsure(
    read: Callable[[Any], object], whole: dict[str, Any]
) -> None:
    refused = 0
    for path in paths(whole):
        for answer in [changed(whole, path, gone=True), *(changed(whole, path, to=junk) for junk in JUNK)]:
            try:
                read(answer)
            except ProcessorUnsure:
                refused += 1
    assert refused > 20


@pytest.mark.parametrize(("read", "whole"), READERS, ids=lambda value: getattr(value, "__name__", ""))
@given(draw=some.data())
def test_random_damage_raises_nothing_but_unsure(
    read: Callable[[Any], object], whole: dict[str, Any], draw: some.DataObject
) -> None:
    anything = some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
        lambda inner: (
            some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=5,
    )
    answer = whole
    for _ in range(draw.draw(some.integers(1, 3))):
        path = draw.draw(some.sampled_from(paths(answer) or [("id",)]))
        answer = changed(answer, path, to=draw.draw(anything))
    try:
        state = read(answer)
    except ProcessorUnsure as unsure:
        state = unsure
    assert state is not None


@pytest.mark.parametrize("raw", [None, [], "x", 1, {}, True])
@pytest.mark.parametrize("read", [read for read, _ in READERS])
def test_what_is_no_object_is_not_believed(read: Callable[[Any], object], raw: Any) -> None:
    with pytest.raises(ProcessorUnsure, match="unreadable"):
        read(raw)


@pytest.mark.parametrize(
    ("read", "whole", "key"),
    [
        (reading.charge, CHARGE, "amount"),
        (reading.balance_line, BALANCE, "fee"),
        (reading.balance_line, BALANCE, "net"),
        (reading.refund, REFUND, "amount"),
        (reading.payout, PAYOUT, "amount"),
        (reading.session, SESSION, "amount_total"),
    ],
)
@pytest.mark.parametrize("amount", [12.5, 100.0, "100", True, None])
def test_money_is_never_rounded_into_shape(
    read: Callable[[Any], object], whole: dict[str, Any], key: str, amount: Any
) -> None:
    with pytest.raises(ProcessorUnsure):
        read({**whole, key: amount})


@pytest.mark.parametrize("currency", ["xyz", "", None, 3, "us"])
def test_a_currency_we_do_not_know_is_not_guessed(currency: Any) -> None:
    with pytest.raises(ProcessorUnsure):
        reading.charge({**CHARGE, "currency": currency})
    with pytest.raises(ProcessorUnsure):
        reading.balance_line({**BALANCE, "currency": currency})


def test_unknown_words_and_fields_pass() -> None:
    read = reading.charge(
        {**CHARGE, "status": "melted", "new_field": {"x": 1}, "payment_method_details": {"type": "pix"}}
    )
    assert (read.status, read.method, read.last4) == ("melted", "pix", "")
    assert reading.dispute({**DISPUTE, "status": "prevented", "reason": "bored"}).reason == "bored"
    assert reading.plan({**PLAN, "status": "sleeping"}).status == "sleeping"
    assert reading.notice({**NOTICE, "type": "moon.landed"}).kind == "moon.landed"
    assert reading.balance_line({**BALANCE, "type": "moon_fee"}).kind == "moon_fee"


def test_a_charge_is_read_whole() -> None:
    read = reading.charge(CHARGE)
    assert (read.ref, read.payment_ref, read.amount, read.created_at) == (
        "ch_1",
        "pi_1",
        Money(10_000, "USD"),
        AT,
    )
    assert (read.method, read.last4, read.reference, read.is_live) == ("card", "4242", "c-1", False)
    assert read.balance is not None
    assert (read.balance.net_minor, read.balance.available_on) == (9_680, AT.date())
    assert reading.charge({**CHARGE, "balance_transaction": "txn_1"}).balance is None


def test_an_exchange_rate_is_read_exactly() -> None:
    assert reading.balance_line({**BALANCE, "exchange_rate": 1.38}).exchange_rate == Decimal("1.38")


def test_ids_are_read_expanded_or_not() -> None:
    assert reading.session(SESSION).customer_ref == "cus_1"
    assert reading.session({**SESSION, "customer": "cus_2"}).customer_ref == "cus_2"
    read = reading.session(
        {**SESSION, "payment_intent": "pi_1", "mode": "subscription", "subscription": "sub_1"}
    )
    assert (read.charge, read.is_recurring, read.plan_ref) == (None, True, "sub_1")


def test_a_plan_an_invoice_and_a_payout_are_read() -> None:
    plan = reading.plan(PLAN)
    assert (plan.amount, plan.next_charge_at, plan.interval) == (Money(5_000, "USD"), AT, "month")
    assert reading.plan({**PLAN, "status": "canceled", "ended_at": STAMP}).next_charge_at is None
    invoice = reading.invoice(INVOICE)
    assert (invoice.payment_refs, invoice.plan_ref, invoice.attempts) == (("pi_1",), "sub_1", 1)
    assert reading.invoice({**INVOICE, "parent": None, "payments": None}).payment_refs == ()
    payout = reading.payout(PAYOUT)
    assert (payout.arrives_on, payout.is_reconciled, payout.failure_balance_ref) == (AT.date(), True, "")
    assert isinstance(payout.arrives_on, date)


def test_a_plan_with_everything_around_it() -> None:
    whole = copy.deepcopy(PLAN)
    whole |= {
        "customer": {"id": "cus_1", "invoice_settings": {"default_payment_method": CARD}},
        "default_payment_method": {
            "id": "pm_2",
            "type": "us_bank_account",
            "us_bank_account": {"last4": "6789"},
        },
        "billing_cycle_anchor": STAMP,
        "billing_cycle_anchor_config": {"day_of_month": 31},
        "pause_collection": {"behavior": "void", "resumes_at": STAMP},
        "cancel_at": STAMP,
        "cancellation_details": {"reason": "payment_failed"},
    }
    price = whole["items"]["data"][0]["price"]
    price |= {
        "product": {"id": "prod_1", "name": "GEN"},
        "recurring": {"interval": "year", "interval_count": 1},
    }
    plan = reading.plan(whole)
    assert (plan.months, plan.label, plan.product_ref, plan.item_ref) == (12, "GEN", "prod_1", "si_1")
    assert (plan.anchored_at, plan.charge_day, plan.ends_at) == (AT, 31, AT)
    assert (plan.is_paused, plan.resumes_at, plan.end_reason) == (True, AT, "payment_failed")
    assert plan.card is not None
    assert (plan.card.brand, plan.card.last4, plan.card.expires_on) == ("us_bank_account", "6789", None)
    assert plan.kept_card is not None
    assert (plan.kept_card.ref, plan.kept_card.expires_on) == ("pm_1", date(2028, 2, 29))


def test_an_invoice_that_waits_for_the_bank() -> None:
    waiting = copy.deepcopy(INVOICE)
    waiting |= {
        "status": "open",
        "billing_reason": "subscription_create",
        "hosted_invoice_url": "https://x.example",
    }
    asked = {"id": "pi_3", "status": "requires_action"}
    waiting["payments"]["data"] = [{"status": "open", "payment": {"payment_intent": asked}}]
    state = reading.invoice(waiting)
    assert (state.payment_refs, state.payment_ref) == ((), "pi_3")
    assert (state.needs_bank, state.is_first, state.page_url) == (True, True, "https://x.example")

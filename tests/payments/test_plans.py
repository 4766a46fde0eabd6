"""Standing gifts on the wire: what is sent, under which key, and in neutral words only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ledger.money import Money
from payments.gateway import ObjectMissing, PlanRequest, PlanState, PlanTerms, ProcessorRefused
from payments.stripe_gateway import StripeGateway
from tests.payments.test_gateway import asked, connected
from tests.sandbox.driving import Browser, Sandbox


@pytest.fixture
def stripe(processor: Sandbox) -> StripeGateway:
    return connected(processor, timeout=(1.0, 8.0))


@pytest.fixture
def plan(stripe: StripeGateway) -> PlanState:
    opened = stripe.open_session(asked(months=1))
    assert Browser().pay(opened.url).status == 303
    return stripe.plan(stripe.session(opened.ref).plan_ref)


def last(processor: Sandbox, path: str) -> tuple[str, dict[str, str]]:
    """The key and the fields of the last call that wrote there."""
    seen: list[dict[str, Any]] = processor.operate("GET", "requests")["requests"]
    call = next(one for one in reversed(seen) if one["method"] == "POST" and one["path"].startswith(path))
    return call["idempotency_key"], dict(parse_qsl(call["body"], keep_blank_values=True))


def soon(days: int = 20) -> datetime:
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)


def test_terms_change_in_one_call_without_a_pro_rata_charge(
    stripe: StripeGateway, processor: Sandbox, plan: PlanState
) -> None:
    terms = PlanTerms(Money(2500, "USD"), 3, "GEN", soon())
    told = stripe.change_terms(key="k-1", plan=plan, terms=terms)
    assert (told.amount, told.months, told.label, told.anchored_at) == (
        Money(2500, "USD"),
        3,
        "GEN",
        terms.first_at,
    )
    key, sent = last(processor, "/v1/subscriptions/")
    assert (key, sent["proration_behavior"]) == ("k-1", "none")
    assert last(processor, "/v1/products")[0] == "k-1-label"
    assert len(processor.v1.charges.list().data) == 1


def test_the_same_label_makes_no_second_product(
    stripe: StripeGateway, processor: Sandbox, plan: PlanState
) -> None:
    before = len(processor.v1.products.list().data)
    stripe.change_terms(key="k-1", plan=plan, terms=PlanTerms(Money(2500, "USD"), 1, plan.label, None))
    assert len(processor.v1.products.list().data) == before
    assert "trial_end" not in last(processor, "/v1/subscriptions/")[1]


def test_a_day_of_its_own_is_sent_with_its_hour_and_costs_nothing_before(
    stripe: StripeGateway, processor: Sandbox
) -> None:
    stripe.open_session(asked(months=12, charge_day=31))
    _, sent = last(processor, "/v1/checkout/sessions")
    assert sent["subscription_data[billing_cycle_anchor_config][day_of_month]"] == "31"
    assert sent["subscription_data[billing_cycle_anchor_config][hour]"] == "14"
    assert sent["subscription_data[proration_behavior]"] == "none"
    assert sent["line_items[0][price_data][recurring][interval_count]"] == "12"


def test_pause_resume_end_card_and_stop(stripe: StripeGateway, processor: Sandbox, plan: PlanState) -> None:
    until = soon(40)
    paused = stripe.pause_plan(key="k-1", plan_ref=plan.ref, until=until)
    assert (paused.is_paused, paused.resumes_at) == (True, until)
    assert last(processor, "/v1/subscriptions/")[1]["pause_collection[behavior]"] == "void"
    assert not stripe.resume_plan(key="k-2", plan_ref=plan.ref).is_paused
    assert stripe.end_plan_at(key="k-3", plan_ref=plan.ref, at=until).ends_at == until
    assert stripe.end_plan_at(key="k-4", plan_ref=plan.ref, at=None).ends_at is None
    page = stripe.card_page_url(
        customer_ref=plan.customer_ref, return_url="https://give.example.org/back", language="ko"
    )
    assert Browser().open(page, action="card", card="5555555555554444").status == 303
    changed = stripe.plan(plan.ref)
    assert changed.kept_card is not None
    assert (changed.kept_card.last4, changed.card and changed.card.last4) == ("4444", "4242")
    used = stripe.use_card(key="k-5", plan_ref=plan.ref, method_ref=changed.kept_card.ref)
    assert used.card == stripe.card(changed.kept_card.ref)
    stopped = stripe.stop_plan(key="k-6", plan_ref=plan.ref)
    assert (stopped.status, stopped.end_reason) == ("canceled", "cancellation_requested")
    assert [one.ref for one in stripe.plans_of(plan.customer_ref)] == [plan.ref]
    assert list(stripe.unpaid_invoices(plan.ref)) == []


def test_a_plan_begins_on_its_day_with_a_kept_card(
    stripe: StripeGateway, processor: Sandbox, plan: PlanState
) -> None:
    assert plan.card is not None
    first_at = soon()
    request = PlanRequest(
        "r-1", plan.customer_ref, plan.card.ref, Money(500, "USD"), 1, "GEN", first_at, first_at.day
    )
    made = stripe.open_plan(key="k-1", request=request)
    again = stripe.open_plan(key="k-1", request=request)
    assert (made.ref, made.reference, made.next_charge_at) == (again.ref, "r-1", first_at)
    assert last(processor, "/v1/subscriptions")[1]["proration_behavior"] == "none"


def test_refusals(stripe: StripeGateway, plan: PlanState) -> None:
    for ask in (
        lambda: stripe.card("pm_none"),
        lambda: stripe.void_invoice(key="k-1", invoice_ref="in_none"),
        lambda: stripe.pay_invoice(key="k-2", invoice_ref="in_none", method_ref="pm_none"),
    ):
        with pytest.raises(ObjectMissing):
            ask()
    with pytest.raises(ProcessorRefused):
        stripe.void_invoice(key="k-3", invoice_ref=plan.latest_invoice_ref)

"""Scenarios A1 to A6: recurring giving against the real sandbox and its clock."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest

from donations import changing_plans, missing, settling, sweeping
from donations.models import Donation, PlanChange, PlanFailure, RecurringPlan
from donations.wishing import Wish
from ledger.money import Money
from payments import inbox
from payments.models import ProcessorEvent
from receipts.models import Receipt
from reports import standing as watching
from reports import timelines, today
from tests.donations.giving import selfcheck
from tests.donations.standing import (
    GOOD,
    GRACE,
    LOST,
    PICKUP,
    POOR,
    STOLEN,
    Stage,
    at,
    days,
    mails,
    notices,
)
from tests.sandbox.driving import Browser, Sandbox

pytestmark = pytest.mark.slow

Kind = PlanChange.Kind


@pytest.fixture
def stage(house: None, processor: Sandbox) -> Stage:
    made = Stage(processor, datetime.now().astimezone())
    made.set("2026-01-15T15:00")
    return made


def test_A1_a_failed_month_recovers(stage: Stage) -> None:
    plan = stage.give()
    assert [mail.cause for mail in mails("plan_started")] == [f"plan:{plan.pk}"]
    stage.go("2026-02-15T20:00")
    stage.card(plan, POOR)
    stage.go("2026-03-15T20:00")
    plan.refresh_from_db()
    assert (plan.status, plan.failed_attempts) == ("past_due", 1)
    stage.go("2026-03-18T20:00")
    plan.refresh_from_db()
    assert (plan.status, plan.failed_attempts) == ("past_due", 2)
    assert list(watching.failing()) == [plan]
    stage.card(plan, GOOD)
    stage.go("2026-03-21T20:00")
    plan.refresh_from_db()
    assert days() == ["2026-01-15", "2026-02-15", "2026-03-21"]
    assert (plan.status, plan.failed_attempts) == ("active", 0)
    assert plan.next_charge_at
    assert f"{plan.next_charge_at:%Y-%m-%d}" == "2026-04-15"
    failures = list(PlanFailure.objects.order_by("attempt"))
    assert [(one.attempt, one.code, f"{one.failed_at:%d}") for one in failures] == [
        (1, "insufficient_funds", "15"),
        (2, "insufficient_funds", "18"),
    ]
    [mail] = mails("plan_failed")
    assert "/portal/card/" in mail.text
    march = Donation.objects.select_related("plan", "checkout").latest("given_at")
    moments = [
        moment.kind for moment in timelines.of(donation=march, entries=timelines.entries(donation=march))
    ]
    assert moments.count("collection_failed") == 2
    assert len(mails("receipt")) == Receipt.objects.count() == 3
    assert sum(gift.amount_minor for gift in Donation.objects.all()) == 15000
    assert stage.attempts() == 5
    selfcheck(now=stage.now)


def test_A2_four_failures_end_the_plan_and_a_new_card_begins_it_again(stage: Stage) -> None:
    plan = stage.give()
    stage.card(plan, POOR)
    for day in ("02-15", "02-18", "02-21", "02-24"):
        stage.go(f"2026-{day}T20:00")
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == ("ended", "retries_exhausted")
    assert PlanFailure.objects.count() == 4
    assert stage.attempts() == 5
    for day in ("2026-03-25", "2026-04-25", "2026-05-25"):
        stage.go(f"{day}T20:00")
    assert stage.attempts() == 5  # 90 days without a fifth try
    assert len(mails("plan_failed")) == len(mails("plan_ended")) == 1
    stage.set("2026-03-01T12:00")
    assert "plan_given_up" in {task.kind for task in today.work(now=stage.now).tasks}
    stage.set("2026-05-26T12:00")
    url = changing_plans.card_page(
        plan=plan,
        change_id=uuid.uuid4(),
        asker=GRACE,
        return_url="https://give.example.org/back",
        language="en",
        now=stage.now,
    )
    assert Browser().open(url, action="card", card=GOOD).status == 303
    stage.catch_up()
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason, plan.ended_at) == ("active", "", None)
    assert plan.next_charge_at
    assert f"{plan.next_charge_at:%Y-%m-%d}" == "2026-06-15"
    assert days() == ["2026-01-15"]
    [missed] = missing.months(plan=plan, now=stage.now)
    stage.ask(plan, Kind.MISSED, invoice_ref=missed.invoice_ref)
    stage.catch_up()
    assert days() == ["2026-01-15", "2026-05-26"]
    assert missing.months(plan=plan, now=stage.now) == []
    stage.go("2026-06-16T00:00")
    assert days() == ["2026-01-15", "2026-05-26", "2026-06-15"]
    assert {gift.plan_id for gift in Donation.objects.all()} == {plan.pk}
    plan.refresh_from_db()
    assert plan.status == "active"
    selfcheck(now=stage.now)


@pytest.mark.parametrize("card", [STOLEN, LOST, PICKUP])
def test_A3_a_lost_card_is_never_tried_again_and_named_to_nobody(stage: Stage, card: str) -> None:
    plan = stage.give()
    stage.card(plan, card)
    stage.go("2026-02-15T20:00")
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason, stage.attempts()) == ("ended", "hard_decline", 2)
    stage.go("2026-03-30T00:00")
    assert stage.attempts() == 2
    assert mails("plan_failed") == []
    [mail] = mails("plan_ended")
    words = f"{mail.subject} {mail.text}".lower()
    assert not any(word in words for word in ("stolen", "lost", "pickup", "pick up", "reported"))
    assert "/portal/card/" in mail.text
    assert [invoice.status for invoice in stage.processor.v1.invoices.list().data] == ["void", "paid"]
    change = PlanChange.objects.get()
    assert (change.kind, change.asker, change.status) == ("stop", "house", "done")


def test_A4_the_last_day_of_the_month_is_kept(stage: Stage) -> None:
    stage.set("2026-01-31T15:00")
    plan = stage.give()
    for day in ("02-28", "03-31", "04-30"):
        stage.go(f"2026-{day}T20:00")
    assert days() == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    plan.refresh_from_db()
    assert plan.charge_day == 31


def test_A4_a_leap_year_and_both_changes_of_the_clock(stage: Stage) -> None:
    stage.set("2028-01-31T07:30")
    stage.give()
    for month in ("02-29", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30"):
        stage.go(f"2028-{month}T20:00")
    assert days() == [
        f"2028-{day}"
        for day in (
            "01-31",
            "02-29",
            "03-31",
            "04-30",
            "05-31",
            "06-30",
            "07-31",
            "08-31",
            "09-30",
            "10-31",
            "11-30",
        )
    ]


def test_A5_a_raise_costs_nothing_extra_and_a_stop_on_the_eve_stops(stage: Stage) -> None:
    plan = stage.give()
    other = stage.give(2500, email="daniel@example.org", donor_name="Daniel Kim")
    stage.go("2026-01-20T12:00")
    stage.ask(plan, Kind.AMOUNT, amount=Money(7500, "USD"))
    assert stage.attempts() == 2
    stage.go("2026-02-14T23:59")
    stage.ask(other, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    stage.go("2026-02-16T12:00")
    assert [(gift.plan_id, gift.amount_minor) for gift in Donation.objects.order_by("given_at")][2:] == [
        (plan.pk, 7500)
    ]
    other.refresh_from_db()
    assert (other.status, other.end_reason) == ("ended", "donor")
    told = {
        (change.kind, change.asker, change.asked_from, change.asked_at, change.before)
        for change in PlanChange.objects.all()
    }
    assert told == {
        ("amount", "donor", "192.0.2.0/24", at("2026-01-20T12:00"), "50.00 USD"),
        ("stop", "donor", "192.0.2.0/24", at("2026-02-14T23:59"), "active"),
    }
    assert len(mails("plan_changed")) == len(mails("plan_ended")) == 1
    selfcheck(now=stage.now)


def test_A5_a_stop_voids_what_is_open_and_what_is_being_drawn_up(stage: Stage) -> None:
    failing = stage.give()
    stage.card(failing, POOR)
    stage.go("2026-02-15T20:00")
    stage.ask(failing, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    drawn_up = stage.give(2500, email="daniel@example.org", donor_name="Daniel Kim")
    due = drawn_up.next_charge_at
    assert due
    stage.go(f"{due:%Y-%m-%dT%H:%M}:59")  # the invoice is a draft in this hour
    stage.ask(drawn_up, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    before = stage.attempts()
    stage.go("2026-04-30T12:00")
    assert stage.attempts() == before
    assert {invoice.status for invoice in stage.processor.v1.invoices.list().data} == {
        "void",
        "draft",
        "paid",
    }


def test_A6_two_workers_and_repeated_notices_make_one_gift(stage: Stage) -> None:
    stage.give()
    stage.processor.operate("POST", "clock", {"to": at("2026-02-15T20:00").timestamp()})
    stage.now = at("2026-02-15T20:00")
    for _ in range(2):
        for notice in notices(stage.processor):
            if notice.kind in {"invoice.paid", "charge.succeeded", "payment_intent.succeeded"}:
                pk, _is_new = inbox.keep(notice=notice, now=stage.now)
                ProcessorEvent.objects.filter(pk=pk).update(status="received", settled_at=None)
                settling.settle(event_id=pk, now=stage.now)
        sweeping.run(now=stage.now)
    assert days() == ["2026-01-15", "2026-02-15"]
    assert stage.attempts() == 2
    selfcheck(now=stage.now)


def test_A6_a_press_sent_twice_is_one_change(stage: Stage) -> None:
    plan = stage.give()
    change_id = uuid.uuid4()
    for _ in range(2):
        changing_plans.ask(
            plan_id=plan.pk,
            change_id=change_id,
            wish=Wish(kind=Kind.AMOUNT, amount=Money(7500, "USD")),
            asker=GRACE,
            now=stage.now,
        )
    assert PlanChange.objects.count() == len(mails("plan_changed")) == 1
    updates = [
        seen
        for seen in stage.processor.operate("GET", "requests?limit=500")["requests"]
        if seen["method"] == "POST" and seen["path"].startswith("/v1/subscriptions/")
    ]
    assert len(updates) == 1
    assert updates[0]["idempotency_key"] == f"plan-change-{change_id}-0"

"""Standing gifts in trouble: what is refused, answers that never came, and notices in any order."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from donations import changing_plans, missing, sweeping
from donations.models import PlanChange, PlanFailure, RecurringPlan
from donations.wishing import UnableToChange, Wish
from faults.picturing import picture
from ledger.models import Fund
from ledger.money import Money
from tests.donations import undoing
from tests.donations.giving import notices, settle_all
from tests.donations.standing import GOOD, GRACE, POOR, STOLEN, Stage, at, days, mails
from tests.sandbox.driving import Sandbox

pytestmark = pytest.mark.slow

Kind = PlanChange.Kind


@pytest.fixture
def stage(house: None, processor: Sandbox) -> Stage:
    made = Stage(processor, datetime.now().astimezone())
    made.set("2026-01-15T15:00")
    return made


@pytest.fixture
def plan(stage: Stage) -> RecurringPlan:
    return stage.give()


def next_on(plan: RecurringPlan) -> str:
    plan.refresh_from_db()
    return f"{plan.next_charge_at:%Y-%m-%d}" if plan.next_charge_at else ""


# What cannot be had


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(kind=Kind.AMOUNT), "currency"),
        (Wish(kind=Kind.AMOUNT, amount=Money(5000, "KRW")), "currency"),
        (Wish(kind=Kind.AMOUNT, amount=Money(1, "USD")), "amount"),
        (Wish(kind=Kind.AMOUNT, amount=Money(100_000_000_00, "USD")), "amount"),
        (Wish(kind=Kind.FREQUENCY, months=2), "months"),
        (Wish(kind=Kind.DAY, charge_day=32), "charge_day"),
        (Wish(kind=Kind.DAY), "charge_day"),
        (Wish(kind=Kind.FUND), "fund"),
        (Wish(kind=Kind.END, day=date(2026, 1, 1)), "day"),
        (Wish(kind=Kind.END, day=date(2099, 1, 1)), "day"),
        (Wish(kind=Kind.PAUSE, months=0), "months"),
        (Wish(kind=Kind.PAUSE, months=13), "months"),
        (Wish(kind=Kind.RESUME), "state"),
        (Wish(kind=Kind.MISSED, invoice_ref="in_1"), "invoice"),
        (Wish(kind=Kind.RESTART), "state"),
    ],
)
def test_what_cannot_be_had_is_refused_and_stored_nowhere(
    stage: Stage, plan: RecurringPlan, wish: Wish, code: str
) -> None:
    with pytest.raises(UnableToChange) as refusal:
        changing_plans.ask(plan_id=plan.pk, change_id=uuid.uuid4(), wish=wish, asker=GRACE, now=stage.now)
    assert refusal.value.code == code
    assert not PlanChange.objects.exists()


def test_dates_are_left_alone_near_a_charge_and_while_something_is_owed(
    stage: Stage, plan: RecurringPlan
) -> None:
    stage.now = at("2026-02-15T01:00")
    for wish in (Wish(kind=Kind.DAY, charge_day=3), Wish(kind=Kind.FREQUENCY, months=3)):
        with pytest.raises(UnableToChange) as refusal:
            changing_plans.ask(plan_id=plan.pk, change_id=uuid.uuid4(), wish=wish, asker=GRACE, now=stage.now)
        assert refusal.value.code == "soon"
    stage.card(plan, POOR)
    stage.go("2026-02-16T12:00")
    with pytest.raises(UnableToChange) as refusal:
        stage.ask(plan, Kind.DAY, charge_day=3)
    assert refusal.value.code == "state"


def test_an_ended_gift_takes_no_changes_and_a_used_form_no_others(stage: Stage, plan: RecurringPlan) -> None:
    used = stage.ask(plan, Kind.AMOUNT, amount=Money(2500, "USD"))
    with pytest.raises(UnableToChange) as refusal:
        changing_plans.ask(
            plan_id=plan.pk,
            change_id=used.pk,
            wish=Wish(kind=Kind.AMOUNT, amount=Money(2600, "USD")),
            asker=GRACE,
            now=stage.now,
        )
    assert refusal.value.code == "other"
    stage.ask(plan, Kind.STOP)
    with pytest.raises(UnableToChange) as refusal:
        stage.ask(plan, Kind.PAUSE, months=1)
    assert refusal.value.code == "ended"


# Answers that never came

QUICK = ["500_after", "500_before_sticky", "reset"]
FAULTS = ["500_before", "500_before_sticky", "500_after", "reset", "half_json", "empty_200", "429", "409"]
WISHES: list[tuple[Kind, dict[str, Any]]] = [
    (Kind.AMOUNT, {"amount": Money(7500, "USD")}),
    (Kind.DAY, {"charge_day": 3}),
    (Kind.PAUSE, {"months": 1}),
    (Kind.STOP, {}),
]


@pytest.mark.parametrize(
    "mode", [mode if mode in QUICK else pytest.param(mode, marks=pytest.mark.slow) for mode in FAULTS]
)
@pytest.mark.parametrize(("kind", "wish"), WISHES, ids=[kind for kind, _ in WISHES])
def test_a_change_whose_answer_was_lost_is_made_once(
    stage: Stage, plan: RecurringPlan, mode: str, kind: Kind, wish: dict[str, Any]
) -> None:
    method = "DELETE" if kind == Kind.STOP else "POST"
    stage.processor.operate(
        "POST", "faults", {"mode": mode, "path": "/v1/subscriptions/", "method": method, "count": 1}
    )
    change = stage.ask(plan, kind, **wish)
    for minutes in (3, 10, 30):
        sweeping.run(now=stage.now + timedelta(minutes=minutes))
    change.refresh_from_db()
    assert change.status == "done"
    assert len(mails("plan_changed")) + len(mails("plan_ended")) == 1
    updates = [
        event
        for event in stage.processor.v1.events.list({"limit": 100}).data
        if event.type in {"customer.subscription.updated", "customer.subscription.deleted"}
        and event.created >= stage.now.timestamp() - 5
    ]
    assert stage.attempts() == 1
    assert len(updates) == 2  # the beginning and this change


def test_a_second_change_waits_for_the_first_but_a_stop_never_waits(
    stage: Stage, plan: RecurringPlan
) -> None:
    stage.processor.operate("POST", "faults", {"mode": "reset", "path": "/v1/subscriptions/", "count": None})
    stage.ask(plan, Kind.AMOUNT, amount=Money(7500, "USD"))
    with pytest.raises(UnableToChange) as refusal:
        stage.ask(plan, Kind.PAUSE, months=1)
    assert refusal.value.code == "busy"
    stage.ask(plan, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    stage.processor.operate("DELETE", "faults")
    for minutes in (3, 10):
        sweeping.run(now=stage.now + timedelta(minutes=minutes))
    plan.refresh_from_db()
    assert plan.status == "ended"
    assert set(PlanChange.objects.values_list("kind", "status")) <= {
        ("amount", "done"), ("amount", "refused"), ("stop", "done"),
    }  # fmt: skip


def test_what_is_never_confirmed_is_given_up(stage: Stage, plan: RecurringPlan) -> None:
    stage.processor.operate("POST", "faults", {"mode": "reset", "path": "/v1/subscriptions/", "count": None})
    change = stage.ask(plan, Kind.AMOUNT, amount=Money(7500, "USD"))
    sweeping.run(now=stage.now + timedelta(hours=49))
    stage.processor.operate("DELETE", "faults")
    change.refresh_from_db()
    assert (change.status, change.answer) == ("refused", "the processor never confirmed it")


def test_a_refusal_of_the_processor_is_told(stage: Stage, plan: RecurringPlan) -> None:
    stage.processor.v1.subscriptions.cancel(plan.processor_ref)
    with pytest.raises(UnableToChange) as refusal:
        stage.ask(plan, Kind.AMOUNT, amount=Money(7500, "USD"))
    assert refusal.value.code == "processor"
    assert PlanChange.objects.get().status == "refused"


# Any order


def test_events_of_a_failing_and_stopped_plan_end_alike_in_any_order(
    stage: Stage, check_laws: Callable[[], None]
) -> None:
    plan = stage.give()
    stage.card(plan, POOR)
    stage.processor.operate("POST", "clock", {"to": at("2026-02-19T20:00").timestamp()})
    stage.card(plan, GOOD)
    stage.processor.operate("POST", "clock", {"to": at("2026-03-16T20:00").timestamp()})
    stage.card(plan, STOLEN)
    stage.processor.operate("POST", "clock", {"to": at("2026-04-16T20:00").timestamp()})
    stage.processor.v1.subscriptions.cancel(plan.processor_ref)
    stage.now = at("2026-04-17T00:00")
    told = notices(stage.processor)

    def outcome(order: list[Any]) -> tuple[object, ...]:
        with transaction.atomic():
            settle_all(stage.processor, now=stage.now, order=order)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            failures = PlanFailure.objects.order_by("failed_at").values_list("invoice_ref", "attempt", "code")
            result = (picture(), list(failures))
            undoing.undo()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return result

    expected = outcome(told)
    assert [code for _, _, code in expected[1]] == [  # type: ignore[attr-defined]
        "insufficient_funds",
        "insufficient_funds",
        "stolen_card",
    ]
    dice = random.Random("any order")
    for _ in range(4):
        order = dice.sample(told, len(told)) + dice.choices(told, k=3)
        assert outcome(order) == expected, [event.kind for event in order]


@pytest.mark.slow
def test_every_order_of_the_four_notices_of_an_end_is_alike(stage: Stage) -> None:
    plan = stage.give()
    stage.processor.v1.subscriptions.cancel(plan.processor_ref)
    kinds = [
        "customer.subscription.deleted",
        "customer.subscription.created",
        "invoice.paid",
        "charge.succeeded",
    ]
    told = notices(stage.processor)
    chosen = [next(event for event in told if event.kind == kind) for kind in kinds]
    pictures = []
    for order in itertools.permutations(chosen):
        with transaction.atomic():
            settle_all(stage.processor, now=stage.now, order=list(order))
            pictures.append(picture())
            undoing.undo()
    assert all(one == pictures[0] for one in pictures)


def test_funds_that_are_not_offered_are_refused(stage: Stage, plan: RecurringPlan) -> None:
    offered = {plan.fund_id, plan.checkout.page.campaign.fund_id}
    offered |= set(plan.checkout.page.funds.values_list("fund_id", flat=True))
    other = Fund.objects.exclude(pk__in=offered).first()
    assert other is not None
    with pytest.raises(UnableToChange):
        stage.ask(plan, Kind.FUND, fund=other)


def test_a_missed_month_whose_answer_was_lost_is_collected_once(stage: Stage, plan: RecurringPlan) -> None:
    stage.card(plan, POOR)
    stage.go("2026-02-15T20:00")
    stage.card(plan, GOOD)
    invoice = PlanFailure.objects.get().invoice_ref
    before = stage.attempts()
    stage.processor.operate(
        "POST", "faults", {"mode": "500_after", "path": "/v1/invoices/", "method": "POST", "count": 1}
    )
    change = stage.ask(plan, Kind.MISSED, invoice_ref=invoice)
    assert change.status == "requested"
    for minutes in (3, 10):
        sweeping.run(now=stage.now + timedelta(minutes=minutes))
    change.refresh_from_db()
    assert (change.status, stage.attempts()) == ("done", before + 1)


def test_months_the_processor_does_not_tell_of_are_left_out(stage: Stage, plan: RecurringPlan) -> None:
    stage.card(plan, POOR)
    stage.go("2026-02-15T20:00")
    assert len(missing.months(plan=plan, now=stage.now)) == 1
    stage.processor.operate("POST", "faults", {"mode": "reset", "path": "/v1/invoices/", "count": None})
    assert missing.months(plan=plan, now=stage.now) == []
    stage.processor.operate("DELETE", "faults")


def test_a_card_that_is_declined_again_leaves_the_month_missed(stage: Stage, plan: RecurringPlan) -> None:
    stage.card(plan, POOR)
    stage.go("2026-02-15T20:00")
    with pytest.raises(UnableToChange) as refusal:
        stage.ask(plan, Kind.MISSED, invoice_ref=PlanFailure.objects.get().invoice_ref)
    assert refusal.value.code == "processor"
    assert days() == ["2026-01-15"]
    stage.catch_up()
    assert PlanFailure.objects.count() == 2
    assert len(mails("plan_failed")) == 1

"""Changes of standing gifts: each is written down, asked once, mirrored, and confirmed by one mail."""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from campaigns.models import GivingPage
from donations import changing_plans, dunning, giving, mourning, sweeping, wishing
from donations.models import Checkout, Donation, PlanChange, PlanFailure, RecurringPlan
from donations.models.intents import Frequency
from donations.wishing import UnableToChange, Wish
from donors.models import Consent, Message
from ledger.models import Fund
from ledger.money import Money
from payments import gateway
from staff.models import AuditEvent, User
from tests.donations.giving import notices, selfcheck, settle_all
from tests.donations.picturing import picture
from tests.donations.standing import BANK_ASKS, GOOD, GRACE, POOR, STOLEN, Stage, at, days, mails
from tests.sandbox.driving import Browser, Sandbox

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


# Beginning


def test_a_chosen_day_waits_for_that_day_and_its_last_day_is_asked_for(stage: Stage) -> None:
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(campaign__slug="general")
    checkout = Checkout.objects.create(
        page=page,
        campaign=page.campaign,
        entity=page.entity,
        fund=page.campaign.fund,
        frequency=Frequency.MONTHLY,
        charge_day=31,
        ends_on=date(2026, 3, 31),
        amount_minor=5000,
        currency="USD",
        donor_name="Grace Kim",
        email="grace@example.org",
        language="en",
        began_at=stage.now,
        look_after=stage.now,
    )
    assert giving.reopen(checkout=checkout, now=stage.now)
    checkout.refresh_from_db()
    assert Browser().pay(checkout.session_url).status == 303
    stage.catch_up()
    plan = RecurringPlan.objects.get()
    assert (days(), next_on(plan), plan.charge_day, stage.attempts()) == ([], "2026-01-31", 31, 0)
    assert plan.ends_on == date(2026, 3, 31)
    [mail] = mails("plan_started")
    assert "31 January 2026" in mail.text
    assert "31 March 2026" in mail.text
    for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"):
        stage.go(f"{day}T20:00")
    assert days() == ["2026-01-31", "2026-02-28", "2026-03-31"]
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason) == ("ended", "finished")
    selfcheck(now=stage.now)


@pytest.mark.parametrize(
    ("frequency", "second"), [(Frequency.QUARTERLY, "2026-04-15"), (Frequency.YEARLY, "2027-01-15")]
)
def test_quarterly_and_yearly_gifts(stage: Stage, frequency: Frequency, second: str) -> None:
    plan = stage.give(frequency=frequency)
    assert (wishing.months_of(plan), next_on(plan)) == (frequency.months, second)
    [mail] = mails("plan_started")
    assert {3: "every quarter", 12: "every year"}[frequency.months] in mail.text
    stage.go(f"{second}T20:00")
    assert days() == ["2026-01-15", second]


def test_a_last_day_is_asked_of_the_processor_and_charged_until_then(stage: Stage) -> None:
    plan = stage.give()
    stage.ask(plan, Kind.END, day=date(2026, 3, 20))
    assert plan.ends_on == date(2026, 3, 20)
    for day in ("2026-02-16", "2026-03-16", "2026-04-16", "2026-05-16"):
        stage.go(f"{day}T12:00")
    plan.refresh_from_db()
    assert days() == ["2026-01-15", "2026-02-15", "2026-03-15"]
    assert (plan.status, plan.end_reason) == ("ended", "finished")
    assert [len(mails(kind)) for kind in ("plan_changed", "plan_ended")] == [1, 1]


def test_a_last_day_on_the_day_of_a_charge_is_still_charged(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.END, day=date(2026, 2, 15))
    stage.go("2026-02-16T12:00")
    stage.go("2026-03-16T12:00")
    assert days() == ["2026-01-15", "2026-02-15"]


def test_a_last_day_can_be_taken_back(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.END, day=date(2026, 1, 20))
    stage.ask(plan, Kind.END, day=None)
    assert plan.ends_on is None
    stage.go("2026-02-16T12:00")
    assert len(days()) == 2


# Terms


def test_another_day_is_moved_without_a_charge(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.DAY, charge_day=3)
    assert next_on(plan) == "2026-02-03"
    assert stage.attempts() == 1
    for day in ("2026-02-04", "2026-03-04"):
        stage.go(f"{day}T12:00")
    assert days() == ["2026-01-15", "2026-02-03", "2026-03-03"]


def test_the_thirty_first_begins_where_there_is_one_and_is_kept(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.DAY, charge_day=31)
    assert next_on(plan) == "2026-03-31"
    for day in ("2026-03-31", "2026-04-30", "2026-05-31"):
        stage.go(f"{day}T20:00")
    assert days()[1:] == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_another_rhythm_charges_on_the_next_date_and_then_in_its_rhythm(
    stage: Stage, plan: RecurringPlan
) -> None:
    stage.ask(plan, Kind.FREQUENCY, months=3)
    assert (plan.interval_count, next_on(plan), stage.attempts()) == (3, "2026-02-15", 1)
    for day in ("2026-02-15", "2026-05-15"):
        stage.go(f"{day}T20:00")
    assert days() == ["2026-01-15", "2026-02-15", "2026-05-15"]


def test_another_purpose_moves_the_books_and_the_neutral_label(stage: Stage) -> None:
    plan = stage.give(slug="family")
    other = plan.checkout.page.funds.exclude(fund=plan.fund_id).select_related("fund").first()
    assert other is not None
    before = plan.fund_id
    stage.ask(plan, Kind.FUND, fund=other.fund)
    assert gateway.connect().plan(plan.processor_ref).label == other.fund.code
    stage.go("2026-02-15T20:00")
    gifts = Donation.objects.order_by("given_at")
    assert [gift.designations.get().fund_id for gift in gifts] == [before, other.fund_id]
    assert mails("plan_changed")[0].text.count("now goes to")
    selfcheck(now=stage.now)


# Pauses


def test_a_pause_charges_nothing_owes_nothing_and_ends_by_itself(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.PAUSE, months=2)
    assert (plan.status, plan.resumes_on) == ("paused", date(2026, 4, 15))
    for day in ("2026-02-16", "2026-03-16"):
        stage.go(f"{day}T12:00")
    plan.refresh_from_db()
    assert plan.status == "paused"
    dunning.remind(now=at("2026-04-07T12:00"))
    assert len(mails("plan_changed")) == 1
    dunning.remind(now=at("2026-04-09T12:00"))
    dunning.remind(now=at("2026-04-10T12:00"))
    assert [mail.subject for mail in mails("plan_changed")][1:] == ["Your regular gift begins again"]
    stage.go("2026-04-15T20:00")
    plan.refresh_from_db()
    assert (plan.status, plan.resumes_on) == ("active", None)
    assert days() == ["2026-01-15", "2026-04-15"]
    assert stage.attempts() == 2


def test_a_pause_can_end_early(stage: Stage, plan: RecurringPlan) -> None:
    stage.ask(plan, Kind.PAUSE, months=12)
    stage.go("2026-02-16T12:00")
    stage.ask(plan, Kind.RESUME)
    assert (plan.status, plan.resumes_on) == ("active", None)
    stage.go("2026-03-16T12:00")
    assert days() == ["2026-01-15", "2026-03-15"]


def test_a_failing_plan_that_rests_owes_nothing(stage: Stage, plan: RecurringPlan) -> None:
    stage.card(plan, POOR)
    stage.go("2026-02-15T20:00")
    stage.ask(plan, Kind.PAUSE, months=1)
    stage.go("2026-03-05T12:00")
    assert stage.attempts() == 2
    assert {row.status for row in stage.processor.v1.invoices.list().data} == {"paid", "void"}


# Stopping and beginning again


def test_a_stopped_gift_begins_again_on_its_next_day(stage: Stage, plan: RecurringPlan) -> None:
    old = plan.processor_ref
    stage.ask(plan, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    assert "begin again" in mails("plan_ended")[0].text
    stage.go("2026-02-20T12:00")
    assert days() == ["2026-01-15"]
    stage.ask(plan, Kind.RESTART)
    assert (plan.status, plan.processor_ref != old, next_on(plan)) == ("active", True, "2026-03-15")
    stage.catch_up()
    stage.go("2026-03-16T12:00")
    assert days() == ["2026-01-15", "2026-03-15"]
    stage.ask(plan, Kind.STOP, reason=RecurringPlan.EndReason.DONOR)
    stage.catch_up()
    assert len(mails("plan_ended")) == 2
    selfcheck(now=stage.now)


def test_who_died_is_charged_no_more_and_written_to_no_more(stage: Stage, plan: RecurringPlan) -> None:
    actor = User.objects.create_user(email="ada@example.org", name="Ada")
    told = Message.objects.count()
    for _ in range(2):
        mourning.died(donor_id=plan.donor_id, actor=actor, now=stage.now)
    stage.go("2026-03-20T12:00")
    plan.refresh_from_db()
    assert (plan.status, plan.end_reason, stage.attempts()) == ("ended", "death", 1)
    assert Message.objects.count() == told
    assert Consent.objects.filter(donor=plan.donor_id, is_given=False).count() == 1
    assert AuditEvent.objects.filter(action="donor died").exists()
    with pytest.raises(UnableToChange):
        stage.ask(plan, Kind.RESTART)


# Cards


def test_another_card_is_taken_over_and_collects_the_failed_month_if_ticked(
    stage: Stage, plan: RecurringPlan
) -> None:
    stage.card(plan, POOR)
    stage.go("2026-02-15T20:00")
    invoice = PlanFailure.objects.get().invoice_ref
    url = changing_plans.card_page(
        plan=plan,
        change_id=uuid.uuid4(),
        asker=GRACE,
        return_url="https://give.example.org/back",
        language="ko",
        invoice_ref=invoice,
        now=stage.now,
    )
    assert Browser().open(url, action="card", card="5555555555554444").status == 303
    stage.catch_up()
    plan.refresh_from_db()
    assert (plan.status, plan.card_last4, plan.card_brand) == ("active", "4444", "mastercard")
    assert days() == ["2026-01-15", "2026-02-15"]
    assert "4444" in mails("plan_changed")[0].text


def test_a_card_page_left_alone_changes_nothing(stage: Stage, plan: RecurringPlan) -> None:
    changing_plans.card_page(
        plan=plan,
        change_id=uuid.uuid4(),
        asker=GRACE,
        return_url="https://give.example.org/back",
        language="en",
        now=stage.now,
    )
    sweeping.run(now=stage.now + timedelta(hours=1))
    assert PlanChange.objects.get().status == "requested"
    stage.ask(plan, Kind.AMOUNT, amount=Money(2500, "USD"))  # waiting for a card keeps nobody
    sweeping.run(now=stage.now + timedelta(hours=26))
    assert PlanChange.objects.get(kind="card").answer == "no other card was given"
    assert len(mails("plan_changed")) == 1


def test_a_card_about_to_expire_is_told_twice_and_a_new_date_ends_it(
    stage: Stage, plan: RecurringPlan
) -> None:
    method = gateway.connect().plan(plan.processor_ref).card
    assert method
    renew = {"exp_month": 3, "exp_year": 2026}
    stage.processor.operate("POST", f"payment_methods/{method.ref}/renew", renew)
    stage.catch_up()
    plan.refresh_from_db()
    assert plan.card_expires_on == date(2026, 3, 31)
    for day in ("02-28", "03-01", "03-02", "03-23", "03-24", "03-25", "03-31"):
        dunning.remind(now=at(f"2026-{day}T12:00"))
    told = mails("plan_card_expiring")
    assert [mail.cause.rsplit(":", 1)[1] for mail in told] == ["30", "7"]
    assert all("/portal/card/" in mail.text for mail in told)
    renew = {"exp_month": 3, "exp_year": 2031}
    stage.processor.operate("POST", f"payment_methods/{method.ref}/renew", renew)
    stage.catch_up()
    assert dunning.remind(now=at("2026-03-31T13:00")) == 0


def test_a_bank_that_wants_to_be_asked(stage: Stage, plan: RecurringPlan) -> None:
    stage.card(plan, BANK_ASKS)
    stage.go("2026-02-15T20:00")
    [mail] = mails("plan_needs_bank")
    [url] = [word for word in mail.text.split() if "/i/" in word]
    assert mails("plan_failed") == []
    assert Browser().open(url, card=GOOD).status == 303
    stage.catch_up()
    assert days() == ["2026-01-15", "2026-02-15"]


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
            transaction.set_rollback(True)
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
            transaction.set_rollback(True)
    assert all(one == pictures[0] for one in pictures)


def test_funds_that_are_not_offered_are_refused(stage: Stage, plan: RecurringPlan) -> None:
    offered = {plan.fund_id, plan.checkout.page.campaign.fund_id}
    offered |= set(plan.checkout.page.funds.values_list("fund_id", flat=True))
    other = Fund.objects.exclude(pk__in=offered).first()
    assert other is not None
    with pytest.raises(UnableToChange):
        stage.ask(plan, Kind.FUND, fund=other)

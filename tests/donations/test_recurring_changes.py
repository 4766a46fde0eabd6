"""Changes of standing gifts: each is written down, asked once, mirrored, and confirmed by one mail."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from donations import changing_plans, dunning, mourning, sweeping, wishing
from donations.models import Donation, PlanChange, PlanFailure, RecurringPlan
from donations.models.intents import Frequency
from donations.wishing import UnableToChange
from donors.models import Consent, Message
from ledger.money import Money
from payments import gateway
from staff.models import AuditEvent, User
from tests.donations.giving import Supporter, selfcheck
from tests.donations.standing import BANK_ASKS, GOOD, GRACE, POOR, Stage, at, days, mails
from tests.sandbox.driving import Browser, Sandbox

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


# Beginning


def test_a_chosen_day_waits_for_that_day_and_its_last_day_is_asked_for(stage: Stage) -> None:
    supporter = Supporter(stage.processor, stage.now)
    begun = supporter.begin(
        "general",
        frequency=Frequency.MONTHLY,
        amount=Money(5000, "USD"),
        charge_day=31,
        ends_on=date(2026, 3, 31),
    )
    supporter.pay(begun)
    checkout = begun.checkout
    stage.catch_up()
    plan = RecurringPlan.objects.get()
    assert (days(), next_on(plan), plan.charge_day, stage.attempts()) == ([], "2026-01-31", 31, 0)
    assert plan.ends_on == date(2026, 3, 31)
    thanks = Client().get(reverse("giving:thanks", args=[checkout.pk])).content.decode()
    assert 'data-state="agreed"' in thanks
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
    for _ in range(2):  # pressed again: the first wish gives way
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
    [mail] = mails("plan_changed")
    assert "4444" in mail.text


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

"""Regular gifts and promises ahead: what is scheduled, what of it never came before, and what stands apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from donations.models import Instalment, Pledge, PledgePayment, RecurringPlan
from ledger.money import Money
from reports.answers import changing_since, forecasting, renewing
from reports.answers.asking import Asked
from reports.answers.forecasting import Quarter, Rates
from tests import facts
from tests.facts import NOW

pytestmark = pytest.mark.django_db
DAY = NOW.date()
ASKED = Asked(today=DAY, currency="USD", year=2026)


def plan(**given: object) -> RecurringPlan:
    return facts.plan(**{"started_at": NOW - timedelta(days=700), "next_charge_at": NOW, **given})


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def test_each_rhythm_is_scheduled_in_its_months() -> None:
    plan(next_charge_at=datetime(2026, 11, 25, tzinfo=UTC))
    plan(interval_count=3, amount_minor=9_000, next_charge_at=datetime(2026, 12, 1, 15, tzinfo=UTC))
    plan(interval="year", amount_minor=12_000, next_charge_at=datetime(2027, 3, 1, 15, tzinfo=UTC))
    plan(amount_minor=100, next_charge_at=datetime(2026, 12, 5, tzinfo=UTC), ends_on=date(2027, 1, 31))
    plan(amount_minor=700, status="paused", next_charge_at=None, resumes_on=date(2027, 9, 2))
    plan(amount_minor=5, status="past_due", next_charge_at=datetime(2026, 9, 1, tzinfo=UTC))
    plan(next_charge_at=None)
    plan(currency="KRW")
    plan(status="ended", ended_at=NOW, end_reason="donor")
    found = forecasting.forecast(ASKED)
    scheduled = [one.scheduled.minor - 5 for one in found.months]
    assert scheduled == [5000, 14100, 5100, 5000, 26000, 5000, 5000, 14000, 5000, 5000, 14700, 5700]
    assert [one.plans for one in found.months][:3] == [2, 4, 3]
    assert [one.first for one in found.months][::11] == [date(2026, 11, 1), date(2027, 10, 1)]
    assert found.unscheduled == 1


def test_without_a_past_only_the_schedule_is_told() -> None:
    facts.plan(next_charge_at=NOW)
    found = forecasting.forecast(ASKED)
    assert found.quarters == []
    assert {one.least for one in found.months} == {one.most for one in found.months} == {usd(5_000)}


def test_what_never_came_and_who_left_is_learned_by_quarter() -> None:
    kept = plan()
    plan(status="ended", ended_at=datetime(2026, 3, 10, tzinfo=UTC), end_reason="donor")
    plan(status="ended", ended_at=datetime(2026, 3, 11, tzinfo=UTC), end_reason="finished")
    for day in (datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)):
        facts.donation(plan=kept, checkout=kept.checkout, given_at=day)
    facts.plan_failure(plan=kept, invoice_ref="in_tried", failed_at=datetime(2026, 4, 1, tzinfo=UTC),
                       next_attempt_at=NOW)  # fmt: skip
    for attempt, again in ((1, NOW), (2, None)):
        facts.plan_failure(
            plan=kept, invoice_ref="in_lost", attempt=attempt, next_attempt_at=again,
            failed_at=datetime(2026, 5, 1 + attempt, tzinfo=UTC),
        )  # fmt: skip
    found = forecasting.forecast(ASKED)
    second = next(one for one in found.quarters if one.first == date(2026, 2, 1))
    third = next(one for one in found.quarters if one.first == date(2026, 5, 1))
    assert (second.stood, second.left, second.leaving) == (3, 1, Fraction(1, 9))
    assert second.collected.minor > 0
    assert second.failing == 0
    assert third.missed == usd(5_000)
    assert third.failing == Fraction(5_000, 5_000 + third.collected.minor)
    assert found.worst == Rates(third.failing, Fraction(1, 9))
    assert found.best == Rates(Fraction(0), Fraction(0))
    for number, one in enumerate(found.months):
        assert one.least.minor <= one.likely.minor <= one.most.minor == one.scheduled.minor
        assert one.least == found.worst.of(one.scheduled, month=number)


def test_rates_are_exact() -> None:
    rates = Rates(Fraction(1, 10), Fraction(1, 2))
    assert rates.of(usd(10_000), month=0) == usd(9_000)
    assert rates.of(usd(10_000), month=2) == usd(2_250)
    nothing = Quarter(DAY, usd(0), usd(0), 0, 0)
    assert (nothing.failing, nothing.leaving) == (None, None)
    assert Quarter(DAY, usd(0), usd(0), 1, 9).leaving == 1


def promise(*parts: tuple[date, int], **given: object) -> Pledge:
    asked = facts.campaign()
    made = Pledge.objects.create(
        **{
            "entity": asked.fund.entity, "donor": facts.donor(), "campaign": asked, "fund": asked.fund,
            "amount_minor": sum(minor for _day, minor in parts), "currency": "USD", "promised_on": DAY,
            "entered_by": facts.staff_member(), "entered_at": NOW, **given,
        }
    )  # fmt: skip
    for number, (day, minor) in enumerate(parts, start=1):
        Instalment.objects.create(pledge=made, number=number, due_on=day, amount_minor=minor)
    return made


def test_promises_count_less_what_was_paid() -> None:
    made = promise((date(2026, 10, 1), 4_000), (date(2026, 12, 1), 4_000), (date(2027, 12, 1), 4_000))
    PledgePayment.objects.create(
        instalment=made.instalments.get(number=2),
        donation=facts.donation(),
        amount_minor=1_500,
        applied_at=NOW,
    )
    promise((date(2026, 12, 31), 700), is_conditional=True, condition="When the roof is on")
    promise((date(2026, 12, 31), 900), status="canceled", ended_at=NOW)
    found = forecasting.forecast(ASKED)
    december = found.months[1]
    assert (december.promised, december.conditional) == (usd(2_500), usd(700))
    assert december.together == december.likely + usd(2_500)
    assert (found.overdue, found.overdue_parts) == (usd(4_000), 1)
    other = forecasting.forecast(Asked(DAY, "USD", 2026, entity="US", campaign="nothing"))
    assert other.months[1].promised == usd(0)


def test_health_tells_states_endings_and_cards() -> None:
    plan(card_expires_on=date(2026, 12, 31))
    plan(interval="year", amount_minor=12_100, card_expires_on=date(2026, 9, 30))
    plan(interval_count=3, amount_minor=100, status="past_due", card_expires_on=date(2027, 6, 30))
    plan(status="paused", card_expires_on=date(2026, 12, 31))
    plan(status="ended", ended_at=NOW - timedelta(days=3), end_reason="hard_decline", started_at=NOW)
    plan(status="ended", ended_at=NOW - timedelta(days=500), end_reason="donor")
    plan(status="incomplete")
    found = renewing.health(ASKED)
    assert {one.state: (one.plans, one.monthly.minor) for one in found.states} == {
        "active": (2, 6_008), "past_due": (1, 33), "paused": (1, 5_000),
    }  # fmt: skip
    assert [(one.reason, one.plans) for one in found.endings] == [("hard_decline", 1)]
    assert [(one.month, one.plans) for one in found.cards] == [(None, 1), (date(2026, 12, 1), 1)]
    assert [one.standing for one in found.months][-1] == 4
    assert sum(one.began for one in found.months) == 1
    assert renewing.health(Asked(DAY, "USD", 2026, entity="US", campaign="family")).state("active").plans == 2
    assert renewing.health(Asked(DAY, "EUR", 2026)).endings == []


def test_changes_since_a_moment() -> None:
    gift = facts.donation()
    since = NOW - timedelta(minutes=1)
    facts.refund(gift, 2_500)
    facts.dispute(facts.donation(), "lost")
    told = {(one.kind, one.amount.currency): (one.count, one.amount.minor) for one in changing_since.sums(
        entity="US", since=since)}  # fmt: skip
    assert told[("gift", "USD")] == (2, 20_000)
    assert told[("refund", "USD")] == (1, -2_500)
    assert told[("dispute_lost", "USD")][0] == 1
    only = changing_since.changes(entity="", since=since, kind="refund")
    assert [(one.kind, one.donation_id, one.amount) for one in only] == [("refund", gift.pk, usd(-2_500))]
    assert changing_since.sums(entity="", since=NOW) == []
    assert changing_since.exports() == []

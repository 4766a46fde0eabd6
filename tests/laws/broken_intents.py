"""Rows that break the laws of schedules, second persons, tributes and promised transfers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from donations.models import RefundPolicy, RefundRequestPart, Tribute
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

NEXT_MONTH = date(2026, 12, 20)


def request(**given: object) -> None:
    facts.request(facts.donation(), **given)


def decided_alone() -> None:
    asker = facts.staff_member()
    request(requested_by=asker, decided_by=asker, decided_at=NOW)


def request_part(*amounts: int) -> None:
    asked = facts.request(facts.donation())
    for minor in amounts:
        RefundRequestPart.objects.create(refund_request=asked, fund=facts.general(), amount_minor=minor)


def policy(*limits: int) -> None:
    for minor in limits:
        RefundPolicy.objects.create(entity=making.entity(), currency="USD", alone_up_to_minor=minor)


def failed_twice_the_same_time() -> None:
    plan = facts.plan()
    for code in ("insufficient_funds", "expired_card"):
        facts.plan_failure(plan=plan, code=code)


def tribute(**given: object) -> None:
    Tribute.objects.create(checkout=facts.checkout(), kind="memory", **given)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "checkout_given_once_has_no_schedule": [
        lambda: facts.checkout(charge_day=15),
        lambda: facts.checkout(ends_on=NEXT_MONTH),
    ],
    "checkout_charge_day_is_in_a_month": [
        lambda: facts.checkout(frequency="monthly", charge_day=0),
        lambda: facts.checkout(frequency="yearly", charge_day=32),
    ],
    "refund_request_decided_by_another_person": [
        decided_alone,
        lambda: request(decided_at=NOW),
        lambda: request(decided_by=facts.staff_member("other@example.org")),
    ],
    "refund_request_declined_by_somebody": [lambda: request(status="declined", ended_at=NOW)],
    "refund_request_part_amount_is_positive": [lambda: request_part(0), lambda: request_part(-1)],
    "refund_request_part_once_per_fund": [lambda: request_part(1, 2)],
    "refund_policy_is_not_negative": [lambda: policy(-1)],
    "refund_policy_once_per_currency": [lambda: policy(0, 50_000)],
    "plan_change_ended_at_only_when_ended": [
        lambda: facts.plan_change(ended_at=NOW),
        lambda: facts.plan_change(status="done"),
        lambda: facts.plan_change(status="refused"),
    ],
    "plan_change_by_staff_names_them": [
        lambda: facts.plan_change(asker="staff"),
        lambda: facts.plan_change(staff=facts.staff_member()),
    ],
    "plan_change_of_amount_says_how_much": [
        lambda: facts.plan_change(kind="amount"),
        lambda: facts.plan_change(kind="amount", amount_minor=0),
    ],
    "plan_change_of_day_is_in_a_month": [
        lambda: facts.plan_change(kind="day"),
        lambda: facts.plan_change(kind="day", charge_day=0),
        lambda: facts.plan_change(kind="day", charge_day=32),
    ],
    "plan_change_of_frequency_is_known": [
        lambda: facts.plan_change(kind="frequency"),
        lambda: facts.plan_change(kind="frequency", months=2),
    ],
    "plan_change_of_fund_names_it": [lambda: facts.plan_change(kind="fund")],
    "plan_change_of_pause_has_an_end": [lambda: facts.plan_change(kind="pause")],
    "plan_failure_once_per_attempt": [failed_twice_the_same_time],
    "plan_failure_amount_is_positive": [
        lambda: facts.plan_failure(amount_minor=0),
        lambda: facts.plan_failure(amount_minor=-1),
    ],
    "tribute_told_to_the_family_names_someone": [lambda: tribute(notify_email="daughter@example.org")],
    "transfer_code_is_neutral": [
        lambda: facts.promise(code="RESCUE-001"),
        lambda: facts.promise(code="rsc-000001"),
        lambda: facts.promise(code="구조-000001"),
    ],
    "transfer_amount_is_positive": [lambda: facts.promise(amount_minor=0)],
    "transfer_received_has_a_donation": [
        lambda: facts.promise(status="received"),
        lambda: facts.promise(donation=facts.donation()),
    ],
}

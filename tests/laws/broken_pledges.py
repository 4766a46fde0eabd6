"""Rows that break the laws of pledges and of month's end, and one of each that only grows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from books.models import CheckItem, MonthEnd, Reopening
from donations.models import (
    Donation,
    Instalment,
    Pledge,
    PledgePayment,
    PledgeReminder,
    WriteOff,
    WriteOffRequest,
)
from ledger.models import PeriodClose
from tests import facts
from tests.campaigns import making
from tests.facts import NOW

DAY = NOW.date()


def pledge(*, parts: int = 1, **given: Any) -> Pledge:
    campaign = facts.campaign()
    values: dict[str, Any] = {
        "entity": campaign.fund.entity,
        "donor": facts.donor(),
        "campaign": campaign,
        "fund": campaign.fund,
        "amount_minor": 1_000,
        "currency": "USD",
        "promised_on": DAY,
        "entered_by": facts.staff_member(),
        "entered_at": NOW,
        **given,
    }
    made = Pledge.objects.create(**values)
    for number in range(1, parts + 1):
        Instalment.objects.create(
            pledge=made, number=number, due_on=DAY, amount_minor=made.amount_minor // parts
        )
    return made


def part(**given: Any) -> Instalment:
    values = {"number": 1, "due_on": DAY, "amount_minor": 1_000, **given}
    return Instalment.objects.create(**{"pledge": pledge(parts=0), **values})


def same_part_twice() -> None:
    promised = pledge(parts=0)
    for _ in range(2):
        part(pledge=promised, amount_minor=500)


def match(own: Donation, **given: Any) -> Pledge:
    return pledge(kind="match", matches=own, **given)


def matched_twice() -> None:
    own = facts.donation()
    match(own)
    match(own)


def payment(**given: Any) -> PledgePayment:
    values = {
        "instalment": part(),
        "donation": facts.donation(),
        "amount_minor": 100,
        "applied_at": NOW,
        **given,
    }
    return PledgePayment.objects.create(**values)


def write_off(**given: Any) -> WriteOff:
    values: dict[str, Any] = {
        "pledge": pledge(),
        "amount_minor": 100,
        "reason": "They moved",
        "asked_by": facts.staff_member(),
        "approved_by": facts.staff_member("ben@example.org"),
        "written_off_on": DAY,
        "recorded_at": NOW,
        **given,
    }
    return WriteOff.objects.create(**values)


def request(**given: Any) -> WriteOffRequest:
    values = {
        "pledge": pledge(),
        "reason": "They moved",
        "asked_by": facts.staff_member(),
        "asked_at": NOW,
        **given,
    }
    return WriteOffRequest.objects.create(**values)


def asked_twice() -> None:
    promised = pledge()
    for _ in range(2):
        request(pledge=promised)


def reminder() -> PledgeReminder:
    return PledgeReminder.objects.create(instalment=part(), occasion="due", reminded_at=NOW)


def reminded_twice() -> None:
    PledgeReminder.objects.create(instalment=reminder().instalment, occasion="due", reminded_at=NOW)


def close() -> PeriodClose:
    return PeriodClose.objects.create(
        entity=making.entity(), through_on=date(2019, 1, 31), checksum="0" * 64, closed_at=NOW, closed_by="u"
    )


def month(**given: Any) -> MonthEnd:
    values = {
        "entity": making.entity(),
        "month": date(2019, 1, 1),
        "begun_by": facts.staff_member(),
        "begun_at": NOW,
        **given,
    }
    return MonthEnd.objects.create(**values)


def month_twice() -> None:
    for _ in range(2):
        month()


def item(**given: Any) -> CheckItem:
    values = {"code": "laws", "state": "done", "done_by": facts.staff_member(), "done_at": NOW, **given}
    return CheckItem.objects.create(month_end=month(), **values)


def reopening(of: PeriodClose | None = None, **given: Any) -> Reopening:
    values = {"reason": "why", "asked_by": facts.staff_member(), "asked_at": NOW, **given}
    return Reopening.objects.create(close=of or close(), **values)


def reopening_twice() -> None:
    shut = close()
    for _ in range(2):
        reopening(shut)


def grown() -> None:
    """This function will write one row of each table that only grows."""
    payment()
    write_off()
    reminder()
    item()


BROKEN: dict[str, list[Callable[[], object]]] = {
    "pledge_amount_is_positive": [lambda: pledge(parts=0, amount_minor=0)],
    "pledge_with_a_condition_is_not_booked": [
        lambda: pledge(is_conditional=True, condition="x", is_booked=True),
        lambda: pledge(is_conditional=True),
    ],
    "pledge_match_names_the_gift": [lambda: pledge(kind="match"), lambda: pledge(matches=facts.donation())],
    "pledge_ended_at_only_when_ended": [lambda: pledge(ended_at=NOW), lambda: pledge(status="fulfilled")],
    "pledge_matches_a_gift_once": [matched_twice],
    "instalment_number_once": [same_part_twice],
    "instalment_amount_is_positive": [lambda: part(amount_minor=0)],
    "pledge_payment_is_not_zero": [lambda: payment(amount_minor=0)],
    "write_off_amount_is_positive": [lambda: write_off(amount_minor=0)],
    "write_off_has_a_reason": [lambda: write_off(reason="")],
    "write_off_approved_by_another": [lambda: write_off(approved_by=facts.staff_member())],
    "write_off_asked_once": [asked_twice],
    "write_off_request_decided_by_another": [
        lambda: request(status="approved", decided_by=facts.staff_member(), decided_at=NOW),
        lambda: request(status="declined"),
    ],
    "pledge_reminded_once_per_occasion": [reminded_twice],
    "month_end_once": [month_twice],
    "month_end_names_the_first_day": [lambda: month(month=date(2019, 1, 2))],
    "month_end_closed_by_a_close": [lambda: month(status="closed"), lambda: month(close=close())],
    "check_item_waived_for_a_reason": [lambda: item(state="waived")],
    "reopening_asked_once": [reopening_twice],
    "reopening_has_a_reason": [lambda: reopening(reason="")],
    "reopening_decided_by_another": [
        lambda: reopening(status="approved", decided_by=facts.staff_member(), decided_at=NOW),
        lambda: reopening(status="declined"),
    ],
}
STEPS = {
    "pledge_parts_sum_to_pledge",
    "pledge_payment_fits",
    "pledge_takes_allowed_step",
    "write_off_request_decided_once",
    "month_end_follows_its_close",
    "reopening_decided_once",
}
"""Laws of triggers, tried in tests/laws/test_pledges.py."""

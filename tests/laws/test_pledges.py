"""The triggers of pledges and of month's end: what cannot become of them, whoever tries."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import connection

from books.models import MonthEnd, Reopening
from donations.models import Instalment, Pledge, PledgePayment, WriteOffRequest
from ledger.models import PeriodClose
from tests import facts
from tests.facts import NOW
from tests.laws import broken_pledges
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db
ALLOWED = {"open>fulfilled", "open>written_off", "open>canceled", "fulfilled>open"}


def at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(("was", "to"), list(product(Pledge.Status.values, repeat=2)))
def test_every_step_of_a_pledge(was: str, to: str) -> None:
    ended: dict[str, Any] = {"ended_at": None if was == "open" else NOW}
    made = broken_pledges.pledge(status=was, **ended)
    row = Pledge.objects.filter(pk=made.pk)
    change: dict[str, Any] = {"status": to, "ended_at": None if to == "open" else NOW}
    if was == to or f"{was}>{to}" in ALLOWED:
        assert row.update(**change) == 1
        return
    with refused_by("pledge_takes_allowed_step"):
        row.update(**change)


def test_what_was_promised_stays_and_no_pledge_goes() -> None:
    made = broken_pledges.pledge()
    with refused_by("pledge_takes_allowed_step"):
        Pledge.objects.filter(pk=made.pk).update(amount_minor=1)
    with refused_by("pledge_takes_allowed_step"):
        Pledge.objects.filter(pk=broken_pledges.pledge(parts=0).pk).delete()


def test_the_parts_sum_to_the_pledge() -> None:
    with refused_by("pledge_parts_sum_to_pledge"):
        broken_pledges.pledge(parts=0)
        at_commit()
    with refused_by("pledge_parts_sum_to_pledge"):
        made = broken_pledges.pledge()
        Instalment.objects.create(pledge=made, number=2, due_on=NOW.date(), amount_minor=1)
        at_commit()


def test_a_payment_fits_its_part_and_its_gift() -> None:
    part, gift = broken_pledges.part(), facts.donation()
    for minor in (1_001, -1):
        with refused_by("pledge_payment_fits"):
            PledgePayment.objects.create(instalment=part, donation=gift, amount_minor=minor, applied_at=NOW)


@pytest.mark.parametrize("status", ["approved", "declined"])
def test_a_question_is_decided_once(status: str) -> None:
    other = facts.staff_member("ben@example.org")
    answer: dict[str, Any] = {"status": status, "decided_by": other, "decided_at": NOW}
    kinds: list[tuple[str, Callable[[], Any], Any]] = [
        ("write_off_request_decided_once", broken_pledges.request, WriteOffRequest),
        ("reopening_decided_once", broken_pledges.reopening, Reopening),
    ]
    for law, make, model in kinds:
        row = model.objects.filter(pk=make().pk)
        with refused_by(law):
            row.update(reason="another")
        assert row.update(**answer) == 1
        with refused_by(law):
            row.update(**answer)
        with refused_by(law):
            row.delete()


def test_a_month_is_closed_and_opened_with_its_books() -> None:
    month, close = broken_pledges.month(), broken_pledges.close()
    row = MonthEnd.objects.filter(pk=month.pk)
    assert row.update(status="closed", close=close) == 1
    with refused_by("month_end_follows_its_close"):
        row.update(status="open", close=None)
    PeriodClose.objects.filter(pk=close.pk).update(
        reopened_at=NOW, reopened_by="u", reopening_approved_by="v", reopening_reason="why"
    )
    assert row.update(status="open", close=None) == 1
    with refused_by("month_end_follows_its_close"):
        row.update(status="closed", close=close)
    with refused_by("month_end_follows_its_close"):
        row.delete()

"""The pages of month's end, in the order of a finance day; who may do what on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from books import checking_months
from books.models import CheckItem, MonthEnd, Reopening
from jobs import beating
from ledger import closing
from ledger.money import Money
from staff.models import Role
from tests import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def last_month(today: datetime) -> date:
    """A gift was given in the month before this one."""
    body = making.entity()
    local = today.astimezone(ZoneInfo(body.zone))
    first = (local.replace(day=1) - timedelta(days=1)).date().replace(day=1)
    at = datetime(first.year, first.month, 10, 12, tzinfo=ZoneInfo(body.zone))
    making.donation(by=making.donor(now=at), amount=Money(5_000, "USD"), at=at)
    return first


def text(browser: Client, name: str, *keys: object, status: int = 200) -> str:
    answer = browser.get(reverse(f"office:{name}", args=keys))
    assert answer.status_code == status
    return answer.content.decode()


def begun(browser: Client, month: date) -> MonthEnd:
    browser.post(reverse("office:month_begin"), {"entity": making.entity().pk, "month": month.isoformat()})
    return MonthEnd.objects.get()


def say(browser: Client, month: MonthEnd, code: str, deed: str, reason: str = "") -> int:
    told = {"code": code, "deed": deed, "reason": reason}
    return browser.post(reverse("office:month_say", args=[month.pk]), told).status_code


def everything_said(browser: Client, month: MonthEnd, now: datetime) -> None:
    beating.beat(name="selfcheck", report={"broken": []}, now=now)
    for check in checking_months.CHECKS:
        if not check.is_counted:
            assert say(browser, month, check.code, "tick") == 302
        elif check.may_be_waived:
            assert say(browser, month, check.code, "waive", "Nothing of this is kept here") == 302


def test_before_anything_is_booked_there_is_nothing_to_close(signed_in: SignIn) -> None:
    making.entity()
    assert "Nothing was booked yet" in text(signed_in(Role.FINANCE), "months")


def test_the_list_names_what_is_open_and_closes_when_nothing_is(
    signed_in: SignIn, last_month: date, today: datetime
) -> None:
    finance = signed_in(Role.FINANCE)
    assert "Begin the list of" in text(finance, "months")
    month = begun(finance, last_month)
    shown = text(finance, "month", month.pk)
    assert "The laws of the books were not asked for two hours." in shown
    assert "No statement of the bank was read." in shown
    assert reverse("office:month_close", args=[month.pk]) not in shown
    refused = finance.post(reverse("office:month_close", args=[month.pk]))
    assert refused.status_code == 409
    assert "Something on the list is still open." in refused.content.decode()
    everything_said(finance, month, today)
    assert "Everything on the list is done." in text(finance, "month", month.pk)
    assert "Only two people together" in text(finance, "month_close", month.pk)
    assert finance.post(reverse("office:month_close", args=[month.pk])).status_code == 302
    month.refresh_from_db()
    assert month.close is not None
    assert month.close.checksum in text(finance, "month", month.pk)
    assert closing.closed_through(entity_id=month.entity_id) == checking_months.last_of(last_month)
    assert month.close.closed_by in text(finance, "months")


def test_what_is_said_can_be_taken_back_and_what_must_be_mended_is_not_left_aside(
    signed_in: SignIn, last_month: date
) -> None:
    finance = signed_in(Role.FINANCE)
    month = begun(finance, last_month)
    assert say(finance, month, "disputes", "tick") == 302
    assert "Undo this" in text(finance, "month", month.pk)
    assert say(finance, month, "disputes", "take_back") == 302
    assert [item.state for item in CheckItem.objects.order_by("id")] == ["done", "open"]
    assert say(finance, month, "laws", "waive", "no") == 422
    assert say(finance, month, "batches", "waive", " ") == 422
    assert say(finance, month, "nothing", "tick") == 422
    assert say(finance, month, "laws", "burn") == 422


def test_a_month_is_begun_in_turn(signed_in: SignIn, last_month: date) -> None:
    finance = signed_in(Role.FINANCE)
    address = reverse("office:month_begin")
    too_early = (last_month - timedelta(days=3)).isoformat()
    for asked in ({"entity": making.entity().pk, "month": too_early}, {"entity": "x", "month": "y"}):
        assert finance.post(address, asked)["Location"] == reverse("office:months")
    assert not MonthEnd.objects.exists()


def test_a_closed_month_is_opened_by_two(signed_in: SignIn, last_month: date, today: datetime) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    month = begun(finance, last_month)
    everything_said(finance, month, today)
    finance.post(reverse("office:month_close", args=[month.pk]))
    address = reverse("office:month_reopen", args=[month.pk])
    assert finance.get(address).status_code == 200
    assert finance.post(address, {"reason": ""}).status_code == 422
    assert finance.post(address, {"reason": "A refund was forgotten"}).status_code == 302
    assert finance.post(address, {"reason": "once more"}).status_code == 422
    asked = Reopening.objects.get()
    decide = reverse("office:month_decide", args=[asked.pk])
    assert "somebody else must decide" in text(finance, "month", month.pk)
    assert finance.post(decide, {"deed": "agree"}).status_code == 403
    assert "asks that" in text(approver, "months")
    assert "Agree and open it" in text(approver, "month", month.pk)
    approver.post(decide, {"deed": "burn"})
    assert Reopening.objects.get().status == "asked"
    assert approver.post(decide, {"deed": "agree"}).status_code == 302
    shown = text(finance, "month", month.pk)
    assert "Closed before, and opened again" in shown
    assert "A refund was forgotten" in shown
    again = approver.post(decide, {"deed": "decline"}, follow=True)
    assert "This has been decided already." in again.content.decode()


def test_declining_keeps_it_closed(signed_in: SignIn, last_month: date, today: datetime) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    month = begun(finance, last_month)
    everything_said(finance, month, today)
    finance.post(reverse("office:month_close", args=[month.pk]))
    finance.post(reverse("office:month_reopen", args=[month.pk]), {"reason": "why"})
    answer = approver.post(
        reverse("office:month_decide", args=[Reopening.objects.get().pk]), {"deed": "decline"}, follow=True
    )
    shown = answer.content.decode()
    assert "The month stays closed." in shown
    assert "Declined" in shown

"""Today names what one person asked for and another must decide about: lists of givers, money between funds."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from books import letting_out, transferring
from books.models import ExportRequest
from ledger.money import Money
from reports import awaiting_seconds
from staff.models import Role, User
from tests import making
from tests.books import holding
from tests.campaigns import making as campaigns
from tests.facts import NOW
from tests.web.exporting import givers
from tests.web.test_letting_out import ask_second

pytestmark = pytest.mark.django_db


def today_of(browser: Client, language: str = "en") -> str:
    answer = browser.get(reverse("office:today").replace("/en/", f"/{language}/"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_list_of_givers_waits_for_a_second_person(
    finance: Client, approver: Client, settings: Settings, today: datetime
) -> None:
    settings.EXPORT_GIVERS_ALONE = 0
    givers(1, today)
    address = ask_second(finance, "The yearly letter").url
    other = Client()
    other.force_login(making.user(email="third@example.org", role=Role.FINANCE, now=today))
    for browser, leads in ((finance, True), (approver, True), (other, False)):
        page = today_of(browser)
        assert "A list of givers waits for a second person" in page
        assert ": The yearly letter" in page
        assert "decide by" in page
        assert (f'href="{address}"' in page) is leads
    assert "후원자 목록이 다른 사람의 승인을 기다립니다" in today_of(approver, "ko")
    assert awaiting_seconds.exports(now=today + letting_out.WAITS + timedelta(minutes=1)) == ([], 0)
    asked = ExportRequest.objects.get()
    letting_out.decline(request_id=asked.pk, actor=User.objects.get(email="approver@example.org"), now=today)
    assert "A list of givers waits" not in today_of(approver)


def test_a_transfer_between_funds_waits_for_a_second_person(approver: Client, finance: Client) -> None:
    general = campaigns.fund("OPEN", restriction="none")
    holding.given(20_000, fund=general)
    move = holding.move(5_000, fund_from=general, fund_to=holding.center())
    asker = User.objects.get(email="finance@example.org")
    asked = transferring.ask(move=move, paper=holding.PAPER, actor=asker, now=NOW)
    [task], count = awaiting_seconds.transfers()
    assert (task.kind, task.amount, task.ref, count) == (
        "transfer_asked",
        Money(5_000, "USD"),
        "OPEN → CTR",
        1,
    )
    for browser in (finance, approver):
        page = today_of(browser)
        assert "A transfer between funds waits for a second person" in page
        assert f'href="{reverse("office:fund_moving", args=[asked.pk])}"' in page
        assert "$50.00" in page
    assert "기금 간 이동이 다른 사람의 승인을 기다립니다" in today_of(approver, "ko")
    transferring.withdraw(request_id=asked.pk, actor=asker, now=NOW)
    assert awaiting_seconds.transfers() == ([], 0)


def test_only_so_many_are_listed_and_all_are_counted(today: datetime) -> None:
    asker = making.user(email="asker@example.org", now=today)
    for _ in range(25):
        letting_out.ask(
            request_id=uuid.uuid4(), listing="donors", form="csv", filters={}, columns=["name"], language="en",
            row_count=1, reason="why", actor=asker, now=today,
        )  # fmt: skip
    tasks, count = awaiting_seconds.exports(now=today)
    assert (len(tasks), count) == (20, 25)

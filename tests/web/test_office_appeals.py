"""Costs of appeals and people safe in the office: written by one, taken back or approved by another, then told."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from campaigns import counting_safe
from campaigns.models import AppealCost, Campaign, SafeCount, SourceCode
from staff.models import AuditEvent, Role
from tests import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def spring(today: datetime) -> SourceCode:
    return SourceCode.objects.create(
        code="spring", name="Spring letter", campaign=making.campaign(), created_at=today
    )


def said(page: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


def typed(today: datetime, **given: str) -> dict[str, str]:
    return {
        "id": str(uuid.uuid4()),
        "source": "spring",
        "amount": "120.50",
        "currency": "USD",
        "spent_on": (today - timedelta(days=2)).date().isoformat(),
        "words": "Printing",
        **given,
    }


def test_a_cost_is_written_down_and_taken_back(
    spring: SourceCode, signed_in: SignIn, today: datetime
) -> None:
    finance, address = signed_in(Role.FINANCE), reverse("office:appeal_costs")
    assert "No cost is written down yet" in said(finance.get(address).content)
    answer = finance.post(address, typed(today), follow=True)
    assert "Written down." in said(answer.content)
    assert "Left of them (USD) $120.50" in said(answer.content)
    won = typed(today, currency="KRW", amount="3000")
    for _ in range(2):
        finance.post(address, won)
    assert AppealCost.objects.count() == 2
    cost = AppealCost.objects.get(currency="USD")
    back = reverse("office:appeal_cost_back", args=[cost.pk])
    told = said(finance.post(back, follow=True).content)
    assert "Taken back. Both rows stay." in told
    assert "−$120.50" in told
    assert "This was taken back before." in said(finance.post(back, follow=True).content)
    only = said(finance.get(address, {"code": "spring"}).content)
    assert "Costs of appeals: Spring letter" in only
    assert "Left of them (USD) $0.00" in only
    assert "Left of them (KRW) ₩3,000" in only
    assert AuditEvent.objects.filter(action__startswith="appeal.").count() == 3


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"amount": "a lot"}, "This is not an amount"),
        ({"amount": "0"}, "This is not an amount"),
        ({"spent_on": "2999-01-01"}, "This day has not come yet"),
        ({"source": "nothing"}, "Nothing was stored yet"),
        ({"words": ""}, "Nothing was stored yet"),
        ({"currency": "XXX"}, "Nothing was stored yet"),
    ],
)
def test_what_cannot_be_written_down_is_told(
    wrong: dict[str, str], words: str, spring: SourceCode, signed_in: SignIn, today: datetime
) -> None:
    answer = signed_in(Role.FINANCE).post(reverse("office:appeal_costs"), typed(today, **wrong))
    assert answer.status_code == 422
    assert words in said(answer.content)
    assert not AppealCost.objects.exists()


def test_who_may_only_read_costs_writes_none(spring: SourceCode, signed_in: SignIn, today: datetime) -> None:
    viewer = signed_in(Role.VIEWER)
    assert "Write down a cost" not in said(viewer.get(reverse("office:appeal_costs")).content)
    assert viewer.post(reverse("office:appeal_costs"), typed(today)).status_code == 403
    assert not AppealCost.objects.exists()


def test_without_codes_a_cost_has_nothing_to_belong_to(signed_in: SignIn) -> None:
    assert "Name a code first" in said(signed_in(Role.FINANCE).get(reverse("office:appeal_costs")).content)


@pytest.fixture
def family() -> Campaign:
    found = making.campaign(slug="family", title="A family")
    found.kind = Campaign.Kind.UNITS
    found.save(update_fields=["kind"])
    return found


def newest(today: datetime) -> str:
    return counting_safe.countable(today=today.date() - timedelta(days=2))[0].isoformat()


def test_people_safe_need_two(family: Campaign, signed_in: SignIn, today: datetime) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    address = reverse("office:report_safe", args=["family"])
    campaign, index = reverse("office:report_campaign", args=["family"]), reverse("office:reports")
    assert "Nothing was counted and approved yet" in said(finance.get(address).content)
    asked = said(finance.post(address, {"quarter": newest(today), "people": "4"}, follow=True).content)
    assert "It is shown when somebody else approves it" in asked
    assert "A count waits for a second person" in said(finance.get(campaign).content)
    assert "People safe" not in said(finance.get(index).content)
    count = SafeCount.objects.get()
    decide = reverse("office:report_safe_decide", args=[count.pk])
    assert finance.post(decide, {"deed": "approve"}).status_code == 403
    assert "somebody may approve" not in said(approver.get(address).content)
    assert "Approve 4 people" in said(approver.get(address).content)
    assert approver.post(decide, {"deed": "withdraw"}).status_code == 422
    assert "Approved. It counts from now on." in said(
        approver.post(decide, {"deed": "approve"}, follow=True).content
    )
    assert approver.post(decide, {"deed": "decline"}).status_code == 422
    for page in (campaign, index, reverse("office:report_campaigns")):
        told = said(finance.get(page).content)
        assert "People safe" in told, page
    row = said(signed_in(Role.VIEWER).get(campaign).content)
    assert re.search(r"Quarter \d of \d{4} 4 \S+ \S+", row), row
    assert "approved, counts" in said(finance.get(address).content)


def test_a_count_is_taken_back_or_declined(family: Campaign, signed_in: SignIn, today: datetime) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    address = reverse("office:report_safe", args=["family"])
    for deed, browser in (("withdraw", finance), ("decline", approver)):
        finance.post(address, {"quarter": newest(today), "people": "4"})
        count = SafeCount.objects.get(status="proposed")
        decide = reverse("office:report_safe_decide", args=[count.pk])
        assert browser.post(decide, {"deed": "burn"}).status_code == 422
        assert browser.post(decide, {"deed": deed}).status_code == 302
    told = said(finance.get(address).content)
    assert "declined" in told
    assert "taken back" in told
    assert counting_safe.totals() == {}


def test_what_cannot_be_counted_is_told(family: Campaign, signed_in: SignIn, today: datetime) -> None:
    finance = signed_in(Role.FINANCE)
    address = reverse("office:report_safe", args=["family"])
    for wrong in (
        {"people": "-1"},
        {"people": "some"},
        {"quarter": "2026-02-01"},
        {"quarter": today.date().isoformat()},
    ):
        answer = finance.post(address, {"quarter": newest(today), "people": "4", **wrong})
        assert answer.status_code == 422, wrong
    finance.post(address, {"quarter": newest(today), "people": "4"})
    again = finance.post(address, {"quarter": newest(today), "people": "5"})
    assert "Another count of this quarter waits" in said(again.content)
    viewer = signed_in(Role.VIEWER)
    assert viewer.post(address, {"quarter": newest(today), "people": "4"}).status_code == 403
    assert SafeCount.objects.count() == 1

"""Giving money back in the office: ask, look, send; nothing happens before the last step, and it happens once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from donations import refunding
from donations.models import RefundRequest
from ledger.money import Money
from staff.models import Role
from tests import making

USD = "USD"
pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.FINANCE)


def words(response: Any) -> str:
    return str(response.content.decode())


class Door:
    """The form of one refund, as a browser would send it."""

    def __init__(self, browser: Client, gift_id: uuid.UUID) -> None:
        self.browser, self.gift_id = browser, gift_id
        page = words(browser.get(reverse("office:refund", args=[gift_id])))
        [self.request_id] = re.findall(r'name="request_id" value="([^"]+)"', page)

    def press(self, step: str, amount: str, reason: str = "Given twice") -> Any:
        fields = {"amount": amount, "reason": reason, "request_id": self.request_id}
        return self.browser.post(reverse(f"office:refund_{step}", args=[self.gift_id]), fields)


def test_looking_at_a_refund_does_nothing(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    receipt = making.receipt(of=gift, is_drawn=False, now=today)
    page = words(Door(finance, gift.pk).press("check", "40"))
    assert "Give $40.00 back?" in page
    assert "$60.00 of the gift stays." in page
    assert f"Receipt {receipt.serial} becomes void; a corrected one" in page
    assert RefundRequest.objects.count() == 0


@pytest.mark.parametrize("amount", ["0", "-5", "100.01", "abc", "", "1e2", "50.005"])
def test_an_impossible_amount_is_refused_on_its_field(finance: Client, today: datetime, amount: str) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    answer = Door(finance, gift.pk).press("check", amount)
    assert answer.status_code == 422
    assert 'class="msg"' in words(answer)
    assert RefundRequest.objects.count() == 0


def test_pressing_twice_is_one_refund(
    finance: Client, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The processor is away: the request is stored once, the person is told so, nothing is asked for twice."""
    from payments import gateway

    class Away:
        def send_refund(self, **_: object) -> None:
            raise gateway.ProcessorUnsure("time-out")

    monkeypatch.setattr(gateway, "connect", Away)
    gift = making.donation(by=making.donor(now=today), at=today)
    door = Door(finance, gift.pk)
    first, second = door.press("send", "100"), door.press("send", "100")
    assert first.status_code == second.status_code == 302
    request = RefundRequest.objects.get()
    assert (str(request.pk), request.amount, request.reason) == (door.request_id, gift.amount, "Given twice")
    page = words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "The processor has not answered yet." in page
    assert "Waiting for the processor" in page
    assert not refunding.refundable(donation=gift)


def test_a_refusal_is_told_and_offers_a_fresh_form(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    door = Door(finance, gift.pk)
    making.refund(of=gift, amount=Money(7000, USD), at=today)
    answer = door.press("send", "100")
    assert answer.status_code == 422
    assert "At most $30.00 can be given back." in words(answer)
    assert door.request_id not in words(answer)


def test_a_disputed_gift_offers_no_refund(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    making.dispute(of=gift, at=today)
    assert "Give money back" not in words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "Nothing of this gift is left" in words(finance.get(reverse("office:refund", args=[gift.pk])))

"""The pages of pledges, in the order somebody sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donations.models import Donation, Pledge, PledgePayment, WriteOffRequest
from donors.models import Donor
from staff.models import Role
from tests import facts, making
from tests.web import filling

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    making.campaign()
    return signed_in(Role.FINANCE)


def form(finance: Client, kind: str = "pledge", query: str = "", **changes: str) -> dict[str, str]:
    answer = finance.get(reverse("office:pledge_new", args=[kind]) + query)
    assert answer.status_code == 200
    told = filling.fields(answer.content.decode()).values
    return {name: value for name, value in told.items() if name != "q"} | changes


def send(finance: Client, typed: dict[str, str], kind: str = "pledge", query: str = "") -> HttpResponse:
    return finance.post(reverse("office:pledge_new", args=[kind]) + query, typed)  # type: ignore[return-value]


def promised(finance: Client, **changes: str) -> Pledge:
    giver = facts.donor()
    typed = form(finance, query=f"?giver={giver.pk}", amount="300", parts="3", **changes)
    assert send(finance, typed).status_code == 302
    return Pledge.objects.get()


def given(today: datetime) -> Donation:
    return making.donation(by=facts.donor(), amount=making.HUNDRED, at=today)


def text(browser: Client, name: str, *keys: object, query: str = "", status: int = 200) -> str:
    answer = browser.get(reverse(f"office:{name}", args=keys) + query)
    assert answer.status_code == status
    return answer.content.decode()


def test_nothing_promised_yet(finance: Client) -> None:
    assert "No promise fits." in text(finance, "pledges")


def test_a_promise_in_parts_is_written_down_once_and_listed(finance: Client) -> None:
    typed = form(finance, query=f"?giver={facts.donor().pk}", amount="300", parts="3")
    assert [send(finance, typed).status_code for _ in range(2)] == [302, 302]
    pledge = Pledge.objects.get()
    assert [part.amount_minor for part in pledge.instalments.order_by("number")] == [10_000] * 3
    listed = text(finance, "pledges", query="?state=open&q=grace")
    assert "$300.00" in listed
    assert "Grace Kim" in listed
    assert "No promise fits." in text(finance, "pledges", query="?state=late")
    assert text(finance, "pledges", query="?state=burnt", status=400)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount": "abc"}, "This is not an amount"),
        ({"amount": "0.02"}, "So many parts cannot be made"),
        ({"note": "900101-1234567"}, "A resident number is never kept here."),
        ({"condition": "if it is bought", "is_booked": "on"}, "A promise with a condition is no receivable"),
        ({"first_on": "2001-01-01"}, "not before the promise was made"),
        ({"giver": "Nobody At All", "giver_id": "", "giver_for": ""}, "Nobody fits."),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(
    finance: Client, changed: dict[str, str], words: str
) -> None:
    typed = form(finance, query=f"?giver={facts.donor().pk}", **{"amount": "300", "parts": "3", **changed})
    answer = send(finance, typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Pledge.objects.exists()


def test_a_gift_keeps_it_and_a_mistake_is_taken_back(finance: Client, today: datetime) -> None:
    pledge = promised(finance)
    gift = given(today)
    assert "This one keeps it" in text(finance, "pledge", pledge.pk)
    keep = reverse("office:pledge_keep", args=[pledge.pk])
    assert finance.post(keep, {"donation": gift.pk, "amount": "x"}).status_code == 422
    assert finance.post(keep, {"donation": gift.pk, "amount": "101"}).status_code == 422
    assert finance.post(keep, {"donation": "x"}).status_code == 422
    assert finance.post(keep, {"donation": gift.pk}).status_code == 302
    shown = text(finance, "pledge", pledge.pk)
    assert "Gifts that keep it" in shown
    assert "$200.00" in shown
    undo = reverse("office:pledge_undo", args=[pledge.pk, gift.pk])
    assert finance.post(undo).status_code == 302
    assert finance.post(undo).status_code == 422
    assert sum(payment.amount_minor for payment in PledgePayment.objects.all()) == 0
    assert "Gifts that keep it" not in text(finance, "pledge", pledge.pk)


def test_the_rest_is_written_off_by_two(finance: Client, signed_in: SignIn) -> None:
    pledge, approver = promised(finance), signed_in(Role.APPROVER)
    end = reverse("office:pledge_end", args=[pledge.pk, "write-off"])
    assert finance.post(end, {"reason": " "}).status_code == 422
    assert finance.post(end, {"reason": "They moved"}).status_code == 302
    assert "somebody else must decide" in text(finance, "pledge", pledge.pk)
    decide = reverse("office:pledge_decide", args=[WriteOffRequest.objects.get().pk])
    assert finance.post(decide, {"deed": "agree"}).status_code == 403
    approver.post(decide, {"deed": "burn"})
    assert WriteOffRequest.objects.get().status == "asked"
    assert "Agree and write $300.00 off" in text(approver, "pledge", pledge.pk)
    approver.post(decide, {"deed": "agree"})
    again = approver.post(decide, {"deed": "decline"}, follow=True)
    assert "This has been decided already." in again.content.decode()
    assert Pledge.objects.get().status == "written_off"


def test_one_written_down_wrongly_is_taken_back(finance: Client) -> None:
    pledge = promised(finance)
    cancel = reverse("office:pledge_end", args=[pledge.pk, "cancel"])
    assert finance.post(cancel, {"reason": "Twice"}).status_code == 302
    assert Pledge.objects.get().status == "canceled"
    assert finance.post(cancel, {"reason": "Twice"}).status_code == 422


def test_an_employers_match_begins_at_the_gift_it_doubles(finance: Client, today: datetime) -> None:
    gift = given(today)
    company = facts.donor("Blue Yard Inc.", "giving@blueyard.example.org")
    Donor.objects.filter(pk=company.pk).update(kind=Donor.Kind.ORGANIZATION)
    query = f"?gift={gift.pk}&giver={company.pk}"
    assert "An employer matches it" in text(finance, "donation", gift.pk)
    typed = form(finance, "match", query)
    assert typed["amount"] == "100.00"
    assert send(finance, typed, "match", query).status_code == 302
    assert Pledge.objects.get().matches == gift
    second = send(finance, form(finance, "match", query), "match", query)
    assert "written down already" in second.content.decode()
    assert "Open the gift that is matched" in text(finance, "pledge_new", "match")
    assert finance.get(reverse("office:pledge_new", args=["nothing"])).status_code == 302


def test_late_ones_are_found(finance: Client, today: datetime) -> None:
    local = today.astimezone(ZoneInfo(making.entity().zone)).date()
    past = (local - timedelta(days=40)).isoformat()
    promised(finance, promised_on=past, first_on=past)
    shown = text(finance, "pledges", query="?state=late")
    assert "$200.00" in shown
    assert "1 promise, USD" in shown

"""The thank-you page tells the true state of a gift, and telling it changes nothing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from donations.models import Checkout, Donation
from donations.models.intents import Frequency
from ledger.money import Money
from payments import gateway
from receipts.models import Coverage
from tests.donations import giving as supporting
from tests.donations.giving import Supporter
from tests.sandbox.driving import Sandbox
from web.giving import thanking

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def supporter(house: None, processor: Sandbox, today: datetime) -> Supporter:
    return Supporter(processor, today)


def thanks(client: Client, checkout: Checkout, language: str = "en") -> str:
    answer = client.get(f"/{language}/thanks/{checkout.pk}/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert answer["Cache-Control"] == "private, no-store"
    html = answer.content.decode()
    assert checkout.email not in html
    assert checkout.donor_name not in html
    return html


def test_F40_from_waiting_to_the_receipt(client: Client, supporter: Supporter, processor: Sandbox) -> None:
    begun = supporter.begin(amount=Money(100_00, "USD"))
    html = thanks(client, begun.checkout)
    assert "We are waiting for the payment company" in html
    assert str(begun.payment_url) in html
    supporter.pay(begun)
    assert "Check again" in thanks(client, begun.checkout)
    supporting.settle_all(processor, now=supporter.now)
    html = thanks(client, begun.checkout)
    assert "Thank you." in html
    assert "Your receipt is being written" in html
    supporting.paperwork(now=supporter.now)
    serial = Coverage.objects.get().receipt.serial
    html = thanks(client, begun.checkout)
    assert f"{serial}</b> goes to g…@….org" in html
    assert "$100.00" in html
    assert "If this group cannot travel, your gift helps the next one." in html
    assert "freq=monthly&amp;amount=10&amp;currency=USD" in html
    assert html.count('class="btn"') == 0
    assert Donation.objects.count() == 1
    assert "감사합니다." in thanks(client, begun.checkout, "ko")


def test_monthly_is_told_and_no_further_monthly_is_asked(
    client: Client, supporter: Supporter, processor: Sandbox
) -> None:
    checkout = supporter.give(amount=Money(30_00, "USD"), frequency=Frequency.MONTHLY)
    supporting.settle_all(processor, now=supporter.now)
    html = thanks(client, checkout)
    assert "$30.00</b> every month" in html
    assert "freq=monthly" not in html


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("confirming", "Your bank is confirming"),
        ("failed", "The payment did not go through"),
        ("expired", "This payment page has closed"),
        ("abandoned", "This payment page has closed"),
        ("begun", "We are waiting for the payment company"),
    ],
)
def test_each_state_has_its_words(
    client: Client, supporter: Supporter, settings: Any, status: str, words: str
) -> None:
    if status in {"begun", "abandoned"}:
        # Nobody answers, so the attempt stays begun.
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"
        gateway.connect.cache_clear()
    checkout = supporter.begin().checkout
    if status != "begun":
        assert Checkout.advance(pk=checkout.pk, to=Checkout.Status(status), now=supporter.now)
    html = thanks(client, checkout)
    assert words in html
    assert "Thank you." not in html
    assert (f"?again={checkout.pk}" in html) is (status != "confirming")
    assert Checkout.objects.get().status == status


def test_a_resting_campaign_keeps_its_words(client: Client, supporter: Supporter) -> None:
    checkout = supporter.begin().checkout
    Campaign.objects.filter(slug="family").update(status="resting")
    Checkout.objects.update(status="confirming")
    assert "If this group cannot travel" not in thanks(client, checkout)


@pytest.mark.parametrize(
    ("gift", "offer"),
    [
        (Money(100_00, "USD"), Money(10_00, "USD")),
        (Money(50_00, "USD"), Money(5_00, "USD")),
        (Money(1000_00, "USD"), Money(125_00, "USD")),
        (Money(20_00, "USD"), Money(5_00, "USD")),
        (Money(30_000_00, "USD"), None),
        (Money(5_00, "USD"), None),
        (Money(50_000, "KRW"), Money(5_000, "KRW")),
        (Money(5_000, "KRW"), None),
    ],
)
def test_F16_the_monthly_offer_is_smaller(
    supporter: Supporter, gift: Money, offer: Money | None, monkeypatch: Any
) -> None:
    checkout = supporter.begin(amount=gift).checkout
    found = thanking.smaller_monthly(checkout)
    assert found == offer
    assert found is None or gift.minor <= found.minor * 12 <= gift.minor * 3


def test_an_unknown_gift_is_not_found(client: Client) -> None:
    assert client.get(f"/en/thanks/{uuid.uuid4()}/").status_code == 404

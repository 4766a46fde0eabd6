"""F41: what the payment company received, read back from it, holds no word of the cause and nobody's particulars."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qsl

import pytest

from campaigns.models import Campaign, CampaignText
from donations import refunding
from donations.giving import Dedication
from donations.models import Tribute
from donations.models.intents import Frequency
from ledger.models import FundText
from ledger.money import Money
from staff.models import User
from tests.blocklist import UNSAID
from tests.donations.giving import Supporter, only_donation, settle_all

HOSTILE = {
    "donor_name": "Defector Kim 탈북민",
    "note": "For the refugees who escape North Korea 북한",
    "employer": "DPRK Watch 평양",
    "source": "rescue-dprk",
    "letter_wording": "Send me news of the defectors",
    "wants_letter": True,
    "dedication": Dedication(
        kind=Tribute.Kind.MEMORY,
        honoree="조선 Grandmother",
        notify_name="Refugee Lee",
        notify_email="family@example.org",
        words="She crossed the border at Pyongyang",
    ),
}
PRIVATE = ("Kim", "Lee", "Grandmother", "family@", "Watch", "news", "bulletin")


@pytest.fixture
def hostile_campaigns(supporter: Supporter) -> None:
    """Every word staff write about their work is of the cause, and so are the addresses of the pages."""
    CampaignText.objects.update(
        title="Rescue defectors 탈북", lead="They escape DPRK", sentence="북한", terms="난민"
    )
    FundText.objects.update(name="North Korea fund 북한 기금")
    Campaign.objects.filter(slug="family").update(slug="escape-dprk")
    Campaign.objects.filter(slug="safe-house").update(slug="defector-rescue")


def received(supporter: Supporter) -> list[dict[str, Any]]:
    """This function will return every call as the payment company received it, with the body read."""
    calls = supporter.processor.operate("GET", "requests")["requests"]
    return [{**call, "fields": parse_qsl(f"{call['query']}&{call['body']}")} for call in calls]


@pytest.mark.usefixtures("hostile_campaigns")
@pytest.mark.parametrize("language", ["en", "ko"])
def test_F41_nothing_of_the_cause_is_ever_sent(supporter: Supporter, language: str) -> None:
    supporter.give("escape-dprk", language=language, **HOSTILE)
    settle_all(supporter.processor, now=supporter.now)
    actor = User.objects.create_user(email="refugee@example.org", name="Defector Helper")
    refunding.request(
        donation_id=only_donation().pk,
        amount=Money(100, "USD"),
        reason="The defector asked for it",
        actor=actor,
        request_id=uuid.uuid4(),
        now=supporter.now,
    )
    monthly = {**HOSTILE, "frequency": Frequency.QUARTERLY, "charge_day": None}
    supporter.give("defector-rescue", language=language, **monthly)
    settle_all(supporter.processor, now=supporter.now)
    calls = received(supporter)
    assert {call["path"] for call in calls if call["method"] == "POST"} >= {
        "/v1/checkout/sessions",
        "/v1/refunds",
    }
    for call in calls:
        values = [
            call["path"],
            str(call["idempotency_key"]),
            *(value for pair in call["fields"] for value in pair),
        ]
        assert [value for value in values if UNSAID.search(value)] == []


@pytest.mark.usefixtures("hostile_campaigns")
def test_F41_no_particulars_in_metadata_or_keys(supporter: Supporter) -> None:
    checkout = supporter.give("escape-dprk", **HOSTILE)
    settle_all(supporter.processor, now=supporter.now)
    for call in received(supporter):
        for name, value in call["fields"]:
            if "metadata" in name:
                assert value == str(checkout.pk)
            if name != "customer_email":  # needed by the payment page itself, to prefill it
                assert "@" not in value
            assert not any(secret in value for secret in PRIVATE), (name, value)
        if call["method"] == "POST":
            assert call["idempotency_key"] == f"checkout-{checkout.pk}-0"


def test_F41_the_list_of_words_catches_what_it_should() -> None:
    for said in (
        "North Korea",
        "north-korea",
        "DPRK",
        "Defectors",
        "북한 선교",
        "탈북민",
        "Pyongyang",
        "safe-house",
    ):
        assert UNSAID.search(said), said
    for neutral in ("RSC", "GEN", "usd", "https://give.example.org/en/thanks/"):
        assert not UNSAID.search(neutral), neutral

"""A language once chosen holds for every mail and paper to come (P16); before, each goes as its gift was given."""

from __future__ import annotations

import json

import pytest

from donations import telling
from donors import profiling
from donors.models import Donor, Message
from ledger.money import Money
from receipts import explaining
from tests import making
from tests.facts import NOW

GRACE = "grace@example.org"
pytestmark = pytest.mark.django_db


def giver() -> Donor:
    return making.donor(now=NOW)


def speak(language: str = "ko") -> None:
    profiling.speak(email_key=GRACE, language=language, now=NOW)


def test_the_next_receipt_and_its_mail_are_in_the_chosen_language() -> None:
    first = making.receipt(of=making.donation(by=giver(), at=NOW), now=NOW)
    speak()
    then = making.receipt(of=making.donation(by=giver(), at=NOW), now=NOW)
    for receipt, language in [(first, "en"), (then, "ko")]:
        receipt.refresh_from_db()
        assert receipt.language == language
        assert json.loads(receipt.snapshot)["language"] == language
    mails = Message.objects.filter(kind="receipt").order_by("queued_at", "id")
    assert sorted(mail.language for mail in mails) == ["en", "ko"]


def test_a_gift_given_in_korean_has_a_korean_receipt_as_long_as_nobody_chose() -> None:
    gifts = [making.donation(by=giver(), language="ko", at=NOW) for _ in range(2)]
    assert making.receipt(of=gifts[0], now=NOW).language == "ko"
    speak("en")
    assert making.receipt(of=gifts[1], now=NOW).language == "en"


def test_mails_of_a_standing_gift_follow() -> None:
    plan = making.plan(of=giver(), now=NOW)
    assert telling.language_of(plan) == "en"
    speak()
    plan.donor.refresh_from_db()
    assert telling.language_of(plan) == "ko"
    telling.started(plan=plan, now=NOW)
    assert Message.objects.get(kind="plan_started").language == "ko"


def test_mails_about_money_going_back_follow() -> None:
    speak_first = making.donation(by=giver(), at=NOW)
    speak()
    making.refund(of=speak_first, amount=Money(10000, "USD"), at=NOW)
    speak_first.donor.refresh_from_db()
    explaining.tell_refunded(donation=speak_first, now=NOW)
    assert Message.objects.get(kind="refund_made").language == "ko"


def test_of_a_merged_giver_the_survivor_chooses() -> None:
    survivor = giver()
    former = making.donor(name="G Kim", email="old@example.org", merged_into=survivor, now=NOW)
    speak()
    former.refresh_from_db()
    assert profiling.language_of(donor=former, otherwise="en") == "ko"

"""The private page of one gift: true, small, and no door to anything else (T36)."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, NeedGroup, UnitCost
from donations import linking
from donations.models import Checkout, Donation, RecurringPlan, RefundRequest, Tribute
from donors.models import Message
from ledger.money import Money
from receipts.models import Receipt
from reports import outcomes
from staff.models import Role
from tests import facts
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def page(client: Client, *, kind: Any, id: uuid.UUID, language: str = "en") -> str:
    answer = client.get(f"/{language}/gift/{linking.token(kind=kind, id=id)}/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert not answer.cookies
    html = answer.content.decode()
    for personal in ["Grace", "grace@example.org", "4242", "/portal/home"]:
        assert personal not in html, personal
    return html


def paid(**given: Any) -> Donation:
    checkout = facts.checkout(**given)
    made = facts.donation(checkout=checkout)
    Checkout.advance(pk=checkout.pk, to=Checkout.Status.PAID, now=NOW)
    return made


def thanks(client: Client, checkout: Checkout) -> str:
    return client.get(f"/en/thanks/{checkout.pk}/").content.decode()


def test_one_gift_is_told_by_both_of_its_addresses(client: Client) -> None:
    gift = paid()
    facts.paperwork()
    serial = Receipt.objects.get().serial
    assert gift.checkout_id is not None
    for kind, id in [("c", gift.checkout_id), ("d", gift.pk)]:
        html = page(client, kind=kind, id=id)
        for words in ["Your gift has arrived", "$100.00", "Fund RSC", serial, "20 November 2026", "Terms."]:
            assert words in html, words
    assert "후원금이 도착했습니다" in page(client, kind="d", id=gift.pk, language="ko")


def test_the_receipt_mail_carries_the_address_and_it_opens(client: Client) -> None:
    paid()
    facts.paperwork()
    text = Message.objects.get(kind="receipt").text
    [found] = re.findall(r"http://localhost:8000(/en/gift/\S+)", text)
    assert "Your gift has arrived" in client.get(found).content.decode()


def test_the_thank_you_page_leads_there(client: Client) -> None:
    gift = paid()
    assert gift.checkout
    [found] = re.findall(r'href="(/en/gift/[^"]+)"', thanks(client, gift.checkout))
    assert client.get(found).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "c.x",
        str(uuid.uuid4()),
        "cAAAAAAAAAAAAAAAAAAAAAA.AAAA",
        linking.token(kind="c", id=uuid.uuid4()),
        linking.token(kind="d", id=uuid.uuid4()),
    ],
)
def test_what_was_not_given_out_opens_nothing(client: Client, token: str) -> None:
    paid()
    assert client.get(f"/en/gift/{token}/").status_code == 404


def test_a_known_id_is_no_address(client: Client) -> None:
    """An id seen in an export or a support mail opens nothing without our signature, nor one signed for another use."""
    gift = paid()
    good = linking.token(kind="d", id=gift.pk)
    inside, signature = good.split(".")
    other = linking.token(kind="c", id=gift.pk)
    assert linking.read(f"{inside}.{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}") is None
    assert linking.read(f"{inside}.{other.split('.')[1]}") is None
    assert linking.read(inside) is None
    assert client.get(f"/en/gift/{other}/").status_code == 404  # an attempt of that id does not exist
    assert client.get(f"/en/portal/open/{good}/").status_code == 200  # the page of a spent link
    assert client.get("/en/portal/home/").status_code == 302


def test_it_signs_nobody_in(client: Client) -> None:
    gift = paid()
    page(client, kind="d", id=gift.pk)
    assert client.get("/en/portal/home/").status_code == 302
    assert not client.cookies
    assert client.post(f"/en/gift/{linking.token(kind='d', id=gift.pk)}/").status_code == 405


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("begun", "We are waiting for the payment company"),
        ("confirming", "Your bank is confirming"),
        ("failed", "The payment did not go through"),
        ("expired", "This payment page has closed"),
    ],
)
def test_an_unpaid_attempt_is_told_as_it_is(client: Client, status: str, words: str) -> None:
    ended = NOW if status in {"failed", "expired"} else None
    checkout = facts.checkout(status=status, ended_at=ended)
    assert words in page(client, kind="c", id=checkout.pk)
    assert words in thanks(client, checkout)


def test_money_that_went_back_is_told(client: Client) -> None:
    gift = paid()
    asked = facts.request(gift, amount_minor=30_00)
    assert "$30.00 is on its way back to you." in page(client, kind="d", id=gift.pk)
    RefundRequest.objects.filter(pk=asked.pk).update(status="refused", ended_at=NOW)
    part = facts.refund(gift, 25_00)
    html = page(client, kind="d", id=gift.pk)
    assert "$25.00 of it went back to you." in html
    assert "Your gift has arrived" in html
    facts.returned(part)
    assert "did not reach you" in page(client, kind="d", id=gift.pk)
    facts.refund(gift, 100_00)
    assert "This gift was given back" in page(client, kind="d", id=gift.pk)
    assert "This gift was given back" in thanks(client, gift.checkout)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("needs_response", "Your bank is asking about this payment."),
        ("won", "found that it stands"),
        ("lost", "Your bank took this gift back"),
    ],
)
def test_a_dispute_is_told(client: Client, status: str, words: str) -> None:
    gift = paid()
    facts.dispute(gift, status)
    assert words in page(client, kind="d", id=gift.pk)
    assert words in thanks(client, gift.checkout)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("active", "20 December 2026"),
        ("paused", "paused"),
        ("past_due", "could not be collected"),
        ("ended", "it has ended"),
    ],
)
def test_the_next_charge_of_a_plan(client: Client, status: str, words: str) -> None:
    checkout = facts.checkout(frequency="monthly", status="paid", ended_at=NOW)
    plan = RecurringPlan.objects.create(
        checkout=checkout,
        donor=facts.donor(),
        entity=checkout.entity,
        campaign=checkout.campaign,
        fund=checkout.fund,
        amount_minor=100_00,
        currency="USD",
        interval="month",
        processor_ref="sub_1",
        customer_ref="cus_1",
        status=status,
        started_at=NOW,
        next_charge_at=NOW + timedelta(days=30),
        ended_at=NOW if status == "ended" else None,
        mirrored_at=NOW,
    )
    gift = facts.donation(checkout=checkout, plan=plan)
    html = page(client, kind="d", id=gift.pk)
    assert "every month" in html
    assert words in html
    assert words in page(client, kind="c", id=checkout.pk)
    told = thanks(client, checkout)
    assert ("The next gift is on 20 December 2026." in told) is (status == "active")


@pytest.mark.parametrize(("often", "words"), [("quarterly", "every three months"), ("yearly", "every year")])
def test_every_frequency_has_its_words(client: Client, often: str, words: str) -> None:
    gift = paid(frequency=often)
    assert words in thanks(client, gift.checkout)  # type: ignore[arg-type]
    assert words in page(client, kind="d", id=gift.pk)
    assert "freq=monthly" not in thanks(client, gift.checkout)  # type: ignore[arg-type]


def test_a_tribute_is_told_without_a_name(client: Client) -> None:
    gift = paid()
    assert gift.checkout is not None
    Tribute.objects.create(
        checkout=gift.checkout, kind="memory", honoree="Ann Example", notify_email="kin@example.org"
    )
    html = thanks(client, gift.checkout)
    assert "You gave it in memory of somebody." in html
    assert "We write to the person you named, without the amount." in html
    assert "Ann" not in html + page(client, kind="d", id=gift.pk)


def test_f45_the_second_gift_is_told_that_it_helps_the_next(client: Client) -> None:
    campaign = facts.campaign()
    day = NOW.date()
    UnitCost.objects.create(
        campaign=campaign,
        amount_minor=100_00,
        currency="USD",
        effective_from=day,
        checked_on=day,
        source_note="x",
        checked_by="x",
    )
    for age in (9, 8):
        NeedGroup.objects.create(campaign=campaign, size=1, opened_on=day - timedelta(days=age))
    first = paid(began_at=NOW - timedelta(hours=1))
    second = paid(began_at=NOW - timedelta(hours=1))
    with_words = "With your gift this group has all it needs."
    assert with_words in thanks(client, first.checkout)  # type: ignore[arg-type]
    html = thanks(client, second.checkout)  # type: ignore[arg-type]
    assert "This group is now funded; your gift helps the next." not in html
    assert "The group you gave for was funded just before your gift came." in html
    Campaign.objects.filter(pk=campaign.pk).update(kind="general")
    assert "funded" not in thanks(client, first.checkout)  # type: ignore[arg-type]


def test_a_resting_campaign_keeps_its_words(client: Client) -> None:
    gift = paid()
    Campaign.objects.update(status="resting")
    assert "Terms." not in page(client, kind="d", id=gift.pk)


def test_a_gift_without_an_attempt_has_a_page_too(client: Client) -> None:
    gift = facts.donation({facts.campaign().fund: 60_00, facts.general(): 40_00})
    html = page(client, kind="d", id=gift.pk)
    assert "Fund RSC, Fund GEN" in html
    assert outcomes.of_donation(donation=gift, day=NOW.date()).state == "paid"
    assert Money(0, "USD") == outcomes.of_donation(donation=gift, day=NOW.date()).returned


def test_a_gift_of_a_signed_in_colleague_is_the_same_page(signed_in: Any, today: datetime) -> None:
    gift = paid()
    answer = signed_in(Role.ADMIN).get(f"/en/gift/{linking.token(kind='d', id=gift.pk)}/")
    assert b"Grace" not in answer.content

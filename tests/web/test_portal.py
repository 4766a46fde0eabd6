"""The portal: links that work once and on a press, pages that hold only one's own, nothing that tells who is known."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from donors import signing_in
from donors.models import LinkRequest, Message, SignInLink
from jobs import ringing
from ledger.money import Money
from staff.models import Role
from tests import making

USD = "USD"
GRACE = "grace@example.org"
BROWSER = "the browser that asked"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The bells that were rung; the queue is no part of these tests."""
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: rung.append(names))
    return rung


def words(response: Any) -> str:
    return str(response.content.decode())


def link(*, email: str = GRACE, at: datetime, lasts: timedelta = signing_in.LASTS) -> str:
    """A link as the mail carries it, asked for by `BROWSER`."""
    token = uuid.uuid4().hex
    SignInLink.objects.create(
        token_hash=hashed(token),
        browser_hash=hashed(BROWSER),
        email_key=email,
        requested_at=at,
        expires_at=at + lasts,
    )
    return reverse("portal:open", args=[token])


def hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def browser(**given: Any) -> Client:
    """A browser that asked for a link, so that one press is enough."""
    client = Client(**given)
    client.cookies["browser"] = BROWSER
    return client


def signed_in_as(email: str, *, at: datetime, agent: str = FIREFOX) -> Client:
    client = browser(headers={"user-agent": agent})
    assert client.post(link(email=email, at=at)).headers["Location"] == reverse("portal:home")
    return client


@pytest.fixture
def grace(today: datetime) -> Client:
    """Grace's browser, signed in, with one gift to her name."""
    making.donation(by=making.donor(now=today), fee=Money(320, USD), at=today)
    return signed_in_as(GRACE, at=today)


# Links


def test_asking_tells_the_same_for_known_and_unknown(today: datetime, bells: list[tuple[str, ...]]) -> None:
    making.donor(now=today)
    answers = [
        Client().post(reverse("portal:sign_in"), {"email": email}) for email in (GRACE, "eve@example.org")
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers == answers[1].headers
    assert answers[0].content == answers[1].content
    assert LinkRequest.objects.count() == 2
    assert bells == [("donors.answer_requests",)] * 2
    signing_in.answer_requests(now=today)
    assert [message.to_email for message in Message.objects.all()] == [GRACE]


def test_the_sixth_request_of_an_hour_is_answered_alike_and_forgotten(today: datetime) -> None:
    codes = {Client().post(reverse("portal:sign_in"), {"email": GRACE}).status_code for _ in range(6)}
    assert codes == {302}
    assert LinkRequest.objects.count() == 5


@pytest.mark.parametrize("typed", ["", "grace", "a@b", "x" * 300 + "@example.org", "a\nb@example.org"])
def test_what_is_no_address_is_told_on_the_field(typed: str) -> None:
    answer = Client().post(reverse("portal:sign_in"), {"email": typed})
    assert answer.status_code == 422
    assert 'class="msg"' in words(answer)


def test_the_mailed_link_opens_the_door(today: datetime) -> None:
    making.donor(now=today)
    asking = Client()
    asking.post(reverse("portal:sign_in"), {"email": "Grace@Example.org"})
    signing_in.answer_requests(now=datetime.now().astimezone())
    [address] = re.findall(r"https?://[^/]+(/\S+)", Message.objects.get().text)
    page = words(asking.get(address))
    assert "One more press" in page
    assert "six digits" not in page
    assert asking.post(address).headers["Location"] == reverse("portal:home")
    assert "Grace Kim" in words(asking.get(reverse("portal:home")))


def test_looking_ten_times_changes_nothing_and_one_press_works_once(today: datetime) -> None:
    making.donor(now=today)
    address = link(at=today)
    for _ in range(10):
        seen = Client().get(address)
        assert seen.status_code == 200
        assert "session" not in seen.cookies
        assert Client().head(address).status_code == 200
    assert SignInLink.objects.filter(used_at__isnull=True).count() == 1
    assert browser().post(address).status_code == 302
    second = browser().post(address)
    assert second.status_code == 410
    assert "Send a new one" in words(second)


def test_old_replaced_and_invented_links_are_refused_alike(today: datetime) -> None:
    making.donor(now=today)
    old = link(at=today - timedelta(minutes=11))
    replaced = link(at=today - timedelta(minutes=5))
    newest = link(at=today)
    answers = [
        browser().post(address) for address in (old, replaced, reverse("portal:open", args=["invented"]))
    ]
    assert [answer.status_code for answer in answers] == [410] * 3
    token = re.compile(r'value="\w{64}"|/open/\w+/')
    assert len({token.sub("", words(answer)) for answer in answers}) == 1
    assert browser().post(newest).status_code == 302


def test_the_page_of_a_link_leaks_nothing(today: datetime) -> None:
    page = Client().get(link(at=today))
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store, private"
    assert not re.search(r'(?:src|href)="https?://(?!testserver)', words(page))


def test_pressing_needs_the_form(today: datetime) -> None:
    making.donor(now=today)
    strict = browser(enforce_csrf_checks=True)
    address = link(at=today)
    assert strict.post(address).status_code == 403
    assert SignInLink.objects.filter(used_at__isnull=True).count() == 1
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', words(strict.get(address)))
    assert strict.post(address, {"csrfmiddlewaretoken": token}).status_code == 302


# Sessions


def test_the_session_key_changes_and_a_session_ends_for_good(grace: Client, today: datetime) -> None:
    key = grace.cookies["session"].value
    assert grace.post(link(at=today + timedelta(seconds=1))).status_code == 302, (
        "asked for by this browser too"
    )
    assert grace.cookies["session"].value != key
    key = grace.cookies["session"].value
    out = grace.post(reverse("portal:sign_out"))
    assert "cookies" in out.headers["Clear-Site-Data"]
    thief = Client()
    thief.cookies["session"] = key
    assert thief.get(reverse("portal:home")).status_code == 302


def test_thirty_quiet_minutes_end_a_session(grace: Client) -> None:
    start = datetime.now().astimezone()
    for minutes, status in [(29, 200), (58, 200), (89, 302), (89, 302)]:
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert grace.get(reverse("portal:home")).status_code == status, minutes


def test_cookies_are_closed(today: datetime) -> None:
    making.donor(now=today)
    asking = Client()
    asking.post(reverse("portal:sign_in"), {"email": GRACE})
    assert set(asking.cookies) == {"browser"}
    asking.cookies["browser"] = BROWSER
    asking.post(link(at=today))
    del asking.cookies["browser"]  # ours of this test, without the properties of the real one
    asking.get(reverse("portal:sign_in"))
    asking.post(reverse("portal:sign_in"), {"email": GRACE})
    assert {"browser", "session", "csrf"} >= set(asking.cookies) >= {"browser", "session"}
    for cookie in asking.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_a_giver_is_no_staff_and_staff_is_no_giver(
    grace: Client, signed_in: Callable[[Role | None], Client]
) -> None:
    assert grace.get(reverse("office:today")).status_code == 302
    assert signed_in(Role.ADMIN).get(reverse("portal:home")).status_code == 302


# What is shown


def test_home_answers_three_questions(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    making.plan(of=giver, amount=Money(5000, USD), now=today)
    back = making.donation(by=giver, amount=Money(4000, USD), at=today - timedelta(seconds=5))
    making.refund(of=back, amount=Money(1000, USD), at=today)
    making.donation(by=giver, amount=Money(50000, "KRW"), at=today - timedelta(seconds=9))
    page = words(grace.get(reverse("portal:home")))
    assert "<b>$50.00</b> every month" in page
    assert "Change card, amount or stop" in page
    assert 'Last gift <b class="num">$100.00</b>' in page
    assert "₩50,000" in page
    assert "$130.00" in page
    assert "Partly refunded" in page


def test_only_what_bears_the_address_is_shown(grace: Client, today: datetime) -> None:
    spouse = making.donor(name="Daniel Kim", email=GRACE, now=today)
    stranger = making.donor(name="Stranger", email="stranger@example.org", now=today)
    making.donation(by=spouse, amount=Money(777, USD), at=today)
    making.donation(by=stranger, amount=Money(88888, USD), at=today)
    page = words(grace.get(reverse("portal:home")))
    assert "Daniel Kim, Grace Kim" in page
    assert "$7.77" in page
    assert "Stranger" not in page
    assert "$888.88" not in page


def test_gifts_of_merged_givers_follow_the_survivor_and_not_the_old_address(
    grace: Client, today: datetime
) -> None:
    survivor = making.donor(now=today)
    former = making.donor(name="G Kim", email="old@example.org", merged_into=survivor, now=today)
    making.donation(by=former, amount=Money(4321, USD), at=today)
    assert "$43.21" in words(grace.get(reverse("portal:home")))
    old = signed_in_as("old@example.org", at=today)
    assert "$43.21" not in words(old.get(reverse("portal:home")))


def test_home_costs_the_same_queries_for_one_gift_and_for_thirty(
    grace: Client, today: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    giver = making.donor(now=today)
    for number in range(30):
        gift = making.donation(by=giver, at=today - timedelta(days=number))
        making.receipt(of=gift, is_drawn=False, now=today)
    with django_assert_max_num_queries(15):
        assert grace.get(reverse("portal:home")).status_code == 200


def test_a_receipt_is_ones_own_or_it_does_not_exist(grace: Client, today: datetime) -> None:
    own = making.receipt(of=making.donation(by=making.donor(now=today), at=today), now=today)
    other = making.donor(name="Ben", email="ben@example.org", now=today)
    others = making.receipt(of=making.donation(by=other, at=today), now=today)
    page = words(grace.get(reverse("portal:home")))
    assert reverse("portal:receipt", args=[own.pk]) in page
    answer = grace.get(reverse("portal:receipt", args=[own.pk]))
    assert answer.content.startswith(b"%PDF-")
    assert f'filename="receipt-{own.serial}.pdf"' in answer.headers["Content-Disposition"]
    refused = [grace.get(reverse("portal:receipt", args=[key])) for key in (others.pk, uuid.uuid4())]
    assert [one.status_code for one in refused] == [404, 404]
    address = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    assert len({address.sub("", words(one)) for one in refused}) == 1
    assert Client().get(reverse("portal:receipt", args=[own.pk])).status_code == 302


def test_a_void_receipt_is_labeled_and_handed_out_as_void(grace: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    receipt = making.receipt(of=gift, now=today)
    before = grace.get(reverse("portal:receipt", args=[receipt.pk])).content
    making.refund(of=gift, amount=gift.amount, at=today)
    making.correction(of=gift, now=today)
    page = words(grace.get(reverse("portal:home")))
    assert "Void" in page
    assert "the gift was refunded" in page
    assert grace.get(reverse("portal:receipt", args=[receipt.pk])).content != before


def test_nothing_private_is_kept_by_caches(grace: Client, today: datetime) -> None:
    for name in ("sign_in", "sent", "home"):
        answer = grace.get(reverse(f"portal:{name}"))
        assert answer.headers["Cache-Control"] == "no-store, private", name
    private = grace.get(reverse("portal:home"))
    assert "Cookie" in private.headers["Vary"]
    assert "Grace Kim" not in words(Client().get(reverse("portal:home"), follow=True))

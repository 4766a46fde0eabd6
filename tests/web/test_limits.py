"""The limits of the giving form: what one network may do, and that no person is kept from giving.

The clock stands still and is moved by hand, so that every window is exact.
"""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.utils import timezone

from donations import guarding
from donations.models import Checkout, Donation
from donors.models import Donor
from tests.sandbox.driving import Sandbox
from tests.web import filling, visiting
from tests.web.visiting import GIVE
from web.giving import holding, vouching

pytestmark = pytest.mark.usefixtures("house")


# One network


@pytest.mark.slow
def test_T01_five_hundred_presses_of_one_network(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    ready = visiting.form_of(client)
    answers = []
    for _ in range(500):
        token = vouching.token(checkout_id=uuid.uuid4(), slug="family")
        answers.append(
            client.post(GIVE, ready | {"token": token, "email": f"g{next(visiting.numbers)}@example.org"})
        )
        clock.shift(0.1)
    reached = [answer for answer in answers if answer.status_code == 303]
    refused = [answer for answer in answers if answer.status_code != 303]
    assert len(reached) <= 15
    assert visiting.sessions(processor) == len(reached) == Checkout.objects.count()
    assert {answer.status_code for answer in refused} == {429}
    assert all(0 < int(answer["Retry-After"]) <= 60 for answer in refused)
    # The first ones may be people: they keep their form. Far above any human pace a few words are enough.
    kept = [answer for answer in refused if b'name="email"' in answer.content]
    assert len(kept) + len(reached) == guarding.limits().posts_per_minute
    assert all(len(answer.content) <= 1024 for answer in refused if answer not in kept)
    assert not Donor.objects.exists()
    assert not Donation.objects.exists()
    assert client.get(GIVE).status_code == 200


def test_a_waiting_person_keeps_everything_and_gives_after_the_window(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    for _ in range(guarding.limits().starts_per_minute):
        assert client.post(GIVE, visiting.form_of(client)).status_code == 303
    form = visiting.form_of(client, note="Kept", cover="on", other="77")
    answer = client.post(GIVE, form)
    assert answer.status_code == 429
    assert b"Please wait 1 minute, then press again." in answer.content
    assert answer["Cache-Control"] == "private, no-cache"
    kept = filling.fields(answer.content.decode()).values
    same = ("name", "email", "note", "cover", "other")
    assert {name: kept[name] for name in same} == {name: form[name] for name in same}
    assert vouching.opened(kept["token"], slug="family") == vouching.opened(form["token"], slug="family")
    # Another network is not held back, and the same one no longer than it was told.
    clock.shift(1)
    neighbor = visiting.visitor(2)
    assert neighbor.post(GIVE, visiting.form_of(neighbor)).status_code == 303
    clock.shift(int(answer["Retry-After"]) - 1)
    assert client.post(GIVE, kept).status_code == 303


def test_a_full_hall_gives_faster_when_each_browser_does_its_sum(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    for _ in range(guarding.limits().starts_per_minute):
        client.post(GIVE, visiting.form_of(client))
    answer = client.post(GIVE, visiting.form_of(client))
    assert answer.status_code == 429
    html = answer.content.decode()
    assert (
        client.post(GIVE, filling.fields(html).values | {"proof": visiting.solved(html)}).status_code == 303
    )


def test_the_same_press_again_is_not_counted_again(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    answers = [client.post(GIVE, form) for _ in range(guarding.limits().starts_per_minute * 2)]
    assert {answer["Location"] for answer in answers if answer.status_code == 303} == {answers[0]["Location"]}
    clock.shift(2)
    assert client.post(GIVE, form).status_code == 303
    assert visiting.sessions(processor) == 1


def test_F43_six_wrong_forms_are_told_to_wait_and_a_right_one_is_taken(
    clock: Any, processor: Sandbox
) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    statuses = [client.post(GIVE, form | {"email": "grace@"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = client.post(GIVE, form | {"email": "grace@"})
    assert answer["Retry-After"] == "600"
    assert b"Please wait 10 minutes, then press again." in answer.content
    assert b"Write an email address" in answer.content
    kept = filling.fields(answer.content.decode()).values
    assert client.post(GIVE, kept | {"email": "grace@example.org"}).status_code == 303


def test_five_refusals_are_a_pause(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    for _ in range(5):
        assert client.post(GIVE, form | {"token": "forged"}).status_code == 422
    answer = client.post(GIVE, form)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert filling.fields(answer.content.decode()).values["email"] == form["email"]
    assert not Checkout.objects.exists()
    clock.shift(599)
    assert client.post(GIVE, form).status_code == 429
    clock.shift(1)
    assert client.post(GIVE, form).status_code == 303


def test_one_address_of_mail_begins_ten_gifts_an_hour(clock: Any, processor: Sandbox) -> None:
    for number in range(1, 11):
        client = visiting.visitor(number)
        form = filling.filled(client, email="Grace@Example.org " if number % 2 else "grace@example.org")
        assert client.post(GIVE, form).status_code == 303
    client = visiting.visitor(11)
    answer = client.post(GIVE, filling.filled(client))
    assert answer.status_code == 429
    clock.shift(3600)
    assert client.post(GIVE, filling.filled(client)).status_code == 303


def test_all_together_above_a_pace_each_browser_does_its_sum(
    clock: Any, processor: Sandbox, settings: Any
) -> None:
    settings.GIVING_LIMITS = ["starts_per_minute_of_all=3"]
    for number in range(1, 4):
        client = visiting.visitor(number)
        assert client.post(GIVE, visiting.form_of(client)).status_code == 303
    late = visiting.visitor(4)
    answer = late.post(GIVE, visiting.form_of(late))
    assert answer.status_code == 428
    html = answer.content.decode()
    assert late.post(GIVE, filling.fields(html).values | {"proof": visiting.solved(html)}).status_code == 303


@pytest.mark.parametrize("exception", ["nothing=1", "failures=many", "failures", "failures=-1"])
def test_a_limit_that_does_not_exist_is_told_at_the_start(settings: Any, exception: str) -> None:
    from config import checks

    settings.GIVING_LIMITS = [exception]
    assert "almoner.E010" in [found.id for found in checks.check_place()]
    settings.GIVING_LIMITS = ["failures=7", " starts_per_minute = 40 "]
    assert (guarding.limits().failures, guarding.limits().starts_per_minute) == (7, 40)


# The form itself


def test_T03_replayed_foreign_and_old_forms(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    first = client.post(GIVE, form)
    assert client.post(GIVE, form)["Location"] == first["Location"]
    assert client.post(GIVE, form | {"amount_once": "250"}).status_code == 409
    others = vouching.token(checkout_id=uuid.uuid4(), slug="safe-house")
    unsigned = signing.dumps({"id": str(uuid.uuid4()), "page": "family"}, key="x" * 50, salt=vouching.SALT)
    for token in (others, unsigned, form["token"][:-1], ""):
        assert client.post(GIVE, form | {"token": token}).status_code == 422
    old = visiting.form_of(client)
    clock.shift(vouching.LASTS_SECONDS + 1)
    assert client.post(GIVE, old).status_code == 422
    assert visiting.sessions(processor) == Checkout.objects.count() == 1


def test_T04_amounts_that_are_none(clock: Any) -> None:
    worst = (
        "−1", "-1", "0", "0.001", "1e400", "NaN", "Infinity", str(2**63), "١٠", "1_000", "5.00000000000000001", "true",
        "null", "[5]", '{"$gt":0}', "5,00", "0x10", "4.99", "1000000", "1.5.5", "\x00", "½", "٥",
    )  # fmt: skip
    for number, amount in enumerate(worst):
        client = visiting.visitor(number + 1)
        assert client.post(GIVE, visiting.form_of(client, other=amount)).status_code == 422, amount
    for currency in ("BTC", "usd", "USD ", "US", "", "KRW"):
        client = visiting.visitor(100)
        form = visiting.form_of(client, currency=currency, other="5.5" if currency == "KRW" else "0.01")
        assert client.post(GIVE, form).status_code in {422, 429}, currency
    assert not Checkout.objects.exists()


def test_T04_won_are_charged_as_won(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    form = filling.filled(client, f"{GIVE}?currency=KRW", other="5000")
    assert client.post(GIVE, form).status_code == 303
    [session] = processor.v1.checkout.sessions.list({"limit": 1}).data
    assert (session.amount_total, session.currency) == (5000, "krw")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{" * 10_000, "application/json"),
        (b'{"other":5,"other":6}', "application/json"),
        (b"\x00\xff\xfe", "application/octet-stream"),
        (b"other=%00&name=%ED%A0%80&email=%FF", "application/x-www-form-urlencoded"),
        (b"other=5&other=6&token=a&token=b", "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 2_000_000, "application/x-www-form-urlencoded"),
        (b"&".join(b"f%d=1" % number for number in range(500)), "application/x-www-form-urlencoded"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
    ],
)
def test_T05_bodies_that_are_no_form(clock: Any, body: bytes, kind: str) -> None:
    client = visiting.visitor()
    client.raise_request_exception = False
    answer = client.generic("POST", GIVE, body, content_type=kind)
    assert answer.status_code in {400, 413, 415, 422}
    assert not Checkout.objects.exists()


def test_whoever_fills_the_hidden_field_is_refused_like_by_the_processor(
    clock: Any, processor: Sandbox
) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client)
    assert form[holding.HONEYPOT] == ""
    answer = client.post(GIVE, form | {holding.HONEYPOT: "http://spam.example.org"})
    assert answer.status_code == 502
    assert b"did not accept this gift" in answer.content
    assert visiting.sessions(processor) == Checkout.objects.count() == 0
    # A person whose browser did it: the field is empty again, and the next press is taken.
    kept = filling.fields(answer.content.decode()).values
    assert kept[holding.HONEYPOT] == ""
    assert client.post(GIVE, kept).status_code == 303


def test_the_hidden_field_is_hidden_from_everybody(clock: Any) -> None:
    html = visiting.visitor().get(GIVE).content.decode()
    [trap] = [given for _, given in filling.fields(html).tags if given.get("name") == holding.HONEYPOT]
    assert (trap["tabindex"], trap["autocomplete"]) == ("-1", "off")
    assert re.search(r'<div class="hidden" aria-hidden="true"><label for="subject">', html)


def test_a_form_sent_at_once_without_its_script_is_shown_once_more(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    form = visiting.form_of(client, hand="", other="77", note="Kept")
    clock.shift(1)
    answer = client.post(GIVE, form)
    assert answer.status_code == 422
    assert b"That was very quick." in answer.content
    kept = filling.fields(answer.content.decode()).values
    assert (kept["other"], kept["note"], kept["hand"]) == ("77", "Kept", "")
    assert not Checkout.objects.exists()
    clock.shift(1)
    assert client.post(GIVE, kept).status_code == 303


@pytest.mark.parametrize("hand", ["", "1"])
def test_people_are_not_asked_twice(clock: Any, processor: Sandbox, hand: str) -> None:
    """With the page's script at once, without after two seconds; another language or currency keeps the time."""
    client = visiting.visitor()
    form = visiting.form_of(client, hand=hand)
    clock.shift(0 if hand else 2)
    korean = client.post("/ko/give/family/switch/", form | {"to_currency": "KRW"})
    kept = filling.fields(korean.content.decode()).values
    assert client.post("/ko/give/family/", kept).status_code == 303


@pytest.mark.slow
def test_too_many_payment_pages_at_once_lose_nothing(clock: Any, processor: Sandbox) -> None:
    answers = []
    for number in range(1, 16):
        client = visiting.visitor(number)
        answers.append((client, client.post(GIVE, visiting.form_of(client))))
    busy = [(client, answer) for client, answer in answers if answer.status_code == 503]
    assert len(busy) == 5
    assert visiting.sessions(processor) == 10
    clock.shift(1)
    for client, answer in busy:
        assert answer["Retry-After"] == "5"
        assert b"Many people are giving right now" in answer.content
        again = filling.fields(answer.content.decode()).values
        assert client.post(GIVE, again).status_code == 303
    assert Checkout.objects.count() == 15


def test_counts_that_ended_are_forgotten(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    client.post(GIVE, visiting.form_of(client))
    assert guarding.forget(now=timezone.now()) == 0
    clock.shift(timedelta(days=2))
    assert guarding.forget(now=timezone.now()) >= 5
    assert guarding.forget(now=timezone.now()) == 0


def test_no_address_stands_in_the_counts(clock: Any, processor: Sandbox) -> None:
    client = visiting.visitor()
    client.post(GIVE, visiting.form_of(client))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM donations_tally AS t")
        [rows] = cursor.fetchone()
    assert "10.0" not in rows
    assert "example" not in rows

"""Card testing: what a machine may do at the giving form, and that no person is kept from giving.

The clock stands still and is moved by hand, so that every window is exact.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.utils import timezone

from donations import guarding
from donations.guarding import Level
from donations.models import Checkout, Donation
from donors.models import Donor
from jobs.models import Heartbeat
from payments import inbox
from payments.gateway import Notice
from reports import today as waiting_work
from tests.donations.giving import settle_all
from tests.sandbox.driving import Browser, Sandbox
from tests.web import filling
from web.giving import holding, proving, vouching

pytestmark = pytest.mark.usefixtures("house")
GIVE = "/en/give/family/"
DECLINED = "4000000000000002"
_numbers = itertools.count(1)


@pytest.fixture
def clock() -> Iterator[Any]:
    """A clock that moves only by hand; it begins now, because the sandbox has the real time."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


def visitor(number: int = 1) -> Client:
    """Somebody in a network of their own."""
    return Client(REMOTE_ADDR=f"10.{number // 250}.{number % 250}.7")


def form_of(client: Client, **changes: Any) -> dict[str, str]:
    return filling.filled(client, email=f"giver{next(_numbers)}@example.org", **changes)


def sessions(processor: Sandbox) -> int:
    """How many payment pages the processor was asked for."""
    return len(list(processor.v1.checkout.sessions.list({"limit": 100}).auto_paging_iter()))


def told(kind: str, *, now: datetime) -> None:
    """The processor tells how a payment went."""
    mark = next(_numbers)
    notice = Notice(
        ref=f"evt_{mark}",
        kind=kind,
        object_ref=f"ch_{mark}",
        created_at=now,
        api_version="",
        is_live=False,
    )
    inbox.keep(notice=notice, now=now)


def attack(*, declined: int, paid: int = 0) -> None:
    for kind, count in (("charge.succeeded", paid), ("charge.failed", declined)):
        for _ in range(count):
            told(kind, now=timezone.now())


def solved(html: str) -> str:
    """What the browser's part sends for the sum on a page."""
    [given] = [
        tag["data-challenge"] for _, tag in filling.fields(html).tags if tag.get("id") == "sum-of-browser"
    ]
    challenge = altcha.Challenge.from_dict(json.loads(given))
    solution = altcha.solve_challenge(challenge)
    assert solution
    return altcha.Payload(challenge, solution).to_base64()


# One network


def test_T01_five_hundred_presses_of_one_network(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    ready = form_of(client)
    answers = []
    for _ in range(500):
        token = vouching.token(checkout_id=uuid.uuid4(), slug="family")
        answers.append(client.post(GIVE, ready | {"token": token, "email": f"g{next(_numbers)}@example.org"}))
        clock.shift(0.1)
    reached = [answer for answer in answers if answer.status_code == 303]
    refused = [answer for answer in answers if answer.status_code != 303]
    assert len(reached) <= 15
    assert sessions(processor) == len(reached) == Checkout.objects.count()
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
    client = visitor()
    for _ in range(guarding.limits().starts_per_minute):
        assert client.post(GIVE, form_of(client)).status_code == 303
    form = form_of(client, note="Kept", cover="on", other="77")
    answer = client.post(GIVE, form)
    assert answer.status_code == 429
    assert b"Please wait 1 minute, then press again." in answer.content
    kept = filling.fields(answer.content.decode()).values
    same = ("name", "email", "note", "cover", "other")
    assert {name: kept[name] for name in same} == {name: form[name] for name in same}
    assert vouching.opened(kept["token"], slug="family") == vouching.opened(form["token"], slug="family")
    # Another network is not held back, and the same one no longer than it was told.
    clock.shift(1)
    neighbor = visitor(2)
    assert neighbor.post(GIVE, form_of(neighbor)).status_code == 303
    clock.shift(int(answer["Retry-After"]) - 1)
    assert client.post(GIVE, kept).status_code == 303


def test_a_full_hall_gives_faster_when_each_browser_does_its_sum(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    for _ in range(guarding.limits().starts_per_minute):
        client.post(GIVE, form_of(client))
    answer = client.post(GIVE, form_of(client))
    assert answer.status_code == 429
    html = answer.content.decode()
    assert client.post(GIVE, filling.fields(html).values | {"proof": solved(html)}).status_code == 303


def test_the_same_press_again_is_not_counted_again(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    form = form_of(client)
    answers = [client.post(GIVE, form) for _ in range(guarding.limits().starts_per_minute * 2)]
    assert {answer["Location"] for answer in answers if answer.status_code == 303} == {answers[0]["Location"]}
    clock.shift(2)
    assert client.post(GIVE, form).status_code == 303
    assert sessions(processor) == 1


def test_F43_six_wrong_forms_are_told_to_wait_and_a_right_one_is_taken(
    clock: Any, processor: Sandbox
) -> None:
    client = visitor()
    form = form_of(client)
    statuses = [client.post(GIVE, form | {"email": "grace@"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = client.post(GIVE, form | {"email": "grace@"})
    assert answer["Retry-After"] == "600"
    assert b"Please wait 10 minutes, then press again." in answer.content
    assert b"Write an email address" in answer.content
    kept = filling.fields(answer.content.decode()).values
    assert client.post(GIVE, kept | {"email": "grace@example.org"}).status_code == 303


def test_five_refusals_are_a_pause(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    form = form_of(client)
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
        client = visitor(number)
        form = filling.filled(client, email="Grace@Example.org " if number % 2 else "grace@example.org")
        assert client.post(GIVE, form).status_code == 303
    client = visitor(11)
    answer = client.post(GIVE, filling.filled(client))
    assert answer.status_code == 429
    clock.shift(3600)
    assert client.post(GIVE, filling.filled(client)).status_code == 303


def test_all_together_above_a_pace_each_browser_does_its_sum(
    clock: Any, processor: Sandbox, settings: Any
) -> None:
    settings.GIVING_LIMITS = ["starts_per_minute_of_all=3"]
    for number in range(1, 4):
        client = visitor(number)
        assert client.post(GIVE, form_of(client)).status_code == 303
    late = visitor(4)
    answer = late.post(GIVE, form_of(late))
    assert answer.status_code == 428
    html = answer.content.decode()
    assert late.post(GIVE, filling.fields(html).values | {"proof": solved(html)}).status_code == 303


@pytest.mark.parametrize("exception", ["nothing=1", "failures=many", "failures", "failures=-1"])
def test_a_limit_that_does_not_exist_is_told_at_the_start(settings: Any, exception: str) -> None:
    from config import checks

    settings.GIVING_LIMITS = [exception]
    assert "almoner.E010" in [found.id for found in checks.check_place()]
    settings.GIVING_LIMITS = ["failures=7", " starts_per_minute = 40 "]
    assert (guarding.limits().failures, guarding.limits().starts_per_minute) == (7, 40)


# Under attack


def test_T02_five_hundred_networks_with_declined_cards(clock: Any, processor: Sandbox) -> None:
    opened_after = 0
    for number in range(1, 501):
        client = visitor(number)
        token = vouching.token(checkout_id=uuid.uuid4(), slug="family", shown_at=0)
        form = {"token": token, "currency": "USD", "freq": "once", "amount_once": "100", "hand": "1"}
        form |= {"name": "Grace Kim", "email": f"g{number}@example.org", "fund": fund_of(client)}
        answer = client.post(GIVE, form)
        if answer.status_code == 303:
            told("charge.succeeded" if number % 10 == 0 else "charge.failed", now=timezone.now())
        elif not opened_after:
            opened_after = number
            assert answer.status_code == 428
        clock.shift(0.2)
    assert 0 < opened_after <= 50
    assert sessions(processor) < 50
    assert Heartbeat.objects.filter(name=guarding.ALARM).count() == 1
    # Somebody honest from a network of their own: the sum came with the form, so they notice nothing.
    honest = visitor(900)
    html = honest.get(GIVE).content.decode()
    form = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
    answer = honest.post(GIVE, form | {"proof": solved(html)})
    assert answer.status_code == 303
    page = Browser().pay(answer["Location"])
    assert page.status == 303


def fund_of(client: Client, kept: dict[str, str] = {}) -> str:  # noqa: B006
    if not kept:
        kept["fund"] = filling.form(client)["fund"]
    return kept["fund"]


def test_above_seventy_percent_networks_with_a_failure_wait(clock: Any, processor: Sandbox) -> None:
    attack(declined=36)
    assert guarding.suspicion(now=timezone.now()) is Level.CLOSED
    bad, clean = visitor(1), visitor(2)
    bad.post(GIVE, form_of(bad, token="forged"))
    for client, status in ((bad, 429), (clean, 303)):
        html = client.get(GIVE).content.decode()
        form = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
        assert client.post(GIVE, form | {"proof": solved(html)}).status_code == status


@pytest.mark.parametrize(
    ("declined", "paid", "level"),
    [
        (0, 0, Level.CALM),
        (5, 0, Level.CALM),
        (20, 30, Level.CALM),
        (21, 29, Level.WATCHFUL),
        (21, 0, Level.WATCHFUL),
        (35, 15, Level.WATCHFUL),
        (36, 14, Level.CLOSED),
        (60, 0, Level.CLOSED),
    ],
)
def test_the_last_fifty_payments_decide(clock: Any, declined: int, paid: int, level: Level) -> None:
    attack(declined=declined, paid=paid)
    now = timezone.now()
    assert guarding.suspicion(now=now) is level
    assert guarding.suspicion(now=now + timedelta(minutes=10)) is Level.CALM


def test_the_alarm_is_told_once_and_stands_in_the_work_of_today(clock: Any, processor: Sandbox) -> None:
    attack(declined=30)
    first = timezone.now()
    for number in range(1, 4):
        client = visitor(number)
        assert client.post(GIVE, form_of(client)).status_code == 428
        clock.shift(60)
    assert Heartbeat.objects.get(name=guarding.ALARM).at == first
    assert [task.at for task in _alarms()] == [first]
    clock.shift(24 * 3600)
    assert _alarms() == []


def _alarms() -> list[waiting_work.Task]:
    return [task for task in waiting_work.work(now=timezone.now()).tasks if task.kind == "card_testing"]


def test_without_scripts_plain_words_and_another_way(clock: Any) -> None:
    attack(declined=30)
    client = visitor()
    html = client.post(GIVE, form_of(client)).content.decode()
    silent = re.search(r"<noscript>(.*?)</noscript>", html, re.S)
    assert silent
    assert "This needs JavaScript" in silent[1]
    assert "mailto:" in silent[1]


def test_an_answer_is_good_for_its_own_form_only(clock: Any, processor: Sandbox) -> None:
    attack(declined=30)
    client = visitor()
    html = client.get(GIVE).content.decode()
    proof = solved(html)
    own = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
    foreign = form_of(client, proof=proof)
    assert client.post(GIVE, foreign).status_code == 428
    assert client.post(GIVE, own | {"proof": proof}).status_code == 303
    # Sent again it is the same gift.
    assert client.post(GIVE, own | {"proof": proof}).status_code == 303
    assert sessions(processor) == Checkout.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        "가",
        "e30=",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b'{"challenge":{"parameters":{}},"solution":{}}').decode(),
        base64.b64encode(b"[" * 2900).decode(),
        "A" * 100_000,
    ],
)
def test_what_is_no_answer_proves_nothing(given: str) -> None:
    assert not proving.is_solved(given, checkout_id=uuid.uuid4())


def test_an_answer_is_checked_and_grows_old(clock: Any) -> None:
    mine = uuid.uuid4()
    challenge = altcha.Challenge.from_dict(
        json.loads(proving.challenge(checkout_id=mine, now=timezone.now()))
    )
    solution = altcha.solve_challenge(challenge)
    assert solution
    good = altcha.Payload(challenge, solution).to_base64()
    wrong = altcha.Payload(challenge, altcha.Solution(solution.counter, "00" * 32)).to_base64()
    assert proving.is_solved(good, checkout_id=mine)
    assert not proving.is_solved(wrong, checkout_id=mine)
    challenge.parameters.cost = 1
    assert not proving.is_solved(altcha.Payload(challenge, solution).to_base64(), checkout_id=mine)
    clock.shift(vouching.LASTS_SECONDS + 1)
    assert not proving.is_solved(good, checkout_id=mine)


def test_a_declined_card_counts_once_where_the_gift_was_begun(processor: Sandbox) -> None:
    client = visitor()
    answer = client.post(GIVE, form_of(client))
    Browser().pay(answer["Location"], card=DECLINED)
    settle_all(processor, now=timezone.now())
    kinds = {"charge.failed", "payment_intent.payment_failed"}
    assert kinds <= set(_kinds())
    assert _failures() == [1]


def _kinds() -> list[str]:
    from payments.models import ProcessorEvent

    return list(ProcessorEvent.objects.values_list("kind", flat=True))


def _failures() -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM donations_tally WHERE scope = 'failures'")
        return [row[0] for row in cursor.fetchall()]


# The form itself


def test_T03_replayed_foreign_and_old_forms(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    form = form_of(client)
    first = client.post(GIVE, form)
    assert client.post(GIVE, form)["Location"] == first["Location"]
    assert client.post(GIVE, form | {"amount_once": "250"}).status_code == 409
    others = vouching.token(checkout_id=uuid.uuid4(), slug="safe-house")
    unsigned = signing.dumps({"id": str(uuid.uuid4()), "page": "family"}, key="x" * 50, salt=vouching.SALT)
    for token in (others, unsigned, form["token"][:-1], ""):
        assert client.post(GIVE, form | {"token": token}).status_code == 422
    old = form_of(client)
    clock.shift(vouching.LASTS_SECONDS + 1)
    assert client.post(GIVE, old).status_code == 422
    assert sessions(processor) == Checkout.objects.count() == 1


def test_T04_amounts_that_are_none(clock: Any) -> None:
    worst = (
        "−1", "-1", "0", "0.001", "1e400", "NaN", "Infinity", str(2**63), "١٠", "1_000", "5.00000000000000001", "true",
        "null", "[5]", '{"$gt":0}', "5,00", "0x10", "4.99", "1000000", "1.5.5", "\x00", "½", "٥",
    )  # fmt: skip
    for number, amount in enumerate(worst):
        client = visitor(number + 1)
        assert client.post(GIVE, form_of(client, other=amount)).status_code == 422, amount
    for currency in ("BTC", "usd", "USD ", "US", "", "KRW"):
        client = visitor(100)
        form = form_of(client, currency=currency, other="5.5" if currency == "KRW" else "0.01")
        assert client.post(GIVE, form).status_code in {422, 429}, currency
    assert not Checkout.objects.exists()


def test_T04_won_are_charged_as_won(clock: Any, processor: Sandbox) -> None:
    client = visitor()
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
    client = visitor()
    client.raise_request_exception = False
    answer = client.generic("POST", GIVE, body, content_type=kind)
    assert answer.status_code in {400, 413, 415, 422}
    assert not Checkout.objects.exists()


def test_whoever_fills_the_hidden_field_is_refused_like_by_the_processor(
    clock: Any, processor: Sandbox
) -> None:
    client = visitor()
    form = form_of(client)
    assert form[holding.HONEYPOT] == ""
    answer = client.post(GIVE, form | {holding.HONEYPOT: "http://spam.example.org"})
    assert answer.status_code == 502
    assert b"did not accept this gift" in answer.content
    assert sessions(processor) == Checkout.objects.count() == 0
    # A person whose browser did it: the field is empty again, and the next press is taken.
    kept = filling.fields(answer.content.decode()).values
    assert kept[holding.HONEYPOT] == ""
    assert client.post(GIVE, kept).status_code == 303


def test_the_hidden_field_is_hidden_from_everybody(clock: Any) -> None:
    html = visitor().get(GIVE).content.decode()
    [trap] = [given for _, given in filling.fields(html).tags if given.get("name") == holding.HONEYPOT]
    assert (trap["tabindex"], trap["autocomplete"]) == ("-1", "off")
    assert re.search(r'<div class="hidden" aria-hidden="true"><label for="subject">', html)


def test_a_form_sent_at_once_without_a_touch_is_shown_once_more(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    form = form_of(client, hand="", other="77", note="Kept")
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
    """With a key or touch at once, without after two seconds; another language or currency keeps the time."""
    client = visitor()
    form = form_of(client, hand=hand)
    clock.shift(0 if hand else 2)
    korean = client.post("/ko/give/family/switch/", form | {"to_currency": "KRW"})
    kept = filling.fields(korean.content.decode()).values
    assert client.post("/ko/give/family/", kept).status_code == 303


def test_too_many_payment_pages_at_once_lose_nothing(clock: Any, processor: Sandbox) -> None:
    answers = []
    for number in range(1, 16):
        client = visitor(number)
        answers.append((client, client.post(GIVE, form_of(client))))
    busy = [(client, answer) for client, answer in answers if answer.status_code == 503]
    assert len(busy) == 5
    assert sessions(processor) == 10
    clock.shift(1)
    for client, answer in busy:
        assert answer["Retry-After"] == "5"
        assert b"Many people are giving right now" in answer.content
        again = filling.fields(answer.content.decode()).values
        assert client.post(GIVE, again).status_code == 303
    assert Checkout.objects.count() == 15


def test_counts_that_ended_are_forgotten(clock: Any, processor: Sandbox) -> None:
    client = visitor()
    client.post(GIVE, form_of(client))
    assert guarding.forget(now=timezone.now()) == 0
    clock.shift(timedelta(days=2))
    assert guarding.forget(now=timezone.now()) >= 5
    assert guarding.forget(now=timezone.now()) == 0


def test_no_address_stands_in_the_counts(clock: Any, processor: Sandbox) -> None:
    from django.db import connection

    client = visitor()
    client.post(GIVE, form_of(client))
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM donations_tally AS t")
        [rows] = cursor.fetchone()
    assert "10.0" not in rows
    assert "example" not in rows

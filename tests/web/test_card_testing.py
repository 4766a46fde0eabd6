"""Card testing: many networks try stolen cards at once, and people give all the same."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import altcha
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from donations import guarding
from donations.guarding import Level
from donations.models import Checkout
from jobs.models import Heartbeat
from payments.models import ProcessorEvent
from reports import today as waiting_work
from reports.tasks_of_people import Task
from tests.donations.giving import settle_all
from tests.sandbox.driving import Browser, Sandbox
from tests.web import filling, visiting
from tests.web.visiting import GIVE
from web.giving import proving, vouching

pytestmark = pytest.mark.usefixtures("house")
DECLINED = "4000000000000002"


@pytest.mark.slow
@pytest.mark.no_cover
def test_T02_five_hundred_networks_with_declined_cards(clock: Any, processor: Sandbox) -> None:
    opened_after = 0
    for number in range(1, 501):
        client = visiting.visitor(number)
        token = vouching.token(checkout_id=uuid.uuid4(), slug="family", shown_at=0)
        form = {"token": token, "currency": "USD", "freq": "once", "amount_once": "100", "hand": "1"}
        form |= {"name": "Grace Kim", "email": f"g{number}@example.org", "fund": fund_of(client)}
        answer = client.post(GIVE, form)
        if answer.status_code == 303:
            visiting.told("charge.succeeded" if number % 10 == 0 else "charge.failed", now=timezone.now())
        elif not opened_after:
            opened_after = number
            assert answer.status_code == 428
        clock.shift(0.2)
    assert 0 < opened_after <= 50
    assert visiting.sessions(processor) < 50
    assert Heartbeat.objects.filter(name=guarding.ALARM).count() == 1
    # Somebody honest from a network of their own: the sum came with the form, so they notice nothing.
    honest = visiting.visitor(900)
    html = honest.get(GIVE).content.decode()
    form = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
    answer = honest.post(GIVE, form | {"proof": visiting.solved(html)})
    assert answer.status_code == 303
    page = Browser().pay(answer["Location"])
    assert page.status == 303


def fund_of(client: Client, kept: dict[str, str] = {}) -> str:  # noqa: B006
    if not kept:
        kept["fund"] = filling.form(client)["fund"]
    return kept["fund"]


def test_above_seventy_percent_networks_with_a_failure_wait(clock: Any, processor: Sandbox) -> None:
    visiting.attack(declined=36)
    assert guarding.suspicion(now=timezone.now()) is Level.CLOSED
    bad, clean = visiting.visitor(1), visiting.visitor(2)
    bad.post(GIVE, visiting.form_of(bad, token="forged"))
    for client, status in ((bad, 429), (clean, 303)):
        html = client.get(GIVE).content.decode()
        form = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
        assert client.post(GIVE, form | {"proof": visiting.solved(html)}).status_code == status


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
    visiting.attack(declined=declined, paid=paid)
    now = timezone.now()
    assert guarding.suspicion(now=now) is level
    assert guarding.suspicion(now=now + timedelta(minutes=10)) is Level.CALM


def test_the_alarm_is_told_once_and_stands_in_the_work_of_today(clock: Any, processor: Sandbox) -> None:
    visiting.attack(declined=30)
    first = timezone.now()
    for number in range(1, 4):
        client = visiting.visitor(number)
        assert client.post(GIVE, visiting.form_of(client)).status_code == 428
        clock.shift(60)
    assert Heartbeat.objects.get(name=guarding.ALARM).at == first
    assert [task.at for task in _alarms()] == [first]
    clock.shift(24 * 3600)
    assert _alarms() == []


def _alarms() -> list[Task]:
    return [task for task in waiting_work.work(now=timezone.now()).tasks if task.kind == "card_testing"]


def test_without_scripts_plain_words_and_another_way(clock: Any) -> None:
    visiting.attack(declined=30)
    client = visiting.visitor()
    html = client.post(GIVE, visiting.form_of(client)).content.decode()
    silent = re.search(r"<noscript>(.*?)</noscript>", html, re.S)
    assert silent
    assert "This needs JavaScript" in silent[1]
    assert "mailto:" in silent[1]


def test_an_answer_is_good_for_its_own_form_only(clock: Any, processor: Sandbox) -> None:
    visiting.attack(declined=30)
    client = visiting.visitor()
    html = client.get(GIVE).content.decode()
    proof = visiting.solved(html)
    own = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
    foreign = visiting.form_of(client, proof=proof)
    assert client.post(GIVE, foreign).status_code == 428
    assert client.post(GIVE, own | {"proof": proof}).status_code == 303
    # Sent again it is the same gift.
    assert client.post(GIVE, own | {"proof": proof}).status_code == 303
    assert visiting.sessions(processor) == Checkout.objects.count() == 1


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
    client = visiting.visitor()
    answer = client.post(GIVE, visiting.form_of(client))
    Browser().pay(answer["Location"], card=DECLINED)
    settle_all(processor, now=timezone.now())
    kinds = {"charge.failed", "payment_intent.payment_failed"}
    assert kinds <= set(_kinds())
    assert _failures() == [1]


def _kinds() -> list[str]:
    return list(ProcessorEvent.objects.values_list("kind", flat=True))


def _failures() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count FROM donations_tally WHERE scope = 'failures'")
        return [row[0] for row in cursor.fetchall()]

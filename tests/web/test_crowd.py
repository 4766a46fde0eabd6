"""Very many press at once: whoever did the sum goes on, the others cost little, a single person is not turned away."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from donations import guarding
from donations.models import Checkout
from tests.sandbox.driving import Sandbox
from tests.web import filling, visiting
from tests.web.visiting import GIVE
from web.giving import crowding, vouching

pytestmark = pytest.mark.usefixtures("house")
SECOND = timedelta(seconds=1)


def crowd(number: int = 40) -> None:
    """Presses of forms that nobody of ours made, all in this second."""
    for place in range(number):
        visiting.visitor(500 + place).post(GIVE, {"token": "forged"})


def test_T01_in_a_crowd_a_network_without_the_sum_gets_few_words_and_a_link(
    clock: Any, processor: Sandbox
) -> None:
    client = visiting.visitor()
    ready = visiting.form_of(client)
    crowd(guarding.limits().presses_a_second)
    statuses = []
    for _ in range(5):
        answer = client.post(GIVE, ready | {"token": vouching.token(checkout_id=uuid.uuid4(), slug="family")})
        statuses.append(answer.status_code)
    assert statuses == [303, 429, 429, 429, 429]
    assert len(answer.content) <= 1024
    assert answer["Retry-After"] == "60"
    assert f'<a href="{GIVE}">'.encode() in answer.content
    korean = client.post("/ko/give/family/", ready)
    assert "양식 열기" in korean.content.decode()
    assert Checkout.objects.count() == 1


@pytest.mark.slow
def test_T01_whoever_opens_the_form_in_a_crowd_has_the_sum_and_gives(clock: Any, processor: Sandbox) -> None:
    crowd()
    for _ in range(3):  # a hall behind one address
        client = visiting.visitor()
        html = client.get(GIVE).content.decode()
        form = filling.fields(html).values | {"name": "Ruth Lee", "email": "ruth@example.org", "hand": "1"}
        assert client.post(GIVE, form | {"proof": visiting.solved(html)}).status_code == 303
    assert Checkout.objects.count() == 3


@pytest.mark.slow
def test_T01_refused_presses_of_a_crowd_ask_the_database_nothing_of_their_own(clock: Any) -> None:
    client = visiting.visitor()
    ready = visiting.form_of(client)
    crowd()
    client.post(GIVE, ready)
    asked: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert client.post(GIVE, ready).status_code == 429
    assert [sql for sql in asked if "tally" in sql] == []


def test_a_crowd_is_over_two_seconds_later(clock: Any) -> None:
    now = timezone.now()
    here = crowding.Crowd()
    for _ in range(guarding.limits().presses_a_second):
        assert not here.press(now=now)
    assert here.press(now=now)
    assert here.is_there(now=now + SECOND)
    assert not here.is_there(now=now + 2 * SECOND)


def test_a_network_is_held_for_the_length_of_a_pause(clock: Any) -> None:
    now, here = timezone.now(), crowding.Crowd()
    here.hold("10.0.0.0/24", now=now)
    assert here.is_held("10.0.0.0/24", now=now + 599 * SECOND)
    assert not here.is_held("10.0.0.0/24", now=now + 600 * SECOND)
    assert not here.is_held("10.0.1.0/24", now=now)

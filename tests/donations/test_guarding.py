"""Counts of the guard under many presses at once, each on a connection of its own."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from donations import guarding, tallying
from donations.guarding import Answer
from tests import threads


def _admit(number: int, *, ip: str, now: datetime) -> Answer:
    verdict = guarding.admit(
        checkout_id=uuid.uuid4(), ip=ip, email=f"giver{number}@example.org", is_proven=False, now=now
    )
    return verdict.answer


def test_many_at_once_from_one_network_are_counted_exactly(committed_db: None, now: datetime) -> None:
    deeds: list[Callable[[], Answer]] = [
        functools.partial(_admit, number, ip="203.0.113.9", now=now) for number in range(16)
    ]
    answers = threads.results(threads.at_once(deeds))
    assert answers.count(Answer.GO) == guarding.limits().starts_per_minute
    assert answers.count(Answer.WAIT) == 16 - guarding.limits().starts_per_minute


def test_many_at_once_from_everywhere_take_turns_at_the_processor(committed_db: None, now: datetime) -> None:
    deeds: list[Callable[[], Answer]] = [
        functools.partial(_admit, number, ip=f"198.51.{number}.9", now=now) for number in range(16)
    ]
    answers = threads.results(threads.at_once(deeds))
    at_once = guarding.limits().processor_per_second
    assert answers.count(Answer.GO) == at_once
    assert answers.count(Answer.BUSY) == 16 - at_once


def test_no_second_sees_more_calls_than_it_may(db: None, now: datetime) -> None:
    asked = [now + timedelta(milliseconds=10 * number) for number in range(500)]
    most = guarding.limits().processor_per_second
    went = [at for at in asked if tallying.call(per_second=most, now=at)]
    assert max(sum(at <= one < at + timedelta(seconds=1) for one in went) for at in went) <= most
    assert len(went) == 5 * most

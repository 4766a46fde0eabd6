"""Counts of the guard under many presses at once, each on a connection of its own."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from datetime import datetime

from donations import guarding
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
    assert answers.count(Answer.GO) == guarding.limits().processor_per_second
    assert answers.count(Answer.BUSY) == 16 - guarding.limits().processor_per_second

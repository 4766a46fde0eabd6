"""Notices that wait are settled in portions; two workers never take the same one, and none is lost with a worker."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from donations import keeping_up, tasks
from donations.models import Donation
from jobs import ringing
from payments import inbox
from payments.models import ProcessorEvent
from tests import facts, threads
from tests.donations.giving import Supporter, notices, selfcheck
from tests.sandbox.driving import Sandbox
from web.demo import writing


def test_all_that_waits_is_settled(supporter: Supporter) -> None:
    for _ in range(3):
        supporter.give()
    told = notices(supporter.processor)
    for notice in told:
        inbox.keep(notice=notice, now=supporter.now)
    taken = []
    while portion := keeping_up.settle_portion(now=supporter.now, side_by_side=1):
        taken.append(portion)
    assert sum(taken) == len(told)
    assert Donation.objects.count() == 3
    assert not ProcessorEvent.objects.filter(status="received").exists()
    selfcheck(now=supporter.now)


def test_what_a_dead_worker_held_comes_back(db: None, now: datetime) -> None:
    waiting = facts.event(settle_after=now)
    assert inbox.claim(now=now) == [waiting.pk]
    assert inbox.claim(now=now) == inbox.waiting(now=now) == []
    assert inbox.claim(now=now + inbox.CLAIMED_FOR) == [waiting.pk]


def test_two_workers_at_once_take_each_notice_once(committed_db: None, now: datetime) -> None:
    kept = {facts.event(ref=f"evt_{number}", settle_after=now).pk for number in range(30)}
    taken = threads.results(threads.at_once([lambda: inbox.claim(now=now, limit=10)] * 3))
    assert sorted(pk for portion in taken for pk in portion) == sorted(kept)


def test_a_worker_rings_for_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[tuple[str, ...]] = []
    portions = [*[20] * tasks.PORTIONS, 3, 0]
    monkeypatch.setattr(ringing, "ring", lambda *names: rung.append(names))
    monkeypatch.setattr(keeping_up, "settle_portion", lambda *, now: portions.pop(0))
    tasks.settle_waiting()
    assert rung == [("donations.settle_waiting", "receipts.follow_up", "donors.send_due")]
    tasks.settle_waiting()
    assert len(rung) == 1


def test_several_side_by_side_are_in_the_books_once(
    committed_db: None, processor: Sandbox, now: datetime, tmp_path: Path
) -> None:
    at = datetime.now(UTC)
    writing.write(now=at, state_dir=tmp_path)
    supporter = Supporter(processor=processor, now=at)
    for number in range(4):
        supporter.give(email=f"giver{number}@example.org")
    for notice in notices(processor):
        inbox.keep(notice=notice, now=at)
    while keeping_up.settle_portion(now=at):
        pass
    assert Donation.objects.count() == 4
    assert not ProcessorEvent.objects.filter(status__in=["received", "parked"]).exists()
    selfcheck(now=at)

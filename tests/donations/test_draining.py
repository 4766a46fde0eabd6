"""Many waiting notices are settled side by side; what one worker has claimed no other touches."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from donations import draining, tasks
from donations.models import Donation
from jobs import ringing
from payments import inbox
from payments.models import ProcessorEvent
from tests import facts, threads
from tests.donations.giving import Supporter, notices, selfcheck
from tests.sandbox.driving import Sandbox
from web.demo import writing


def stored(supporter: Supporter) -> list[int]:
    return [inbox.keep(notice=notice, now=supporter.now)[0] for notice in notices(supporter.processor)]


@pytest.fixture
def committed_supporter(committed_db: None, processor: Sandbox, tmp_path: object) -> Supporter:
    now = datetime.now().astimezone()
    writing.write(now=now, state_dir=tmp_path)  # type: ignore[arg-type]
    return Supporter(processor, now)


def test_a_rush_is_settled_side_by_side(committed_supporter: Supporter) -> None:
    for place in range(4):
        committed_supporter.give(email=f"giver-{place}@example.org")
    pks = stored(committed_supporter)

    assert draining.drain(now=committed_supporter.now) == len(pks)
    assert Donation.objects.count() == 4
    selfcheck(now=committed_supporter.now)


def test_the_bell_rings_again_only_for_what_is_left(
    supporter: Supporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names: rung.append(names))
    monkeypatch.setattr(draining, "BATCH", 2)
    monkeypatch.setattr(draining, "MOST_BATCHES", 1)
    supporter.give()
    assert len(stored(supporter)) > 2

    while ProcessorEvent.objects.filter(status="received").exists():
        tasks.settle_waiting()
    assert set(rung) == {("donations.settle_waiting", "receipts.follow_up", "donors.send_due")}
    before = len(rung)
    tasks.settle_waiting()
    assert len(rung) == before


def test_two_workers_at_once_take_each_notice_once(committed_db: None, now: datetime) -> None:
    kept = {facts.event(ref=f"evt_{number}", settle_after=now).pk for number in range(30)}
    claim = [lambda: inbox.claim(now=now, limit=10, lease=draining.LEASE)] * 3
    taken = threads.results(threads.at_once(claim))
    assert sorted(pk for leading, others in taken for pk in (*leading, *others)) == sorted(kept)


def test_what_is_claimed_is_left_alone_until_the_lease_ends(supporter: Supporter) -> None:
    supporter.give()
    pks = stored(supporter)
    leading, others = inbox.claim(now=supporter.now, limit=100, lease=draining.LEASE)

    assert sorted([*leading, *others]) == pks
    assert set(ProcessorEvent.objects.filter(pk__in=leading).values_list("kind", flat=True)) == {
        "charge.succeeded"
    }
    assert draining.drain(now=supporter.now) == 0
    later = supporter.now + draining.LEASE
    assert draining.drain(now=later) == len(pks)


def test_a_processor_that_does_not_answer_is_not_asked_for_the_rest(supporter: Supporter) -> None:
    for place in range(3):
        supporter.give(email=f"giver-{place}@example.org")
    pks = stored(supporter)
    supporter.processor.operate("POST", "faults", {"mode": "429", "count": None})

    assert draining.drain(now=supporter.now) < len(pks) - draining.ENOUGH
    waiting = ProcessorEvent.objects.filter(status="received")
    assert waiting.filter(attempts=1).count() == draining.ENOUGH
    untouched = waiting.filter(attempts=0)
    assert untouched.exists()
    assert set(untouched.values_list("settle_after", flat=True)) == {supporter.now + inbox.RELEASED_FOR}
    supporter.processor.operate("DELETE", "faults")
    draining.drain(now=supporter.now + timedelta(minutes=1))
    assert not waiting.exists()

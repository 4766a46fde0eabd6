"""Long work as rows: one worker for each job, the dead replaced, the hopeless given up."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs import beating, running
from jobs.models import Heartbeat, Job
from tests import facts, threads
from tests.facts import NOW

KINDS = ["export"]


@pytest.fixture
def waiting(db: None) -> Job:
    return make()


def make(**arguments: object) -> Job:
    return running.enqueue(kind="export", arguments=arguments, requested_by_id=None, now=NOW)


def claim(at: datetime = NOW) -> Job | None:
    return running.claim(kinds=KINDS, now=at)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def test_a_job_is_claimed_once(waiting: Job) -> None:
    mine = claim()
    assert mine is not None
    assert (mine.pk, mine.status, mine.attempts, mine.beat_at) == (waiting.pk, "running", 1, NOW)
    assert claim() is None


def test_jobs_are_claimed_in_turn_and_only_of_known_kinds(waiting: Job) -> None:
    later = running.enqueue(kind="export", arguments={}, requested_by_id=None, now=after(seconds=1))
    running.enqueue(kind="other", arguments={}, requested_by_id=None, now=after(days=-1))
    assert [job.pk for job in (claim(after(minutes=1)), claim(after(minutes=1))) if job] == [
        waiting.pk,
        later.pk,
    ]
    assert claim(after(minutes=1)) is None


def test_a_job_of_the_future_waits(waiting: Job) -> None:
    assert claim(after(seconds=-1)) is None


def test_many_workers_never_get_the_same_job(committed_db: None) -> None:
    made = {make(number=number).pk for number in range(5)}
    claimed = [job.pk for job in threads.results(threads.at_once([claim] * 8)) if job]
    assert len(claimed) == len(set(claimed))
    while (job := claim()) is not None:
        claimed.append(job.pk)
    assert set(claimed) == made
    assert len(claimed) == 5


def test_a_dead_workers_job_is_taken_over_and_the_dead_cannot_end_it(waiting: Job) -> None:
    dead = claim()
    assert dead is not None
    assert claim(after(seconds=119)) is None
    successor = claim(after(seconds=121))
    assert successor is not None
    assert (successor.pk, successor.attempts) == (dead.pk, 2)
    with pytest.raises(running.JobCanceled):
        running.report(job=dead, done=1, total=2, now=after(seconds=122))
    running.report(job=successor, done=5, total=9, now=after(seconds=122))
    waiting.refresh_from_db()
    assert (waiting.done, waiting.total, waiting.beat_at) == (5, 9, after(seconds=122))


def test_a_beat_keeps_a_long_job(waiting: Job) -> None:
    mine = claim()
    assert mine is not None
    running.report(job=mine, done=1, total=None, now=after(seconds=100))
    assert claim(after(seconds=200)) is None


def test_a_job_that_kills_its_workers_is_given_up(waiting: Job) -> None:
    for turn in range(5):
        assert claim(after(minutes=3 * turn)) is not None
    assert claim(after(minutes=15)) is None
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ended_at) == ("failed", after(minutes=15))
    assert "died" in waiting.error


def test_work_that_succeeds_keeps_its_result(waiting: Job) -> None:
    pk = running.run_one(works={"export": lambda job, now: {"rows": 3}}, now=NOW)
    assert pk == waiting.pk
    waiting.refresh_from_db()
    assert (waiting.status, waiting.result, waiting.ended_at) == ("succeeded", {"rows": 3}, NOW)
    assert str(waiting) == "export succeeded"
    assert running.run_one(works={"export": lambda job, now: {}}, now=NOW) is None


def test_work_that_fails_is_tried_five_times_and_can_be_retried(waiting: Job) -> None:
    def fail(job: Job, now: datetime) -> dict[str, object]:
        raise RuntimeError("no room on the disk")

    at = NOW
    pauses = []
    for _ in range(5):
        with pytest.raises(RuntimeError, match="no room"):
            running.run_one(works={"export": fail}, now=at)
        waiting.refresh_from_db()
        pauses.append((waiting.run_after - at).total_seconds())
        at = max(at, waiting.run_after)
    assert pauses[:4] == [20, 40, 80, 160]
    assert (waiting.status, waiting.error) == ("failed", "RuntimeError: no room on the disk")
    assert claim(after(days=1)) is None
    assert running.retry(job_id=waiting.pk, now=at)
    assert not running.retry(job_id=waiting.pk, now=at)
    again = claim(at)
    assert again is not None
    assert (again.attempts, again.error, again.ended_at) == (1, "", None)


def test_a_job_canceled_while_it_runs_stops_at_its_next_report(waiting: Job) -> None:
    def work(job: Job, now: datetime) -> dict[str, object]:
        assert running.cancel(job_id=job.pk, now=now)
        running.report(job=job, done=1, total=2, now=now)
        raise AssertionError("the report must stop the work")

    assert running.run_one(works={"export": work}, now=NOW) == waiting.pk
    waiting.refresh_from_db()
    assert (waiting.status, waiting.ended_at) == ("canceled", NOW)
    assert not running.cancel(job_id=waiting.pk, now=NOW)
    assert not running.retry(job_id=waiting.pk, now=NOW)


def test_a_job_canceled_before_it_ends_stays_canceled(waiting: Job) -> None:
    def work(job: Job, now: datetime) -> dict[str, object]:
        running.cancel(job_id=job.pk, now=now)
        return {"rows": 1}

    running.run_one(works={"export": work}, now=NOW)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.result) == ("canceled", {})


def test_a_job_knows_who_asked(db: None) -> None:
    user = facts.staff_member()
    job = running.enqueue(kind="export", arguments={"year": 2026}, requested_by_id=user.pk, now=NOW)
    assert (job.requested_by, job.arguments) == (user, {"year": 2026})


def test_a_heartbeat_is_one_row(db: None) -> None:
    beating.beat(name="worker", now=NOW)
    beating.beat(name="worker", now=after(seconds=30), report={"done": 1})
    beat = Heartbeat.objects.get()
    assert (beat.at, beat.report) == (after(seconds=30), {"done": 1})
    assert str(beat) == "worker at 2026-11-20 15:00:30"

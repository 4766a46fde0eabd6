"""The run is cut off anywhere and goes on: everybody once, numbers by position, the same bytes (D12, X41)."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from donations.models import Donation
from jobs.models import Job
from ledger import money
from receipts import delivering, finishing, issuing, running, writing
from receipts.models import AnnualRun, Delivery, Receipt, RunItem, Series
from tests import making, threads
from tests.receipts import years
from tests.receipts.years import NOW

DONORS = 60


class Killed(BaseException):
    """The worker dies here: nothing after this line happens, and no handler of errors sees it."""


def crowd(count: int = DONORS) -> None:
    """Every third goes by post; names are not in the order in which they came."""
    for n in range(count):
        giver = years.donor(f"Giver {(n * 7) % count:04}", wants_post=n % 3 == 0)
        years.gift(giver, f"{n + 1}.00")
        if n % 4 == 0:
            years.gift(giver, "9.00", month=8)


def papers() -> dict[int, str]:
    """The SHA-256 of every finished file by its number."""
    rows = Receipt.objects.order_by("number").values_list("number", "rendering__document_id")
    return dict(rows)


def everybody_once(run: AnnualRun, *, count: int = DONORS) -> None:
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == list(
        range(1, count + 1)
    )
    assert Series.objects.get().next_number == count + 1
    by_position = run.items.order_by("position").values_list("receipt__number", flat=True)
    assert list(by_position) == list(range(1, count + 1))
    assert Receipt.objects.values("donor").distinct().count() == count
    assert Delivery.objects.count() == count
    assert Receipt.objects.filter(rendering__isnull=True).count() == 0
    run.refresh_from_db()
    assert run.status == AnnualRun.Status.DELIVERED
    tally = delivering.tally(run_id=run.pk)
    assert tally.sent + tally.to_send + tally.printed + tally.to_print + tally.left_out == count


def dying(deed: Callable[..., Any], *, at: int, before: bool) -> Callable[..., Any]:
    """The deed, whose worker dies at the `at`-th call, before it or after it."""
    calls = itertools.count(1)

    def done(*args: Any, **named: Any) -> Any:
        is_last = next(calls) == at
        if is_last and before:
            raise Killed
        found = deed(*args, **named)
        if is_last:
            raise Killed
        return found

    return done


FAILPOINTS = [
    ("r1 before a number", writing, "write", 2, True),
    ("r2 after the numbers, before the rows are committed", writing, "write", 3, False),
    ("r3 after the ways, before the commit", delivering, "plan", 4, False),
    ("r4 after the commit, before the files", finishing, "finish_some", 1, True),
    ("r5 with some of the files made", finishing, "finish_some", 1, False),
]


def run_dying(run: AnnualRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work through every failpoint: die, wait until the job is stale, go on."""
    now = NOW
    monkeypatch.setattr(running, "TOGETHER", 7)
    for _name, room, deed, at, before in FAILPOINTS:
        with monkeypatch.context() as here:
            here.setattr(room, deed, dying(getattr(room, deed), at=at, before=before))
            with pytest.raises(Killed):
                years.work(now=now)
        now += timedelta(minutes=3)
        Job.objects.filter(pk=years.the_job(run).pk).update(attempts=1)
    years.work(now=now)


@pytest.mark.slow
@pytest.mark.django_db
def test_killed_at_five_points_it_ends_as_if_nothing_had_been(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    years.issuer()
    crowd()
    run = years.approved(years.rehearsed())
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT approved")
    years.work()
    everybody_once(run)
    unkilled = papers()
    with connection.cursor() as cursor:
        cursor.execute("ROLLBACK TO SAVEPOINT approved")
    settings.RECEIPT_MARKS = tmp_path / "marks of the second world"
    settings.RECEIPT_MARKS.mkdir()
    run_dying(run, monkeypatch)
    everybody_once(run)
    assert papers() == unkilled


@pytest.mark.django_db
def test_one_donor_s_problem_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in one receipt sends its step back; each is then issued by itself and only that one is left."""
    years.issuer()
    crowd(12)
    run = years.approved(years.rehearsed())
    poor = run.items.get(position=5)
    write = writing.write

    def failing(*, drafts: Any, **named: Any) -> Any:
        if any(draft.ask.donor_id == poor.donor_id for draft in drafts):
            raise ValueError("something nobody thought of")
        return write(drafts=drafts, **named)

    monkeypatch.setattr(writing, "write", failing)
    years.work()
    poor.refresh_from_db()
    assert (poor.status, poor.receipt) == ("blocked", None)
    assert "ValueError" in poor.words
    numbers = run.items.exclude(pk=poor.pk).order_by("position").values_list("receipt__number", flat=True)
    assert list(numbers) == list(range(1, 12))
    run.refresh_from_db()
    assert run.status == "delivered"


@pytest.mark.django_db
def test_a_trouble_of_the_house_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    years.issuer()
    crowd(3)
    run = years.approved(years.rehearsed())

    def away(**_named: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as here:
        here.setattr(writing, "write", away)
        with pytest.raises(OperationalError):
            years.work()
    assert run.items.filter(status=RunItem.Status.READY).count() == 3
    job = years.the_job(run)
    assert (job.status, job.attempts) == ("queued", 1)
    years.work(now=NOW + timedelta(minutes=1))
    everybody_once(run, count=3)


@pytest.mark.django_db
def test_a_run_given_up_by_its_workers_can_be_resumed() -> None:
    years.issuer()
    crowd(3)
    run = years.approved(years.rehearsed())
    Job.objects.filter(pk=years.the_job(run).pk).update(status="failed", ended_at=NOW)
    running.resume(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    everybody_once(run, count=3)


# Real threads, everything committed


@pytest.fixture
def world(committed_db: None) -> AnnualRun:
    years.issuer()
    crowd(24)
    return years.approved(years.rehearsed())


def test_two_workers_at_one_run_issue_it_once(world: AnnualRun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps themselves are safe, whatever the lane: four threads take them at once."""
    monkeypatch.setattr(running, "TOGETHER", 3)
    AnnualRun.objects.filter(pk=world.pk).update(status="issuing")

    def all_steps() -> int:
        steps = 0
        while running.step(run_id=world.pk, now=NOW):
            steps += 1
        return steps

    taken = threads.results(threads.at_once([all_steps] * 4))
    assert sum(taken) == 8
    years.work()
    everybody_once(world, count=24)


def test_the_second_worker_leaves_a_lane_that_is_taken(world: AnnualRun) -> None:
    held = running._lane(world.pk)
    with held:
        told = threads.at_once([lambda: running.run(years.the_job(world), NOW)])
    assert isinstance(told[0], running.LaneTaken)
    assert not Receipt.objects.exists()


def test_two_staff_and_the_run_issue_the_same_gifts_once(world: AnnualRun) -> None:
    """D13: both press at once while the run is at it; there is one receipt, whoever was first."""
    AnnualRun.objects.filter(pk=world.pk).update(status="issuing")
    gifts = list(Donation.objects.order_by("id"))

    def staff() -> int:
        return sum(issuing.decide(donation_id=gift.pk, now=NOW) is not None for gift in gifts)

    def run() -> int:
        steps = 0
        while running.step(run_id=world.pk, now=NOW):
            steps += 1
        return steps

    threads.results(threads.at_once([staff, staff, run]))
    covered = Receipt.objects.filter(voiding__isnull=True).values_list("lines__donation", flat=True)
    assert sorted(covered) == sorted(gift.pk for gift in gifts)
    numbers = list(Receipt.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert world.items.filter(status__in=["ready", "blocked"]).count() == 0


def test_refunds_while_it_issues_are_told_by_the_receipts(
    world: AnnualRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X40: each receipt tells what stood when its step held the gift, or is corrected right after."""
    monkeypatch.setattr(running, "TOGETHER", 2)
    AnnualRun.objects.filter(pk=world.pk).update(status="issuing")
    gifts = list(Donation.objects.order_by("given_at")[:12])

    def refunds() -> int:
        for gift in gifts:
            making.refund(of=gift, amount=money.Money(1_00, "USD"), at=NOW)
        return 0

    def run() -> int:
        steps = 0
        while running.step(run_id=world.pk, now=NOW):
            steps += 1
        return steps

    threads.results(threads.at_once([refunds, run]))
    from receipts import correcting

    correcting.correct_due(now=NOW)
    for gift in Donation.objects.prefetch_related("refunds"):
        back = sum(one.amount_minor for one in gift.refunds.all())
        standing = gift.receipt_lines.filter(receipt__voiding__isnull=True)
        assert [line.refunded_minor for line in standing] == ([back] if back < gift.amount_minor else [])


# Real processes, killed by the system


_WORKER = """
import sys, django
django.setup()
from django.db import connection
from jobs import running as working
from receipts import running, year_works
from django.utils import timezone
running.TOGETHER = 25
while working.run_one(works=year_works.works(), now=timezone.now()) is not None:
    pass
"""


@pytest.mark.slow
@pytest.mark.no_cover
def test_two_thousand_donors_survive_sigkill(committed_db: None, tmp_path: Path) -> None:
    """D12 with real processes: killed three times at a random moment; nobody is missing and nobody is twice."""
    years.issuer()
    crowd(2_000)
    run = years.approved(years.rehearsed())
    url = (
        f"postgresql://{connection.settings_dict['USER']}@/{connection.settings_dict['NAME']}"
        f"?host={connection.settings_dict['HOST']}"
    )
    environment = {**os.environ, "DATABASE_URL": url, "STATE_DIR": str(tmp_path)}
    kills = 0
    for pause in (0.6, 1.7, 2.9, None):
        connection.close()
        worker = subprocess.Popen([sys.executable, "-c", _WORKER], env=environment)
        if pause is None:
            assert worker.wait(timeout=900) == 0
            break
        begun = time.monotonic()
        before = Receipt.objects.filter(run=run).count()
        while (
            time.monotonic() - begun < 120 and Receipt.objects.filter(run=run).count() <= before + 100 * pause
        ):
            worker.poll()
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        kills += 1
        stuck = Job.objects.filter(pk=years.the_job(run).pk, status="running")
        stuck.update(beat_at=NOW - timedelta(hours=1))
    assert kills == 3
    everybody_once(run, count=2_000)

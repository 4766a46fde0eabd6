"""Exports by workers that are processes of their own: a large one is bounded, and one that is killed is taken over."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from bench import generating
from jobs import running
from jobs.models import Job
from reports import export_jobs, filing_out
from reports.files.making import Format, Piece
from staff.models import Role, User
from tests import making
from tests.journeys.waiting import until
from tests.reports.test_years import address

ROOT = Path(__file__).resolve().parents[2]
LARGE = 100_000
COLUMNS = ("donation_id", "given_on", "gross", "fee", "net", "campaign", "fund", "currency", "donor_id")


@pytest.fixture
def folder(committed_db: None, settings: Settings, tmp_path: Path) -> Iterator[Path]:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = storages
    return tmp_path / "files" / filing_out.FOLDER  # type: ignore[return-value]


def ask(form: Format = Format.CSV) -> Job:
    now = timezone.now()
    known = User.objects.filter(email="asker@example.org").first()
    owner = known or making.user(email="asker@example.org", role=Role.FINANCE, now=now)
    return export_jobs.ask(
        kind="donations", filters={}, language="en", request_id=uuid.uuid4(), requested_by=owner, now=now,
        form=form, columns=COLUMNS,
    )  # fmt: skip


def worker(folder: Path, *, ahead: int = 0) -> subprocess.Popen[str]:
    """Another worker, on the database of this test and its folder."""
    known = address()
    parts = psycopg.conninfo.conninfo_to_dict(known)
    url = f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}"
    if parts.get("password"):
        url = f"postgresql://{parts['user']}:{parts['password']}@/{parts['dbname']}?host={parts['host']}"
    if parts.get("port"):
        url += f"&port={parts['port']}"
    environment = {**os.environ, "DATABASE_URL": url, "STATE_DIR": str(folder.parent.parent)}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reports.export_worker", str(ahead)],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def told(running_worker: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = running_worker.communicate(timeout=300)
    assert running_worker.returncode == 0
    found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
    return found


def whole(job: Job, folder: Path) -> dict[str, Any]:
    """One file and its manifest, which tells the truth about it; nothing else lies there."""
    job.refresh_from_db()
    assert job.status == Job.Status.SUCCEEDED, job.error
    path, beside = filing_out.path_of(job), filing_out.manifest_path_of(job)
    assert sorted(folder.iterdir()) == sorted([path, beside])
    manifest: dict[str, Any] = json.loads(beside.read_text("utf-8"))
    assert manifest == job.result
    assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest["sha256"]
    assert path.stat().st_size == manifest["bytes"]
    return manifest


# What a worker keeps to


def at_work(*, attempts: int = 1) -> Job:
    job = ask()
    Job.objects.filter(pk=job.pk).update(status="running", attempts=attempts, beat_at=job.requested_at)
    job.refresh_from_db()
    return job


@pytest.mark.django_db
def test_who_waits_long_for_the_database_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filing_out, "BEAT_EVERY", 0.001)
    job, pieces = at_work(), Queue[Piece | None]()
    beats: list[datetime] = []

    def clock() -> datetime:
        beats.append(timezone.now() + timedelta(minutes=1))
        if len(beats) == 2:
            pieces.put((b"row", 1))
        return beats[-1]

    piece = filing_out._next(pieces, job, (7, 9), clock)
    job.refresh_from_db()
    assert piece == (b"row", 1)
    assert job.beat_at == beats[-1]
    assert (job.done, job.total) == (7, 9)


@pytest.mark.django_db
def test_a_worker_that_was_taken_over_gives_nothing_its_name(tmp_path: Path) -> None:
    job = at_work()
    Job.objects.filter(pk=job.pk).update(attempts=2)
    part, path = tmp_path / "part", tmp_path / "file"
    part.write_bytes(b"rows")
    with pytest.raises(running.JobCanceled):
        filing_out._name(job, {part: path})
    assert not path.exists()
    job.refresh_from_db()
    filing_out._name(job, {part: path})
    assert path.read_bytes() == b"rows"


@pytest.mark.django_db
def test_a_called_off_job_goes_on_and_its_late_worker_does_not(tmp_path: Path) -> None:
    job = at_work()
    assert running.cancel(job_id=job.pk, now=timezone.now())
    assert running.resume(job_id=job.pk, now=timezone.now())
    assert not running.resume(job_id=job.pk, now=timezone.now())
    later = running.claim(kinds=[job.kind], now=timezone.now())
    assert later is not None
    assert later.attempts == 2
    with pytest.raises(running.JobCanceled):
        running.report(job=job, done=1, total=None, now=timezone.now())
    running.report(job=later, done=1, total=None, now=timezone.now())


# Real processes


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_a_hundred_thousand_rows_take_less_than_a_minute_and_little_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("demodata", verbosity=0)
    monkeypatch.setenv("BENCH_DATABASE_URL", address())
    generating.ensure(rows=LARGE)
    for form in Format:
        job = ask(form)
        took = told(worker(folder))
        assert took["job"] == str(job.pk)
        manifest = whole(job, folder)
        assert manifest["rows"] >= LARGE
        assert took["cpu_seconds"] < 60, took
        assert took["grown_megabytes"] < 100, took
        assert took["child_megabytes"] < 200, took
        for path in folder.iterdir():
            path.unlink()
    _killed_in_the_middle(folder)


def _killed_in_the_middle(folder: Path) -> None:
    """With rows on the disk already: the next worker's file is whole, and the half one is gone."""
    job = ask()
    started = worker(folder)
    until(lambda: Job.objects.filter(pk=job.pk, done__gt=0).exists(), what="some rows written", seconds=120)
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        until(waits_for_us, what="the worker at its report", seconds=120)
        kill(started)
    left = list(folder.iterdir())  # a quick worker is at its manifest already
    assert max(part.stat().st_size for part in left) > 1_000_000
    assert {part.name for part in left} <= {f"{job.pk}.1.part", f"{job.pk}.1.manifest-part"}
    assert told(worker(folder, ahead=int(running.STALE_AFTER.total_seconds()) + 5))["job"] == str(job.pk)
    assert whole(job, folder)["rows"] >= LARGE


@pytest.fixture
def gifts(committed_db: None) -> int:
    now = timezone.now()
    giver = making.donor(now=now)
    for place in range(40):
        making.donation(by=giver, at=now - timedelta(minutes=place))
    return 40


def waits_for_us() -> bool:
    """Whether another connection waits for what this one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def killed_at_work(job: Job, folder: Path) -> list[Path]:
    """A worker whose rows do not come, for we hold a table it asks, is killed: this is what it leaves behind."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE donations_designation IN ACCESS EXCLUSIVE MODE")
        started = worker(folder)
        until(waits_for_us, what="the worker at its rows", seconds=120)
        kill(started)
    return sorted(folder.iterdir())


def kill(started: subprocess.Popen[str]) -> None:
    os.kill(started.pid, signal.SIGKILL)
    started.communicate(timeout=60)
    assert started.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "form",
    [
        Format.CSV,
        pytest.param(Format.XLSX, marks=pytest.mark.slow),
        pytest.param(Format.PARQUET, marks=pytest.mark.slow),
    ],
)
def test_an_export_whose_worker_was_killed_is_taken_over_and_whole(
    gifts: int, folder: Path, form: Format
) -> None:
    job = ask(form)
    left = killed_at_work(job, folder)
    assert [path.name for path in left] == [f"{job.pk}.1.part"]
    assert not filing_out.path_of(job).exists()
    assert export_jobs.there(job=job, now=timezone.now()) is None
    assert told(worker(folder))["job"] == ""  # its heart may still beat
    late = int(running.STALE_AFTER.total_seconds()) + 5
    assert told(worker(folder, ahead=late))["job"] == str(job.pk)
    assert whole(job, folder)["rows"] == gifts
    assert job.attempts == 2


@pytest.mark.slow
def test_a_worker_killed_again_and_again_leaves_nothing(gifts: int, folder: Path) -> None:
    job = ask()
    killed_at_work(job, folder)
    Job.objects.filter(pk=job.pk).update(attempts=running.MOST_ATTEMPTS)
    late = int(running.STALE_AFTER.total_seconds()) + 5
    assert told(worker(folder, ahead=late))["job"] == ""
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "Its worker died again and again.")
    export_jobs.purge(now=timezone.now())
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_called_off_while_its_worker_lay_dead_nothing_stays_and_it_can_be_made_after_all(
    gifts: int, folder: Path
) -> None:
    job = ask()
    killed_at_work(job, folder)
    assert running.cancel(job_id=job.pk, now=timezone.now())
    export_jobs.purge(now=timezone.now())
    assert list(folder.iterdir()) == []
    assert job.requested_by is not None
    assert export_jobs.resume(job=job, actor=job.requested_by, now=timezone.now())
    assert told(worker(folder))["job"] == str(job.pk)
    assert whole(job, folder)["rows"] == gifts

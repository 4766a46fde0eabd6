"""Handing over as long work: asked for once, watched, called off, and never half."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from books import handing_over, handing_over_jobs
from books.models import ExportedEntry, JournalExport, Target
from books.tasks import hand_over
from jobs import running
from jobs.models import Job
from ledger.money import Money
from tests import making, threads
from tests.books import handing
from tests.books.handing import NOW

pytestmark = pytest.mark.usefixtures("committed_db", "folder")


@pytest.fixture(autouse=True)
def books(committed_db: None) -> None:
    for place in range(3):
        handing.entry(("1000", "4000", making.fund(), Money(100 + place, "USD")), source=f"test:{place}")


def ask(target: str = Target.GENERIC, request: uuid.UUID | None = None) -> Job:
    return handing_over_jobs.ask(
        scope=handing.scope(target),
        request_id=request or uuid.uuid4(),
        requested_by=handing.actor(),
        now=NOW,
    )


def run() -> Job:
    done = running.run_one(works=handing_over_jobs.works(), now=NOW)
    assert done is not None
    return Job.objects.get(pk=done)


def test_an_export_is_asked_for_once_and_handed_over_once() -> None:
    request = uuid.uuid4()
    job = ask(request=request)
    assert ask(request=request).pk == job.pk
    done = run()
    made = JournalExport.objects.get()
    assert done.status == Job.Status.SUCCEEDED
    assert done.result == {"export": str(made.pk), "is_new": True}
    assert made.entry_count == 3
    ask()
    assert run().result == {"export": str(made.pk), "is_new": False}


def test_a_worker_that_died_after_the_commit_finds_what_it_made() -> None:
    job = ask()
    run()
    handing.entry(("1000", "4000", making.fund(), Money(5, "USD")), source="test:later")
    Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED, ended_at=None, result={})
    assert run().result == {"export": str(job.pk), "is_new": True}
    assert JournalExport.objects.count() == 1


def test_what_has_no_name_is_an_answer_and_not_tried_again() -> None:
    ask(Target.XERO)
    done = run()
    assert done.status == Job.Status.SUCCEEDED
    assert done.result == {"refused": "unnamed", "said": "", "accounts": [["1000", "GEN"], ["4000", "GEN"]]}
    assert not ExportedEntry.objects.exists()


def test_an_export_that_is_called_off_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_over, "TELL_EVERY", 1)
    job = ask()
    report = running.report

    def cancel_first(**told: object) -> None:
        running.cancel(job_id=job.pk, now=NOW)
        report(**told)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "report", cancel_first)
    running.run_one(works=handing_over_jobs.works(), now=NOW)
    assert Job.objects.get(pk=job.pk).status == Job.Status.CANCELED
    # It was called off before or after its own commit; half of it is never there.
    made = JournalExport.objects.count()
    assert ExportedEntry.objects.count() == made * 3
    assert len(list((folder / "journals").iterdir())) == made


def test_progress_is_seen_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing_over, "TELL_EVERY", 1)
    monkeypatch.setattr(handing_over_jobs, "LOOK_EVERY", 0.01)
    job = ask()
    run()
    assert Job.objects.get(pk=job.pk).total in {None, 6}


def test_a_long_file_that_is_lost_is_made_again_by_a_worker(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    run()
    made = JournalExport.objects.select_related("entity").get()
    assert not handing_over_jobs.is_long(made=made)
    monkeypatch.setattr(handing_over_jobs, "AT_ONCE", 5)
    assert not handing_over_jobs.is_long(made=made)
    handing.forget(folder)
    assert handing_over_jobs.is_long(made=made)
    first = handing_over_jobs.ask_again(made=made, requested_by=handing.actor(), now=NOW)
    assert handing_over_jobs.ask_again(made=made, requested_by=handing.actor(), now=NOW).pk == first.pk
    assert run().result == {"export": str(made.pk), "is_new": False}
    assert not handing_over_jobs.is_long(made=made)


def test_two_at_once_hand_over_once() -> None:
    actor, scope = handing.actor(), handing.scope()

    def deed() -> uuid.UUID:
        made = handing_over.export(export_id=uuid.uuid4(), scope=scope, actor=actor, now=NOW)
        return made.pk

    first, second = threads.results(threads.at_once([deed, deed]))
    assert first == second
    assert JournalExport.objects.get().entry_count == ExportedEntry.objects.count() == 3


def test_the_task_runs_what_waits() -> None:
    ask()
    hand_over()
    assert JournalExport.objects.count() == 1

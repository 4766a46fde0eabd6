"""A long file is long work: its progress is seen while it runs, it can be stopped, and then nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from books import receiving_reports
from books.importing import Source
from books.models import ProcessorReport
from books.opening_tables import Habits
from donations.models import Donation
from jobs import running
from jobs.models import Job
from tests import facts
from tests.books import files
from tests.campaigns import making


def put_down(content: bytes) -> Job:
    return receiving_reports.put_down(
        source=Source.PAYPAL,
        entity=making.entity(),
        campaign=facts.campaign(),
        file_name="../../Download.CSV",
        content=content,
        habits=Habits(),
        actor=facts.staff_member(),
        now=timezone.now(),
    )


def work() -> None:
    while running.run_one(works=receiving_reports.works(), now=timezone.now()):
        pass


def five() -> bytes:
    return files.paypal(*(files.given(str(n), "1.00", "0.00", "1.00", Date="01/20/2026") for n in range(5)))


def test_its_progress_is_seen_by_others(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving_reports, "TELL_EVERY", timedelta(0))
    job = put_down(five())
    work()
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.SUCCEEDED, "")
    assert (job.done, job.total) == (4, 5)
    assert job.arguments["file_name"] == "Download.CSV"
    begun = receiving_reports.bring_in(
        rehearsal=job, but_rejects=False, actor=facts.staff_member(), now=timezone.now()
    )
    work()
    begun.refresh_from_db()
    assert begun.result["counts"] == {"gift": 5}
    assert Donation.objects.count() == 5


def test_somebody_stops_it_and_nothing_stays(committed_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving_reports, "TELL_EVERY", timedelta(0))
    job = put_down(five())
    work()
    job.refresh_from_db()
    begun = receiving_reports.bring_in(
        rehearsal=job, but_rejects=False, actor=facts.staff_member(), now=timezone.now()
    )
    told: Callable[..., None] = running.report

    def stopping(*, job: Job, done: int, **more: object) -> None:
        if done == 3:
            running.cancel(job_id=job.pk, now=timezone.now())
        told(job=job, done=done, **more)

    monkeypatch.setattr(running, "report", stopping)
    work()
    begun.refresh_from_db()
    assert begun.status == Job.Status.CANCELED
    assert not Donation.objects.exists()
    assert not ProcessorReport.objects.exists()

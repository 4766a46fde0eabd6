"""Running long work: enqueue, claim, report progress, end. Rooms above say what runs for a kind."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from jobs.models import Job

STALE_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 5

Work = Callable[[Job, datetime], dict[str, object]]
"""What runs: given the claimed job and the time it was claimed, returns its result (plain JSON)."""


class JobCanceled(Exception):
    """Somebody canceled the job while it ran; the work stops at the next report of progress."""


def enqueue(*, kind: str, arguments: dict[str, object], requested_by_id: int | None, now: datetime) -> Job:
    """This function will store a job to be run as soon as a worker is free."""
    return Job.objects.create(
        kind=kind, arguments=arguments, requested_by_id=requested_by_id, requested_at=now, run_after=now
    )


def claim(*, kinds: list[str], now: datetime) -> Job | None:
    """Take the oldest job that waits, or one whose worker has died (no beat for two minutes).

    One whose workers have died five times is given up: it would take every worker with it.
    This function will return it as running with one more attempt, or None; two workers never get the same.
    """
    due = Q(status=Job.Status.QUEUED, run_after__lte=now) | Q(
        status=Job.Status.RUNNING, beat_at__lt=now - STALE_AFTER
    )
    Job.objects.filter(
        status=Job.Status.RUNNING, beat_at__lt=now - STALE_AFTER, attempts__gte=MOST_ATTEMPTS, kind__in=kinds
    ).update(status=Job.Status.FAILED, error="Its worker died again and again.", ended_at=now)
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(due, kind__in=kinds)
            .order_by("run_after", "id")
            .first()
        )
        if job is None:
            return None
        job.status, job.beat_at, job.attempts = Job.Status.RUNNING, now, job.attempts + 1
        job.save(update_fields=["status", "beat_at", "attempts"])
    return job


def _held(job: Job) -> QuerySet[Job]:
    """The row, while it is this worker's: a job taken over by another has one more attempt."""
    return Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts)


def report(*, job: Job, done: int, total: int | None, now: datetime) -> None:
    """Tell how far the work is. Raises JobCanceled when it was canceled or taken over meanwhile."""
    if not _held(job).update(done=done, total=total, beat_at=now):
        raise JobCanceled(str(job.pk))


def hold(*, job: Job) -> None:
    """Call it inside a transaction, before what the work did is given its name: nobody takes the job over until then.

    This function will raise JobCanceled when it was canceled or taken over meanwhile.
    """
    if not _held(job).select_for_update().exists():
        raise JobCanceled(str(job.pk))


def run_one(*, works: dict[str, Work], now: datetime) -> UUID | None:
    """Claim and run one job; an error is kept in the row and the job is tried again up to five times.

    This function will return the id of the job it ran, or None when none was waiting.
    """
    job = claim(kinds=list(works), now=now)
    if job is None:
        return None
    try:
        result = works[job.kind](job, now)
    except JobCanceled:
        return job.pk
    except Exception as error:
        _give_up_or_wait(job=job, error=error, now=now)
        raise
    _held(job).update(status=Job.Status.SUCCEEDED, result=result, ended_at=now, error="")
    return job.pk


def _give_up_or_wait(*, job: Job, error: Exception, now: datetime) -> None:
    words = f"{type(error).__name__}: {error}"[:500]
    running = _held(job)
    if job.attempts >= MOST_ATTEMPTS:
        running.update(status=Job.Status.FAILED, error=words, ended_at=now)
    else:
        wait = timedelta(seconds=10 * 2**job.attempts)
        running.update(status=Job.Status.QUEUED, error=words, run_after=now + wait, beat_at=None)


def cancel(*, job_id: UUID, now: datetime) -> bool:
    """This function will cancel a job that has not ended; whether it did is returned."""
    return bool(
        Job.objects.filter(pk=job_id, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).update(
            status=Job.Status.CANCELED, ended_at=now
        )
    )


def resume(*, job_id: UUID, now: datetime) -> bool:
    """Let a canceled job run after all. Its attempts go on counting, so that a worker that has not noticed yet that it
    was canceled does not take the next attempt for its own.

    This function will return whether it could.
    """
    return bool(
        Job.objects.filter(pk=job_id, status=Job.Status.CANCELED).update(
            status=Job.Status.QUEUED, ended_at=None, error="", run_after=now, beat_at=None
        )
    )


def retry(*, job_id: UUID, now: datetime) -> bool:
    """This function will let a failed job run again from where it was; whether it could is returned."""
    return bool(
        Job.objects.filter(pk=job_id, status=Job.Status.FAILED).update(
            status=Job.Status.QUEUED, ended_at=None, error="", run_after=now, attempts=F("attempts") * 0
        )
    )

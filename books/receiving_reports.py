"""Receiving reports: a file is put down, read as long work, looked at, and brought in by a second press.

The file itself lies beside the database for a day at most. What the reading found is kept with its job, and names
nobody: rows, sums, verdicts, and what could not be read with row, column and reason.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from books import importing, keeping_files
from books.decoding import UnreadableFile
from books.importing import Asked, Outcome, Source
from books.models import ProcessorReport
from books.opening_tables import LARGEST_FILE, Habits, Reject
from campaigns.models import Campaign
from jobs import running
from jobs.models import Job
from ledger.models import LegalEntity
from staff.models import User

REHEARSAL, IMPORT = "report_rehearsal", "report_import"
TELL_EVERY = timedelta(seconds=2)
MOST_SHOWN, MOST_REJECTS = 50, 500
_FOLDER = "report-files"

Result = dict[str, object]
Clock = Callable[[], datetime]


class UnableToReceive(ValueError):
    """`code` is `empty`, `large`, `gone` (it lay too long) or `step` (it is not read yet, or is brought in already)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def put_down(
    *,
    source: Source,
    entity: LegalEntity,
    campaign: Campaign,
    file_name: str,
    content: bytes,
    habits: Habits,
    actor: User,
    now: datetime,
) -> Job:
    """Keep a file and order its rehearsal. Raises UnableToReceive. This function will return the job that reads it."""
    if not content.strip():
        raise UnableToReceive("empty")
    if len(content) > LARGEST_FILE:
        raise UnableToReceive("large")
    arguments: dict[str, object] = {
        "source": str(source),
        "entity": entity.pk,
        "campaign": campaign.pk,
        "file_name": Path(file_name).name[:200],
        "days": habits.days,
        "decimal": habits.decimal,
    }
    with transaction.atomic():
        job = running.enqueue(kind=REHEARSAL, arguments=arguments, requested_by_id=actor.pk, now=now)
        with keeping_files.written(_path(job.pk)) as file:
            file.write(content)
    return job


def bring_in(*, rehearsal: Job, but_rejects: bool, actor: User, now: datetime) -> Job:
    """Order that a file that was looked at is brought in; pressed twice it is one order.

    Raises UnableToReceive. This function will return the job that does it.
    """
    known = Job.objects.filter(kind=IMPORT, arguments__rehearsal=str(rehearsal.pk)).order_by("-requested_at")
    for job in known:
        if job.status != Job.Status.FAILED and "refused" not in job.result:
            return job
    if (
        rehearsal.kind != REHEARSAL
        or rehearsal.status != Job.Status.SUCCEEDED
        or "refused" in rehearsal.result
    ):
        raise UnableToReceive("step")
    if not _path(rehearsal.pk).exists():
        raise UnableToReceive("gone")
    arguments: dict[str, object] = {
        **rehearsal.arguments,
        "rehearsal": str(rehearsal.pk),
        "but_rejects": but_rejects,
    }
    return running.enqueue(kind=IMPORT, arguments=arguments, requested_by_id=actor.pk, now=now)


def works() -> dict[str, running.Work]:
    """This function will return what runs for each kind of job, for `jobs.running.run_one`."""
    return {REHEARSAL: _rehearse, IMPORT: _bring_in}


def _rehearse(job: Job, now: datetime) -> Result:
    return _run(job, job.pk, lambda asked: importing.rehearse(asked=asked, actor=_actor(job), now=now))


def _bring_in(job: Job, now: datetime) -> Result:
    file = UUID(str(job.arguments["rehearsal"]))
    but_rejects = bool(job.arguments["but_rejects"])
    result = _run(
        job,
        file,
        lambda asked: importing.bring_in(asked=asked, actor=_actor(job), now=now, but_rejects=but_rejects),
    )
    if "refused" not in result:
        _path(file).unlink(missing_ok=True)
    return result


def _actor(job: Job) -> User:
    return User.objects.get(pk=job.requested_by_id or 0)


def _run(job: Job, file: UUID, deed: Callable[[Asked], Outcome]) -> Result:
    path = _path(file)
    if not path.exists():
        return {"refused": {"code": "gone"}}
    try:
        with Teller(job) as teller:
            return told(deed(_asked(job, path.read_bytes(), teller)))
    except UnreadableFile as error:
        where = {"row": error.row, "column": error.column, "said": error.told}
        return {"refused": {"code": error.code, **where}}
    except importing.UnableToImport as error:
        return {"refused": {"code": error.code}, "rejects": _rejects(error.rejects)}


def _asked(job: Job, content: bytes, progress: importing.Progress) -> Asked:
    told = job.arguments
    return Asked(
        source=Source(told["source"]),
        entity=LegalEntity.objects.get(pk=told["entity"]),
        campaign=Campaign.objects.select_related("fund").get(pk=told["campaign"]),
        file_name=str(told["file_name"]),
        content=content,
        habits=Habits(days=str(told["days"]), decimal=str(told["decimal"])),
        progress=progress,
    )


def told(outcome: Outcome) -> Result:
    """This function will return what came of a file as plain JSON that names nobody."""
    if outcome.is_known:
        return {"known": True, "report": str(outcome.report.pk)}
    return {
        "report": str(outcome.report.pk),
        "format": outcome.report.format,
        "rows": len(outcome.judged),
        "skipped": outcome.skipped,
        "counts": outcome.counts(),
        "sums": outcome.sums(),
        "ties": [tie.kept() for tie in outcome.ties],
        "rejects": _rejects(outcome.rejects),
        "reject_count": len(outcome.rejects),
        "shown": [
            {
                "row": one.line.number,
                "kind": one.line.kind,
                "ref": one.line.ref,
                "gross": one.line.gross,
                "fee": one.line.fee,
                "net": one.line.net,
                "currency": one.line.currency,
                "verdict": str(one.verdict),
            }
            for one in outcome.judged[:MOST_SHOWN]
        ],
    }


def _rejects(rejects: Sequence[Reject]) -> list[dict[str, object]]:
    chosen = rejects[:MOST_REJECTS]
    return [{"row": one.row, "column": one.column, "code": one.code, "said": one.said} for one in chosen]


def _leave() -> None:
    """Asked for in the thread it is called in: that thread's own connection."""
    connection.close()


class Teller:
    """Tells how far the work is, every few seconds, on a connection of its own: what it says is seen at once.

    The work itself is one transaction. A job somebody canceled meanwhile stops here, and nothing of it stays.
    """

    def __init__(self, job: Job, clock: Clock = timezone.now) -> None:
        self._job, self._clock = job, clock
        self._next = clock() + TELL_EVERY
        # A thread has a connection of its own, which would not see what an open transaction has written.
        self._pool = None if connection.in_atomic_block else ThreadPoolExecutor(1, "report")

    def __enter__(self) -> "Teller":
        return self

    def __exit__(self, *trouble: object) -> None:
        if self._pool is not None:
            self._pool.submit(_leave).result()
            self._pool.shutdown()

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if now < self._next:
            return
        self._next = now + TELL_EVERY
        if self._pool is None:
            self._tell(done, total, now)
        else:
            self._pool.submit(self._tell, done, total, now).result()

    def _tell(self, done: int, total: int, now: datetime) -> None:
        running.report(job=self._job, done=done, total=total, now=now)


def rejects_of(report: ProcessorReport) -> list[Reject]:
    """This function will return what of a file was left out, with row, column and reason."""
    return [
        Reject(int(one["row"]), str(one["column"]), str(one["code"]), str(one["said"]))
        for one in report.rejects
    ]


def purge(*, now: datetime) -> int:
    """This function will delete files that lay for a day, and return how many."""
    return keeping_files.purge(folder=_path(UUID(int=0)).parent, now=now)


def _path(job_id: UUID) -> Path:
    return Path(default_storage.path(f"{_FOLDER}/{job_id}"))

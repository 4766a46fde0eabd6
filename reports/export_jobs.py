"""Exports as long work: a file written in blocks beside its name, renamed when whole, and its manifest.

The file and its sums are read in one snapshot, in a thread of its own: while PostgreSQL streams, a connection can
do nothing else, and progress has to be told on another one.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from queue import Full, Queue
from threading import Event
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobs import running
from jobs.models import Job
from ledger.money import Money
from reports import exporting, listing
from reports.filtering import Filters
from staff import auditing
from staff.models import User

KINDS = {"donations": "export_donations", "journal": "export_journal"}
KEPT_FOR = timedelta(hours=24)
REPORT_EVERY = 1_048_576
_FOLDER = "exports"

Summary = dict[str, object]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Source:
    """What one export reads; both are called in the same snapshot."""

    blocks: Callable[[], Iterator[bytes]]
    summary: Callable[[], Summary]


def ask(
    *,
    kind: str,
    filters: Mapping[str, str],
    language: str,
    request_id: UUID,
    requested_by: User,
    now: datetime,
) -> Job:
    """Order an export; asking again with the same `request_id` finds the first one.

    `kind` is one of KINDS, `filters` plain texts as the API received them. This function will return the job.
    """
    asked = str(request_id)
    with transaction.atomic():
        known = of(owner=requested_by).filter(arguments__request=asked).first()
        if known is not None:
            return known
        arguments: dict[str, object] = {"filters": dict(filters), "language": language, "request": asked}
        job = running.enqueue(kind=KINDS[kind], arguments=arguments, requested_by_id=requested_by.pk, now=now)
        auditing.record(
            actor=requested_by,
            action="export.requested",
            target=f"job:{job.pk}",
            now=now,
            details={"kind": kind, "filters": sorted(filters)},
        )
    return job


def of(*, owner: User) -> QuerySet[Job]:
    """This function will return the exports somebody asked for; nobody sees another's."""
    return Job.objects.filter(requested_by=owner, kind__in=KINDS.values())


def expires_at(job: Job) -> datetime | None:
    """This function will return when the file of a finished export is deleted, None if there is none."""
    return job.ended_at + KEPT_FOR if job.status == Job.Status.SUCCEEDED and job.ended_at else None


def file_of(*, job: Job, reader: User, now: datetime) -> Path | None:
    """The finished file, its reading noted; None when it is not there, not yet or no more."""
    ends = expires_at(job)
    path = _path(job.pk)
    if ends is None or ends <= now or not path.exists():
        return None
    auditing.record(actor=reader, action="export.read", target=f"job:{job.pk}", now=now)
    return path


def purge(*, now: datetime) -> int:
    """This function will delete files whose 24 hours are over or whose job is gone, and return how many."""
    folder = _path(UUID(int=0)).parent
    removed = 0
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        job = Job.objects.filter(pk=path.name.partition(".")[0]).first()
        is_over = job is None or (job.ended_at is not None and job.ended_at + KEPT_FOR <= now)
        if is_over:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def works() -> dict[str, running.Work]:
    """This function will return what runs for each kind of export, for `jobs.running.run_one`."""
    return {KINDS["donations"]: _donations, KINDS["journal"]: _journal}


def _donations(job: Job, now: datetime) -> Summary:
    filters, language = _read_filters(job.arguments["filters"]), str(job.arguments["language"])
    return _export(
        job,
        Source(
            blocks=lambda: exporting.donations(filters=filters, language=language),
            summary=lambda: _sum_donations(filters),
        ),
        now=now,
    )


def _journal(job: Job, now: datetime) -> Summary:
    asked = job.arguments["filters"]
    first, last = (
        date.fromisoformat(asked[name]) if name in asked else None for name in ("booked_from", "booked_to")
    )
    return _export(
        job,
        Source(
            blocks=lambda: exporting.journal(booked_from=first, booked_to=last),
            summary=lambda: _sum_journal(first, last),
        ),
        now=now,
    )


def _read_filters(asked: Mapping[str, str]) -> Filters:
    read: dict[str, Callable[[str], object]] = {
        "given_from": date.fromisoformat,
        "given_to": date.fromisoformat,
        "donor": UUID,
    }
    return Filters(**{name: read.get(name, str)(value) for name, value in asked.items()})  # type: ignore[arg-type]


def _export(job: Job, source: Source, *, now: datetime, clock: Clock = timezone.now) -> Summary:
    """Write the file of a job. Raises running.JobCanceled; a file that is not whole is never left under its name."""
    path = _path(job.pk)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{job.pk}.{job.attempts}.part")
    blocks: Queue[bytes | None] = Queue(maxsize=8)
    stop = Event()
    try:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="export") as thread:
            reading = thread.submit(_read, source, blocks, stop)
            try:
                size, digest = _write(job, part, blocks, clock)
            finally:
                stop.set()
            summary = reading.result()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return {
        **summary,
        "filters": job.arguments["filters"],
        "language": job.arguments["language"],
        "snapshot_at": summary["snapshot_at"],
        "claimed_at": now.isoformat(),
        "bytes": size,
        "sha256": digest,
    }


def _write(job: Job, part: Path, blocks: "Queue[bytes | None]", clock: Clock) -> tuple[int, str]:
    size, told, digest = 0, 0, hashlib.sha256()
    running.report(job=job, done=0, total=None, now=clock())
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while (block := blocks.get()) is not None:
            file.write(block)
            digest.update(block)
            size += len(block)
            if size - told >= REPORT_EVERY:
                running.report(job=job, done=size, total=None, now=clock())
                told = size
        file.flush()
        os.fsync(file.fileno())
    running.report(job=job, done=size, total=size, now=clock())
    return size, digest.hexdigest()


def _read(source: Source, blocks: "Queue[bytes | None]", stop: Event) -> Summary:
    """Stream the file in this thread's own connection and snapshot, then sum it there."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT now()")
                begun: datetime = cursor.fetchone()[0]
            summary = source.summary() | {"snapshot_at": begun.isoformat()}
            for block in source.blocks():
                if not _put(blocks, block, stop):
                    break
        return summary
    finally:
        _put(blocks, None, stop)
        connection.close()


def _put(blocks: "Queue[bytes | None]", block: bytes | None, stop: Event) -> bool:
    """Hand a block over; False when nobody takes blocks any more."""
    while not stop.is_set():
        try:
            blocks.put(block, timeout=0.2)
        except Full:
            continue
        return True
    return False


def _sum_donations(filters: Filters) -> Summary:
    totals = listing.totals(filters=filters)
    sums: dict[str, Money] = {}
    for total in totals:
        sums[total.currency] = sums.get(total.currency, Money(0, total.currency)) + total.gross
    return {"rows": sum(total.count for total in totals), "sums": _plain(sums)}


_JOURNAL_SUMS = """
SELECT l.currency, count(*), sum(l.amount_minor) FILTER (WHERE l.amount_minor > 0)::bigint
FROM ledger_line l JOIN ledger_entry en ON en.id = l.entry_id
WHERE (%(first)s::date IS NULL OR en.booked_on >= %(first)s) AND (%(last)s::date IS NULL OR en.booked_on <= %(last)s)
GROUP BY l.currency ORDER BY l.currency
"""


def _sum_journal(first: date | None, last: date | None) -> Summary:
    with connection.cursor() as cursor:
        cursor.execute(_JOURNAL_SUMS, {"first": first, "last": last})
        found = cursor.fetchall()
    sums = {currency: Money(debit or 0, currency) for currency, _, debit in found}
    return {"rows": sum(count for _, count, _ in found), "sums": _plain(sums)}


def _plain(sums: Mapping[str, Money]) -> list[dict[str, str]]:
    return [{"amount": sums[code].plain, "currency": code} for code in sorted(sums)]


def _path(job_id: UUID) -> Path:
    # Whole files appear by renaming, which the storage must be a file system for.
    return Path(default_storage.path(f"{_FOLDER}/{job_id}.csv"))

"""Filing out: the work of one export. The file grows beside its name and is renamed when it is whole.

Rows and sums are read in one snapshot, in a thread of its own: while PostgreSQL streams, a connection can do nothing
else, and progress has to be told on another one. Beside the file lies its manifest. What a person may no longer see is
left out, and without a second person nobody takes the names of more than so many givers.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from books import letting_out, telling_exports
from books.models import ExportSchedule
from jobs import running
from jobs.models import Job
from reports.files import making, sealing
from reports.files.making import Format, Piece
from reports.lists import registering_lists, selecting
from reports.lists.selecting import Selection

FOLDER = "exports"
REPORT_EVERY = 20_000
"""Rows between two reports of progress."""
BEAT_EVERY = 20.0
"""Seconds between two signs of life while no row comes."""
Summary = dict[str, object]
Clock = Callable[[], datetime]


class Sink(Protocol):
    def write(self, block: bytes, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What the file will hold: `withheld` are the columns that were asked for and are not in it."""

    selection: Selection
    withheld: tuple[str, ...]


def path_of(job: Job) -> Path:
    """This function will return where the finished file of a job lies."""
    # Whole files appear by renaming, which the storage must be a file system for.
    ending = "zip" if "sealed" in job.arguments else str(job.arguments.get("format", Format.CSV))
    return Path(default_storage.path(f"{FOLDER}/{job.pk}.{ending}"))


def manifest_path_of(job: Job) -> Path:
    """This function will return where the manifest of a job's file lies."""
    return path_of(job).with_name(f"{job.pk}.json")


def make(job: Job, now: datetime, *, clock: Clock = timezone.now) -> Summary:
    """Write the file of a job. Raises running.JobCanceled, also when its reader may not have it any more.

    This function will return the manifest; a file that is not whole is never left under its name.
    """
    taken = _taken(job)
    if taken is None:
        running.cancel(job_id=job.pk, now=now)
        raise running.JobCanceled("its reader may not have this list any more")
    path = path_of(job)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in parts_of(job):
        left.unlink(
            missing_ok=True
        )  # of a worker that died; one that lives writes into nothing and learns it soon
    part, beside = (path.with_name(f"{job.pk}.{job.attempts}.{what}part") for what in ("", "manifest-"))
    try:
        told = _write(job, taken, part, now=now, clock=clock)
        _private(beside, json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode())
        _name(job, {part: path, beside: manifest_path_of(job)})
    finally:
        part.unlink(missing_ok=True)
        beside.unlink(missing_ok=True)
    _tell(job, taken, now=clock())
    return told


def parts_of(job: Job) -> list[Path]:
    """This function will return what earlier attempts left behind: files that are not whole."""
    return [
        found
        for found in path_of(job).parent.glob(f"{job.pk}.*part")
        if not found.name.startswith(f"{job.pk}.{job.attempts}.")
    ]


def _name(job: Job, made: Mapping[Path, Path]) -> None:
    """A file and its manifest get their names together, while nobody can take the job over."""
    with transaction.atomic():
        running.hold(job=job)
        for part, path in made.items():
            part.replace(path)


def _tell(job: Job, taken: Taken, *, now: datetime) -> None:
    """Whoever waits for the file hears of it; who looks at the page sees it anyway."""
    if "sealed" in job.arguments:
        letting_out.open_link(request_id=UUID(job.arguments["sealed"]), now=now)
    if "schedule" in job.arguments:
        schedule = ExportSchedule.objects.filter(pk=job.arguments["schedule"]).select_related("owner").first()
        if schedule is not None:
            telling_exports.scheduled(
                schedule=schedule, cause=str(job.pk), now=now, withheld=bool(taken.withheld)
            )


def _taken(job: Job) -> Taken | None:
    """What the reader may have now; None when nothing is left of it."""
    told, listing = job.arguments, registering_lists.named(job.kind.removeprefix("export_"))
    seen = selecting.visible(listing=listing, reader=job.requested_by) if job.requested_by else ()
    wanted = set(told.get("columns") or [column.name for column in listing.columns])
    columns = tuple(column for column in seen if column.name in wanted)
    if not columns:
        return None
    chosen = selecting.select(
        listing=listing,
        columns=columns,
        asked=told["filters"],
        language=told["language"],
        mark=told.get("mark", ""),
    )
    if "sealed" not in told and chosen.is_personal and _is_everybody(chosen):
        columns = tuple(column for column in columns if not column.is_personal)
        if not columns:
            return None
        chosen = selecting.select(
            listing=listing, columns=columns, asked=told["filters"], language=told["language"]
        )
    kept = {column.name for column in columns}
    return Taken(chosen, tuple(sorted(wanted - kept)) if told.get("columns") else ())


def _is_everybody(chosen: Selection) -> bool:
    most = settings.EXPORT_GIVERS_ALONE
    return selecting.extent(of=chosen, most_rows=0, most_givers=most).givers > most


def _write(job: Job, taken: Taken, part: Path, *, now: datetime, clock: Clock) -> Summary:
    pieces: Queue[Piece | None] = Queue(maxsize=8)
    totals: Queue[Summary] = Queue(maxsize=1)
    stop = Event()
    form = Format(job.arguments.get("format", Format.CSV))
    with (
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="export") as thread,
        _sink(job, form, part) as sink,
    ):
        file = making.pieces(
            of=taken.selection,
            form=form,
            with_mark=bool(job.arguments.get("with_mark")),
            may_keep="sealed" not in job.arguments,  # of these nothing plain touches the disk
        )
        reading = thread.submit(_read, taken.selection, file, (pieces, totals, stop))
        try:
            size, digest = _take(job, sink, (pieces, totals), clock)
        finally:
            stop.set()
        summary = reading.result()
    return {
        **summary,
        "list": taken.selection.listing.key,
        "format": form.value,
        "columns": [column.name for column in taken.selection.columns],
        "withheld": list(taken.withheld),
        "filters": job.arguments["filters"],
        "language": job.arguments["language"],
        "claimed_at": now.isoformat(),
        "bytes": size,
        "sha256": digest,
    }


@contextmanager
def _sink(job: Job, form: Format, part: Path) -> Iterator[Sink]:
    """Where the bytes go: a private file, or straight into an encrypted archive."""
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if "sealed" not in job.arguments:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        return
    os.close(descriptor)
    name = f"{job.kind.removeprefix('export_')}.{form.value}"
    with sealing.sealed(path=part, name=name, request_id=UUID(job.arguments["sealed"])) as member:
        yield member


def _take(
    job: Job, sink: Sink, queues: "tuple[Queue[Piece | None], Queue[Summary]]", clock: Clock
) -> tuple[int, str]:
    pieces, totals = queues
    size, rows, told, digest = 0, 0, 0, hashlib.sha256()
    total: int | None = None
    running.report(job=job, done=0, total=None, now=clock())
    while (piece := _next(pieces, job, (rows, total), clock)) is not None:
        block, count = piece
        sink.write(block)
        digest.update(block)
        size, rows = size + len(block), rows + count
        is_told = total is None and not totals.empty()
        if is_told:
            total = _whole(totals.get())
        if is_told or rows - told >= REPORT_EVERY:
            running.report(job=job, done=rows, total=total, now=clock())
            told = rows
    running.report(job=job, done=rows, total=rows, now=clock())
    return size, digest.hexdigest()


def _next(
    pieces: "Queue[Piece | None]", job: Job, progress: tuple[int, int | None], clock: Clock
) -> Piece | None:
    """The next piece. Whoever waits long for the database lives, and says so, or nobody would know it from the dead."""
    while True:
        try:
            return pieces.get(timeout=BEAT_EVERY)
        except Empty:
            done, total = progress
            running.report(job=job, done=done, total=total, now=clock())


def _whole(summary: Summary) -> int:
    rows = summary["rows"]
    return rows if isinstance(rows, int) else 0


def _read(
    chosen: Selection,
    file: Iterator[Piece],
    queues: "tuple[Queue[Piece | None], Queue[Summary], Event]",
) -> Summary:
    """Stream the file in this thread's own connection and snapshot, after summing it there."""
    pieces, totals, stop = queues
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT now()")
                begun: datetime = cursor.fetchone()[0]
            summary = selecting.summed(of=chosen) | {"snapshot_at": begun.isoformat()}
            totals.put(summary)
            for piece in file:
                if not _put(pieces, piece, stop):
                    break
        return summary
    finally:
        _put(pieces, None, stop)
        connection.close()


def _put(queue: "Queue[Any]", piece: Piece | None, stop: Event) -> bool:
    """Hand a piece over; False when nobody takes pieces any more."""
    while not stop.is_set():
        try:
            queue.put(piece, timeout=0.2)
        except Full:
            continue
        return True
    return False


def _private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)

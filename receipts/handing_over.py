"""Handing over: receipts that go by post, in one file for the printer, in the order of postcodes, and their labels.

The files lie with the exports and leave with them a day after their job ended; they can be made again at any time, from
the same receipts in the same order. A receipt counts as printed when somebody says that it was.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from jobs import running as working
from jobs.models import Job
from receipts import labels, posting_letters, printing
from receipts.models import AnnualRun, Delivery, PrintFile
from staff import auditing
from staff.models import User

KIND = "annual_print"
RECEIPTS, LABELS = "receipts", "labels"
_FOLDER = "exports"
Clock = Callable[[], datetime]


class AlreadyPosted(ValueError):
    """The letters of a print file are in the post: setting them once more would send them twice."""


def hand_over(
    *, run: AnnualRun, job_id: uuid.UUID, requested_by: User | None, now: datetime
) -> PrintFile | None:
    """Set what of a run waits for the printer into files; a second call finds only what came since.

    Who has no postal address, and whose receipt cannot be printed, stays in the print queue, where somebody sees it.
    This function will return the print file, or None when nothing waits.
    """
    with transaction.atomic():
        claimed = posting_letters.waiting(entity_id=run.entity_id).filter(receipt__run=run)
        held = claimed.select_related("receipt__seal", "receipt__donor__merged_into")
        ways = [
            way
            for way in held.select_for_update(of=("self",), skip_locked=True).order_by("id")
            if posting_letters.reader_of(way).address
        ]
        if not ways:
            return None
        made = PrintFile(entity=run.entity, run=run, requested_by=requested_by, made_at=now)
        left_out = _write(made, ways, job_id=job_id)
        made.save(force_insert=True)
        taken = [way.pk for way in ways if way.receipt.serial not in left_out]
        Delivery.objects.filter(pk__in=taken).update(print_file=made)
    return made


def _write(made: PrintFile, ways: Sequence[Delivery], *, job_id: uuid.UUID) -> tuple[str, ...]:
    """Write both files under names that begin with their job: with it they leave. The numbers left out are returned."""
    made.receipts_file, made.labels_file = (
        f"{job_id}.{made.pk.hex[:8]}.{which}.pdf" for which in (RECEIPTS, LABELS)
    )
    ordered = posting_letters.in_order(ways)
    _path(made.receipts_file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    printed = printing.write(
        _path(made.receipts_file), (posting_letters.item_of(way) for way in ordered), is_two_sided=True
    )
    addressed = (posting_letters.label_of(posting_letters.reader_of(way)) for way in ordered)
    labels.write(_path(made.labels_file), addressed, made.entity.paper)
    made.receipts_sha256 = printed.sha256
    made.page_count, made.receipt_count = printed.pages, printed.count
    return printed.left_out


def ask_again(*, print_file_id: uuid.UUID, actor: User, now: datetime) -> Job:
    """Order the files of a print file once more, after they were deleted. Raises AlreadyPosted.

    This function will return the job that writes them.
    """
    with transaction.atomic():
        made = PrintFile.objects.select_for_update().get(pk=print_file_id)
        if made.printed_at is not None:
            raise AlreadyPosted
        auditing.record(actor=actor, action="print file ordered", target=f"print_file:{made.pk}", now=now)
        return working.enqueue(
            kind=KIND, arguments={"print_file": str(made.pk)}, requested_by_id=actor.pk, now=now
        )


def again(job: Job, now: datetime, *, clock: Clock = timezone.now) -> dict[str, object]:
    """This function will write the files of a job's print file again, over the receipts that still stand."""
    made = PrintFile.objects.get(pk=job.arguments["print_file"])
    working.report(job=job, done=0, total=made.receipt_count, now=clock())
    standing = Delivery.objects.filter(print_file=made, receipt__voiding__isnull=True)
    ways = standing.select_related("receipt__seal", "receipt__donor__merged_into").order_by("id")
    _write(made, list(ways), job_id=job.pk)
    made.save(
        update_fields=["receipts_file", "labels_file", "receipts_sha256", "page_count", "receipt_count"]
    )
    return {"receipts": made.receipt_count}


def file_of(*, made: PrintFile, which: str, reader: User, now: datetime) -> Path | None:
    """One of the files, its reading noted; None when it is there no more."""
    path = where(made=made, which=which)
    if path is None:
        return None
    auditing.record(
        actor=reader,
        action="print file read",
        target=f"print_file:{made.pk}",
        now=now,
        details={"file": which},
    )
    return path


def where(*, made: PrintFile, which: str) -> Path | None:
    """This function will return where a file lies, None when it is there no more."""
    name = {RECEIPTS: made.receipts_file, LABELS: made.labels_file}.get(which, "")
    path = _path(name) if name else None
    return path if path is not None and path.exists() else None


def _path(name: str) -> Path:
    return Path(default_storage.path(f"{_FOLDER}/{name}"))

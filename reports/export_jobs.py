"""Exports as long work: ordered, watched, fetched within a day by nobody but the one who asked.

What a file may hold is decided when it is made, not when it is asked for: by the rights its reader has then.
`reports.filing_out` makes the file. A worker that dies leaves nothing under the file's name, and the job begins anew.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from jobs import running
from jobs.models import Job
from reports import filing_out
from reports.files.making import Format
from reports.lists import registering_lists
from staff import auditing
from staff.models import User

KINDS = {key: f"export_{key}" for key in registering_lists.ALL}
KEPT_FOR = timedelta(hours=24)
FOLDER = filing_out.FOLDER


def ask(
    *,
    kind: str,
    filters: Mapping[str, str],
    language: str,
    request_id: UUID,
    requested_by: User,
    now: datetime,
    form: Format = Format.CSV,
    columns: Sequence[str] = (),
    with_mark: bool = False,
    also: Mapping[str, str] | None = None,
) -> Job:
    """Order an export; asking again with the same `request_id` finds the first one.

    `kind` is the key of a list, `filters` plain texts, `columns` names (none: all the reader may see). `also` is what
    a timetable or a second person's request adds. This function will return the job.
    """
    asked = str(request_id)
    with transaction.atomic():
        known = of(owner=requested_by).filter(arguments__request=asked).first()
        if known is not None:
            return known
        told: dict[str, object] = {"format": form.value, "columns": list(columns)}
        arguments: dict[str, object] = {
            **{"filters": dict(filters), "language": language, "request": asked, "with_mark": with_mark},
            **told,
            **(also or {}),
        }
        job = running.enqueue(kind=KINDS[kind], arguments=arguments, requested_by_id=requested_by.pk, now=now)
        auditing.record(
            actor=requested_by,
            action="export.requested",
            target=f"job:{job.pk}",
            now=now,
            # Which words it was narrowed by, not what was typed: that may be a giver's name.
            details={"kind": kind, "filters": sorted(filters), **told},
        )
    return job


def of(*, owner: User) -> QuerySet[Job]:
    """This function will return the exports somebody asked for; nobody sees another's."""
    return Job.objects.filter(requested_by=owner, kind__in=KINDS.values())


def listing_of(job: Job) -> str:
    """This function will return the key of the list a job exports."""
    return job.kind.removeprefix("export_")


def form_of(job: Job) -> Format:
    """This function will return in which format a job writes."""
    return Format(job.arguments.get("format", Format.CSV))


def is_sealed(job: Job) -> bool:
    """This function will return whether the file was let out by a second person, and is handed over only once."""
    return "sealed" in job.arguments


def expires_at(job: Job) -> datetime | None:
    """This function will return when the file of a finished export is deleted, None if there is none."""
    return job.ended_at + KEPT_FOR if job.status == Job.Status.SUCCEEDED and job.ended_at else None


def name_of(job: Job) -> str:
    """This function will return what the file is called when it is taken."""
    ending = "zip" if is_sealed(job) else form_of(job).value
    return f"{listing_of(job)}-{job.requested_at:%Y%m%d-%H%M}.{ending}"


def file_of(*, job: Job, reader: User, now: datetime) -> Path | None:
    """The finished file, its reading noted; None when it is not there, not yet or no more.

    This function will also return None for a sealed file, which has a door of its own.
    """
    path = None if is_sealed(job) else there(job=job, now=now)
    if path is not None:
        auditing.record(actor=reader, action="export.read", target=f"job:{job.pk}", now=now)
    return path


def there(*, job: Job, now: datetime) -> Path | None:
    """This function will return where a finished file is, None when its day is over or it was taken."""
    ends = expires_at(job)
    path = filing_out.path_of(job)
    return path if ends is not None and ends > now and path.exists() else None


def manifest_of(*, job: Job) -> dict[str, object] | None:
    """This function will return what stands in the manifest beside a file, None without one."""
    path = filing_out.manifest_path_of(job)
    if job.status != Job.Status.SUCCEEDED or not path.exists():
        return None
    told: dict[str, object] = json.loads(path.read_text("utf-8"))
    return told


def purge(*, now: datetime) -> int:
    """This function will delete files whose 24 hours are over, whose job is gone or was called off, and parts of files
    that nobody writes any more; it returns how many exports.
    """
    folder = Path(default_storage.path(FOLDER))
    removed = set()
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        job_id = path.name.partition(".")[0]
        job = Job.objects.filter(pk=job_id).first()
        if job is None or _is_over(job, now) or path in filing_out.parts_of(job):
            path.unlink(missing_ok=True)
            removed.add(job_id)
    return len(removed)


def _is_over(job: Job, now: datetime) -> bool:
    if job.status in {Job.Status.CANCELED, Job.Status.FAILED}:
        return True
    return job.ended_at is not None and job.ended_at + KEPT_FOR <= now


def resume(*, job: Job, actor: User, now: datetime) -> bool:
    """Have a file made after all that was called off or has failed; from the beginning, for a file is one snapshot.

    This function will return whether it could.
    """
    with transaction.atomic():
        goes_on = running.retry(job_id=job.pk, now=now) or running.resume(job_id=job.pk, now=now)
        if goes_on:
            auditing.record(actor=actor, action="export.resumed", target=f"job:{job.pk}", now=now)
    return goes_on


def works() -> dict[str, running.Work]:
    """This function will return what runs for each kind of export, for `jobs.running.run_one`."""
    return dict.fromkeys(KINDS.values(), filing_out.make)

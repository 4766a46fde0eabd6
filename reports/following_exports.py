"""Following exports: what the timetable asks for is ordered, what was let out by two is made, what is over ends."""

import uuid
from datetime import UTC, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from books import letting_out, scheduling
from books.models import ExportRequest, ExportSchedule
from jobs.models import Job
from reports import export_jobs
from reports.files.making import Format
from reports.lists import registering_lists, selecting
from staff.models import User

_NAMESPACE = uuid.UUID("0b6a4f0e-3c1a-5b4e-9f53-6f0f4a0f7c11")


def order_due(*, now: datetime) -> int:
    """Order the files whose morning has come; a file that was ordered already is not ordered again.

    This function will return how many were.
    """
    ordered = 0
    with transaction.atomic():
        for schedule in scheduling.due(now=now):
            if not schedule.owner.is_active:
                scheduling.stop_for_leaver(schedule=schedule, now=now)
                continue
            listing = registering_lists.ALL.get(schedule.listing)
            if listing is None or not selecting.visible(listing=listing, reader=schedule.owner):
                scheduling.made_once(schedule=schedule, job=None, words=NO_RIGHT, now=now)
                continue
            job = export_jobs.ask(
                kind=schedule.listing,
                filters=_filters(schedule, now),
                language=schedule.language,
                request_id=uuid.uuid5(_NAMESPACE, f"{schedule.pk} {schedule.next_at.isoformat()}"),
                requested_by=schedule.owner,
                now=now,
                form=Format(schedule.format),
                columns=schedule.columns,
                also={"schedule": str(schedule.pk)},
            )
            scheduling.made_once(schedule=schedule, job=job, words="", now=now)
            ordered += 1
    return ordered


NO_RIGHT = "no right"
"""What a timetable says whose owner may not have the list any more."""


def _filters(schedule: ExportSchedule, now: datetime) -> dict[str, str]:
    filters = {name: value for name, value in schedule.filters.items() if name != "period"}
    if schedule.filters.get("period") == scheduling.PREVIOUS:
        first, last = scheduling.period(cadence=schedule.cadence, on=now.date())
        known = registering_lists.named(schedule.listing).filters
        word = "given" if "given_from" in known else "booked"
        if f"{word}_from" in known:
            filters |= {f"{word}_from": first.isoformat(), f"{word}_to": last.isoformat()}
    return filters


def make_let_out(*, request_id: uuid.UUID, actor: User, now: datetime) -> Job:
    """Have the file of an approved request made: encrypted, and marked in every row. Raises letting_out.UnableToLetOut.

    This function will return the job; pressed twice, it is the same.
    """
    with transaction.atomic():
        request = letting_out.usable(request_id=request_id, actor=actor, now=now)
        if request.job is not None:
            return request.job
        asked_at = request.asked_at.astimezone(UTC)
        job = export_jobs.ask(
            kind=request.listing,
            filters=request.filters,
            language=request.language,
            request_id=request.pk,
            requested_by=actor,
            now=now,
            form=Format(request.format),
            columns=request.columns,
            also={
                "sealed": str(request.pk),
                "mark": f"Copy of {actor.name} <{actor.email}>, asked for {asked_at:%Y-%m-%d %H:%M} UTC,"
                f" request {request.pk}",
            },
        )
        letting_out.begin(request=request, job=job)
    return job


def take(*, request_id: uuid.UUID, actor: User, now: datetime) -> tuple[BinaryIO, str]:
    """Hand the sealed file over, once. Raises letting_out.UnableToLetOut.

    This function will return the open file, which has no name on our disk any more, and what it is called.
    """
    request = ExportRequest.objects.select_related("job").get(pk=request_id)
    path = export_jobs.there(job=request.job, now=now) if request.job else None
    file = path.open("rb") if path else None
    try:
        letting_out.take(request_id=request_id, actor=actor, now=now)
        if file is None or path is None or request.job is None:
            raise letting_out.UnableToLetOut("gone", _("The file is gone; please ask again."))
    except letting_out.UnableToLetOut:
        if file is not None:
            file.close()
        raise
    path.unlink(missing_ok=True)
    return file, export_jobs.name_of(request.job)

"""Taking lists out: a small file streams at once, a large one is made by the worker and waits here for a day."""

import json
import uuid

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jobs import ringing, running
from jobs.models import Job
from reports import export_jobs, ordering
from reports.files import making
from staff import auditing, pacing
from staff.models import Role, User
from web.office import wanting
from web.office.admitting import admit

BELL = "reports.run_jobs"
READERS = (Role.VIEWER, Role.FINANCE, Role.APPROVER)
SHOWN = 50
AN_HOUR = 60
"""Files one person may order within an hour."""


@admit(*READERS)
@require_GET
def exports(request: HttpRequest) -> HttpResponse:
    """The files somebody ordered, newest first, and how far they are."""
    now = timezone.now()
    jobs = list(export_jobs.of(owner=_reader(request)).order_by("-requested_at", "-id")[:SHOWN])
    rows = [_row(job, now) for job in jobs]
    context = {
        "rows": rows,
        "is_at_work": any(job.status in {Job.Status.QUEUED, Job.Status.RUNNING} for job in jobs),
        "state": " ".join(str(job.status) for job in jobs[:5]),
    }
    return render(request, "office/exports.html", context)


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404("nobody")
    return request.user


def _row(job: Job, now: object) -> dict[str, object]:
    return {
        "job": job,
        "listing": export_jobs.listing_of(job),
        "form": export_jobs.form_of(job).value,
        "is_sealed": export_jobs.is_sealed(job),
        "request": job.arguments.get("sealed"),
        "ends_at": export_jobs.expires_at(job),
        "is_there": export_jobs.there(job=job, now=timezone.now()) is not None,
        "manifest": job.result if job.status == Job.Status.SUCCEEDED else None,
        "is_moving": job.status in {Job.Status.QUEUED, Job.Status.RUNNING},
    }


@admit(*READERS)
@require_POST
def take(request: HttpRequest, listing: str) -> HttpResponseBase:
    """What a panel asks for: a stream, a job, or the page that asks for a second person."""
    reader, now = _reader(request), timezone.now()
    try:
        wanted = wanting.read(request, listing)
        looked = ordering.look(wanted=wanted, reader=reader)
    except wanting.Refused as error:
        return refused(request, error.words)
    except wanting.UNABLE as error:
        return refused(request, wanting.refusal(error).words)
    if looked.needs_second:
        return second(request, wanted, looked)
    if not pacing.may_look(who=f"exports:{reader.pk}", subject=str(uuid.uuid4()), now=now, most=AN_HOUR):
        return refused(request, _("You have taken 60 files within an hour. Please wait a while."), status=429)
    if looked.is_small:
        blocks = ordering.stream(wanted=wanted, looked=looked, actor=reader, now=now)
        answer = StreamingHttpResponse(blocks, content_type=making.TOLD[wanted.form].content_type)
        answer.headers["Content-Disposition"] = wanting.disposition(wanting.name_of(wanted))
        return answer
    ordering.order(wanted=wanted, request_id=uuid.uuid4(), actor=reader, now=now)
    ringing.ring(BELL)
    messages.success(request, _("The file is being made. You can follow it here."))
    return redirect("office:exports")


def refused(request: HttpRequest, words: str, *, status: int = 422) -> HttpResponse:
    """This function will tell in words why there is no file."""
    return render(request, "office/export_refused.html", {"words": words}, status=status)


def second(
    request: HttpRequest, wanted: ordering.Wanted, looked: ordering.Looked, *, words: str = ""
) -> HttpResponse:
    """This function will show that a second person is needed, with the form that asks for one and a way without."""
    plain = [column.name for column in looked.selection.columns if not column.is_personal]
    context = {
        "wanted": wanted,
        "personal": [column.name for column in looked.selection.columns if column.is_personal],
        "plain": plain,
        "hidden": [(f"{wanting.PREFIX}{name}", value) for name, value in wanted.filters.items()],
        "request_id": uuid.uuid4(),
        "most": ordering.most_alone(),
        "refused": words,
    }
    return render(request, "office/export_second.html", context, status=422 if words else 200)


def _own(request: HttpRequest, pk: uuid.UUID) -> Job | None:
    return export_jobs.of(owner=_reader(request)).filter(pk=pk).first()


def absent(request: HttpRequest) -> HttpResponse:
    """This function will tell that there is nothing here for the reader, whoever else may have something."""
    return refused(request, _("There is no such file of yours."), status=404)


@admit(*READERS)
@require_GET
def file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """A finished file, for its day; nobody but the one who asked gets it."""
    job = _own(request, pk)
    if job is None:
        return absent(request)
    path = export_jobs.file_of(job=job, reader=_reader(request), now=timezone.now())
    if path is None:
        messages.info(request, _("This file was deleted. It can be made again."))
        return redirect("office:exports")
    answer = FileResponse(path.open("rb"), content_type=making.TOLD[export_jobs.form_of(job)].content_type)
    answer.headers["Content-Disposition"] = wanting.disposition(export_jobs.name_of(job))
    return answer


@admit(*READERS)
@require_GET
def manifest(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What the file holds, as JSON: rows, sums, filters, columns, the moment of its snapshot and its SHA-256."""
    job = _own(request, pk)
    told = export_jobs.manifest_of(job=job) if job else None
    if job is None or told is None:
        return absent(request)
    answer = HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json")
    answer.headers["Content-Disposition"] = wanting.disposition(f"{export_jobs.name_of(job)}.json")
    return answer


@admit(*READERS)
@require_POST
def steer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a file off, or have one made after all that was called off or has failed."""
    job, now = _own(request, pk), timezone.now()
    if job is None:
        return absent(request)
    deed = request.POST.get("deed")
    if deed == "cancel" and running.cancel(job_id=job.pk, now=now):
        auditing.record(actor=_reader(request), action="export.canceled", target=f"job:{job.pk}", now=now)
        messages.success(request, _("Called off. Nothing was kept."))
    elif deed == "retry" and export_jobs.resume(job=job, actor=_reader(request), now=now):
        ringing.ring(BELL)
        messages.success(request, _("It is made again from the beginning, as the list is now."))
    else:
        messages.warning(request, _("This has ended already."))
    return redirect("office:exports")

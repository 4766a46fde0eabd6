"""Timetables of lists: made from a list's own panel, paused, resumed and deleted here."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from books import scheduling
from books.models import ExportSchedule
from reports import ordering
from staff.models import User
from web.office import taking_out, wanting
from web.office.admitting import admit

READERS = taking_out.READERS


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404("nobody")
    return request.user


@admit(*READERS)
@require_GET
def timetables(request: HttpRequest) -> HttpResponse:
    """One's own timetables, by name."""
    rows = (
        ExportSchedule.objects.filter(owner=_reader(request))
        .select_related("last_job")
        .order_by("name", "id")
    )
    return render(request, "office/export_timetables.html", {"rows": rows})


@admit(*READERS)
@require_POST
def plan(request: HttpRequest, listing: str) -> HttpResponse:
    """Have the list of a panel made again and again."""
    try:
        ordering.schedule(
            wanted=wanting.read(request, listing, is_plan=True),
            name=request.POST.get("name", ""),
            cadence=request.POST.get("cadence", ""),
            schedule_id=uuid.uuid4(),
            actor=_reader(request),
            now=timezone.now(),
        )
    except (wanting.Refused, scheduling.UnableToSchedule) as error:
        return taking_out.refused(request, error.words)
    except wanting.UNABLE as error:
        return taking_out.refused(request, wanting.refusal(error).words)
    messages.success(request, _("Kept. You get a mail each time a file waits for you."))
    return redirect("office:export_timetables")


@admit(*READERS)
@require_POST
def steer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Pause, resume or delete one's own timetable."""
    deed = {"pause": scheduling.pause, "resume": scheduling.resume, "delete": scheduling.delete}.get(
        request.POST.get("deed", "")
    )
    if deed is None:
        return taking_out.refused(request, _("Please choose again."))
    try:
        deed(schedule_id=pk, actor=_reader(request), now=timezone.now())
    except scheduling.UnableToSchedule as error:
        return taking_out.refused(request, error.words)
    messages.success(request, _("Noted."))
    return redirect("office:export_timetables")

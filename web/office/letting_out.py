"""Letting out in the office: a list of many givers is asked for by one person and let out by another (T41)."""

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from books import letting_out
from books.models import ExportRequest
from jobs import ringing
from reports import following_exports, ordering
from reports.files import sealing
from staff import roles
from staff.models import Role, User
from web.office import paging, taking_out, wanting
from web.office.admitting import admit

READERS = (Role.FINANCE, Role.APPROVER)
MAY_APPROVE = (Role.APPROVER,)
SEALED = "application/zip"


def _reader(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404("nobody")
    return request.user


@admit(*READERS)
@require_POST
def ask(request: HttpRequest, listing: str) -> HttpResponse:
    """Ask for a second person, with what the list is for."""
    reader = _reader(request)
    try:
        wanted = wanting.read(request, listing)
        made = ordering.ask_second(
            wanted=wanted,
            reason=request.POST.get("reason", ""),
            request_id=_id(request),
            actor=reader,
            now=timezone.now(),
        )
    except wanting.Refused as error:
        return taking_out.refused(request, error.words)
    except wanting.UNABLE as error:
        return taking_out.refused(request, wanting.refusal(error).words)
    except letting_out.UnableToLetOut as error:
        return taking_out.second(
            request, wanted, ordering.look(wanted=wanted, reader=reader), words=error.words
        )
    messages.success(request, _("Asked. Somebody who may approve is told."))
    return redirect("office:export_request", pk=made.pk)


def _id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid.uuid4()


def _visible(request: HttpRequest) -> QuerySet[ExportRequest]:
    found = ExportRequest.objects.select_related("asked_by", "decided_by", "job")
    if roles.may(request.user, roles=MAY_APPROVE):
        return found
    return found.filter(asked_by=_reader(request))


@admit(*READERS)
@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    """Requests, newest first: all of them for those who may approve, one's own for everybody else."""
    rows = _visible(request).order_by("-asked_at", "-id")
    page = paging.page(rows=rows, by="asked_at", after=request.GET.get("after", ""))
    context = {"page": page, "older": paging.older(request, page, fields=())}
    return render(request, "office/export_requests.html", context)


@admit(*READERS)
@require_GET
def request_page(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, pk)


def _page(
    request: HttpRequest, pk: uuid.UUID, *, refused: str = "", password: str = "", status: int = 200
) -> HttpResponse:
    found, now = _visible(request).filter(pk=pk).first(), timezone.now()
    if found is None:
        return taking_out.absent(request)
    is_own = found.asked_by_id == _reader(request).pk
    is_approved = found.status == ExportRequest.Status.APPROVED
    context = {
        "asked": found,
        "is_own": is_own,
        "is_open": found.status == ExportRequest.Status.ASKED,
        "may_decide": not is_own and roles.may(request.user, roles=MAY_APPROVE),
        "may_make": is_own and is_approved and found.job is None,
        "is_at_work": is_own and is_approved and found.job is not None and found.link_ends_at is None,
        "may_take": is_own and is_approved and bool(found.link_ends_at and found.link_ends_at > now),
        "refused": refused,
        "password": password,
    }
    return render(request, "office/export_request.html", context, status=status)


@admit(*READERS)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve, decline or take back. The answer to an approval is the only page that shows the password."""
    if not _visible(request).filter(pk=pk).exists():
        return taking_out.absent(request)
    deed, actor, now = request.POST.get("deed"), _reader(request), timezone.now()
    may_decide = roles.may(request.user, roles=MAY_APPROVE)
    try:
        if deed == "approve" and may_decide:
            letting_out.approve(request_id=pk, actor=actor, now=now)
            return _page(request, pk, password=sealing.password(request_id=pk))
        if deed == "withdraw" or (deed == "decline" and may_decide):
            letting_out.decline(request_id=pk, actor=actor, now=now)
            messages.success(request, _("Nothing leaves the house."))
            return redirect("office:export_request", pk=pk)
    except letting_out.UnableToLetOut as error:
        return _page(request, pk, refused=error.words, status=422)
    return _page(request, pk, refused=_("Only somebody who may approve can decide this."), status=403)


@admit(*READERS)
@require_POST
def make(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Have the approved file made."""
    if not _visible(request).filter(pk=pk).exists():
        return taking_out.absent(request)
    try:
        following_exports.make_let_out(request_id=pk, actor=_reader(request), now=timezone.now())
    except letting_out.UnableToLetOut as error:
        return _page(request, pk, refused=error.words, status=422)
    ringing.ring(taking_out.BELL)
    return redirect("office:export_request", pk=pk)


@admit(*READERS)
@require_POST
def take(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file, once. It is a press and not a link, so that nothing that follows links uses it up."""
    if not _visible(request).filter(pk=pk).exists():
        return taking_out.absent(request)
    try:
        file, name = following_exports.take(request_id=pk, actor=_reader(request), now=timezone.now())
    except letting_out.UnableToLetOut as error:
        return _page(request, pk, refused=error.words, status=422)
    answer = FileResponse(file, content_type=SEALED)
    answer.headers["Content-Disposition"] = wanting.disposition(name)
    return answer

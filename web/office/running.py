"""The annual run as pages: begin it, look at its rehearsal, approve it, watch it, and see what became of everybody."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from jobs import ringing
from ledger.models import LegalEntity
from receipts import approving_runs, delivering, handing_over, posting_letters, rehearsing, running
from receipts.models import AnnualRun, PrintFile, RunException, RunItem
from staff import roles
from staff.models import Role, User
from web.office import paging
from web.office.admitting import admit
from web.office.filtering import ANY
from web.run_wording import CHANNELS, ITEMS

BELL = "receipts.run_jobs"
AT_WORK = ("rehearsing", "approved", "issuing", "issued")


class NewRunForm(forms.Form):
    entity = forms.ModelChoiceField(label=gettext_lazy("Organization"), queryset=LegalEntity.objects.none())
    tax_year = forms.IntegerField(label=gettext_lazy("Tax year"), min_value=2000, max_value=2200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = LegalEntity.objects.filter(issuer__is_open=True).order_by("id")
        self.fields["entity"].queryset = bodies  # type: ignore[attr-defined]


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """Every run, newest first."""
    found = AnnualRun.objects.select_related("entity", "requested_by", "approved_by").order_by(
        "-requested_at", "-id"
    )
    page = paging.page(rows=found, by="requested_at", after=request.GET.get("after", ""))
    context = {
        "page": page,
        "older": paging.older(request, page, fields=()),
        "may_prepare": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/runs.html", context)


@admit(Role.FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    """Choose the body and the year; the rehearsal begins at once and writes nothing but itself."""
    if request.method != "POST":
        last_year = timezone.now().year - 1
        return render(request, "office/run_new.html", {"form": NewRunForm(initial={"tax_year": last_year})})
    form = NewRunForm(request.POST)
    if form.is_valid() and isinstance(request.user, User):
        try:
            asked = form.cleaned_data
            made = rehearsing.begin(
                entity_id=asked["entity"].pk,
                tax_year=asked["tax_year"],
                actor=request.user,
                now=timezone.now(),
            )
        except rehearsing.UnableToPrepare as error:
            form.add_error(None, error.words)
        else:
            ringing.ring(BELL)
            return redirect("office:run", pk=made.pk)
    return render(request, "office/run_new.html", {"form": form}, status=422)


def _run(pk: uuid.UUID) -> AnnualRun:
    return get_object_or_404(
        AnnualRun.objects.select_related("entity", "requested_by", "approved_by", "job"), pk=pk
    )


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def run(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Where a run stands: how far the work is, what the rehearsal says, or what became of everybody."""
    return _page(request, _run(pk))


def _page(request: HttpRequest, found: AnnualRun, *, refused: str = "", status: int = 200) -> HttpResponse:
    is_rehearsed = found.status == AnnualRun.Status.REHEARSED
    is_own = isinstance(request.user, User) and approving_runs.is_own(run=found, actor=request.user)
    is_given_up = found.job is not None and found.job.is_given_up
    items = RunItem.objects.filter(run=found)
    context = {
        "run": found,
        "refused": refused,
        "is_at_work": found.status in AT_WORK and not is_given_up,
        "is_given_up": found.status in AT_WORK and is_given_up,
        "hindrances": approving_runs.hindrances(run=found) if is_rehearsed else [],
        "is_own": is_own,
        "may_prepare": roles.may(request.user, roles=[Role.FINANCE]),
        "may_approve": not is_own and roles.may(request.user, roles=[Role.APPROVER]),
        "exceptions": _by_state(found),
        "counts": dict(items.values_list("status").annotate(Count("pk")).order_by("status")),
        "drawn": items.filter(receipt__rendering__isnull=False).count(),
        "troubled": items.filter(receipt__trouble__isnull=False).count(),
        "tally": delivering.tally(run_id=found.pk),
        "print_files": [
            (made, handing_over.where(made=made, which=handing_over.RECEIPTS) is not None)
            for made in found.print_files.order_by("-made_at", "-id")
        ],
    }
    return render(request, "office/run.html", context, status=status)


def _by_state(found: AnnualRun) -> dict[str, int]:
    counted = RunException.objects.filter(item__run=found).values_list("state").annotate(Count("pk"))
    return dict(counted.order_by("state"))


@admit(Role.FINANCE)
@require_POST
def steer(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Rehearse again, pause, go on, or give up; what is issued stays."""
    found, deed = _run(pk), _DEEDS.get(request.POST.get("deed", ""))
    if deed is None or not isinstance(request.user, User):
        return _page(request, found, refused=_("Please choose again."), status=422)
    try:
        deed(run_id=pk, actor=request.user, now=timezone.now())
    except (rehearsing.UnableToPrepare, running.UnableToSteer) as error:
        return _page(request, found, refused=error.words, status=422)
    ringing.ring(BELL)
    return redirect("office:run", pk=pk)


_DEEDS: dict[str, Callable[..., object]] = {
    "rehearse": rehearsing.again,
    "cancel": rehearsing.cancel,
    "pause": running.pause,
    "resume": running.resume,
}


@admit(Role.APPROVER)
def approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person says yes, after a page that tells what will happen."""
    found = _run(pk)
    if request.method != "POST" or not isinstance(request.user, User):
        hindrances = (
            approving_runs.hindrances(run=found) if found.status == AnnualRun.Status.REHEARSED else ["over"]
        )
        is_own = isinstance(request.user, User) and approving_runs.is_own(run=found, actor=request.user)
        if hindrances or is_own:
            return redirect("office:run", pk=pk)
        return render(request, "office/run_approve.html", {"run": found})
    try:
        approving_runs.approve(run_id=pk, actor=request.user, now=timezone.now())
    except approving_runs.UnableToApprove as error:
        return _page(request, found, refused=error.words, status=422)
    ringing.ring(BELL)
    messages.success(request, _("Approved. The receipts are being issued."))
    return redirect("office:run", pk=pk)


class ItemFilterForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ANY, *ITEMS.items()])
    channel = forms.ChoiceField(label=gettext_lazy("Way"), required=False, choices=[ANY, *CHANNELS.items()])


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def items(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everybody of a run, in the order of their numbers, with what became of them."""
    found, form = _run(pk), ItemFilterForm(request.GET)
    rows = RunItem.objects.none()
    if form.is_valid():
        rows = _chosen(RunItem.objects.filter(run=found), form.cleaned_data)
    after = request.GET.get("after", "")
    after_position = int(after) if after.isdecimal() else 0
    shown = list(
        rows.filter(position__gt=after_position)
        .select_related("donor", "receipt")
        .order_by("position")[: paging.SIZE + 1]
    )
    more = shown[paging.SIZE - 1].position if len(shown) > paging.SIZE else 0
    kept = {key: value for key, value in request.GET.items() if value and key in form.fields}
    context = {"run": found, "form": form, "rows": shown[: paging.SIZE], "more": more, "kept": kept}
    return render(request, "office/run_items.html", context, status=200 if form.is_valid() else 400)


def _chosen(rows: QuerySet[RunItem], asked: dict[str, str]) -> QuerySet[RunItem]:
    return rows.filter(**{name: value for name, value in asked.items() if value})


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def print_file(request: HttpRequest, pk: uuid.UUID, which: str) -> HttpResponseBase:
    """The printer's file or its labels, for a day; reading is written down."""
    made = get_object_or_404(PrintFile.objects.filter(run__isnull=False), pk=pk)
    path = None
    if isinstance(request.user, User):
        path = handing_over.file_of(made=made, which=which, reader=request.user, now=timezone.now())
    if path is None:
        messages.info(request, _("This file was deleted. It can be made again."))
        return redirect("office:run", pk=made.run_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{which}.pdf")


@admit(Role.FINANCE)
@require_POST
def print_deed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make the files again, or say that they are printed and mailed."""
    made = get_object_or_404(PrintFile.objects.filter(run__isnull=False), pk=pk)
    deed, now = request.POST.get("deed", ""), timezone.now()
    if not isinstance(request.user, User) or deed not in {"again", "printed"}:
        return _page(request, _run(made.run_id or pk), refused=_("Please choose again."), status=422)
    if deed == "again":
        try:
            handing_over.ask_again(print_file_id=pk, actor=request.user, now=now)
        except handing_over.AlreadyPosted:
            messages.warning(request, _("These letters are in the post already."))
            return redirect("office:run", pk=made.run_id)
        ringing.ring(BELL)
        messages.success(request, _("The files are being made. Look again in a moment."))
    elif made.printed_at is None:
        posting_letters.mark_printed(print_file_id=pk, actor=request.user, now=now)
        messages.success(request, _("Noted."))
    else:
        messages.warning(request, _("These letters are in the post already."))
    return redirect("office:run", pk=made.run_id)

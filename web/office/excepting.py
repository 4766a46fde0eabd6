"""The work list of a run: what somebody must look at before the year's receipts may be approved."""

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Case, Count, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from receipts import excepting, noticing
from receipts.models import AnnualRun, RunException
from staff import roles
from staff.models import Role, User
from web.office import paging
from web.office.admitting import admit
from web.office.filtering import ANY
from web.run_wording import DECISIONS, EXCEPTIONS

_OPEN_FIRST = Case(When(state=RunException.State.OPEN, then=Value(0)), default=Value(1))
_TO_SOLVE_FIRST = Case(When(code__in=noticing.TO_KNOW, then=Value(1)), default=Value(0))


class ExceptionFilterForm(forms.Form):
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ANY, *DECISIONS.items()])
    code = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=[ANY, *EXCEPTIONS.items()])


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def exceptions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Open ones first, and of those what must be mended; each with its way to mend it."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: uuid.UUID, *, refused: str = "", status: int = 200) -> HttpResponse:
    run = get_object_or_404(AnnualRun.objects.select_related("entity"), pk=pk)
    form = ExceptionFilterForm(request.GET)
    of_run = RunException.objects.filter(item__run=run)
    rows = _chosen(of_run, form) if form.is_valid() else of_run.none()
    start = request.GET.get("from", "")
    begin = int(start) if start.isdecimal() else 0
    shown = list(rows[begin : begin + paging.SIZE + 1])
    kept = {key: value for key, value in request.GET.items() if value and key in form.fields}
    more = urlencode({**kept, "from": begin + paging.SIZE}) if len(shown) > paging.SIZE else ""
    open_ones = of_run.filter(state=RunException.State.OPEN)
    context = {
        "run": run,
        "form": form,
        "rows": [(one, one.code in noticing.TO_KNOW) for one in shown[: paging.SIZE]],
        "more": more,
        "query": urlencode(kept),
        "refused": refused,
        "counts": list(open_ones.values_list("code").annotate(Count("pk")).order_by("code")),
        "to_note": open_ones.filter(code__in=noticing.TO_KNOW).count(),
        "may_decide": run.status == AnnualRun.Status.REHEARSED
        and roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/run_exceptions.html", context, status=status)


def _chosen(rows: QuerySet[RunException], form: ExceptionFilterForm) -> QuerySet[RunException]:
    state, code = form.cleaned_data["state"], form.cleaned_data["code"]
    if state:
        rows = rows.filter(state=state)
    if code:
        rows = rows.filter(code__startswith="law:") if code == "law" else rows.filter(code=code)
    return rows.select_related("item__donor", "donation", "decided_by").order_by(
        _OPEN_FIRST, _TO_SOLVE_FIRST, "code", "item__position", "pk"
    )


@admit(Role.FINANCE)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID, exception: int) -> HttpResponse:
    """Ask the facts again, leave out with a reason, or take a decision back."""
    found = get_object_or_404(RunException, pk=exception, item__run=pk)
    deed = request.POST.get("deed", "")
    try:
        if not isinstance(request.user, User) or not _decided(deed, found.pk, request, request.user):
            return _page(request, pk, refused=_("Please choose again."), status=422)
    except excepting.UnableToDecide as error:
        return _page(request, pk, refused=error.words, status=422)
    return _back(request, pk)


def _decided(deed: str, exception: int, request: HttpRequest, actor: User) -> bool:
    now = timezone.now()
    if deed == "solve":
        excepting.solve(exception_id=exception, actor=actor, now=now)
    elif deed == "leave_out":
        reason = request.POST.get("reason", "").replace("\x00", "")
        excepting.leave_out(exception_id=exception, reason=reason, actor=actor, now=now)
    elif deed == "open_again":
        excepting.open_again(exception_id=exception, actor=actor, now=now)
    return deed in {"solve", "leave_out", "open_again"}


@admit(Role.FINANCE)
@require_POST
def note(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything that only has to be known, of one kind or all, in one press."""
    get_object_or_404(AnnualRun, pk=pk)
    code = request.POST.get("code", "")
    try:
        if not isinstance(request.user, User):
            return _page(request, pk, refused=_("Please choose again."), status=422)
        excepting.note(run_id=pk, code=code, actor=request.user, now=timezone.now())
    except excepting.UnableToDecide as error:
        return _page(request, pk, refused=error.words, status=422)
    messages.success(request, _("Noted."))
    return _back(request, pk)


def _back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """To the list as it was filtered."""
    kept = {key: request.GET[key] for key in ("state", "code", "from") if request.GET.get(key)}
    address = reverse("office:run_exceptions", args=[pk])
    return redirect(f"{address}?{urlencode(kept)}" if kept else address)

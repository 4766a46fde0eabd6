"""Month's end: the list of a month, what somebody says to each line of it, the close, and opening it again."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from books import checking_months, closing_months
from books.checking_months import UnableToBegin, UnableToCheck
from books.closing_months import UnableToCloseMonth, UnableToReopenMonth
from books.models import MonthEnd, Reopening
from ledger.models import LegalEntity, PeriodClose
from reports import month_checks
from staff import roles
from staff.models import Role, User
from web.month_wording import REFUSALS
from web.office import paging
from web.office.admitting import admit

MAY_SEE = (Role.FINANCE, Role.APPROVER)


class BeginForm(forms.Form):
    entity = forms.ModelChoiceField(queryset=LegalEntity.objects.all())
    month = forms.DateField()


class SayForm(forms.Form):
    deed = forms.ChoiceField(choices=[(name, name) for name in ("tick", "waive", "take_back")])
    code = forms.ChoiceField(choices=[(check.code, check.code) for check in checking_months.CHECKS])
    reason = forms.CharField(max_length=checking_months.REASON_LENGTH, required=False)


class AskForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why it must be opened again"),
        max_length=checking_months.REASON_LENGTH,
        error_messages={"required": gettext_lazy("Please say why.")},
    )


class DecideForm(forms.Form):
    deed = forms.ChoiceField(choices=[("agree", "agree"), ("decline", "decline")])


@admit(*MAY_SEE)
@require_GET
def months(request: HttpRequest) -> HttpResponse:
    """The month whose turn it is for each body, questions to reopen, and what was closed, newest first."""
    found = MonthEnd.objects.select_related("entity", "close", "begun_by").order_by("-month", "-pk")
    page = paging.page(rows=found, by="month", after=request.GET.get("after", ""))
    turns = [
        (entity, due, MonthEnd.objects.filter(entity=entity, month=due).first())
        for entity in LegalEntity.objects.order_by("id")
        if (due := checking_months.next_month(entity=entity)) is not None
    ]
    context = {
        "page": page,
        "older": paging.older(request, page, fields=()),
        "turns": turns,
        "asked": Reopening.objects.filter(status=Reopening.Status.ASKED).select_related(
            "close__entity", "asked_by"
        ),
        "may_close": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/months.html", context)


@admit(Role.FINANCE)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    form = BeginForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        messages.error(request, _("Please choose again."))
        return redirect("office:months")
    entity, now = form.cleaned_data["entity"], timezone.now()
    today = entity.day_of(now)
    try:
        taken = checking_months.begin(
            entity=entity, month=form.cleaned_data["month"], today=today, actor=request.user, now=now
        )
    except UnableToBegin as error:
        messages.error(request, str(REFUSALS[error.code]))
        return redirect("office:months")
    return redirect("office:month", pk=taken.pk)


@admit(*MAY_SEE)
@require_GET
def month(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, _month(pk))


def _month(pk: uuid.UUID) -> MonthEnd:
    return get_object_or_404(MonthEnd.objects.select_related("entity", "close", "begun_by"), pk=pk)


def _page(request: HttpRequest, shown: MonthEnd, *, refused: str = "", status: int = 200) -> HttpResponse:
    is_open = shown.status == MonthEnd.Status.OPEN
    found = month_checks.look(shown.entity, shown.month, timezone.now()) if is_open else {}
    lines = checking_months.lines(month_end=shown, found=found)
    last = checking_months.last_of(shown.month)
    asked = (
        Reopening.objects.filter(close=shown.close).select_related("asked_by", "decided_by")
        if shown.close
        else []
    )
    context = {
        "month": shown,
        "last": last,
        "lines": lines,
        "left": sum(not line.is_done for line in lines) if is_open else 0,
        "banked": month_checks.bank(entity=shown.entity, last=last),
        "apart": month_checks.apart(entity=shown.entity, last=last),
        "is_open": is_open,
        "is_over": last < shown.entity.day_of(timezone.now()),
        "asked": asked,
        "history": _history(shown),
        "may_close": roles.may(request.user, roles=[Role.FINANCE]),
        "refused": refused,
    }
    return render(request, "office/month.html", context, status=status)


def _history(shown: MonthEnd) -> list[PeriodClose]:
    """Earlier closes of this month that were opened again."""
    last = checking_months.last_of(shown.month)
    earlier = PeriodClose.objects.filter(entity=shown.entity, through_on=last, reopened_at__isnull=False)
    return list(earlier.order_by("id"))


@admit(Role.FINANCE)
@require_POST
def say(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Tick a line of the list, leave it aside for a reason, or take that back."""
    shown, form = _month(pk), SayForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, shown, refused=_("Please choose again."), status=422)
    code, now, actor = form.cleaned_data["code"], timezone.now(), request.user
    try:
        if form.cleaned_data["deed"] == "tick":
            checking_months.tick(month_end_id=pk, code=code, actor=actor, now=now)
        elif form.cleaned_data["deed"] == "take_back":
            checking_months.take_back(month_end_id=pk, code=code, actor=actor, now=now)
        else:
            found = month_checks.look(shown.entity, shown.month, now).get(code)
            reason = form.cleaned_data["reason"]
            checking_months.waive(
                month_end_id=pk, code=code, reason=reason, found=found, actor=actor, now=now
            )
    except UnableToCheck as error:
        return _page(request, shown, refused=str(REFUSALS[error.code]), status=422)
    return redirect(f"{request.path.removesuffix('say/')}#check-{code}")


@admit(Role.FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once more, then close the books of the month."""
    shown = _month(pk)
    if request.method != "POST" or not isinstance(request.user, User):
        return render(
            request, "office/month_close.html", {"month": shown, "last": checking_months.last_of(shown.month)}
        )
    try:
        closing_months.close(month_end_id=pk, look=month_checks.look, actor=request.user, now=timezone.now())
    except UnableToCloseMonth as error:
        return _page(request, _month(pk), refused=str(REFUSALS[error.code]), status=409)
    messages.success(request, _("The month is closed. Its entries stay as they are."))
    return redirect("office:month", pk=pk)


@admit(*MAY_SEE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask that a closed month be opened again."""
    shown = _month(pk)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and shown.close and isinstance(request.user, User):
        reason = form.cleaned_data["reason"]
        try:
            closing_months.ask_to_reopen(
                close_id=shown.close.pk, reason=reason, actor=request.user, now=timezone.now()
            )
        except UnableToReopenMonth as error:
            form.add_error(None, str(REFUSALS[error.code]))
        else:
            messages.success(request, _("Somebody else must agree now."))
            return redirect("office:month", pk=pk)
    context = {"month": shown, "form": form}
    return render(request, "office/month_reopen.html", context, status=422 if form.is_bound else 200)


@admit(Role.APPROVER)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Agree that a month is opened again, or decline."""
    asked = get_object_or_404(Reopening.objects.select_related("close"), pk=pk)
    shown = MonthEnd.objects.filter(close=asked.close).first()
    form = DecideForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        messages.error(request, _("Please choose again."))
        return redirect("office:months")
    is_agreed = form.cleaned_data["deed"] == "agree"
    try:
        closing_months.decide(reopening_id=pk, is_agreed=is_agreed, actor=request.user, now=timezone.now())
    except UnableToReopenMonth as error:
        messages.error(request, str(REFUSALS[error.code]))
    else:
        words = _("The month is open again.") if is_agreed else _("The month stays closed.")
        messages.success(request, words)
    return redirect("office:month", pk=shown.pk) if shown else redirect("office:months")

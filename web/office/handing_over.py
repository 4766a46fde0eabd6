"""Journals for the accountant's program: what was handed over, what is new, and handing it over."""

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from books import handing_over, handing_over_jobs, previewing_journals
from books.handing_over import Scope, UnableToExport
from books.models import ExportedEntry, JournalExport
from jobs import ringing, running
from jobs.models import Job
from ledger.models import LegalEntity
from ledger.money import Money
from staff.models import Role, User
from web.journal_wording import GROUPINGS, REFUSALS, TARGETS
from web.office import paging
from web.office.admitting import admit
from web.office.filtering import ANY

BELL = "books.hand_over"
_DAY = {"type": "date"}


def bodies() -> list[tuple[str, str]]:
    """This function will return the organizations a form can choose from."""
    return [
        (str(key), name) for key, name in LegalEntity.objects.order_by("id").values_list("pk", "legal_name")
    ]


class ListForm(forms.Form):
    entity = forms.ChoiceField(label=_("Organization"), required=False)
    target = forms.ChoiceField(label=_("Program"), required=False, choices=[ANY, *TARGETS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = [ANY, *bodies()]  # type: ignore[attr-defined]


class ScopeForm(forms.Form):
    """What is to go where. It stands in the address, so that looking changes nothing."""

    entity = forms.ChoiceField(label=_("Organization"))
    target = forms.ChoiceField(label=_("Program"), choices=list(TARGETS.items()))
    first = forms.DateField(
        label=_("From"),
        required=False,
        widget=forms.DateInput(attrs=_DAY),
        help_text=_("Empty: everything that never went there, however old."),
    )
    last = forms.DateField(label=_("To"), widget=forms.DateInput(attrs=_DAY))
    grouping = forms.ChoiceField(label=_("Gathered"), choices=list(GROUPINGS.items()))
    with_names = forms.BooleanField(
        label=_("With givers’ names"),
        required=False,
        help_text=_("Otherwise our own number stands for each giver. Asking for names is written down."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = bodies()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                handing_over.check(self.scope)
            except UnableToExport as error:
                self.add_error("first" if error.code == "period" else None, str(REFUSALS[error.code]))
        return asked

    @property
    def scope(self) -> Scope:
        asked = self.cleaned_data
        return Scope(
            entity=LegalEntity.objects.get(pk=asked["entity"]),
            target=asked["target"],
            first=asked["first"],
            last=asked["last"],
            grouping=asked["grouping"],
            with_names=asked["with_names"],
        )


def _to_begin_with() -> dict[str, Any]:
    first = LegalEntity.objects.order_by("id").first()
    return {
        "entity": first.pk if first else "",
        "target": "generic",
        "last": last_of_former_month(timezone.localdate()),
        "grouping": "entry",
    }


def last_of_former_month(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)


@admit(Role.FINANCE)
@require_GET
def journals(request: HttpRequest) -> HttpResponse:
    """What was handed over, newest first, with the sums of everything the filter holds."""
    form = ListForm(request.GET)
    is_understood = form.is_valid()
    asked = form.cleaned_data if is_understood else {}
    chosen = LegalEntity.objects.filter(pk=asked["entity"]).first() if asked.get("entity") else None
    rows = handing_over.exports(entity=chosen, target=asked.get("target", ""))
    rows = rows if is_understood else rows.none()
    page = paging.page(rows=rows, by="exported_at", after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=form.fields),
        "totals": handing_over.totals(rows),
        "one_body": chosen or len(bodies()) < 2,
    }
    return render(request, "office/journals.html", context, status=200 if is_understood else 400)


@admit(Role.FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    """Choose, look at what is new, and hand it over."""
    if request.method == "POST":
        return _hand_over(request)
    if not request.GET:
        return render(request, "office/journal_new.html", {"form": ScopeForm(initial=_to_begin_with())})
    form = ScopeForm(request.GET)
    return _preview(request, form, status=200 if form.is_valid() else 422)


def _preview(request: HttpRequest, form: ScopeForm, *, status: int) -> HttpResponse:
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        scope = form.scope
        context |= {
            "scope": scope,
            "seen": previewing_journals.preview(
                entity=scope.entity, target=scope.target, first=scope.first, last=scope.last
            ),
            "asked": [(name, form[name].value()) for name in form.fields if form[name].value()],
            "request_id": uuid.uuid4(),
        }
    return render(request, "office/journal_new.html", context, status=status)


def _hand_over(request: HttpRequest) -> HttpResponse:
    form = ScopeForm(request.POST)
    try:
        request_id = uuid.UUID(request.POST.get("request", ""))
    except ValueError:
        return _preview(request, form, status=422)
    if not form.is_valid():
        return _preview(request, form, status=422)
    job = handing_over_jobs.ask(
        scope=form.scope, request_id=request_id, requested_by=person(request), now=timezone.now()
    )
    ringing.ring(BELL)
    return redirect("office:journal_job", pk=job.pk)


@admit(Role.FINANCE)
@require_GET
def job(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far the work is, and what came of it."""
    found = get_object_or_404(handing_over_jobs.asked(), pk=pk)
    context = {
        "job": found,
        "is_at_work": found.status in {Job.Status.QUEUED, Job.Status.RUNNING},
        # A job called off at the last moment may have handed over all the same: its export bears its id.
        "made": handing_over.exports().filter(pk=found.result.get("export", found.pk)).first(),
        "refused": found.result.get("refused", ""),
        "entity_id": found.arguments.get("entity"),
        "target": found.arguments.get("target"),
    }
    return render(request, "office/journal_job.html", context)


@admit(Role.FINANCE)
@require_POST
def call_off(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Stop work that is under way; half of it is never handed over."""
    found = get_object_or_404(handing_over_jobs.asked(), pk=pk)
    running.cancel(job_id=found.pk, now=timezone.now())
    return redirect("office:journal_job", pk=found.pk)


def person(request: HttpRequest) -> User:
    """This function will return who is signed in; `admit` has let nobody else come here."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _made(pk: uuid.UUID) -> JournalExport:
    return get_object_or_404(handing_over.exports(), pk=pk)


@admit(Role.FINANCE)
@require_GET
def given(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One export: its numbers, and every entry it holds."""
    made = _made(pk)
    rows = (
        ExportedEntry.objects.filter(export=made)
        .select_related("entry__entity")
        .prefetch_related("entry__lines__account", "entry__lines__fund")
        .order_by("-entry_id", "-pk")
    )
    page = paging.page(rows=rows, by="entry_id", after=request.GET.get("after", ""))
    context = {
        "made": made,
        "sums": [Money(minor, currency) for currency, minor in sorted(made.sums.items())],
        "page": page,
        "older": paging.older(request, page, fields=()),
    }
    return render(request, "office/journal_given.html", context)


@admit(Role.FINANCE)
@require_GET
def file(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """The file again, the same bytes; a long one that is no longer kept is made by a worker first."""
    made, reader = _made(pk), person(request)
    if handing_over_jobs.is_long(made=made):
        asked = handing_over_jobs.ask_again(made=made, requested_by=reader, now=timezone.now())
        ringing.ring(BELL)
        return redirect("office:journal_job", pk=asked.pk)
    try:
        path = handing_over.take(made=made, reader=reader, now=timezone.now())
    except UnableToExport as error:
        return render(
            request, "office/journal_refused.html", {"made": made, "refused": error.code}, status=409
        )
    response = FileResponse(path.open("rb"), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(True, made.file_name) or "attachment"
    return response

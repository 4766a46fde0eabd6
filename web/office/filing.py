"""Korean receipts in the office: what waits for Hometax, what it answered, and the papers for the tax office."""

from datetime import date
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ledger.models import LegalEntity
from paper import tabulating
from paper.tabulating import Table
from receipts import filing_hometax, recalling, reporting_korea
from receipts.filing_hometax import UnableToFile
from receipts.models import HometaxFiling
from receipts.rules import parameters, shapes
from staff import auditing, roles
from staff.models import AuditEvent, Role, User
from web.office.admitting import admit

LISTED = 200
Status = HometaxFiling.Status
LISTS = {"to-file": Status.WAITING, "filed": Status.FILED, "to-cancel": Status.TO_CANCEL}


class ChooseForm(forms.Form):
    """Which body and which tax year."""

    entity = forms.ModelChoiceField(
        label=gettext_lazy("Receiving body"), queryset=LegalEntity.objects.none(), required=False
    )
    year = forms.IntegerField(label=gettext_lazy("Tax year"), required=False, min_value=2021, max_value=2100)


class AnswersForm(forms.Form):
    """What Hometax answered: pasted lines and the day."""

    answers = forms.CharField(
        label=gettext_lazy("Receipt number and approval number (승인번호), one pair on each line"),
        max_length=100_000,
        widget=forms.Textarea(
            attrs={"rows": 5, "class": "code", "placeholder": "KR2026-000001 20260504-000001"}
        ),
    )
    on = forms.DateField(
        label=gettext_lazy("Filed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CanceledForm(forms.Form):
    serial = forms.CharField(label=gettext_lazy("Receipt number"), max_length=30)
    on = forms.DateField(
        label=gettext_lazy("Canceled on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def korean(request: HttpRequest) -> HttpResponse:
    """Where every Korean receipt of a year stands with Hometax."""
    entity, year, form = _chosen(request)
    if entity is None:
        return render(request, "office/korea.html", {"form": form})
    return _page(request, entity, year, form=form)


def _chosen(request: HttpRequest) -> tuple[LegalEntity | None, int, ChooseForm]:
    """The body and year that were asked for; the first body and its present year when nothing readable was."""
    bodies = filing_hometax.bodies()
    form = ChooseForm(request.GET or None)
    form.fields["entity"].queryset = bodies  # type: ignore[attr-defined]
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    entity = asked.get("entity") or bodies.first()
    today = timezone.now().astimezone(ZoneInfo(entity.zone if entity else "Asia/Seoul")).date()
    # Until the summer the papers of the year before are still to be handed in.
    year = asked.get("year") or (today.year if today.month > 6 else today.year - 1)
    shown = ChooseForm(initial={"entity": entity, "year": year})
    shown.fields["entity"].queryset = bodies  # type: ignore[attr-defined]
    return entity, year, shown


def _page(
    request: HttpRequest,
    entity: LegalEntity,
    year: int,
    *,
    form: ChooseForm,
    answers: AnswersForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    today = entity.day_of(timezone.now())
    rows = filing_hometax.filings(entity_id=entity.pk, tax_year=year)
    # What waits for somebody comes first.
    order = {Status.TO_CANCEL: 0, Status.WAITING: 1}
    shown = sorted(rows[: LISTED * 5], key=lambda row: order.get(Status(row.status), 2))[:LISTED]
    target = filing_hometax.summary_target(entity_id=entity.pk, tax_year=year)
    counts = filing_hometax.counts(entity_id=entity.pk, tax_year=year)
    context = {
        "form": form,
        "body": entity,
        "year": year,
        "has_several": filing_hometax.bodies().count() > 1,
        "duty": _duty(entity, year),
        "prior": filing_hometax.prior_receipts(entity_id=entity.pk, given_in=year),
        "due_on": _due_on(year),
        "counts": counts,
        "rows": shown,
        "is_cut": sum(counts.values()) > len(shown),
        "summary": _summary(entity, year),
        "handed_in": AuditEvent.objects.filter(target=target, action=filing_hometax.HANDED_IN).first(),
        "answers": answers or AnswersForm(initial={"on": today}),
        "today": today,
        "refused": refused,
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/korea.html", context, status=status)


def _duty(entity: LegalEntity, year: int) -> str:
    """In one word whether every gift of the year needs an e-receipt: yes, no, unknown."""
    try:
        return "yes" if filing_hometax.duty(entity_id=entity.pk, given_in=year) else "no"
    except (shapes.ValueUnknown, parameters.YearNotSettled):
        return "unknown"


def _due_on(year: int) -> date | None:
    try:
        return filing_hometax.due_on(tax_year=year)
    except parameters.YearNotSettled:
        return None


def _summary(entity: LegalEntity, year: int) -> reporting_korea.Summary | None:
    try:
        return reporting_korea.summary(entity=entity, tax_year=year)
    except (parameters.YearNotSettled, recalling.NotRecalled):
        return None


@admit(Role.FINANCE)
@require_POST
def filed(request: HttpRequest, entity_id: int, year: int) -> HttpResponse:
    """Keep what Hometax answered to several receipts; one line that is wrong keeps none."""
    entity, form = _body(entity_id), AnswersForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _again(request, entity, year, answers=form)
    try:
        answers = filing_hometax.read_answers(form.cleaned_data["answers"])
        count = filing_hometax.mark_filed(
            answers=answers, filed_on=form.cleaned_data["on"], actor=request.user, now=timezone.now()
        )
    except UnableToFile as error:
        return _again(request, entity, year, answers=form, refused=words(error))
    messages.success(request, _("%(count)s receipts are marked as filed.") % {"count": count})
    return redirect(_address(entity, year))


@admit(Role.FINANCE)
@require_POST
def canceled(request: HttpRequest, entity_id: int, year: int) -> HttpResponse:
    """Keep that the body canceled a receipt at Hometax."""
    entity, form = _body(entity_id), CanceledForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _again(request, entity, year, refused=_("Write the day on which it was canceled."))
    try:
        filing_hometax.mark_canceled(
            serial=form.cleaned_data["serial"],
            canceled_on=form.cleaned_data["on"],
            actor=request.user,
            now=timezone.now(),
        )
    except UnableToFile as error:
        return _again(request, entity, year, refused=words(error))
    messages.success(request, _("Noted: it is canceled at Hometax too."))
    return redirect(_address(entity, year))


@admit(Role.FINANCE)
@require_POST
def handed_in(request: HttpRequest, entity_id: int, year: int) -> HttpResponse:
    """Keep that the yearly summary went to the tax office."""
    entity = _body(entity_id)
    if not isinstance(request.user, User) or not 2021 <= year <= timezone.now().year:
        return _again(request, entity, year, refused=_("Please choose again."))
    filing_hometax.hand_in(entity_id=entity.pk, tax_year=year, actor=request.user, now=timezone.now())
    messages.success(request, _("Noted: the summary was handed in."))
    return redirect(_address(entity, year))


@admit(Role.FINANCE)
@require_GET
def download(request: HttpRequest, entity_id: int, year: int, what: str, kind: str) -> HttpResponse:
    """One paper as CSV or XLSX. Taking it is written down."""
    entity = _body(entity_id)
    try:
        table = _table(what, entity=entity, year=year)
    except (parameters.YearNotSettled, recalling.NotRecalled):
        table = None
    if table is None or kind not in {"csv", "xlsx"}:
        raise Http404(what)
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user,
            action="export korea",
            target=f"entity:{entity.pk}",
            now=timezone.now(),
            details={"paper": what, "year": year, "rows": len(table.rows)},
        )
    is_csv = kind == "csv"
    response = HttpResponse(
        tabulating.as_csv(table) if is_csv else tabulating.as_xlsx([table]),
        content_type=tabulating.CSV_TYPE if is_csv else tabulating.XLSX_TYPE,
    )
    name = content_disposition_header(True, f"{entity.code.lower()}-{year}-{what}.{kind}")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


def _table(what: str, *, entity: LegalEntity, year: int) -> Table | None:
    if what in LISTS:
        return reporting_korea.to_file(entity=entity, tax_year=year, status=LISTS[what])
    if what == "ledger":
        return reporting_korea.ledger(entity=entity, tax_year=year)
    return reporting_korea.summary(entity=entity, tax_year=year).table if what == "summary" else None


def _body(entity_id: int) -> LegalEntity:
    return get_object_or_404(filing_hometax.bodies(), pk=entity_id)


def _again(
    request: HttpRequest,
    entity: LegalEntity,
    year: int,
    *,
    answers: AnswersForm | None = None,
    refused: str = "",
) -> HttpResponse:
    form = ChooseForm(initial={"entity": entity, "year": year})
    form.fields["entity"].queryset = filing_hometax.bodies()  # type: ignore[attr-defined]
    return _page(request, entity, year, form=form, answers=answers, refused=refused, status=422)


def _address(entity: LegalEntity, year: int) -> str:
    return f"{reverse('office:korea')}?{urlencode({'entity': entity.pk, 'year': year})}"


def words(error: UnableToFile) -> str:
    """This function will return what to say about an answer that was not kept; never a number somebody typed."""
    told = {
        "approval": _("%(ref)s: an approval number has 4 to 40 letters, digits and hyphens."),
        "day": _("%(ref)s: the day lies before the receipt or filing, or is still to come."),
        "step": _("%(ref)s: it does not wait for this now."),
        "unknown": _("%(ref)s: there is no such receipt to be filed."),
        "resident_number": _(
            "%(ref)s: this looks like a resident number. It is not kept; enter it at Hometax only."
        ),
        "line": _("Line %(ref)s: write a receipt number, a blank and its approval number."),
    }
    return told[error.code] % {"ref": error.ref}

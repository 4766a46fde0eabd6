"""Statements of the bank as pages: upload a file, say what its columns hold, look at what was read, take it in."""

import uuid
from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from books import importing_statements, keeping_files, mapping_columns
from books.decoding import UnreadableFile
from books.importing_statements import AlreadyRead, UnableToImport
from books.mapping_columns import Look
from books.models import StagedLine, Statement, StatementDraft
from jobs import ringing, running
from paper import tabulating
from payments.models import BankAccount
from staff import auditing, roles
from staff.models import Role, User
from web import bank_wording
from web.office import mapping_form, paging
from web.office.admitting import admit
from web.office.mapping_form import MappingForm

BELL = "books.run_jobs"
Status = StatementDraft.Status
AT_WORK = (Status.READING, Status.TAKING_IN)


class UploadForm(forms.Form):
    """`draft_id` is made with the form: sent twice, it is one file."""

    account = forms.ModelChoiceField(
        label=pgettext_lazy("bank", "Account"), queryset=BankAccount.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("File of the bank"),
        help_text=gettext_lazy(
            "CSV, CAMT.053 or MT940, up to 64 MB. Nothing is taken in before you have seen it."
        ),
    )
    draft_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["account"]
        field.queryset = BankAccount.objects.filter(is_open=True).order_by("entity_id", "name")  # type: ignore[attr-defined]
        field.label_from_instance = named  # type: ignore[attr-defined]


def named(account: BankAccount) -> str:
    """This function will return what an account is called in a list."""
    last = f" …{account.last4}" if account.last4 else ""
    return f"{account.name}{last} ({account.currency})"


@admit(Role.FINANCE, Role.APPROVER)
@require_http_methods(["GET", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """The form to upload a file, files on their way, and what was taken in."""
    may_take_in = roles.may(request.user, roles=[Role.FINANCE])
    form = UploadForm(initial={"draft_id": uuid.uuid4(), "account": request.GET.get("account")})
    if request.method == "POST" and may_take_in and isinstance(request.user, User):
        form = UploadForm(request.POST, request.FILES)
        uploaded = _uploaded(form, actor=request.user) if form.is_valid() else None
        if isinstance(uploaded, Statement):
            words = _("This file was taken in on %(day)s: it adds nothing. Its lines are below.")
            messages.info(request, words % {"day": uploaded.imported_at.date().isoformat()})
            return redirect("office:bank_statement", pk=uploaded.pk)
        if uploaded is not None:
            return _read_or_ask(uploaded)
    elif request.method == "POST":
        return render(request, "office/forbidden.html", status=403)
    done = Statement.objects.select_related("bank_account", "imported_by").order_by("-imported_at", "-id")
    page = paging.page(rows=done, by="imported_at", after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=()),
        "under_way": _under_way(),
        "may_take_in": may_take_in,
        "has_account": BankAccount.objects.filter(is_open=True).exists(),
    }
    return render(request, "office/bank_statements.html", context, status=422 if form.is_bound else 200)


def _under_way() -> QuerySet[StatementDraft]:
    over = [Status.TAKEN_IN, Status.DROPPED]
    since = timezone.now() - keeping_files.KEPT_FOR
    waiting = StatementDraft.objects.exclude(status__in=over).filter(asked_at__gte=since)
    return waiting.select_related("bank_account", "asked_by").order_by("-asked_at", "id")


def _uploaded(form: UploadForm, *, actor: User) -> StatementDraft | Statement | None:
    told = form.cleaned_data
    try:
        return importing_statements.upload(
            draft_id=told["draft_id"],
            account_id=told["account"].pk,
            blocks=told["file"].chunks(),
            file_name=told["file"].name,
            actor=actor,
            now=timezone.now(),
        )
    except AlreadyRead as known:
        return known.statement
    except UnableToImport as error:
        form.add_error("file", bank_wording.of_file({"code": error.code}))
        return None


def _read_or_ask(found: StatementDraft) -> HttpResponse:
    """A file whose columns are known is read at once; another one asks first."""
    try:
        importing_statements.begin(draft_id=found.pk, now=timezone.now())
    except UnableToImport as error:
        if error.code == "unmapped":
            return redirect("office:bank_columns", pk=found.pk)
        return redirect("office:bank_statement", pk=found.pk)
    ringing.ring(BELL)
    return redirect("office:bank_statement", pk=found.pk)


def _draft(pk: uuid.UUID) -> StatementDraft:
    found = (
        StatementDraft.objects.select_related("bank_account__entity", "asked_by", "job").filter(pk=pk).first()
    )
    if found is None:
        raise Http404("no such file")
    return found


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def draft(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How far a file is, what was read of it, what became of it. Opening it is written down: it shows payers."""
    found = _draft(pk)
    if isinstance(request.user, User) and found.status == Status.READ:
        auditing.record(
            actor=request.user, action="read statement", target=f"statement:{pk}", now=timezone.now()
        )
    return _page(request, found)


def _page(
    request: HttpRequest, found: StatementDraft, *, refused: str = "", status: int = 200
) -> HttpResponse:
    staged = StagedLine.objects.filter(draft=found).order_by("position")
    is_read = found.status == Status.READ
    is_given_up = found.status in AT_WORK and found.job is not None and found.job.is_given_up
    context = {
        "draft": found,
        "account": found.bank_account,
        "currency": found.bank_account.currency,
        "summary": found.summary,
        "rows": list(staged.filter(reason="")[: importing_statements.SHOWN]) if is_read else [],
        "wrong": list(staged.exclude(reason="")[: importing_statements.SHOWN]) if is_read else [],
        "is_at_work": found.status in AT_WORK and not is_given_up,
        "is_given_up": is_given_up,
        "is_doubtful": is_read and importing_statements.is_doubtful(found),
        "refusal": bank_wording.of_file(found.refusal) if found.refusal else "",
        "statement": Statement.objects.filter(pk=found.pk).first(),
        "refused": refused,
        "may_take_in": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/bank_statement.html", context, status=status)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Which column holds what, with samples; saved for the account and used again for its next file."""
    found = _draft(pk)
    try:
        look = importing_statements.look(draft=found, has_header=request.GET.get("header") != "none")
    except UnableToImport as error:
        return _page(request, found, refused=bank_wording.of_file({"code": error.code}), status=422)
    except UnreadableFile as error:
        told = {"code": error.code, "row": error.row, "told": error.told}
        return _page(request, found, refused=bank_wording.of_file(told), status=422)
    form = mapping_form.form_of(look, found.bank_account, request.POST if request.method == "POST" else None)
    if (
        request.method == "POST"
        and isinstance(request.user, User)
        and _mapped(form, found, actor=request.user)
    ):
        return _read_or_ask(found)
    return _columns_page(request, found, look, form)


def _columns_page(request: HttpRequest, found: StatementDraft, look: Look, form: MappingForm) -> HttpResponse:
    context = {"draft": found, "account": found.bank_account, "look": look, "form": form}
    return render(request, "office/bank_columns.html", context, status=422 if form.is_bound else 200)


def _mapped(form: MappingForm, found: StatementDraft, *, actor: User) -> bool:
    if not form.is_valid():
        return False
    try:
        mapping_columns.keep(
            account_id=found.bank_account_id, columns=form.columns(), actor=actor, now=timezone.now()
        )
    except mapping_columns.UnableToMap as error:
        form.refuse(error)
        return False
    return True


@admit(Role.FINANCE)
@require_POST
def deed(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the file in, drop it, or let work that ended begin again."""
    found, chosen = _draft(pk), _DEEDS.get(request.POST.get("deed", ""))
    if chosen is None or not isinstance(request.user, User):
        return _page(request, found, refused=_("Please choose again."), status=422)
    try:
        chosen(request, found, request.user)
    except AlreadyRead:
        return _page(request, found, refused=_("This file is in already: it adds nothing."), status=422)
    except UnableToImport as error:
        return _page(request, _draft(pk), refused=bank_wording.of_file({"code": error.code}), status=422)
    ringing.ring(BELL)
    if chosen is _drop:
        return redirect("office:bank_statements")
    return redirect("office:bank_statement", pk=pk)


def _take_in(request: HttpRequest, found: StatementDraft, actor: User) -> None:
    importing_statements.take_in(
        draft_id=found.pk,
        without_refused=request.POST.get("without_refused") == "yes",
        in_spite=request.POST.get("in_spite") == "yes",
        with_gifts=request.POST.get("with_gifts") == "yes",
        actor=actor,
        now=timezone.now(),
    )


def _drop(request: HttpRequest, found: StatementDraft, actor: User) -> None:
    importing_statements.drop(draft_id=found.pk, actor=actor, now=timezone.now())
    messages.success(request, _("The file was dropped. Nothing of it was kept."))


def _again(_request: HttpRequest, found: StatementDraft, _actor: User) -> None:
    if found.job_id is not None:
        running.retry(job_id=found.job_id, now=timezone.now())


_DEEDS: dict[str, Callable[[HttpRequest, StatementDraft, User], None]] = {
    "take_in": _take_in,
    "drop": _drop,
    "again": _again,
}


@admit(Role.FINANCE)
@require_GET
def refused(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The rows that could not be read, with row, column and reason, as a file to mend. No cell of it is a formula."""
    found = _draft(pk)
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user, action="read refused rows", target=f"statement:{pk}", now=timezone.now()
        )
    rows = StagedLine.objects.filter(draft=found).exclude(reason="").order_by("position")
    table = tabulating.Table(
        "refused",
        [_("Row"), _("Column"), _("Reason"), _("As it stood")],
        [
            [
                row.position,
                row.column,
                str(bank_wording.REASONS.get(row.reason, row.reason)),
                *row.original.split("\t"),
            ]
            for row in rows
        ],
    )
    response = HttpResponse(tabulating.as_csv(table), content_type=tabulating.CSV_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="refused-rows.csv"'
    return response

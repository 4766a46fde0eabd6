"""Typing rows: the page of a batch. An open one is typed into, by keyboard alone; a posted one tells what it became."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations import batching, counting_batches, posting_batches
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow
from ledger.money import Money
from staff import auditing, roles
from staff.models import Role, User
from web.office import describing_rows
from web.office.admitting import admit
from web.office.describing_rows import RowForm


def _batch(pk: uuid.UUID) -> Batch:
    found = Batch.objects.select_related(
        "entity", "bank_account", "campaign", "opened_by", "ended_by", "override_asked_by", "override_by"
    ).prefetch_related("campaign__texts")
    return get_object_or_404(found.select_related("fund").prefetch_related("fund__texts"), pk=pk)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def batch(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Opening it is written down: it shows givers' names."""
    found = _batch(pk)
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="read batch", target=f"batch:{pk}", now=timezone.now())
    form = None
    if found.status == Batch.Status.OPEN and roles.may(request.user, roles=[Role.FINANCE]):
        sure = {"sure_basis": True} if request.GET.get("sure") else {}
        form = RowForm(found, is_whole=False, initial=sure)
    return _page(request, found, form)


def _page(
    request: HttpRequest, found: Batch, form: RowForm | None, *, status: int = 200, trouble: str = ""
) -> HttpResponse:
    count = counting_batches.of(batch=found)
    is_open = found.status == Batch.Status.OPEN
    context: dict[str, Any] = {
        "batch": found,
        "form": form,
        "count": count,
        "rows": _rows(found),
        "codes": counting_batches.obstacles(batch=found, count=count) if is_open else [],
        "first_open": counting_batches.first_open_day(entity_id=found.entity_id) if is_open else None,
        "may_enter": roles.may(request.user, roles=[Role.FINANCE]),
        "may_approve": roles.may(request.user, roles=[Role.APPROVER]),
        "is_own_request": found.override_asked_by_id == getattr(request.user, "pk", None),
        "trouble": trouble,
    }
    return render(request, "office/batch.html", context, status=status)


def _rows(found: Batch) -> list[tuple[int, BatchRow, Money, list[Any]]]:
    """Rows with their number, amount and, once posted, the gifts they became; the newest first while it is open."""
    rows = posting_batches.rows_of(found)
    gifts: dict[uuid.UUID, list[Any]] = {}
    if found.status == Batch.Status.POSTED:
        for row in BatchRow.objects.filter(batch=found).prefetch_related("gifts__donation__donor"):
            gifts[row.pk] = [one.donation for one in row.gifts.all()]
    shown = [
        (place, row, Money(row.amount_minor, found.currency), gifts.get(row.pk, []))
        for place, row in enumerate(rows, start=1)
    ]
    return shown[::-1] if found.status == Batch.Status.OPEN else shown


@admit(Role.FINANCE)
@require_POST
def save(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Save the row that was typed and start the next; "more" opens the whole form with what was typed so far."""
    found = _batch(pk)
    if "more" in request.POST:
        typed = RowForm(found, request.POST, is_whole=False)
        typed.is_valid()
        start: dict[str, Any] = {name: request.POST.get(name, "") for name in typed.fields}
        start["row_id"] = typed.cleaned_data.get("row_id") or uuid.uuid4()
        if not start.get("amount"):
            start.pop("amount", None)
        return _editor(request, found, RowForm(found, is_whole=True, initial=_begun(found, start)))
    form = RowForm(found, request.POST, is_whole=False)
    if isinstance(request.user, User) and _save(form, found, actor=request.user):
        sure = "?sure=1" if form.cleaned_data.get("sure_basis") else ""
        answer = redirect("office:batch", pk=pk)
        answer.headers["Location"] += sure
        return answer
    return _page(request, found, form, status=422)


def _begun(found: Batch, start: dict[str, Any]) -> dict[str, Any]:
    return {"campaign": found.campaign.slug, "method": found.method, "what": found.method, **start}


def _save(form: RowForm, found: Batch, *, actor: User) -> bool:
    piece = form.read()
    if piece is None:
        return False
    try:
        batching.save_row(batch_id=found.pk, piece=piece, actor=actor, now=timezone.now())
    except UnableToBatch as error:
        form.refuse(error)
        return False
    return True


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    """The whole form of one row: kinds, days, parts of funds and people."""
    found = _batch(pk)
    kept = BatchRow.objects.filter(pk=row, batch=found).select_related(
        "batch", "campaign", "donor", "credited"
    )
    known = kept.first()
    start = _begun(found, {"row_id": row})
    if known is not None:
        start = describing_rows.started(known)
    form = RowForm(found, request.POST if request.method == "POST" else None, is_whole=True, initial=start)
    if form.is_bound and isinstance(request.user, User) and _save(form, found, actor=request.user):
        return redirect("office:batch", pk=pk)
    return _editor(request, found, form, status=422 if form.is_bound else 200)


def _editor(request: HttpRequest, found: Batch, form: RowForm, *, status: int = 200) -> HttpResponse:
    row_id = form["row_id"].value()
    context = {"batch": found, "form": form, "row_id": row_id}
    return render(request, "office/batch_row.html", context, status=status)


@admit(Role.FINANCE)
@require_POST
def remove(request: HttpRequest, pk: uuid.UUID, row: uuid.UUID) -> HttpResponse:
    get_object_or_404(Batch, pk=pk)
    if not isinstance(request.user, User):
        raise Http404("nobody")
    try:
        batching.remove_row(batch_id=pk, row_id=row, actor=request.user, now=timezone.now())
        messages.success(request, _("The row was taken out."))
    except UnableToBatch:
        messages.info(request, _("This batch is not open any more."))
    return redirect("office:batch", pk=pk)

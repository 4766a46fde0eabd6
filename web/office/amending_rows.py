"""Amending rows: loose cash that was mistyped or bounced, and money whose giver nobody will ever know."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from books.models import ProcessorReportRow
from donations import counting_batches, leaving_unknown, reversing_rows
from donations.leaving_unknown import UnableToLeave
from donations.models import BatchRow, RowReversal
from donations.reversing_rows import UnableToReverse, WrongRow
from ledger import money
from ledger.models import Fund
from ledger.money import Money
from reports import books
from staff.models import Role, User
from web import wording
from web.office import amending
from web.office.admitting import admit
from web.office.asking_fields import amount_field, day_field

REFUSALS: Mapping[str, str | Promise] = {
    **amending.REFUSALS,
    "gone": gettext_lazy("This row was taken back already."),
    "giver": gettext_lazy("This row is a gift: take the gift back on its own page."),
    "unknown_giver": gettext_lazy(
        "Name the giver first, or say that nobody will know: then a true amount can be entered."
    ),
    "open": gettext_lazy("This batch is open: change the row instead."),
}
LEFT: Mapping[str, str | Promise] = {
    "reason": gettext_lazy("Write why."),
    "resident_number": gettext_lazy("What looks like a resident number must not be typed here."),
    "unknown": gettext_lazy("Its giver is known by now."),
}


class RowForm(forms.Form):
    """What is wrong with a row; of a mistake, what each fund got in fact."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is wrong"),
        choices=[(kind, wording.REVERSALS[kind]) for kind in RowReversal.Kind.values],
        widget=forms.RadioSelect,
    )
    happened_on = day_field(
        gettext_lazy("Day it bounced"),
        help_text=gettext_lazy("Not asked for where it was only written down wrong."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)

    def __init__(self, row: BatchRow, typed: Any = None, *, today: date) -> None:
        super().__init__(typed, initial={"kind": RowReversal.Kind.MISTAKE.value, "happened_on": today})
        self.row = row
        parts = dict(row.parts.values_list("fund_id", "amount_minor"))
        funds = Fund.objects.filter(entity=row.batch.entity_id).prefetch_related("texts").order_by("code")
        self.funds = {fund.pk: fund for fund in funds if fund.is_open or fund.pk in parts}
        for pk, fund in self.funds.items():
            label = f"{fund.code} {books.name_of(fund=fund, language=get_language() or 'en')}"
            self.fields[f"fund_{pk}"] = amount_field(label)
            known = Money(parts[pk], row.batch.currency).plain if pk in parts else ""
            self.fields[f"fund_{pk}"].initial = known

    @property
    def amounts(self) -> list[forms.BoundField]:
        return [self[f"fund_{pk}"] for pk in self.funds]

    def read(self) -> WrongRow | None:
        """This function will return what is wrong, or None after noting at each field what cannot be read."""
        self.is_valid()
        told = self.cleaned_data
        kind = RowReversal.Kind(told["kind"]) if told.get("kind") else None
        truth = self._truth() if kind == RowReversal.Kind.MISTAKE else []
        if self.errors or kind is None:
            return None
        return WrongRow(
            row_id=self.row.pk,
            kind=kind,
            reason=told["reason"],
            truth=truth,
            happened_on=told.get("happened_on"),
        )

    def _truth(self) -> Sequence[tuple[Fund, Money]]:
        found = []
        for pk, fund in self.funds.items():
            typed = str(self.cleaned_data.get(f"fund_{pk}") or "0")
            try:
                amount = money.read_amount(
                    typed, currency=self.row.batch.currency, most=money.LARGEST_BY_HAND
                )
            except money.UnreadableAmount:
                self.add_error(f"fund_{pk}", _("This is not an amount: write 100 or 100.00."))
                continue
            if amount:
                found.append((fund, amount))
        return found


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """A posted row without a giver was typed wrong, or its check bounced."""
    found = get_object_or_404(BatchRow.objects.select_related("batch__entity", "campaign"), pk=row)
    batch = found.batch
    today = timezone.now().astimezone(ZoneInfo(batch.entity.zone)).date()
    form = RowForm(found, request.POST if request.method == "POST" else None, today=today)
    if form.is_bound and isinstance(request.user, User) and _reverse(form, actor=request.user):
        messages.success(request, _("Done. What is true stands in the books beside what was wrong."))
        return redirect("office:batch", pk=batch.pk)
    first = counting_batches.first_open_day(entity_id=batch.entity_id)
    context = {
        "form": form,
        "row": found,
        "batch": batch,
        "amount": Money(found.amount_minor, batch.currency),
        "can": not (found.giver == BatchRow.Giver.DONOR or RowReversal.objects.filter(row=found).exists()),
        "first_open": first if batch.came_on < first else None,
    }
    return render(request, "office/batch_row_amend.html", context, status=422 if form.is_bound else 200)


def _reverse(form: RowForm, *, actor: User) -> bool:
    wrong = form.read()
    if wrong is None:
        return False
    try:
        reversing_rows.reverse(wrong=wrong, actor=actor, now=timezone.now())
    except UnableToReverse as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(REFUSALS.get(error.code, REFUSALS["other"])))
        return False
    return True


@admit(Role.FINANCE)
@require_POST
def leave_row(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """Nobody will know who gave a row of a batch."""
    found = get_object_or_404(BatchRow, pk=row)
    if _left(request, str(found.pk)):
        return redirect("office:batch", pk=found.batch_id)
    return redirect("office:batch_identify", row=found.pk)


@admit(Role.FINANCE)
@require_POST
def leave_report_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody will know who gave the money of a row of a processor's file."""
    found = get_object_or_404(ProcessorReportRow, pk=pk, verdict="unknown")
    if _left(request, found.ref):
        return redirect("office:report_file", pk=found.report_id)
    return redirect("office:report_file_giver", pk=found.pk)


def _left(request: HttpRequest, source: str) -> bool:
    if not isinstance(request.user, User):
        return False
    try:
        leaving_unknown.leave(
            source=source, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now()
        )
    except UnableToLeave as error:
        messages.error(request, str(LEFT[error.code]))
        return False
    messages.success(request, _("Noted: it stays income of its fund, without a gift and a receipt."))
    return True

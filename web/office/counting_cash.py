"""Counting cash: how many notes and coins of each denomination a batch holds, as they go to the bank."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from donations import batching, counting_batches
from donations.judging_rows import UnableToBatch
from donations.models import Batch
from ledger import money
from ledger.money import Money
from staff.models import Role
from web.office.admitting import admit

DENOMINATIONS = {
    "USD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1),
    "CAD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 25, 10, 5),
    "AUD": (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5),
    "EUR": (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "GBP": (5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "KRW": (50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10),
    "JPY": (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 1),
}
"""Notes and coins in use, in minor units, the largest first."""
MOST = 1_000_000


def denominations(currency: str) -> tuple[int, ...]:
    """This function will return the notes and coins of a currency; of one we do not know, ones, twos and fives."""
    known = DENOMINATIONS.get(currency)
    if known is not None:
        return known
    whole = 10 ** money.exponent(currency)
    return tuple(sorted((step * whole * ten for ten in (1, 10, 100) for step in (1, 2, 5)), reverse=True))


class CashForm(forms.Form):
    """One number for each denomination; empty is none."""

    def __init__(self, typed: object = None, *, batch: Batch) -> None:
        counted = dict(batch.cash_counts.values_list("denomination_minor", "pieces"))
        super().__init__(typed)  # type: ignore[arg-type]  # it is handed on as it came
        self.values: dict[str, int] = {}
        language = get_language() or "en"
        for minor in sorted({*denominations(batch.currency), *counted}, reverse=True):
            name = f"n_{minor}"
            self.values[name] = minor
            self.fields[name] = forms.IntegerField(
                label=Money(minor, batch.currency).shown(language),
                min_value=0,
                max_value=MOST,
                required=False,
                initial=counted.get(minor),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def pieces(self) -> dict[int, int]:
        return {minor: self.cleaned_data.get(name) or 0 for name, minor in self.values.items()}


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def cash(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    batch = get_object_or_404(Batch.objects.select_related("entity"), pk=pk)
    form = CashForm(request.POST if request.method == "POST" else None, batch=batch)
    if form.is_bound and form.is_valid():
        try:
            batching.count_cash(batch_id=pk, pieces=form.pieces)
            return redirect("office:batch", pk=pk)
        except UnableToBatch:
            form.add_error(None, _("This batch is not open any more."))
    context = {"batch": batch, "form": form, "count": counting_batches.of(batch=batch)}
    return render(request, "office/batch_cash.html", context, status=422 if form.is_bound else 200)

"""Identifying: who may be meant while a name is typed, and who gave the money that was posted without one."""

import uuid
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from donations import identifying_givers, leaving_unknown
from donations.identifying_givers import UnableToIdentify
from donations.models import BatchRow
from ledger.money import Money
from reports import batches, suggesting
from staff.models import Role, User
from web.office import describing_rows
from web.office.admitting import admit
from web.office.choosing import ChoosingForm

REFUSALS: Mapping[str, str | Promise] = {
    **describing_rows.REFUSALS,
    "open": gettext_lazy("This batch is open: change the row instead."),
    "other": gettext_lazy("Somebody else was named meanwhile. Look at the gift."),
    "unknown": gettext_lazy("Nobody fits. Enter them first."),
    "gone": gettext_lazy("This row was taken back already."),
}
MOST = 200


@admit(Role.FINANCE)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Options for the list below a field in which a giver is typed."""
    typed = request.GET.get("q", "").replace("\x00", "")[:200]
    found = suggesting.suggest(typed=typed)
    return render(request, "office/_people.html", {"found": found, "typed": typed})


@admit(Role.FINANCE)
@require_GET
def unknown(request: HttpRequest) -> HttpResponse:
    """Everything that waits for its giver, oldest first."""
    waiting = batches.unknown_rows()
    rows = [(row, Money(row.amount_minor, row.batch.currency)) for row in waiting[:MOST]]
    sums: dict[str, Money] = {}
    for row in waiting:
        nothing = Money(0, row.batch.currency)
        sums[row.batch.currency] = sums.get(row.batch.currency, nothing) + Money(
            row.amount_minor, row.batch.currency
        )
    context = {"rows": rows, "count": waiting.count(), "sums": [sums[code] for code in sorted(sums)]}
    return render(request, "office/batch_unknown.html", context)


class IdentifyForm(ChoosingForm):
    """Who gave it."""

    PEOPLE = ("donor",)

    donor = forms.CharField(label=gettext_lazy("Giver"), max_length=200)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def identify(request: HttpRequest, row: uuid.UUID) -> HttpResponse:
    """Name the giver: the gift is entered, and its receipt follows by itself."""
    found = get_object_or_404(BatchRow.objects.select_related("batch__entity", "campaign"), pk=row)
    form = IdentifyForm(request.POST if request.method == "POST" else None)
    if form.is_bound and isinstance(request.user, User) and _identify(form, found, actor=request.user):
        messages.success(request, _("The gift was entered. Its receipt follows by itself."))
        return redirect("office:batch", pk=found.batch_id)
    context = {
        "form": form,
        "row": found,
        "batch": found.batch,
        "amount": Money(found.amount_minor, found.batch.currency),
        "left": leaving_unknown.decision(source=str(found.pk)),
        "is_back": hasattr(found, "reversal"),
    }
    return render(request, "office/batch_identify.html", context, status=422 if form.is_bound else 200)


def _identify(form: IdentifyForm, row: BatchRow, *, actor: User) -> bool:
    form.is_valid()
    giver = form.choose("donor")
    if form.errors or giver is None:
        return False
    try:
        identifying_givers.identify(row_id=row.pk, donor_id=giver.pk, actor=actor, now=timezone.now())
    except UnableToIdentify as error:
        form.add_error("donor", str(REFUSALS.get(error.code, describing_rows.REFUSALS["other"])))
        return False
    return True

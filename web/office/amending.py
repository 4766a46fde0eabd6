"""Amending: a gift over the desk that was written down wrong, bounced, or was given back. Its receipt follows."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from books import lying
from donations import counting_batches, giving_back, recording, reversing
from donations.models import Donation, RefundRequest, Reversal
from donations.reversing import UnableToReverse, Wrong
from ledger.models import Fund
from ledger.money import Money
from receipts import mending
from staff.models import Role, User
from web import wording
from web.office import describing_rows, looking, refunding
from web.office.admitting import admit
from web.office.asking_fields import amount_field, day_field, fund_label, read_amount

REFUSALS: Mapping[str, str | Promise] = {
    **describing_rows.REFUSALS,
    "reason": gettext_lazy("Write why."),
    "gone": gettext_lazy("This gift went back already."),
    "desk": gettext_lazy("This gift came through the processor: give it back there."),
    "same": gettext_lazy("Nothing was changed."),
    "sold": gettext_lazy("These securities were sold: what they were cannot go back any more."),
    "truth": gettext_lazy("Only what was written down wrong has a true amount."),
    "waits": gettext_lazy("Somebody proposed already to give this gift back: decide about that first."),
}


class AmendForm(forms.Form):
    """What is wrong; of a mistake, what each fund was given in fact. `gift_id` is made with the form."""

    gift_id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is wrong"), choices=list(wording.REVERSALS.items()), widget=forms.RadioSelect
    )
    happened_on = day_field(
        gettext_lazy("Day it bounced or was given back"),
        help_text=gettext_lazy("Not asked for where it was only written down wrong."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For the record; the giver does not see it."),
    )

    def __init__(self, donation: Donation, typed: Any = None, *, today: date) -> None:
        shares = {share.fund_id: share.amount for share in recording.shares_of(donation)}
        start = {"gift_id": uuid.uuid4(), "kind": Reversal.Kind.MISTAKE.value, "happened_on": today}
        super().__init__(typed, initial=start)
        self.donation = donation
        funds = Fund.objects.filter(entity=donation.entity_id).prefetch_related("texts").order_by("code")
        self.funds = {fund.pk: fund for fund in funds if fund.is_open or fund.pk in shares}
        for pk, fund in self.funds.items():
            self.fields[f"fund_{pk}"] = amount_field(fund_label(fund))
            self.fields[f"fund_{pk}"].initial = shares[pk].plain if pk in shares else ""

    @property
    def amounts(self) -> list[forms.BoundField]:
        return [self[f"fund_{pk}"] for pk in self.funds]

    def read(self, *, is_at_bank: bool) -> Wrong | None:
        """This function will return what is wrong, or None after noting at each field what cannot be read."""
        self.is_valid()
        told = self.cleaned_data
        kind = Reversal.Kind(told["kind"]) if told.get("kind") else None
        truth = self._truth() if kind == Reversal.Kind.MISTAKE else []
        if self.errors or kind is None:
            return None
        return Wrong(
            donation_id=self.donation.pk,
            kind=kind,
            reason=told["reason"],
            gift_id=told["gift_id"],
            happened_on=told.get("happened_on"),
            truth=truth,
            is_at_bank=is_at_bank,
        )

    def _truth(self) -> list[tuple[Fund, Money]]:
        found = []
        for pk, fund in self.funds.items():
            amount = read_amount(self, f"fund_{pk}", currency=self.donation.currency)
            if amount:
                found.append((fund, amount))
        return found


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.giver_of_donation)
def amend(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    found = Donation.objects.select_related("entity", "donor__merged_into", "coverage__receipt")
    donation = get_object_or_404(found, pk=pk)
    today = donation.entity.day_of(timezone.now())
    form = AmendForm(donation, request.POST if request.method == "POST" else None, today=today)
    if form.is_bound and isinstance(request.user, User):
        made = _reverse(form, donation, actor=request.user)
        if isinstance(made, RefundRequest):
            messages.success(request, refunding.told(made))
            return redirect("office:donation", pk=pk)
        if made is not None:
            messages.success(request, _("Done. The receipt follows by itself."))
            return redirect("office:donation", pk=made.replaced_by_id or pk)
    coverage = getattr(donation, "coverage", None)
    context = {
        "form": form,
        "donation": donation,
        "can": reversing.can_be_reversed(donation=donation),
        "receipt": coverage.receipt if coverage else None,
        "first_open": _next_open_day(donation),
    }
    return render(request, "office/amend.html", context, status=422 if form.is_bound else 200)


def _next_open_day(donation: Donation) -> date | None:
    """Where the gift's own period is closed: the day on which what is put right will be booked instead (E10)."""
    if not reversing.can_be_reversed(donation=donation):
        return None
    first = counting_batches.first_open_day(entity_id=donation.entity_id)
    return first if reversing.booked(donation).booked_on < first else None


def _reverse(form: AmendForm, donation: Donation, *, actor: User) -> Reversal | RefundRequest | None:
    wrong = form.read(is_at_bank=lying.is_seen(donation=donation))
    if wrong is None:
        return None
    now = timezone.now()
    try:
        if wrong.kind == Reversal.Kind.RETURNED:
            return giving_back.propose(
                donation_id=donation.pk,
                request_id=wrong.gift_id,
                happened_on=wrong.happened_on,
                reason=wrong.reason,
                actor=actor,
                now=now,
            )
        return mending.reverse(wrong=wrong, actor=actor, now=now)
    except UnableToReverse as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(REFUSALS.get(error.code, REFUSALS["other"])))
    return None

"""Batches of checks and cash: the list of them, and what stands on the envelope of one."""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from campaigns.models import Campaign
from donations import batching, counting_batches
from donations.batching import Cover
from donations.judging_rows import UnableToBatch
from donations.models import Batch
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from payments.models import BankAccount
from reports import batches as batch_lists
from staff import roles
from staff.models import Role, User
from web import wording
from web.office import paging
from web.office.admitting import admit
from web.office.asking_fields import (
    amount_field,
    campaign_field,
    day_field,
    fund_label,
    read_amount,
    words_field,
)
from web.office.filtering import ANY

REFUSALS: Mapping[str, str | Promise] = {
    "count": gettext_lazy("Write how many pieces there are, at most 500."),
    "amount": gettext_lazy("The amount must be above zero."),
    "bank": gettext_lazy("This bank account is closed, or of another currency."),
    "fund": gettext_lazy("The fund must be open and of the organization whose bank account it is."),
    "method": gettext_lazy("This cannot come in a batch."),
    "one_counter": gettext_lazy("Two different people count."),
    "resident_number": gettext_lazy("A resident number is never kept here. Leave it out."),
    "day": gettext_lazy("This day cannot be."),
    "deposit_day": gettext_lazy(
        "The deposit lies on the day it came or later, and at most 14 days ahead of today."
    ),
    "other_body": gettext_lazy("A batch stays with its organization and its currency."),
    "ended": gettext_lazy("This batch is not open any more."),
}


class FilterForm(forms.Form):
    """What the list of batches can be narrowed by."""

    status = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ANY, *wording.BATCHES.items()]
    )
    entity = forms.ChoiceField(label=gettext_lazy("Receiving body"), required=False)

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)
        bodies = list(LegalEntity.objects.order_by("id").values_list("code", "legal_name"))
        self.fields["entity"].choices = [ANY, *bodies]  # type: ignore[attr-defined]
        if len(bodies) < 2:
            self.fields["entity"].widget = forms.HiddenInput()


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Fifty batches at a time, open ones first; the totals are of the whole filter."""
    form = FilterForm(request.GET)
    is_understood = form.is_valid()
    asked = form.cleaned_data if is_understood else {}
    found = batch_lists.listed(status=asked.get("status", ""), entity=asked.get("entity", ""))
    if not is_understood:
        found = found.none()
    is_first = "after" not in request.GET
    rest = found if asked.get("status") else found.exclude(status=Batch.Status.OPEN)
    page = paging.page(
        rows=rest.order_by("-opened_at", "-pk"), by="opened_at", after=request.GET.get("after", "")
    )
    at_work = _at_work(found) if is_first and not asked.get("status") else []
    shown = [*at_work, *page.rows]
    sums = counting_batches.totals(batches=shown)
    query = {key: value for key, value in request.GET.items() if value and key in form.fields}
    context = {
        "form": form,
        "rows": [(one, *sums[one.pk]) for one in shown],
        "totals": batch_lists.totals(found=found),
        "query": urlencode(query),
        "older": paging.older(request, page, fields=form.fields),
        "is_first": is_first,
        "unknown": batch_lists.unknown_rows().count(),
        "may_enter": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/batches.html", context, status=200 if is_understood else 400)


def _at_work(found: QuerySet[Batch]) -> list[Batch]:
    """Open batches stand above all others, on the first page."""
    return list(found.filter(status=Batch.Status.OPEN).order_by("-opened_at", "-pk"))


class CoverForm(forms.Form):
    """What two people wrote on the envelope, and what each row begins with. `batch_id` is made with the form."""

    batch_id = forms.UUIDField(widget=forms.HiddenInput)
    expected_count = forms.IntegerField(
        label=gettext_lazy("How many pieces were counted"), min_value=1, max_value=batching.MOST_ROWS
    )
    expected = amount_field(gettext_lazy("What they sum to"), required=True)
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("Bank account"), queryset=BankAccount.objects.none(), empty_label=None
    )
    came_on = day_field(gettext_lazy("The day it reached us"), required=True)
    deposit_on = day_field(gettext_lazy("Day of the deposit"), required=True)
    method = forms.ChoiceField(
        label=gettext_lazy("Mostly"), choices=[(key, wording.METHODS[key]) for key in batching.METHODS]
    )
    fund = forms.ModelChoiceField(
        label=pgettext_lazy("of a gift", "Fund"), queryset=Fund.objects.none(), empty_label=None
    )
    campaign = campaign_field()
    event = words_field(
        gettext_lazy("Event"), most=120, help_text=gettext_lazy("As “Sunday offering”. May stay empty.")
    )
    counter_one = words_field(gettext_lazy("Counted by"), most=120)
    counter_two = words_field(
        gettext_lazy("and by"), most=120, help_text=gettext_lazy("Two people; needed before it is posted.")
    )

    def __init__(self, typed: Any = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(typed, initial=dict(initial or {}))
        accounts = BankAccount.objects.filter(is_open=True).select_related("entity").order_by("id")
        self.fields["bank_account"].queryset = accounts  # type: ignore[attr-defined]
        self.fields["bank_account"].label_from_instance = _account_words  # type: ignore[attr-defined]
        funds = Fund.objects.filter(is_open=True).select_related("entity").prefetch_related("texts")
        self.fields["fund"].queryset = funds.order_by("entity_id", "code")  # type: ignore[attr-defined]
        self.fields["fund"].label_from_instance = lambda one: fund_label(one, has_body=True)  # type: ignore[attr-defined]

    def read(self) -> Cover | None:
        """This function will return what was written, or None after noting at each field what is wrong."""
        if not self.is_valid():
            return None
        told = self.cleaned_data
        account: BankAccount = told["bank_account"]
        expected = read_amount(self, "expected", currency=account.currency)
        if expected is None:
            return None
        names = ("fund", "campaign", "method", "expected_count", "came_on", "deposit_on", "event")
        return Cover(
            bank_account=account,
            expected=expected,
            counter_one=told["counter_one"],
            counter_two=told["counter_two"],
            **{name: told[name] for name in names},
        )

    def refuse(self, error: UnableToBatch, *, entity: LegalEntity) -> None:
        """This function will put a refusal beside its field; a closed day is refused with the next open one."""
        words = str(REFUSALS.get(error.code, _("This cannot be entered.")))
        if error.code == "closed":
            day = counting_batches.first_open_day(entity_id=entity.pk)
            words = _("The books are closed on that day. The first open day is %(day)s.") % {
                "day": day.isoformat()
            }
        self.add_error(error.field if error.field in self.fields else None, words)


def _account_words(account: BankAccount) -> str:
    digits = f" ···{account.last4}" if account.last4 else ""
    return f"{account.name}{digits} · {account.currency} · {account.entity.code}"


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Count and total come first: without them no batch begins."""
    home = LegalEntity.objects.order_by("id").first()
    today = timezone.now().astimezone(ZoneInfo(home.zone if home else "UTC")).date()
    start: dict[str, Any] = {
        "batch_id": uuid.uuid4(),
        "came_on": today,
        "deposit_on": today,
        "method": "check",
    }
    first = Campaign.objects.in_order().first()
    if first is not None:
        start |= {"campaign": first.slug, "fund": first.fund_id}
    form = CoverForm(request.POST if request.method == "POST" else None, initial=start)
    cover = form.read() if form.is_bound else None
    if cover is not None and isinstance(request.user, User):
        try:
            made = batching.open_batch(
                batch_id=form.cleaned_data["batch_id"], cover=cover, actor=request.user, now=timezone.now()
            )
            return redirect("office:batch", pk=made.pk)
        except UnableToBatch as error:
            form.refuse(error, entity=cover.bank_account.entity)
    context = {"form": form, "has_account": BankAccount.objects.filter(is_open=True).exists()}
    return render(request, "office/batch_cover.html", context, status=422 if form.is_bound else 200)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct what stands on the envelope of an open batch."""
    batch = get_object_or_404(Batch.objects.select_related("entity"), pk=pk)
    form = CoverForm(request.POST if request.method == "POST" else None, initial=_start(batch))
    cover = form.read() if form.is_bound else None
    if cover is not None and isinstance(request.user, User):
        try:
            batching.change_cover(batch_id=pk, cover=cover, actor=request.user, now=timezone.now())
            messages.success(request, _("Kept."))
            return redirect("office:batch", pk=pk)
        except UnableToBatch as error:
            form.refuse(error, entity=batch.entity)
    context = {"form": form, "batch": batch, "has_account": True}
    return render(request, "office/batch_cover.html", context, status=422 if form.is_bound else 200)


def _start(batch: Batch) -> dict[str, Any]:
    names = ("expected_count", "bank_account", "came_on", "deposit_on", "method", "fund", "event")
    return {
        "batch_id": batch.pk,
        "expected": Money(batch.expected_minor, batch.currency).plain,
        "campaign": batch.campaign.slug,
        "counter_one": batch.counter_one,
        "counter_two": batch.counter_two,
        **{name: getattr(batch, name) for name in names},
    }

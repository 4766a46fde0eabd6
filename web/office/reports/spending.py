"""Costs of appeals as a page: what was spent on which code, written down once and taken back by another row."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import spending
from campaigns.models import AppealCost, SourceCode
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from staff import roles
from staff.models import Role, User
from web.office.admitting import admit
from web.office.reports import quartering
from web.office.reports.listing import SUMS

LISTED = 200
MAY_WRITE = (Role.FINANCE,)


class CostForm(forms.Form):
    """What was spent, on which code, when and for what. `id` is made with the form: pressing twice writes one row."""

    source = forms.ModelChoiceField(
        label=gettext_lazy("Code"), queryset=SourceCode.objects.order_by("name", "code"), to_field_name="code"
    )
    amount = forms.CharField(label=gettext_lazy("What was spent"), max_length=20)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(code, code) for code in sorted(money.CURRENCIES)]
    )
    spent_on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    words = forms.CharField(
        label=gettext_lazy("For what"),
        max_length=spending.LONGEST,
        help_text=gettext_lazy("Printing, postage, a room. No names of people."),
    )
    id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        named = self.fields["source"]
        named.label_from_instance = lambda code: f"{code.name} ({code.code})"  # type: ignore[attr-defined]

    def clean_spent_on(self) -> date:
        day: date = self.cleaned_data["spent_on"]
        if day > self.today:
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if "amount" in told and "currency" in told:
            try:
                told["cost"] = money.read_amount(
                    told["amount"], currency=told["currency"], most=money.LARGEST_BY_HAND
                )
            except money.UnreadableAmount:
                self.add_error("amount", _("This is not an amount: write 100 or 100.00."))
        return told


@admit(*SUMS)
@require_http_methods(["GET", "POST"])
def costs(request: HttpRequest) -> HttpResponse:
    """Every cost, or those of one code, with what is left of them; and a form for one more."""
    may_write = roles.may(request.user, roles=MAY_WRITE)
    if request.method == "POST":
        return _written(request) if may_write else _page(request, status=403)
    return _page(request)


def _fresh(*, code: str) -> CostForm:
    body = LegalEntity.objects.order_by("id").first()
    today = quartering.today(body)
    initial = {"id": uuid.uuid4(), "spent_on": today, "source": code}
    return CostForm(
        initial=initial | {"currency": body.base_currency if body else "USD"}, today=today, label_suffix=""
    )


def _page(request: HttpRequest, *, form: CostForm | None = None, status: int = 200) -> HttpResponse:
    code = request.GET.get("code", "")
    rows = spending.written_down(code=code)
    listed = list(rows[:LISTED])
    may_write = roles.may(request.user, roles=MAY_WRITE)
    context = {
        "rows": listed,
        "code": SourceCode.objects.filter(code=code).first() if code else None,
        "totals": _totals(code),
        "is_cut": len(listed) == LISTED,
        "form": (form or _fresh(code=code)) if may_write else None,
        "may_write": may_write,
        "has_codes": SourceCode.objects.exists(),
    }
    return render(request, "office/appeal_costs.html", context, status=status)


def _totals(code: str) -> list[Money]:
    """What is left of everything the filter finds, by currency."""
    rows = AppealCost.objects.filter(source__code=code) if code else AppealCost.objects.all()
    currencies = rows.values_list("currency", flat=True).distinct().order_by("currency")
    made = []
    for currency in currencies:
        spent = spending.spent(currency=currency)
        chosen = [amount for one, amount in spent.items() if code in ("", one.code)]
        made.append(money.total(chosen, currency=currency))
    return made


def _written(request: HttpRequest) -> HttpResponse:
    today = quartering.today(LegalEntity.objects.order_by("id").first())
    form = CostForm(request.POST, today=today, label_suffix="")
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, form=form, status=422)
    told = form.cleaned_data
    cost = spending.Spent(told["id"], told["source"], told["cost"], told["spent_on"], told["words"])
    try:
        spending.spend(cost=cost, today=today, actor=request.user, now=timezone.now())
    except spending.UnableToSpend:
        form.add_error("amount", _("This is not an amount: write 100 or 100.00."))
        return _page(request, form=form, status=422)
    messages.success(request, _("Written down. The report of links and letters counts with it."))
    return redirect("office:appeal_costs")


@admit(*MAY_WRITE)
@require_POST
def take_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """A cost that was written down by mistake; a row that stands against it stays beside it."""
    found = get_object_or_404(AppealCost, pk=pk)
    if isinstance(request.user, User):
        try:
            spending.take_back(cost_id=found.pk, actor=request.user, now=timezone.now())
        except spending.TakenBackAlready:
            messages.warning(request, _("This was taken back before."))
        else:
            messages.success(request, _("Taken back. Both rows stay."))
    return redirect("office:appeal_costs")

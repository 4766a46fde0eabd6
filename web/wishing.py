"""Wishing: what was typed about a standing gift, in the portal or the office, read into one wish."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from donations import missing
from donations import wishing as allowing
from donations.models import PlanChange, RecurringPlan
from donations.wishing import Kind, UnableToChange, Wish
from ledger import money
from ledger.models import Fund, FundText

PRESSED = (
    Kind.AMOUNT, Kind.FREQUENCY, Kind.DAY, Kind.FUND, Kind.END, Kind.PAUSE, Kind.RESUME, Kind.STOP, Kind.MISSED,
    Kind.RESTART,
)  # fmt: skip


class WishForm(forms.Form):
    """Every form of a plan's page: one deed, its id, and what belongs to it."""

    deed = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in PRESSED])
    change_id = forms.UUIDField()
    amount = forms.CharField(required=False, max_length=20)
    months = forms.IntegerField(required=False, min_value=0, max_value=12)
    charge_day = forms.IntegerField(required=False, min_value=1, max_value=31)
    fund = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    last_day = forms.DateField(required=False)
    invoice = forms.CharField(required=False, max_length=80)


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press: which form, under which id, and what it wants."""

    change_id: uuid.UUID
    wish: Wish


def read(posted: QueryDict, *, plan: RecurringPlan) -> Pressed:
    """This function will return what was pressed. Raises UnableToChange when it cannot be understood."""
    form = WishForm(posted)
    if not form.is_valid():
        raise UnableToChange("form", _("Please look at what you typed."))
    typed = form.cleaned_data
    kind = Kind(typed["deed"])
    wish = Wish(
        kind=kind,
        amount=_amount(typed["amount"], plan) if kind == Kind.AMOUNT else None,
        months=typed["months"] if kind in {Kind.FREQUENCY, Kind.PAUSE} else None,
        charge_day=typed["charge_day"] if kind == Kind.DAY else None,
        day=typed["last_day"] if kind == Kind.END else None,
        fund=Fund.objects.filter(pk=typed["fund"]).first() if kind == Kind.FUND else None,
        invoice_ref=typed["invoice"] if kind == Kind.MISSED else "",
    )
    return Pressed(typed["change_id"], wish)


def _amount(typed: str, plan: RecurringPlan) -> money.Money:
    try:
        return money.read_amount(typed, currency=plan.currency)
    except money.UnreadableAmount as error:
        raise UnableToChange("amount", _("This is not an amount: write 100 or 100.00.")) from error


def funds(*, plan: RecurringPlan, language: str) -> list[tuple[int, str]]:
    """This function will return the purposes a plan may go to, by key and name."""
    page = plan.checkout.page
    offered = Fund.objects.filter(
        pk__in={plan.fund_id, page.campaign.fund_id, *page.funds.values_list("fund_id", flat=True)},
        is_open=True,
    )
    names = {(text.fund_id, text.language): text.name for text in FundText.objects.filter(fund__in=offered)}
    return [
        (fund.pk, names.get((fund.pk, language)) or names.get((fund.pk, "en")) or fund.code)
        for fund in offered.order_by("id")
    ]


def history(*, plan: RecurringPlan) -> list[PlanChange]:
    """This function will return what was asked of a plan, newest first."""
    return list(plan.changes.select_related("staff", "fund").order_by("-asked_at", "-id")[:100])


def about(*, plan: RecurringPlan, now: datetime) -> dict[str, Any]:
    """This function will return what the page of a plan shows."""
    is_ended = plan.status == RecurringPlan.Status.ENDED
    months = allowing.months_of(plan)
    may_restart = is_ended and plan.end_reason != RecurringPlan.EndReason.DEATH
    return {
        "plan": plan,
        "months": months,
        "funds": funds(plan=plan, language=get_language() or "en"),
        "days": range(1, 32),
        "pauses": [step for step in range(months, allowing.LONGEST_PAUSE + 1, months)],
        "missed": missing.months(plan=plan, now=now),
        "history": history(plan=plan),
        "failures": plan.failures.order_by("-failed_at", "-id")[:20],
        "may_restart": may_restart,
        "restarts_on": allowing.next_day(plan=plan, now=now) if may_restart else None,
        "change_id": uuid.uuid4,  # called anew for each form of the page
    }

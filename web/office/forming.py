"""The forms of giving back: how much, out of which funds, why; and how a proposal is decided."""

import uuid
from collections.abc import Mapping

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from donations.models import Donation
from ledger import money
from ledger.models import Fund
from ledger.money import Money
from web.templatetags import office

ALL, AMOUNT, FUNDS = "all", "amount", "funds"
HOW = [
    (ALL, gettext_lazy("Everything that is left")),
    (AMOUNT, gettext_lazy("An amount, shared by what is left of each fund")),
    (FUNDS, gettext_lazy("An amount out of each fund")),
]


def read(typed: str, *, left: Money) -> Money:
    """An amount somebody typed. Raises ValidationError when it is none or more than what is left."""
    try:
        amount = money.read_amount(typed, currency=left.currency)
    except money.UnreadableAmount as error:
        raise forms.ValidationError(_("This is not an amount: write 100 or 100.00.")) from error
    if left < amount:
        raise forms.ValidationError(
            _("At most %(left)s can be given back.") % {"left": left.shown(get_language() or "en")}
        )
    return amount


class RefundForm(forms.Form):
    """How much of a gift goes back, out of which fund, and why.

    A gift to one fund asks for an amount only. `request_id` is made with the form: one form, one refund.
    """

    how = forms.ChoiceField(
        label=gettext_lazy("How much"), choices=HOW, initial=ALL, required=False, widget=forms.RadioSelect
    )
    amount = forms.CharField(label=gettext_lazy("Amount to give back"), max_length=20, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For the record; the giver does not see it."),
        widget=forms.TextInput,
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        typed: QueryDict | None = None,
        *,
        left: Money,
        by_fund: Mapping[Fund, Money],
        initial: dict[str, object] | None = None,
    ) -> None:
        super().__init__(typed, initial={"request_id": uuid.uuid4(), "amount": left.plain, **(initial or {})})
        self.left, self.by_fund = left, by_fund
        if len(by_fund) < 2:
            del self.fields["how"]
            return
        for fund, part in by_fund.items():
            label = _("%(fund)s, up to %(left)s") % {
                "fund": office.named(fund),
                "left": part.shown(get_language() or "en"),
            }
            self.fields[f"fund_{fund.pk}"] = forms.CharField(label=label, max_length=20, required=False)
        self.order_fields(["how", "amount", *(f"fund_{fund.pk}" for fund in by_fund), "reason", "request_id"])

    def clean(self) -> dict[str, object]:
        """This function will add `wanted`, the whole amount, and `parts` by fund where they were said."""
        given = self.cleaned_data
        how = given.get("how") or (ALL if "how" in self.fields and not given.get("amount") else AMOUNT)
        given["parts"] = None
        if how == FUNDS:
            self._clean_parts(given)
        elif how == AMOUNT:
            given["wanted"] = self._clean_one("amount", left=self.left)
        else:
            given["wanted"] = self.left
        if given.get("wanted") is not None and not given["wanted"] and not self.errors:
            self.add_error("amount", _("This is not an amount: write 100 or 100.00."))
        return given

    def _clean_one(self, name: str, *, left: Money) -> Money | None:
        try:
            return read(self.cleaned_data.get(name) or "", left=left)
        except forms.ValidationError as error:
            self.add_error(name, error)
            return None

    def _clean_parts(self, given: dict[str, object]) -> None:
        zero = Money(0, self.left.currency)
        parts = {
            fund.pk: self._clean_one(f"fund_{fund.pk}", left=left) if given.get(f"fund_{fund.pk}") else zero
            for fund, left in self.by_fund.items()
        }
        known = {fund_id: part for fund_id, part in parts.items() if part is not None}
        if len(known) == len(parts):
            given["parts"] = known
            given["wanted"] = money.total(known.values(), currency=self.left.currency)

    def kept(self) -> list[tuple[str, object]]:
        """What the next step sends again, hidden."""
        return [(name, self.cleaned_data[name]) for name in self.fields if self.cleaned_data.get(name)]


def designated(donation: Donation) -> dict[Fund, Money]:
    """What each fund was given, in the order of the designations."""
    lines = donation.designations.select_related("fund").prefetch_related("fund__texts").order_by("id")
    return {line.fund: Money(line.amount_minor, donation.currency) for line in lines}


class DecideForm(forms.Form):
    """Approve, decline with a reason, or take back."""

    deed = forms.ChoiceField(choices=[("approve", ""), ("decline", ""), ("withdraw", "")])
    reason = forms.CharField(max_length=200, required=False)


class PolicyForm(forms.Form):
    """Up to which sum of one gift a person may give back alone, for one entity and currency."""

    entity = forms.IntegerField(widget=forms.HiddenInput)
    currency = forms.ChoiceField(
        choices=[(code, code) for code in sorted(money.CURRENCIES)], label=gettext_lazy("Currency")
    )
    amount = forms.CharField(label=gettext_lazy("Alone up to"), max_length=20)

    def clean(self) -> dict[str, object]:
        """This function will turn the amount into money of its currency."""
        given = self.cleaned_data
        if "currency" in given and "amount" in given:
            try:
                given["limit"] = money.read_amount(given["amount"], currency=given["currency"])
            except money.UnreadableAmount:
                self.add_error("amount", _("This is not an amount: write 100 or 100.00."))
        return given

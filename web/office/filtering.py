"""Reading filters from an address. Only what is named here is read; a word that means nothing is told to the reader."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from ledger import money
from ledger.models import Fund, LegalEntity
from reports.filtering import Filters
from web import wording
from web.office.asking_fields import fund_label
from web.templatetags.office import titled

ANY = ("", _("Any"))

NO_SOURCE = "-"
"""What an address says for gifts that came by no code."""
RECEIPTS = [
    ("none", _("On no receipt")),
    ("excluded", _("Gets none")),
    ("hindered", _("Something must be mended")),
    ("waiting", _("Waits for its receipt")),
]
STATES, METHODS, FREQUENCIES = (
    list(table.items()) for table in (wording.STATES, wording.METHODS, wording.FREQUENCIES)
)


class PeriodForm(forms.Form):
    """A period; both days are inclusive."""

    given_from = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    given_to = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class FilterForm(PeriodForm):
    """Everything the list of donations can be narrowed by."""

    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    entity = forms.ChoiceField(label=_("Receiving body"), required=False)
    fund = forms.TypedChoiceField(label=_("Fund"), required=False, coerce=int, empty_value=None)
    method = forms.ChoiceField(label=_("Method"), required=False, choices=[ANY, *METHODS])
    frequency = forms.ChoiceField(label=_("Frequency"), required=False, choices=[ANY, *FREQUENCIES])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *STATES])
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[ANY, *((code, code) for code in sorted(money.CURRENCIES))],
    )
    amount = forms.CharField(label=_("Amount"), required=False, max_length=20)
    least = forms.CharField(label=_("At least"), required=False, max_length=20)
    most = forms.CharField(label=_("At most"), required=False, max_length=20)
    source = forms.CharField(label=_("Code of the link"), required=False, max_length=60)
    receipt = forms.ChoiceField(label=_("Receipt"), required=False, choices=[ANY, *RECEIPTS])
    reason = forms.SlugField(required=False, max_length=30, widget=forms.HiddenInput)
    stays = forms.BooleanField(required=False, widget=forms.HiddenInput)
    donor = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=_("Name, email, charge or last 4"), required=False, max_length=200)

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)
        self.fields["campaign"].choices = [ANY, *_campaigns()]  # type: ignore[attr-defined]
        bodies = list(LegalEntity.objects.order_by("id").values_list("code", "legal_name"))
        self.fields["entity"].choices = [ANY, *bodies]  # type: ignore[attr-defined]
        if len(bodies) < 2:
            # With one body there is nothing to choose, and what an address says of it changes nothing.
            self.fields["entity"].widget = forms.HiddenInput()
        self.fields["fund"].choices = [ANY, *_funds()]  # type: ignore[attr-defined]

    def clean_amount(self) -> str:
        typed = str(self.cleaned_data["amount"])
        if typed and not any(_readable(typed, currency) for currency in ("USD", "KRW", "KWD")):
            raise forms.ValidationError(_("This is not an amount: write 100 or 100.00."))
        return typed

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"]).replace("\x00", "").strip()

    def clean(self) -> dict[str, Any]:
        """Bounds of the amount are of one currency: 100 won are not 100 dollars."""
        told: dict[str, Any] = super().clean() or {}
        for bound in ("least", "most"):
            typed, currency = told.get(bound), told.get("currency")
            told[bound] = None
            if not typed:
                continue
            try:
                told[bound] = money.read_amount(
                    typed, currency=currency or "", most=money.LARGEST_BY_HAND
                ).minor
            except money.UnreadableAmount:
                self.add_error(bound, _("This is not an amount: write 100 or 100.00."))
            except ValueError:
                self.add_error(bound, _("Choose a currency too."))
        return told

    @property
    def filters(self) -> Filters:
        """What is valid of what was asked for."""
        asked: dict[str, Any] = {
            key: value for key, value in self.cleaned_data.items() if value not in (None, "")
        }
        if asked.get("source") == NO_SOURCE:
            asked["source"] = ""
        asked["search"] = asked.pop("q", "")
        return Filters(**asked)


def _readable(typed: str, currency: str) -> bool:
    try:
        money.read_amount(typed, currency=currency)
    except money.UnreadableAmount:
        return False
    return True


def _campaigns() -> list[tuple[str, str]]:
    return [(one.slug, titled(one)) for one in Campaign.objects.in_order().prefetch_related("texts")]


def _funds() -> list[tuple[str, str]]:
    funds = Fund.objects.prefetch_related("texts").order_by("entity_id", "code")
    return [(str(one.pk), fund_label(one)) for one in funds]

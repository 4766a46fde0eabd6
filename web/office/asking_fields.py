"""Fields that many forms of the office ask for: a day, an amount, words, a campaign, a fund; and reading an amount."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from ledger import money
from ledger.models import Fund
from ledger.money import Money
from reports import books
from web.templatetags.office import titled


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def amount_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=24, required=required, help_text=help_text, widget=widget)


def words_field(label: Any, *, most: int, required: bool = False, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


class CampaignField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A campaign by its title in the reader's language."""

    def label_from_instance(self, obj: Campaign) -> str:
        return titled(obj)


def campaign_field() -> CampaignField:
    every = Campaign.objects.in_order().prefetch_related("texts")
    return CampaignField(every, label=gettext_lazy("Campaign"), to_field_name="slug", empty_label=None)


class FundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A fund by its code and name; which ones are offered, the form says."""

    def label_from_instance(self, obj: Fund) -> str:
        return fund_label(obj)


def fund_label(fund: Fund, *, has_body: bool = False) -> str:
    """This function will return a fund's code and name as it is chosen by, of texts that were fetched with it."""
    name = f"{fund.code} {books.name_of(fund=fund, language=get_language() or 'en')}"
    return f"{fund.entity.code} · {name}" if has_body else name


def read_amount(form: forms.Form, name: str, *, currency: str) -> Money | None:
    """This function will return an amount, or None when nothing was typed or, noted at its field, no amount."""
    typed = str(form.cleaned_data.get(name) or "")
    if not typed:
        return None
    try:
        return money.read_amount(typed, currency=currency, most=money.LARGEST_BY_HAND)
    except money.UnreadableAmount:
        form.add_error(name, _("This is not an amount: write 100 or 100.00."))
        return None

"""Asking: what a report is asked for, read from its address; what is missing is filled in as most people mean it."""

from collections.abc import Collection
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ledger import money
from ledger.models import LegalEntity
from receipts.models import Issuer
from reports.answers import asking, campaigning
from reports.answers.asking import Asked
from web.office.filtering import ANY
from web.templatetags import office

CALENDAR, FISCAL = "calendar", "fiscal"
COMMON = ("entity", "currency", "year", "basis", "campaign")


class ReportForm(forms.Form):
    """The filter of one report: of the common fields those it `wants`, and its own.

    One body is never asked for, and a fiscal year only of a body whose year is not the calendar's.
    """

    entity = forms.ChoiceField(label=_("Receiving body"), required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1990, max_value=2200)
    basis = forms.ChoiceField(
        label=_("Years are"),
        required=False,
        choices=[(FISCAL, _("Fiscal years")), (CALENDAR, _("Calendar years"))],
    )
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)

    def __init__(self, typed: QueryDict, *, wants: Collection[str], more: dict[str, forms.Field]) -> None:
        self.bodies = list(LegalEntity.objects.order_by("id"))
        chosen = next((body for body in self.bodies if body.code == typed.get("entity")), None)
        self.body = chosen or (self.bodies[0] if self.bodies else None)
        zone = ZoneInfo(self.body.zone if self.body else "UTC")
        self.today = timezone.now().astimezone(zone).date()
        self.ends_in_month = self._ends(typed, is_one=chosen is not None or len(self.bodies) == 1)
        super().__init__({**self._usual(), **{key: typed[key] for key in typed if typed[key] != ""}})
        self.fields |= more
        for name in [name for name in COMMON if name not in wants]:
            del self.fields[name]
        self._choose()

    def _ends(self, typed: QueryDict, *, is_one: bool) -> int:
        """The month in which years end: the body's own, unless somebody asks for calendar years or for all bodies."""
        issuer = Issuer.objects.filter(entity=self.body).first() if is_one else None
        self.own_end = issuer.fiscal_year_end_month if issuer else 12
        return 12 if typed.get("basis") == CALENDAR else self.own_end

    def _usual(self) -> dict[str, Any]:
        currency = self.body.base_currency if self.body else "USD"
        year = asking.current_year(today=self.today, ends_in_month=self.ends_in_month)
        return {"currency": currency, "year": year, "basis": FISCAL}

    def _choose(self) -> None:
        language = get_language() or "en"
        choices: dict[str, list[Any]] = {
            "entity": [ANY, *((body.code, body.legal_name) for body in self.bodies)],
            "currency": [(code, code) for code in sorted(money.CURRENCIES)],
        }
        if "campaign" in self.fields:
            choices["campaign"] = [ANY, *((one.slug, office.titled(one)) for one in campaigning.known())]
        for name, offered in choices.items():
            if name in self.fields:
                self.fields[name].choices = offered  # type: ignore[attr-defined]
        for name, is_needless in (("entity", len(self.bodies) < 2), ("basis", self.own_end == 12)):
            if name in self.fields and is_needless:
                self.fields[name].widget = forms.HiddenInput()
        self.language = language

    @property
    def asked(self) -> Asked:
        """What is asked for; only of a form that is valid."""
        told = self.cleaned_data
        return Asked(
            today=self.today,
            currency=told.get("currency") or self._usual()["currency"],
            year=told.get("year") or self._usual()["year"],
            entity=told.get("entity") or "",
            campaign=told.get("campaign") or "",
            ends_in_month=self.ends_in_month,
        )

    @property
    def query(self) -> dict[str, str]:
        """What was asked for, for addresses that keep it; dates and numbers as they are typed."""
        told = {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
        if self.own_end == 12:
            told.pop("basis", None)
        return {
            key: value.isoformat() if isinstance(value, date) else str(value) for key, value in told.items()
        }

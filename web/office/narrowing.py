"""The form that narrows the journal, read from an address: every number of the reports is such an address."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ledger import money
from ledger.models import Account, Entry, Fund, LegalEntity
from reports import narrowing
from reports.narrowing import Narrow
from web import fund_wording, wording
from web.office.asking_fields import fund_label
from web.office.filtering import ANY, PeriodForm


class JournalForm(PeriodForm):
    """Everything the journal can be narrowed by. `source`, `what` and `of` come from links and are shown in words."""

    account = forms.ChoiceField(label=_("Account"), required=False)
    fund = forms.TypedChoiceField(label=_("Fund"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    entity = forms.ChoiceField(label=_("Receiving body"), required=False)
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[ANY, *((code, code) for code in sorted(money.CURRENCIES))],
    )
    source = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)
    what = forms.ChoiceField(
        required=False,
        choices=[(code, code) for code in ("", narrowing.MONEY, *narrowing.KINDS)],
        widget=forms.HiddenInput,
    )

    of = forms.ChoiceField(
        required=False, choices=[(code, code) for code in ("", "with", "without")], widget=forms.HiddenInput
    )

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)
        accounts = Account.objects.order_by("code")
        funds = Fund.objects.prefetch_related("texts").order_by("entity_id", "code")
        kinds = wording.TABLES["entry"]
        bodies = list(LegalEntity.objects.order_by("id").values_list("code", "legal_name"))
        self._choose(
            "account",
            [
                *((code, fund_wording.CLASSES[code]) for code in narrowing.GROUPS),
                *(
                    (one.code, f"{one.code} {wording.TABLES['account'].get(one.name, one.name)}")
                    for one in accounts
                ),
            ],
        )
        self._choose(
            "fund",
            [(str(one.pk), fund_label(one)) for one in funds],
        )
        self._choose("kind", [(code, kinds.get(code, code)) for code in Entry.Kind.values])
        self._choose("entity", bodies)
        if len(bodies) < 2:
            self.fields["entity"].widget = forms.HiddenInput()

    def _choose(self, name: str, choices: Sequence[tuple[str, object]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    @property
    def narrow(self) -> Narrow:
        """What is valid of what was asked for."""
        given = {key: value for key, value in self.cleaned_data.items() if value not in (None, "")}
        days = {"booked_from": given.pop("given_from", None), "booked_to": given.pop("given_to", None)}
        return Narrow(**days, **given)

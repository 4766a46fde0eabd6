"""What each kind of gift over the desk asks for: the first step's choices, and the fields of the second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from donations import entering
from donations.dating import Basis
from donations.models import Donation
from ledger import money
from web import wording
from web.office.asking_fields import amount_field, day_field, words_field

PAPER = ("check", "cash", "bank_transfer")


@dataclass(frozen=True, slots=True)
class What:
    """One choice of the first step: what came, from whom, and how it may have come."""

    name: str | Promise
    kind: Donation.Kind = Donation.Kind.CASH
    payer: Donation.Payer = Donation.Payer.DONOR
    methods: tuple[str, ...] = ("check",)


WHATS: Mapping[str, What] = {
    "check": What(gettext_lazy("A check")),
    "cash": What(gettext_lazy("Cash"), methods=("cash",)),
    "bank_transfer": What(gettext_lazy("A bank transfer"), methods=("bank_transfer",)),
    "ticket": What(
        gettext_lazy("A ticket, or a gift with something in return"), Donation.Kind.TICKET, methods=PAPER
    ),
    "daf": What(
        gettext_lazy("A grant of a donor-advised fund"),
        payer=Donation.Payer.DAF,
        methods=("check", "bank_transfer"),
    ),
    "employer": What(
        gettext_lazy("A gift of an employer that matches one"),
        payer=Donation.Payer.EMPLOYER,
        methods=("check", "bank_transfer"),
    ),
    "charity": What(
        gettext_lazy("A gift of another charity"),
        payer=Donation.Payer.CHARITY,
        methods=("check", "bank_transfer"),
    ),
    "ira": What(
        gettext_lazy("A gift out of a retirement account (QCD)"),
        payer=Donation.Payer.IRA_QCD,
        methods=("check", "bank_transfer"),
    ),
    "stock": What(gettext_lazy("Securities"), Donation.Kind.STOCK, methods=("stock",)),
    "property": What(gettext_lazy("Things"), Donation.Kind.PROPERTY, methods=("in_kind",)),
    "vehicle": What(gettext_lazy("A vehicle"), Donation.Kind.VEHICLE, methods=("in_kind",)),
    "volunteer_expenses": What(
        gettext_lazy("What a volunteer spent for us"), Donation.Kind.VOLUNTEER_EXPENSES, methods=("in_kind",)
    ),
}

BASES = [
    (Basis.RECEIVED.value, gettext_lazy("It counts from the day it reached us")),
    (Basis.POSTMARK.value, gettext_lazy("It was mailed: the postmark")),
    (Basis.HAND.value, gettext_lazy("It was handed to one of us")),
]


def fields_of(what: str) -> dict[str, forms.Field]:
    """This function will return the fields that only some kinds need, in the order of the page."""
    told = WHATS[what]
    fields: dict[str, forms.Field] = {}
    if len(told.methods) > 1:
        choices = [(method, wording.METHODS[method]) for method in told.methods]
        fields["method"] = forms.ChoiceField(label=gettext_lazy("How it came"), choices=choices)
    if "check" in told.methods:
        fields |= _check_fields()
    if told.kind in entering.THINGS:
        fields |= _thing_fields(told.kind)
    if what == "daf":
        fields["adviser"] = words_field(
            gettext_lazy("Adviser of the fund"),
            most=200,
            help_text=gettext_lazy("Thanked without words about tax. Empty when nobody is named."),
        )
    if what == "employer":
        fields["employee"] = words_field(gettext_lazy("Employee"), most=200)
        fields["matches"] = forms.CharField(required=False, max_length=40)
    fields |= _return_fields(is_required=told.kind == Donation.Kind.TICKET) | _fund_fields()
    if told.kind not in entering.THINGS:
        fields |= _exchange_fields()
    return fields


def _fund_fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "fund_1": forms.ChoiceField(label=pgettext_lazy("of a gift", "Fund"), required=False)
    }
    for place in (2, 3):
        fields[f"fund_{place}"] = forms.ChoiceField(label=gettext_lazy("Another fund"), required=False)
        fields[f"amount_{place}"] = amount_field(gettext_lazy("Its part"))
    return fields


def _check_fields() -> dict[str, forms.Field]:
    return {
        "check_number": forms.RegexField(
            r"^[0-9A-Za-z -]*$", label=gettext_lazy("Check number"), max_length=30, required=False
        ),
        **basis_fields(BASES),
        "sure_basis": forms.BooleanField(
            label=gettext_lazy("There is no postmark: it counts from the day it reached us"), required=False
        ),
        "sure_same": forms.BooleanField(label=gettext_lazy("This is another check"), required=False),
    }


def basis_fields(bases: Sequence[tuple[str, Any]]) -> dict[str, forms.Field]:
    """This function will return the fields that say on which day a gift was given, and how that is known."""
    return {
        "basis": forms.ChoiceField(
            label=gettext_lazy("The day it was given"),
            choices=bases,
            initial=Basis.RECEIVED.value,
            required=False,
            widget=forms.RadioSelect,
        ),
        "basis_on": day_field(gettext_lazy("Day of the postmark or of the hand-over")),
        "written_on": day_field(
            gettext_lazy("Day written on the check"), help_text=gettext_lazy("Kept, and never counted.")
        ),
    }


def _thing_fields(kind: Donation.Kind) -> dict[str, forms.Field]:
    examples = {
        Donation.Kind.STOCK: gettext_lazy("As “10 shares ABC”: it stands on the receipt."),
        Donation.Kind.PROPERTY: gettext_lazy("As “40 winter coats”: it stands on the receipt."),
        Donation.Kind.VEHICLE: gettext_lazy("Make, model and year: it stands on the receipt."),
        Donation.Kind.VOLUNTEER_EXPENSES: gettext_lazy("What was done for us: it stands on the receipt."),
    }
    fields: dict[str, forms.Field] = {
        "description": words_field(
            gettext_lazy("Description"), most=200, required=True, help_text=examples[kind]
        ),
        "quantity": forms.IntegerField(
            label=gettext_lazy("Quantity"), min_value=1, max_value=1_000_000_000, required=False, initial=1
        ),
        "claimed": amount_field(
            gettext_lazy("What the giver says it is worth"),
            required=kind == Donation.Kind.VEHICLE,  # above 500.00 the law knows another form
            help_text=gettext_lazy("For the office only; never printed."),
        ),
        "fair_value": amount_field(
            gettext_lazy("Fair market value"),
            help_text=gettext_lazy("Where the law prints it (Canada, Korea)."),
        ),
    }
    if kind != Donation.Kind.VOLUNTEER_EXPENSES:
        fields["appraiser_name"] = words_field(gettext_lazy("Appraiser"), most=120)
        fields["appraiser_address"] = words_field(gettext_lazy("Address of the appraiser"), most=300)
    return fields


def benefit_fields(*, is_required: bool = False) -> dict[str, forms.Field]:
    """This function will return the fields that say what was given in return."""
    return {
        "benefit": words_field(gettext_lazy("What was given in return"), most=120, required=is_required),
        "benefit_value": amount_field(
            gettext_lazy("What it would sell for"),
            help_text=gettext_lazy("Not what it cost us. Empty if unknown."),
        ),
    }


def _return_fields(*, is_required: bool) -> dict[str, forms.Field]:
    return {
        **benefit_fields(is_required=is_required),
        "benefit_cost": amount_field(gettext_lazy("What it cost us")),
        "is_token": forms.BooleanField(label=gettext_lazy("A token with our name on it"), required=False),
        "is_intangible_religious": forms.BooleanField(
            label=gettext_lazy("An intangible religious benefit"), required=False
        ),
    }


def _exchange_fields() -> dict[str, forms.Field]:
    codes = [("", "–"), *((code, code) for code in sorted(money.CURRENCIES))]
    return {
        "equivalent": amount_field(gettext_lazy("Worth in the currency of the books")),
        "equivalent_currency": forms.ChoiceField(
            label=gettext_lazy("Currency of the books"), choices=codes, required=False
        ),
        "rate_on": day_field(gettext_lazy("Day of the rate")),
        "rate_source": words_field(gettext_lazy("Where the rate is from"), most=80),
    }

"""Describing rows: the form of one piece of a batch, short for the stack of checks, whole for everything else.

The short form has five fields, typed without a mouse: amount, check number, giver, fund, memo; Enter saves. In the
field of the giver “?” is money whose giver is not known yet, “-” loose cash without one.
"""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from donations import dating
from donations.batching import Part, Piece
from donations.dating import Basis
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow
from donations.recognizing_checks import Twin
from donors.models import Donor
from ledger.models import Fund
from ledger.money import Money
from web import desk_wording
from web.office.asking_by_kind import BASES, WHATS, basis_fields, benefit_fields
from web.office.asking_fields import (
    FundField,
    amount_field,
    campaign_field,
    day_field,
    read_amount,
    words_field,
)
from web.office.choosing import ChoosingForm
from web.tax_wording import Words

UNKNOWN, NOBODY = "?", "-"
PLACES = range(1, 7)
KINDS = tuple(what for what in WHATS if what != "bank_transfer")
NUMBER = r"^[0-9A-Za-z -]*$"
_PEOPLE = ("donor", "thanked", *(f"part_donor_{place}" for place in PLACES))

REFUSALS: Words = {
    **desk_wording.REFUSALS,
    "part": gettext_lazy("The amount must be above zero."),
    "twice": gettext_lazy("Name each fund and person once."),
    "method": gettext_lazy("This cannot come in a batch."),
    "benefit": gettext_lazy("Describe what was given in return."),
    "basis": gettext_lazy("Say on which day it was given."),
    "nameless_part": gettext_lazy("Name the giver first; then parts can be of other people."),
    "nameless_thing": gettext_lazy("Without a giver it can only be money."),
    "entered": gettext_lazy("This form was used for another batch. Open a new one."),
    "full": gettext_lazy("A batch holds at most 500 rows. Begin another one."),
    "ended": gettext_lazy("This batch is not open any more."),
}
_FIELDS = {"parts": "amount", "returns": "benefit", "credits": "thanked", "batch": "amount"} | {
    "postmark": "basis_on",
    "hand": "basis_on",
    "transfer": "basis_on",
    "written": "written_on",
    "received": "basis",
    "came_on": "amount",
}
_SHORT = {"basis": "postmark", "basis_on": "postmark", "benefit": "amount", "description": "amount"}


class RowForm(ChoosingForm):
    """One piece. `is_whole` shows everything that a piece can be; else what stands in a stack of checks."""

    PEOPLE = _PEOPLE
    MARKS = {UNKNOWN: BatchRow.Giver.UNKNOWN, NOBODY: BatchRow.Giver.NOBODY}

    row_id = forms.UUIDField(widget=forms.HiddenInput)
    amount = amount_field(gettext_lazy("Amount"), required=True)
    check_number = forms.RegexField(
        NUMBER, label=gettext_lazy("Check number"), max_length=20, required=False, strip=True
    )
    donor = words_field(gettext_lazy("Giver"), most=200, required=True)
    fund = FundField(Fund.objects.none(), label=pgettext_lazy("of a gift", "Fund"), empty_label=None)
    memo = words_field(gettext_lazy("Memo"), most=300)
    postmark = day_field(gettext_lazy("Postmark"))
    accepts_twin = forms.BooleanField(label=gettext_lazy("This is another check"), required=False)
    sure_basis = forms.BooleanField(
        label=gettext_lazy("There is no postmark: it counts from the day it reached us"), required=False
    )

    def __init__(
        self, batch: Batch, typed: Any = None, *, is_whole: bool, initial: Mapping[str, Any] | None = None
    ) -> None:
        self.batch, self.is_whole = batch, is_whole
        start = {"row_id": uuid.uuid4(), "fund": batch.fund_id, **(initial or {})}
        super().__init__(typed, initial=start, more=_whole_fields() if is_whole else None)
        self.twin: Twin | None = None
        self.is_basis_asked = bool(start.get("sure_basis"))
        funds = Fund.objects.filter(entity=batch.entity_id, is_open=True).prefetch_related("texts")
        for name in ("fund", *(f"part_fund_{place}" for place in PLACES if is_whole)):
            self.fields[name].queryset = funds.order_by("code")  # type: ignore[attr-defined]
        if is_whole or not dating.asks_for_basis(batch.came_on):
            del self.fields["postmark"]
        for name in self.chosen:
            if name != "donor":
                self.fields[name].required = False

    @property
    def places(self) -> list[dict[str, Any]]:
        """The lines of the split, for the page."""
        return [
            {
                "fund": self[f"part_fund_{place}"],
                "amount": self[f"part_amount_{place}"],
                "donor": self[f"part_donor_{place}"],
                "chosen": self.chosen[f"part_donor_{place}"],
            }
            for place in PLACES
        ]

    # Reading

    def read(self) -> Piece | None:
        """This function will return the piece that was written, or None after noting at each field what is wrong."""
        self.is_valid()
        told = self.cleaned_data
        mark = str(told.get("donor") or "").strip()
        giver = self.MARKS.get(mark, BatchRow.Giver.DONOR)
        donor = self.choose("donor") if giver == BatchRow.Giver.DONOR else None
        amount = self._money("amount")
        if amount is not None and not amount:
            self.add_error("amount", str(REFUSALS["amount"]))
        more = self._whole(donor) if self.is_whole else {"days": self._postmarked(), "parts": ()}
        fund = told.get("fund")
        if self.errors or amount is None or fund is None or (giver == BatchRow.Giver.DONOR and donor is None):
            return None
        more["parts"] = more["parts"] or [Part(fund, amount)]
        return Piece(
            id=told["row_id"],
            amount=amount,
            giver=giver,
            donor_id=donor.pk if donor else None,
            check_number=told.get("check_number", ""),
            memo=told["memo"],
            accepts_twin=told["accepts_twin"],
            is_sure_of_day=told["sure_basis"],
            **more,
        )

    def _money(self, name: str) -> Money | None:
        return read_amount(self, name, currency=self.batch.currency)

    def _postmarked(self) -> dict[Basis, date]:
        day: date | None = self.cleaned_data.get("postmark")
        if day is None:
            return {}
        return {Basis.RECEIVED: self.batch.came_on, Basis.POSTMARK: day}

    def _whole(self, donor: Donor | None) -> dict[str, Any]:
        told = self.cleaned_data
        what = WHATS[told.get("what") or "check"]
        thanked = self.choose("thanked") if told.get("thanked") else None
        value = self._money("benefit_value")
        return {
            "kind": what.kind,
            "payer": what.payer,
            "method": "cash" if told.get("method") == "cash" and len(what.methods) > 1 else what.methods[0],
            "campaign": told.get("campaign"),
            "account_last4": told.get("account_last4", ""),
            "description": told.get("description", ""),
            "hint": told.get("hint", ""),
            "days": self._days(),
            "parts": self._parts(donor),
            "credited_id": thanked.pk if thanked else None,
            "benefit": told.get("benefit", ""),
            "benefit_minor": value.minor if value is not None else None,
            "is_anonymous": told.get("is_anonymous", False),
        }

    def _days(self) -> dict[Basis, date]:
        told = self.cleaned_data
        days: dict[Basis, date] = {Basis.RECEIVED: self.batch.came_on}
        basis, day = Basis(told.get("basis") or Basis.RECEIVED), told.get("basis_on")
        if basis != Basis.RECEIVED and isinstance(day, date):
            days[basis] = day
        elif basis != Basis.RECEIVED:
            self.add_error("basis_on", _("Write the day."))
        if told.get("written_on"):
            days[Basis.WRITTEN] = told["written_on"]
        return days

    def _parts(self, giver: Donor | None) -> list[Part]:
        """The lines of the split that say anything; a line without a person is of the piece's giver."""
        found = []
        for place in PLACES:
            amount = self._money(f"part_amount_{place}")
            fund = self.cleaned_data.get(f"part_fund_{place}")
            typed = str(self.cleaned_data.get(f"part_donor_{place}") or "").strip()
            if amount is None:
                if typed:
                    self.add_error(f"part_amount_{place}", _("Write an amount."))
                continue
            person = self.choose(f"part_donor_{place}") if typed else giver
            chosen = fund or self.cleaned_data.get("fund")
            if chosen is not None:
                found.append(Part(chosen, amount, person.pk if person else None))
        return found

    def refuse(self, error: UnableToBatch) -> None:
        """This function will put a refusal beside the field it is about, and ask what a person may confirm."""
        self.twin = error.twin
        self.is_basis_asked = self.is_basis_asked or error.code == "weak_basis"
        field: str | None = _FIELDS.get(error.field, error.field)
        if not self.is_whole:
            field = _SHORT.get(field or "", field)
        words = str(REFUSALS.get(error.code, REFUSALS["other"]))
        self.add_error(field if field in self.fields else None, words)


def _whole_fields() -> dict[str, forms.Field]:
    """What a piece can be besides a check in a stack."""
    return {
        "what": forms.ChoiceField(
            label=gettext_lazy("What came"), choices=[(key, WHATS[key].name) for key in KINDS]
        ),
        "method": forms.ChoiceField(
            label=gettext_lazy("How it came"),
            choices=[("check", pgettext_lazy("method", "Check")), ("cash", gettext_lazy("Cash"))],
            required=False,
        ),
        "account_last4": forms.RegexField(
            r"^[0-9A-Za-z]{0,4}$",
            label=gettext_lazy("Account on the check: last four"),
            max_length=4,
            required=False,
            help_text=gettext_lazy("The next check of this account finds its giver by it."),
        ),
        "hint": words_field(
            gettext_lazy("What is known of the giver"),
            most=200,
            help_text=gettext_lazy("Only for money whose giver is not known; forgotten once they are found."),
        ),
        "description": words_field(gettext_lazy("Description"), most=200),
        **basis_fields(
            [*BASES, (Basis.TRANSFER.value, gettext_lazy("Securities: the day they were transferred"))]
        ),
        "campaign": campaign_field(),
        **benefit_fields(),
        "thanked": words_field(
            gettext_lazy("Thanked besides the giver"),
            most=200,
            help_text=gettext_lazy("The adviser of a fund, the employee whose gift was matched."),
        ),
        "is_anonymous": forms.BooleanField(label=gettext_lazy("Not to be named in public"), required=False),
        **_split_fields(),
    }


def _split_fields() -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for place in PLACES:
        fields[f"part_fund_{place}"] = FundField(
            Fund.objects.none(), label=pgettext_lazy("of a gift", "Fund"), required=False
        )
        fields[f"part_amount_{place}"] = amount_field(gettext_lazy("Its part"))
        fields[f"part_donor_{place}"] = words_field(gettext_lazy("Somebody else's"), most=200)
    return fields


def started(row: BatchRow) -> dict[str, Any]:
    """This function will return a stored row as its form shows it."""
    days = {basis: date.fromisoformat(day) for basis, day in row.days.items()}
    basis = next((key for key in ("postmark", "hand", "transfer") if key in days), "received")
    currency = row.batch.currency
    start: dict[str, Any] = {
        "row_id": row.pk,
        "what": _what(row),
        "amount": Money(row.amount_minor, currency).plain,
        "basis": basis,
        "basis_on": days.get(basis) if basis != "received" else None,
        "postmark": days.get("postmark"),
        "written_on": days.get("written"),
        "campaign": row.campaign.slug,
        "benefit_value": Money(row.benefit_minor, currency).plain if row.benefit_minor is not None else "",
    }
    names = ("check_number", "memo", "method", "account_last4", "hint", "description", "benefit")
    start |= {name: getattr(row, name) for name in (*names, "is_anonymous", "accepts_twin")}
    start |= _person("donor", row.donor) if row.donor else {"donor": _MARKED.get(row.giver, "")}
    start |= _person("thanked", row.credited)
    return start | _split(row)


_MARKED = {"unknown": UNKNOWN, "nobody": NOBODY}


def _person(name: str, donor: Donor | None) -> dict[str, Any]:
    if donor is None:
        return {}
    return {name: donor.name, f"{name}_id": donor.pk, f"{name}_for": donor.name}


def _what(row: BatchRow) -> str:
    """The first choice of the form that is this kind, payer and way."""
    for key in KINDS:
        what = WHATS[key]
        if (what.kind, what.payer) == (row.kind, row.payer) and (
            row.method in what.methods or len(what.methods) > 1
        ):
            return key
    return "check"


def _split(row: BatchRow) -> dict[str, Any]:
    """The parts of a row; all of it to one fund is no split."""
    parts = list(row.parts.select_related("donor").order_by("id"))
    if len(parts) == 1 and parts[0].donor_id is None:
        return {"fund": parts[0].fund_id}
    start: dict[str, Any] = {"fund": parts[0].fund_id if parts else None}
    for place, part in zip(PLACES, parts, strict=False):
        start[f"part_fund_{place}"] = part.fund_id
        start[f"part_amount_{place}"] = Money(part.amount_minor, row.batch.currency).plain
        start |= _person(f"part_donor_{place}", part.donor)
    return start

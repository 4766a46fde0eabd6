"""The form that says what the columns of a bank's file hold: one choice for each column, beside what stands in it."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from books import mapping_columns
from books.mapping_columns import Column, Columns, Look, UnableToMap
from payments.models import BankAccount
from web.bank_wording import ORDERS, ROLES

UNUSED = ("", gettext_lazy("Not read"))
GUESSES: dict[str, tuple[str, ...]] = {
    "day": (
        "date",
        "posting date",
        "booking date",
        "buchungstag",
        "거래일",
        "거래일시",
        "거래일자",
        "날짜",
        "일자",
    ),
    "amount": ("amount", "betrag", "거래금액", "금액"),
    "money_in": ("credit", "deposit", "deposits", "money in", "입금", "입금액", "맡기신금액"),
    "money_out": ("debit", "withdrawal", "withdrawals", "money out", "출금", "출금액", "찾으신금액"),
    "payer": (
        "description",
        "payer",
        "name",
        "payee",
        "보낸분/받는분",
        "보낸분",
        "거래처",
        "내용",
        "기재내용",
        "의뢰인",
    ),
    "reference": ("memo", "reference", "details", "적요", "메모", "송금메모", "비고"),
    "bank_ref": ("transaction id", "fitid", "reference number", "거래번호"),
    "balance": ("balance", "running balance", "잔액", "거래후잔액", "거래후 잔액"),
    "currency": ("currency", "통화"),
}
"""What banks call their columns. It only fills the form beforehand; a person looks at it and saves it."""
REFUSED: dict[tuple[str, str], str | Promise] = {
    ("missing", "day"): gettext_lazy("Choose the column that holds the day."),
    ("amount", "amount"): gettext_lazy(
        "Choose either one column of amounts with their sign, or one of what came and one of what went."
    ),
    ("twice", "amount"): gettext_lazy("Two of these are one column: choose again."),
    ("choose", "date_order"): gettext_lazy(
        "Choose in which order the days are written: the file alone does not tell."
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One column with its choice."""

    column: Column
    field: forms.BoundField


class MappingForm(forms.Form):
    """One choice for each column (`column_0` and on), and how days and amounts are written."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Days are written as"),
        choices=list(ORDERS.items()),
        widget=forms.RadioSelect,
        required=False,
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Before the cents stands"),
        choices=[(".", gettext_lazy("a point: 1,250.00")), (",", gettext_lazy("a comma: 1.250,00"))],
        widget=forms.RadioSelect,
    )

    def __init__(
        self, look: Look, typed: QueryDict | None = None, *, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(typed, initial=initial)
        self.look = look
        for at, column in enumerate(look.columns):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=column.name, choices=[UNUSED, *ROLES.items()], required=False
            )

    @property
    def rows(self) -> list[Row]:
        return [Row(column, self[f"column_{at}"]) for at, column in enumerate(self.look.columns)]

    def columns(self) -> Columns:
        """This function will return what was chosen, as it is kept for the account."""
        chosen: dict[str, list[str]] = {role: [] for role in mapping_columns.ROLES}
        for at, column in enumerate(self.look.columns):
            if role := self.cleaned_data.get(f"column_{at}"):
                chosen[role].append(column.key)
        single = {role: "".join(chosen[role][:1]) for role in mapping_columns.ONE}
        return Columns(
            **single,
            payer=tuple(chosen["payer"]),
            reference=tuple(chosen["reference"]),
            date_order=self.cleaned_data["date_order"],
            decimal=self.cleaned_data["decimal"],
            encoding="",
            delimiter=self.look.delimiter,
            has_header=self.look.has_header,
        )

    def clean(self) -> dict[str, Any]:
        """This function will refuse two columns for what one column holds."""
        roles = [self.cleaned_data.get(f"column_{at}") for at in range(len(self.look.columns))]
        for role in mapping_columns.ONE:
            if roles.count(role) > 1:
                self.add_error(None, _("Only one column may be “%(role)s”.") % {"role": ROLES[role]})
        return self.cleaned_data

    def refuse(self, error: UnableToMap) -> None:
        """This function will say at its field why these columns cannot be read together."""
        words = REFUSED.get((error.code, error.role), _("Please choose again."))
        self.add_error(error.role if error.role in self.fields else None, str(words))


def form_of(look: Look, account: BankAccount, typed: QueryDict | None) -> MappingForm:
    """This function will return the form, filled with what is saved, else with what the names of the columns say."""
    kept = mapping_columns.kept(account)
    roles = _kept_roles(kept) if kept else {}
    initial: dict[str, Any] = {}
    for at, column in enumerate(look.columns):
        role = roles.get(column.key) or ("" if kept else _guess(column.key))
        if role in mapping_columns.MANY or role not in initial.values():
            initial[f"column_{at}"] = role
    initial["decimal"] = kept.decimal if kept else _decimal(look)
    initial["date_order"] = kept.date_order if kept else _order(look, initial)
    return MappingForm(look, typed, initial=initial)


def _kept_roles(kept: Columns) -> dict[str, str]:
    roles = {str(getattr(kept, role)): role for role in mapping_columns.ONE}
    return roles | dict.fromkeys(kept.payer, "payer") | dict.fromkeys(kept.reference, "reference")


def _guess(key: str) -> str:
    return next((role for role, names in GUESSES.items() if key in names), "")


def _order(look: Look, initial: dict[str, Any]) -> str:
    """Said beforehand only where every day of the file can be read in one order alone."""
    for at, column in enumerate(look.columns):
        if initial.get(f"column_{at}") == "day":
            orders = look.orders.get(column.key, frozenset())
            return next(iter(orders)) if len(orders) == 1 else ""
    return ""


def _decimal(look: Look) -> str:
    samples = [sample for column in look.columns for sample in column.samples]
    has_comma = any(len(sample) > 3 and sample[-3] == "," and sample[-2:].isdigit() for sample in samples)
    return "," if has_comma else "."

"""Which law a receipt stands under: that of the body that issues it, never that of the donor's nation or tongue."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from ledger.money import Money
from receipts.rules import australia, canada, korea, parameters, shapes, united_kingdom, united_states


class NoLaw(LookupError):
    """We know no rules for this country, and issue nothing under its law."""


class Rules(Protocol):
    """What the module of every country answers; `VERSION` is kept in every snapshot."""

    @property
    def CODE(self) -> str: ...  # noqa: N802 - constants of the modules
    @property
    def VERSION(self) -> str: ...  # noqa: N802
    @property
    def CURRENCY(self) -> str: ...  # noqa: N802
    @property
    def LAWS(self) -> tuple[shapes.Law, ...]: ...  # noqa: N802

    def receiptable(
        self,
        *,
        gift: shapes.GiftLine,
        entity: shapes.EntityFacts,
        donor: shapes.DonorFacts,
        book: parameters.Book = ...,
    ) -> shapes.Decision: ...

    def amounts(
        self, *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = ...
    ) -> shapes.Amounts: ...

    def statements(
        self, *, receipt: shapes.Receipt, book: parameters.Book = ...
    ) -> tuple[shapes.Statement, ...]: ...

    def validate(self, *, receipt: shapes.Receipt, book: parameters.Book = ...) -> list[shapes.Violation]: ...

    def deadline(self, *, receipt: shapes.Receipt, book: parameters.Book = ...) -> date: ...

    def retention_until(self, *, receipt: shapes.Receipt, book: parameters.Book = ...) -> date: ...

    def on_refund(
        self,
        *,
        receipt: shapes.Receipt,
        refunded: Money,
        refunded_on: date,
        book: parameters.Book = ...,
    ) -> shapes.Action: ...


ALL: tuple[Rules, ...] = (united_states, canada, korea, united_kingdom, australia)
_BY_COUNTRY = {rules.CODE: rules for rules in ALL} | {"GB": ALL[3]}


def law_of(*, country: str) -> Rules:
    """This function will return the rules of a country by its code ("UK" or "GB"), or raise `NoLaw`."""
    if country not in _BY_COUNTRY:
        raise NoLaw(country)
    return _BY_COUNTRY[country]


def table() -> list[str]:
    """This function will return the law table of the documents: id, our policy, the function, what is open."""
    head = ["| id | our policy | kept by | open |", "| --- | --- | --- | --- |"]
    return head + [
        f"| {law.id} | {law.policy} | `{law.kept_by.__module__.rpartition('.')[2]}.{law.kept_by.__name__}` | "
        f"{'' if law.is_verified else law.open_point or 'unverified'} |"
        for rules in ALL
        for law in rules.LAWS
    ]

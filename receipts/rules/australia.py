"""Australia: Income Tax Assessment Act 1997 s 30-228. Three things must be on a receipt; more is practice.

A contribution for a fund-raising event (s 30-15 item 7) is another receipt: its amount and the GST inclusive market
value of the right to attend stand on it. Whether the giver may deduct it is between the giver and the office.
"""

from __future__ import annotations

from datetime import date

from ledger.money import Money
from receipts.rules import checking, parameters, refunding, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Kind, Law, Receipt

CODE = "AU"
VERSION = "AU/2026.1"
CURRENCY = "AUD"
KEPT_YEARS = 7
_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)


def is_abn(number: str) -> bool:
    """This function will tell whether a text is an Australian business number: eleven digits that check."""
    digits = number.replace(" ", "")
    if len(digits) != len(_WEIGHTS) or not (digits.isascii() and digits.isdigit()):
        return False
    figures = [int(digits[0]) - 1, *map(int, digits[1:])]
    return sum(weight * figure for weight, figure in zip(_WEIGHTS, figures, strict=True)) % 89 == 0


def tax_year_of(*, given_on: date) -> int:
    """This function will return the year in which the tax year of a day ends, on 30 June."""
    return given_on.year + (given_on.month > 6)


def receiptable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """This function will return the decision on one gift to a deductible gift recipient."""
    if entity.country != CODE or not entity.is_dgr:
        return shapes.NotReceiptable("not_dgr")
    refused = checking.no_gift(gift)
    if refused is not None:
        return refused
    if gift.kind is not Kind.TICKET and gift.benefits:
        return shapes.NotReceiptable("benefit")
    if any(one.fair_value is None for one in gift.benefits):
        return shapes.NotReceiptable("fmv_unknown")
    return shapes.Ok()


def amounts(
    *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = parameters.SHIPPED
) -> shapes.Amounts:
    """This function will return the sums; a right to attend is taken off with its market value."""
    zero = Money(0, checking.currency_of(lines, otherwise=CURRENCY))
    received, refunded, benefit, eligible = zero, zero, zero, zero
    for line in lines:
        paid = checking.net(line, zero.currency)
        value = checking.fair_value(line.benefits, currency=zero.currency)
        received, refunded = received + (line.amount or zero), refunded + (line.refunded or zero)
        benefit, eligible = benefit + value, eligible + checking.above_zero(paid - value)
    return shapes.Amounts(received, refunded, received - refunded, benefit, eligible)


def statements(
    *, receipt: Receipt, book: parameters.Book = parameters.SHIPPED
) -> tuple[shapes.Statement, ...]:
    """This function will return the fact that it is a gift, or for each event what item 7 asks."""
    found = []
    if any(line.kind is not Kind.TICKET for line in receipt.lines):
        found.append(sentences.newest("au_gift"))
    for line in receipt.lines:
        if line.kind is Kind.TICKET:
            value = checking.fair_value(line.benefits, currency=CURRENCY)
            paid = checking.net(line, CURRENCY)
            found.append(
                sentences.newest("au_event", event=line.description, paid=paid.shown(), value=value.shown())
            )
    return tuple(found)


def validate(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """This function will return what a receipt breaks, by the ids of the law table; empty when it may be issued."""
    return checking.violations(laws=LAWS, receipt=receipt, book=book)


def deadline(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return a month after the tax year ends on 30 June; the law names no day."""
    return date(receipt.tax_year, 7, 31)


def retention_until(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the last day the receipt is kept."""
    return refunding.after_years(receipt.issued_on, KEPT_YEARS)


def on_refund(
    *, receipt: Receipt, refunded: Money, refunded_on: date, book: parameters.Book = parameters.SHIPPED
) -> shapes.Action:
    """This function will return what becomes of the receipt."""
    return shapes.Action(refunding.correction(receipt=receipt, refunded=refunded))


def _is_incomplete(receipt: Receipt, book: parameters.Book) -> bool:
    entity = receipt.entity
    if not entity.legal_name or not is_abn(entity.registration):
        return True
    if any(line.kind is Kind.TICKET and not (line.description and line.benefits) for line in receipt.lines):
        return True
    due = [one.code for one in statements(receipt=receipt, book=book)]
    return sorted(due) != sorted(code for code in receipt.codes if code.startswith("au_"))


LAWS: tuple[Law, ...] = (
    Law("AU-01", "Name, ABN and the fact that it is a gift; an event's amount and GST inclusive market value.",
        validate, "name, ABN or the fact of a gift is missing", _is_incomplete),
)  # fmt: skip

"""United Kingdom: Income Tax Act 2007 s 413-430. There is no tax receipt: the charity claims Gift Aid itself.

What makes a donation claimable is the donor's declaration (`declarations`), what is sent is a schedule (`claiming`).
The tax claimed is a quarter of the gift: 20 % of the gift grossed up. Benefits go to a person: their limits are not
implemented.
"""

from __future__ import annotations

from datetime import date

from ledger.money import Money
from receipts.rules import checking, claiming, declarations, parameters, refunding, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Kind, Law, Payer, Receipt

CODE = "UK"
VERSION = "UK/2026.1"
CURRENCY = "GBP"
KEPT_YEARS = 6


def receiptable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """This function will return that Gift Aid is the form of a person's gift of money, or why it is not."""
    if entity.country != CODE or not entity.registration:
        return shapes.NotReceiptable("not_registered")
    refused = checking.no_gift(gift)
    if refused is not None:
        return refused
    if gift.kind is not Kind.CASH:
        return shapes.NotReceiptable("not_money")
    if not donor.is_person or gift.payer is not Payer.DONOR:
        return shapes.NotReceiptable("not_individual")
    if gift.benefits:
        return shapes.NotReceiptable("benefit")
    return shapes.OtherForm("gift_aid")


def claimable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    declaration: declarations.Declaration | None,
    on: date,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """Decide whether Gift Aid may be claimed on one donation, on a day (UK-01).

    A declaration cancelled later still carries the donations before; one undone within its 30 days carries none.
    This function will return `Ok`, or the reason.
    """
    kind = receiptable(gift=gift, entity=entity, donor=donor, book=book)
    if not isinstance(kind, shapes.OtherForm):
        return kind
    if declaration is None:
        return shapes.NotReceiptable("no_declaration")
    now = declarations.state(declaration=declaration, on=on)
    if now in {declarations.State.INCOMPLETE, declarations.State.AWAITING_RECORD}:
        return shapes.NotReceiptable(f"declaration_{now}")
    if declaration.cancelled_from is not None and declaration.cancelled_from <= gift.given_on:
        return shapes.NotReceiptable("declaration_cancelled")
    if not declarations.covers(declaration=declaration, given_on=gift.given_on, book=book):
        return shapes.NotReceiptable("outside_declaration")
    if on > _last_claim(tax_year_of(given_on=gift.given_on), book):
        return shapes.NotReceiptable("too_late")
    return shapes.Ok()


def tax_year_of(*, given_on: date) -> int:
    """This function will return the year in which the tax year of a day begins, on 6 April."""
    return given_on.year - ((given_on.month, given_on.day) < (4, 6))


def _last_claim(tax_year: int, book: parameters.Book) -> date:
    return date(tax_year + 1 + book.gift_aid.of(tax_year).years_back, 4, 5)


def reclaim(*, given: Money) -> Money:
    """This function will return the tax on a sum of gifts: a quarter of it, in whole pence."""
    return given.split([1, 3])[0]


def amounts(
    *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = parameters.SHIPPED
) -> shapes.Amounts:
    """This function will return the sums of the money given; things do not count for Gift Aid."""
    zero = Money(0, checking.currency_of(lines, otherwise=CURRENCY))
    received, refunded = zero, zero
    for line in lines:
        if line.kind is Kind.CASH and line.amount is not None:
            received, refunded = received + line.amount, refunded + (line.refunded or zero)
    paid = received - refunded
    return shapes.Amounts(received, refunded, paid, zero, checking.above_zero(paid))


def statements(
    *, receipt: Receipt, book: parameters.Book = parameters.SHIPPED
) -> tuple[shapes.Statement, ...]:
    """This function will return the words of the declaration a donor is asked for."""
    given = amounts(lines=receipt.lines, book=book).eligible
    wants = sentences.newest("uk_wants_gift_aid", amount=given.shown(), charity=receipt.entity.legal_name)
    return (wants, sentences.newest("uk_taxpayer"))


def acknowledged(*, receipt: Receipt) -> tuple[shapes.Statement, ...]:
    """A gift in Britain has no tax receipt; its giver gets an ordinary acknowledgment that says so.

    This function will return its sentence.
    """
    return (sentences.newest("uk_acknowledged", charity=receipt.entity.legal_name),)


def validate(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """No receipt is asked for, so none is wrong: declarations and schedules have checks of their own.

    This function will return an empty list.
    """
    return checking.violations(laws=LAWS, receipt=receipt, book=book)


def deadline(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the last day to claim: four years after the tax year of 6 April to 5 April."""
    return _last_claim(receipt.tax_year, book)


def retention_until(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return six years from the end of the tax year; declarations while claims can be asked."""
    return date(receipt.tax_year + 1 + KEPT_YEARS, 4, 5)


def on_refund(
    *, receipt: Receipt, refunded: Money, refunded_on: date, book: parameters.Book = parameters.SHIPPED
) -> shapes.Action:
    """This function will return what becomes of a claim: tax claimed on what went back is repaid."""
    correction = refunding.correction(receipt=receipt, refunded=refunded)
    is_nothing = correction is shapes.Correction.NONE
    return shapes.Action(correction, () if is_nothing else ("repay_gift_aid",))


LAWS: tuple[Law, ...] = (
    Law("UK-01", "A declaration with its six parts; spoken ones need a record and can be undone for 30 days.",
        declarations.missing),
    Law("UK-02", "The columns of the schedule, at most 1,000 rows; refused lines go to a person.", claiming.claim,
        is_verified=False, open_point="limit of 1,000 rows and X for donors abroad from older pages"),
)  # fmt: skip

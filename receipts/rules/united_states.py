"""United States: IRC 170(f)(8) and (12), 6115; Treas. Reg. 1.170A-13; Rev. Proc. 90-12; IRS Publications 526, 1771.

Safe harbors are tested on what we still hold of a payment, not on what was first paid: after a refund a benefit may
become substantial. Safe harbors are figures in dollars and are not applied to payments in another currency.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from donations import dating
from donations.dating import Basis
from ledger import money
from ledger.money import Money
from receipts.rules import checking, parameters, refunding, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Kind, Law, Payer, Receipt

CODE = "US"
VERSION = "US/2026.1"
CURRENCY = "USD"
KEPT_YEARS = 7  # no rule for charities; what advisers recommend
SMALL_PERCENT = 2  # Rev. Proc. 90-12, not indexed
RETURNS = ("us_none", "us_described", "us_intangible_religious")


class Lateness(StrEnum):
    """How late an acknowledgment is for a donor who files on the ordinary or on the extended day."""

    NONE = "none"
    AFTER_FILING = "after_filing"
    AFTER_EXTENSION = "after_extension"


def receiptable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """Decide one gift (US-15, US-16, US-17).

    A vehicle above the threshold has Form 1098-C; one whose claim is unknown gets nothing until it is known. A
    payment that only bought its worth is a purchase. This function will return the decision, or raise
    `YearNotSettled`.
    """
    if entity.country != CODE or not entity.is_501c3:
        return shapes.NotReceiptable("not_501c3")
    refused = checking.no_gift(gift) or _vehicle(gift, book)
    if refused is not None:
        return refused
    return shapes.NotReceiptable("purchase") if _only_bought(gift) else shapes.Ok()


def _vehicle(gift: shapes.GiftLine, book: parameters.Book) -> shapes.Decision | None:
    if gift.kind is not Kind.VEHICLE:
        return None
    if gift.claimed is None:
        return shapes.NotReceiptable("vehicle_1098c")
    if book.us_thresholds.of(gift.given_on.year).vehicle < gift.claimed:
        return shapes.OtherForm("1098-C", "vehicle_1098c")
    return None


def _only_bought(gift: shapes.GiftLine) -> bool:
    if gift.paid is None:
        return False
    values = [one.fair_value for one in _returns(gift) if one.fair_value is not None]
    return gift.paid <= money.total(values, currency=gift.paid.currency)


def _returns(line: shapes.GiftLine) -> tuple[shapes.Benefit, ...]:
    """What has a price; an intangible religious benefit has none unless it is sold commercially (US-11)."""
    return tuple(one for one in line.benefits if not one.is_intangible_religious or one.is_sold_commercially)


def is_insubstantial(
    *,
    payment: Money,
    benefits: tuple[shapes.Benefit, ...],
    year: int,
    book: parameters.Book = parameters.SHIPPED,
) -> bool:
    """The two safe harbors of Rev. Proc. 90-12 with the figures of the year (US-10).

    Either everything together sells for at most 2 % of the payment and ten low cost articles, or the payment is at
    least five of them and all we gave are token items that cost us one together. The figure is asked for only where
    it decides: a dinner of a third of the payment is substantial in every year. Raises `YearNotSettled`. This
    function will return whether the benefits count as nothing.
    """
    if not benefits:
        return True
    costs = [one.cost for one in benefits if one.is_token and one.cost is not None]
    values = [one.fair_value for one in benefits if one.fair_value is not None]
    cost, value = (money.total(some, currency=payment.currency) for some in (costs, values))
    are_tokens = len(costs) == len(benefits)
    are_small = len(values) == len(benefits) and value.minor * 100 <= payment.minor * SMALL_PERCENT
    if payment.currency != CURRENCY or not (are_tokens or are_small):
        return False
    low = book.us_low_cost.of(year)
    if are_tokens and low.least_payment <= payment and cost <= low.article:
        return True
    return are_small and value <= low.cap


def _counted(line: shapes.GiftLine, book: parameters.Book) -> tuple[shapes.Benefit, ...]:
    returns = _returns(line)
    if line.paid is not None and is_insubstantial(
        payment=line.paid, benefits=returns, year=line.given_on.year, book=book
    ):
        return ()
    return returns


def amounts(
    *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = parameters.SHIPPED
) -> shapes.Amounts:
    """Add up the money of a receipt: what is deductible is what each payment is above its benefits (US-09).

    Things have no amount here. Raises `MixedCurrencies`, `ValueUnknown` and `YearNotSettled`. This function will
    return the sums.
    """
    zero = Money(0, checking.currency_of(lines, otherwise=CURRENCY))
    received, refunded, benefit, eligible = zero, zero, zero, zero
    for line in lines:
        if line.amount is None or line.paid is None:
            continue
        value = checking.fair_value(_counted(line, book), currency=zero.currency)
        received, refunded = received + line.amount, refunded + (line.refunded or zero)
        benefit, eligible = benefit + value, eligible + checking.above_zero(line.paid - value)
    return shapes.Amounts(received, refunded, received - refunded, benefit, eligible)


def _in_dollars(*known_as: Money | None) -> Money | None:
    known = (amount for amount in known_as if amount is not None)
    return next((amount for amount in known if amount.currency == CURRENCY), None)


def is_acknowledgment_due(*, gift: shapes.GiftLine, book: parameters.Book = parameters.SHIPPED) -> bool:
    """A single contribution of 250.00 or more; gifts are never added up, each payroll deduction stands alone (US-05).

    Where the dollars are unknown the duty is assumed. This function will return whether the giver needs one.
    """
    value = gift.claimed if gift.kind in shapes.THINGS else _in_dollars(gift.paid, gift.equivalent)
    return value is None or book.us_thresholds.of(gift.given_on.year).acknowledgment <= value


def is_disclosure_due(*, gift: shapes.GiftLine, book: parameters.Book = parameters.SHIPPED) -> bool:
    """A payment above 75.00, however much of it is deductible, with benefits that count (US-08).

    It is tested on what was first paid: a later refund takes no disclosure away. This function will return whether
    it has to be printed.
    """
    if gift.amount is None or not _counted(gift, book):
        return False
    value = _in_dollars(gift.amount, gift.equivalent)
    return value is None or book.us_thresholds.of(gift.given_on.year).quid_pro_quo < value


def statements(
    *, receipt: Receipt, book: parameters.Book = parameters.SHIPPED
) -> tuple[shapes.Statement, ...]:
    """Choose the sentences: exactly one about goods and services, and those its lines ask for.

    This function will return them in the order they are printed; it raises as `amounts` does.
    """
    found = [_goods(receipt, book), *_returned(receipt, book)]
    lines = receipt.lines
    if any(line.is_person_directed for line in lines):
        found.append(sentences.newest("us_control", entity=receipt.entity.legal_name))
    if any(line.payer is Payer.IRA_QCD for line in lines):
        found.append(sentences.newest("us_ira"))
    if any(line.kind in shapes.THINGS for line in lines):
        found.append(sentences.newest("us_property"))
    found += _converted(lines)
    return (*found, sentences.newest("us_keep"))


def _goods(receipt: Receipt, book: parameters.Book) -> shapes.Statement:
    counted = [one for line in receipt.lines for one in _counted(line, book)]
    if counted:
        value = checking.fair_value(counted, currency=receipt.total.currency)
        return sentences.newest("us_described", benefits=_listed(counted), value=value.shown())
    religious = receipt.entity.is_exclusively_religious
    return sentences.newest("us_intangible_religious" if religious else "us_none")


def _listed(benefits: list[shapes.Benefit]) -> str:
    return "; ".join(one.description for one in benefits)


def _returned(receipt: Receipt, book: parameters.Book) -> list[shapes.Statement]:
    found = []
    small = [one for line in receipt.lines if not _counted(line, book) for one in _returns(line)]
    if small:
        found.append(sentences.newest("us_insubstantial", benefits=_listed(small)))
    due = tuple(line for line in receipt.lines if is_disclosure_due(gift=line, book=book))
    if due:
        sums = amounts(lines=due, book=book)
        found.append(
            sentences.newest(
                "us_quid_pro_quo",
                paid=sums.paid.shown(),
                value=sums.benefit.shown(),
                eligible=sums.eligible.shown(),
            )
        )
    if any(line.refunded and _counted(line, book) for line in receipt.lines):
        found.append(sentences.newest("refund_gift_first"))
    return found


def _converted(lines: tuple[shapes.GiftLine, ...]) -> list[shapes.Statement]:
    rates = {
        (line.amount.currency, line.rate_on.isoformat(), line.rate_source)
        for line in lines
        if line.amount is not None and line.amount.currency != CURRENCY and line.rate_on is not None
    }
    return [
        sentences.newest("us_foreign", currency=currency, day=day, source=source)
        for currency, day, source in sorted(rates)
    ]


def validate(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """This function will return what a receipt breaks, by the ids of the law table; empty when it may be issued."""
    return checking.violations(laws=LAWS, receipt=receipt, book=book)


def lateness(*, tax_year: int, on: date) -> Lateness:
    """An acknowledgment must be there when the return is filed or due (US-06).

    This function will return how late `on` is for gifts of `tax_year`.
    """
    if on > date(tax_year + 1, 10, 15):
        return Lateness.AFTER_EXTENSION
    return Lateness.AFTER_FILING if on > date(tax_year + 1, 4, 15) else Lateness.NONE


def deadline(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the day we mean to have it delivered: 31 January of the next year."""
    return date(receipt.tax_year + 1, 1, 31)


def retention_until(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the last day the receipt is kept."""
    return refunding.after_years(receipt.issued_on, KEPT_YEARS)


def on_refund(
    *, receipt: Receipt, refunded: Money, refunded_on: date, book: parameters.Book = parameters.SHIPPED
) -> shapes.Action:
    """Money went back after the issue. This function will return what becomes of the receipt and who is told."""
    correction = refunding.correction(receipt=receipt, refunded=refunded)
    duties = {
        shapes.Correction.VOID: ("tell_donor_deduction_is_void",),
        shapes.Correction.REPLACE: ("tell_donor_of_replacement",),
    }
    return shapes.Action(correction, duties.get(correction, ()))


def _unnamed(receipt: Receipt, book: parameters.Book) -> bool:
    name = receipt.entity.legal_name
    return not name or (receipt.entity.registered_name or name) != name


def _returns_are_misstated(receipt: Receipt, book: parameters.Book) -> bool:
    printed = [code for code in receipt.codes if code in RETURNS]
    return printed != [_goods(receipt, book).code]


def _is_not_as_due(code: str, receipt: Receipt, book: parameters.Book) -> bool:
    """A sentence stands there exactly when the lines ask for it."""
    due = [one.code for one in statements(receipt=receipt, book=book)]
    return (code in receipt.codes) != (code in due)


def _lacks_acknowledgment(receipt: Receipt, book: parameters.Book) -> bool:
    due = any(is_acknowledgment_due(gift=line, book=book) for line in receipt.lines)
    return due and not any(code in RETURNS for code in receipt.codes)


def _eligible_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    eligible = amounts(lines=receipt.lines, book=book).eligible
    return (receipt.total if receipt.eligible is None else receipt.eligible) != eligible


def _harbor_is_unsettled(receipt: Receipt, book: parameters.Book) -> bool:
    return _is_not_as_due("us_insubstantial", receipt, book)


def _is_falsely_religious(receipt: Receipt, book: parameters.Book) -> bool:
    claims = "us_intangible_religious" in receipt.codes
    sold = any(
        one.is_intangible_religious and one.is_sold_commercially
        for line in receipt.lines
        for one in line.benefits
    )
    return claims and (not receipt.entity.is_exclusively_religious or sold)


def _is_misdated(receipt: Receipt, book: parameters.Book) -> bool:
    return any(
        line.given_on.year != receipt.tax_year or line.basis is Basis.WRITTEN for line in receipt.lines
    )


def _is_not_itemized(receipt: Receipt, book: parameters.Book) -> bool:
    return bool(receipt.covers) and {line.payment for line in receipt.lines} != receipt.covers


def _has_vehicle(receipt: Receipt, book: parameters.Book) -> bool:
    return any(_vehicle(line, book) is not None for line in receipt.lines)


def _is_no_gift(receipt: Receipt, book: parameters.Book) -> bool:
    costs = (line for line in receipt.lines if line.kind is Kind.VOLUNTEER_EXPENSES)
    is_valued = any(line.amount is not None or not line.description for line in costs)
    return is_valued or any(line.kind in shapes.NO_GIFT for line in receipt.lines)


def _lacks_rate(line: shapes.GiftLine) -> bool:
    if line.amount is None or line.amount.currency == CURRENCY:
        return False
    is_dollars = line.equivalent is not None and line.equivalent.currency == CURRENCY
    return not (is_dollars and line.rate_on and line.rate_source)


LAWS: tuple[Law, ...] = (
    Law("US-01", "The donee's legal name is printed as recorded.", validate,
        "the donee's legal name is missing or not as recorded", _unnamed),
    Law("US-02", "Every amount is above zero and the amounts make the total.", amounts,
        "the amounts do not add up", lambda receipt, book: not checking.adds_up(receipt)),
    Law("US-03", "A thing is described, never valued.", statements,
        "a thing is not described, or is valued",
        lambda receipt, book: any(
            line.kind in shapes.THINGS and (line.amount is not None or not line.description)
            for line in receipt.lines)),
    Law("US-04", "Exactly one of: none, described with a good faith value, intangible religious; on every receipt.",
        statements, "not exactly one true statement about goods or services", _returns_are_misstated),
    Law("US-05", "Each single gift of 250.00 or more; gifts are never added up.", is_acknowledgment_due,
        "a gift of 250.00 or more stands without an acknowledgment", _lacks_acknowledgment),
    Law("US-06", "Delivered by 31 January; a warning after 15 April, the receipt is too late after 15 October.",
        lateness, "issued after returns for the year were due",
        lambda receipt, book: lateness(tax_year=receipt.tax_year, on=receipt.issued_on) is not Lateness.NONE,
        is_warning=True),
    Law("US-07", "Every line prints date and amount.", validate,
        "date or amount of a gift of money is not printed",
        lambda receipt, book: not {"given_on", "amount"} <= receipt.printed or any(
            line.kind in shapes.MONEY and line.amount is None for line in receipt.lines)),
    Law("US-08", "Disclosure above 75.00, tested on the payment.", is_disclosure_due,
        "the quid pro quo disclosure is missing or out of place",
        lambda receipt, book: _is_not_as_due("us_quid_pro_quo", receipt, book)),
    Law("US-09", "Deductible is the payment less the fair market value (not the cost), never below zero.", amounts,
        "the deductible amount is wrong", _eligible_is_wrong),
    Law("US-10", "Insubstantial benefits by the checked figures of the year; an unchecked year is refused.",
        is_insubstantial, "benefits are taken as insubstantial without a settled rule", _harbor_is_unsettled,
        is_verified=False, open_point="low cost article of 2025 and 2026; no figure for other years"),
    Law("US-11", "Intangible religious benefits only by a body organized exclusively for religious purposes.",
        statements, "intangible religious benefits are claimed without right", _is_falsely_religious),
    Law("US-12", "The day of charge, postmark, delivery, bank payment or transfer; in the body's own zone.",
        dating.given, "a gift is dated in another year or by the day written on a check", _is_misdated),
    Law("US-13", "An annual receipt itemizes every gift it covers.", validate,
        "a covered gift is not itemized", _is_not_itemized),
    Law("US-14", "No social security number is stored or printed; the EIN is printed by practice.", validate,
        "something looks like a social security number",
        lambda receipt, book: checking.has_social_security_number(receipt)),
    Law("US-15", "A vehicle claimed above 500.00 gets Form 1098-C, never this receipt.", receiptable,
        "a vehicle needs Form 1098-C", _has_vehicle),
    Law("US-16", "A donor-advised fund or another charity is the giver; its adviser gets thanks without tax words.",
        receiptable, "a grant of a fund or another charity is receipted to a person, or an IRA gift is not marked",
        lambda receipt, book: _is_not_as_due("us_ira", receipt, book) or any(
            line.payer in {Payer.DAF, Payer.CHARITY} for line in receipt.lines),
        is_verified=False, open_point="from memory"),
    Law("US-17", "Services, use of property, pledges and purchases are no gifts; a volunteer's costs are described.",
        receiptable, "a line is no gift, or a volunteer's costs are valued", _is_no_gift,
        is_verified=False, open_point="from memory"),
    Law("US-18", "The sentence of control and discretion stands exactly when a line is person-directed.", statements,
        "the sentence of control is missing or out of place",
        lambda receipt, book: _is_not_as_due("us_control", receipt, book),
        is_verified=False, open_point="from memory"),
    # No rule of receipts asks for it, so it stops none: the giver claims dollars, and we tell them when we know them.
    Law("US-19", "A line in another currency carries its dollars, the day and source of the rate, where known.",
        statements, "a foreign amount stands without dollars, day or source of the rate",
        lambda receipt, book: any(map(_lacks_rate, receipt.lines)), is_warning=True, is_verified=False,
        open_point="from memory"),
    Law("US-20", "The kind of every gift is printed, so that money cannot be taken for things.", validate,
        "the kind of a gift is not printed", lambda receipt, book: "kind" not in receipt.printed),
)  # fmt: skip

"""Canada: Income Tax Regulations 3500-3501; Income Tax Act 248(30)-(41); CRA guidance on official donation receipts.

The day and the amounts are what stands after refunds. An advantage of money or nearly money always counts.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from ledger.money import Money
from receipts.rules import checking, parameters, refunding, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Law, Receipt

CODE = "CA"
VERSION = "CA/2026.1"
CURRENCY = "CAD"
REGISTRATION = re.compile(r"\d{9}RR\d{4}", re.ASCII)
KEPT_YEARS = 2  # duplicates, after the calendar year they relate to; books: six
FACSIMILE = frozenset({"imprinted", "numbered", "kept_at_address"})
"""Reg. 3501(3): forms imprinted with the body's particulars, serially numbered, unused ones kept at its address."""


def receiptable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """Decide one gift (CA-03, CA-08, CA-09, CA-12).

    This function will return the decision, or raise `YearNotSettled`.
    """
    if entity.country != CODE or not REGISTRATION.fullmatch(entity.registration):
        return shapes.NotReceiptable("not_registered")
    refused = checking.no_gift(gift)
    if refused is not None:
        return refused
    if not donor.address:
        return shapes.NotReceiptable("no_address")
    if gift.paid is None or any(one.fair_value is None for one in gift.benefits):
        return shapes.NotReceiptable("fmv_unknown")
    if not is_gift(value=gift.paid, advantage=_all(gift), year=gift.given_on.year, book=book):
        return shapes.NotReceiptable("advantage_over_80pct")
    return shapes.Ok()


def _all(line: shapes.GiftLine) -> Money:
    return checking.fair_value(line.benefits, currency=checking.net(line, CURRENCY).currency)


def is_gift(*, value: Money, advantage: Money, year: int, book: parameters.Book = parameters.SHIPPED) -> bool:
    """Above 80 % of the gift coming back, there is no intention to give (CA-12).

    This function will return whether a receipt is allowed at all.
    """
    return advantage.minor * 100 <= value.minor * book.canada.of(year).most_percent


def counted_advantage(*, gift: shapes.GiftLine, book: parameters.Book = parameters.SHIPPED) -> Money:
    """What counts of the advantages: those up to the lesser of 75.00 and 10 % together count as nothing (CA-12).

    Raises `ValueUnknown` and `YearNotSettled`. This function will return the amount to take off.
    """
    split = book.canada.of(gift.given_on.year)
    value = checking.net(gift, CURRENCY)
    like_cash = [one for one in gift.benefits if one.is_cash_like]
    others = [one for one in gift.benefits if not one.is_cash_like]
    small = checking.fair_value(others, currency=value.currency)
    if small <= split.ignored and small.minor * 100 <= value.minor * split.ignored_percent:
        small = Money(0, value.currency)
    return checking.fair_value(like_cash, currency=value.currency) + small


def amounts(
    *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = parameters.SHIPPED
) -> shapes.Amounts:
    """Add up a receipt: eligible is the value of each gift less the advantage that counts.

    A thing counts with its fair market value. Raises `MixedCurrencies`, `ValueUnknown` and `YearNotSettled`. This
    function will return the sums.
    """
    zero = Money(0, checking.currency_of(lines, otherwise=CURRENCY))
    received, refunded, benefit, eligible = zero, zero, zero, zero
    for line in lines:
        if line.amount is None or line.paid is None:
            raise shapes.ValueUnknown(f"no fair market value for {line.description or 'a gift'}")
        advantage = counted_advantage(gift=line, book=book)
        received, refunded = received + line.amount, refunded + (line.refunded or zero)
        benefit, eligible = benefit + advantage, eligible + checking.above_zero(line.paid - advantage)
    return shapes.Amounts(received, refunded, received - refunded, benefit, eligible)


def statements(
    *, receipt: Receipt, book: parameters.Book = parameters.SHIPPED
) -> tuple[shapes.Statement, ...]:
    """This function will return the sentences in the order they are printed; it raises as `amounts` does."""
    sums = amounts(lines=receipt.lines, book=book)
    found = [sentences.newest("ca_official")]
    for line in receipt.lines:
        if line.appraiser_name:
            found.append(
                sentences.newest(
                    "ca_appraised", appraiser=line.appraiser_name, address=line.appraiser_address
                )
            )
    if sums.benefit:
        counted = (line for line in receipt.lines if counted_advantage(gift=line, book=book))
        listed = "; ".join(one.description for line in counted for one in line.benefits)
        found.append(sentences.newest("ca_advantage", benefits=listed, value=sums.benefit.shown()))
    if any(line.refunded for line in receipt.lines) and sums.benefit:
        found.append(sentences.newest("refund_gift_first"))
    found.append(sentences.newest("ca_eligible", eligible=sums.eligible.shown()))
    return (*found, sentences.newest("ca_agency"))


def validate(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """This function will return what a receipt breaks, by the ids of the law table; empty when it may be issued."""
    return checking.violations(laws=LAWS, receipt=receipt, book=book)


def deadline(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the last day of February of the next year, as the agency recommends."""
    return date(receipt.tax_year + 1, 3, 1) - timedelta(days=1)


def retention_until(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return the last day of the second year after the one the receipt relates to."""
    return date(receipt.tax_year + KEPT_YEARS, 12, 31)


def on_refund(
    *, receipt: Receipt, refunded: Money, refunded_on: date, book: parameters.Book = parameters.SHIPPED
) -> shapes.Action:
    """Property or money went back after the issue; from 50.00 an information return is due within 90 days.

    This function will return what becomes of the receipt, the duties and their day.
    """
    correction = refunding.correction(receipt=receipt, refunded=refunded)
    if correction is shapes.Correction.NONE:
        return shapes.Action(correction)
    split = book.canada.of(receipt.tax_year)
    if refunded < split.information_return:
        return shapes.Action(correction, ("keep_both_copies",))
    due_on = refunded_on + timedelta(days=split.information_return_days)
    return shapes.Action(correction, ("keep_both_copies", "information_return"), due_on)


def _is_unnamed(receipt: Receipt, book: parameters.Book) -> bool:
    entity = receipt.entity
    told, recorded = (entity.legal_name, entity.address), (entity.registered_name, entity.registered_address)
    return not all(told) or told != recorded


def _serial_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    return not receipt.serial or receipt.serial in receipt.earlier_serials


def _lacks_day(receipt: Receipt, book: parameters.Book) -> bool:
    things = (line for line in receipt.lines if line.kind in shapes.THINGS)
    return "given_on" not in receipt.printed or any(not line.is_day_known for line in things)


def _donor_is_incomplete(receipt: Receipt, book: parameters.Book) -> bool:
    donor = receipt.donor
    if not donor.name or not donor.address:
        return True
    if not donor.is_person:
        return False
    parts = [donor.first_name, donor.last_name, donor.initial]
    return not all(parts[:2]) or any(part not in donor.name for part in parts)


def _amount_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    return any(line.amount is None for line in receipt.lines) or not checking.adds_up(receipt)


def _is_half_described(line: shapes.GiftLine, book: parameters.Book) -> bool:
    appraiser = (line.appraiser_name, line.appraiser_address)
    if not line.description or any(appraiser) != all(appraiser):
        return True
    least = book.canada.of(line.given_on.year).appraisal_above
    return not any(appraiser) and least < checking.net(line, CURRENCY)


def _thing_is_incomplete(receipt: Receipt, book: parameters.Book) -> bool:
    return any(line.kind in shapes.THINGS and _is_half_described(line, book) for line in receipt.lines)


def _advantage_is_untold(receipt: Receipt, book: parameters.Book) -> bool:
    counted = [line for line in receipt.lines if counted_advantage(gift=line, book=book)]
    nameless = any(not one.description for line in counted for one in line.benefits)
    return nameless or bool(counted) != ("ca_advantage" in receipt.codes)


def _eligible_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    sums = amounts(lines=receipt.lines, book=book)
    too_much = any(
        not is_gift(
            value=checking.net(line, CURRENCY), advantage=_all(line), year=line.given_on.year, book=book
        )
        for line in receipt.lines
    )
    return too_much or receipt.eligible != sums.eligible or "ca_eligible" not in receipt.codes


def _is_unsigned(receipt: Receipt, book: parameters.Book) -> bool:
    if not receipt.signatory or receipt.signature not in {"hand", "electronic", "facsimile"}:
        return True
    return receipt.signature == "facsimile" and not receipt.entity.facsimile_conditions >= FACSIMILE


def _can_be_altered(receipt: Receipt, book: parameters.Book) -> bool:
    if receipt.has_form_fields or not receipt.is_signed or not receipt.is_copy_kept:
        return True
    return receipt.is_mailed and not receipt.is_encrypted


LAWS: tuple[Law, ...] = (
    Law("CA-01", "The phrase \"official receipt for income tax purposes\", in English or French.", statements,
        "it does not say that it is an official receipt",
        lambda receipt, book: "ca_official" not in receipt.codes),
    Law("CA-02", "Name and Canadian address exactly as recorded with the agency.", validate,
        "name or address is not as recorded with the agency", _is_unnamed),
    Law("CA-03", "Registration number: nine digits, RR, four digits.", receiptable,
        "the registration number is missing or malformed",
        lambda receipt, book: not REGISTRATION.fullmatch(receipt.entity.registration)),
    Law("CA-04", "A serial number that was never used before.", validate,
        "the serial number is missing or used", _serial_is_wrong),
    Law("CA-05", "The place of issue.", validate, "the place of issue is missing",
        lambda receipt, book: not receipt.place),
    Law("CA-06", "The day is printed; for a thing the very day has to be known.", validate,
        "the day of a gift is missing", _lacks_day),
    Law("CA-07", "The day of issue is always printed.", validate, "the day of issue is not printed",
        lambda receipt, book: "issued_on" not in receipt.printed),
    Law("CA-08", "A person's first name, initial if known, last name; an address, or no receipt.", receiptable,
        "the donor's name or address is incomplete", _donor_is_incomplete),
    Law("CA-09", "The amount of money, or the fair market value of a thing at the time of the gift.", amounts,
        "an amount is missing, not above zero, or the sum is wrong", _amount_is_wrong),
    Law("CA-10", "A brief description; if appraised, and always above 1,000.00, the appraiser's name and address.",
        statements, "a thing or its appraiser is not fully described", _thing_is_incomplete),
    Law("CA-11", "The advantage that counts is described and valued.", statements,
        "an advantage is not told, or told without counting", _advantage_is_untold),
    Law("CA-12", "Eligible is the value less the advantage; nothing above 80 %; up to min(75.00, 10 %) is ignored.",
        counted_advantage, "the eligible amount is wrong", _eligible_is_wrong),
    Law("CA-13", "Signed by an authorized person; a facsimile only under the three conditions.", validate,
        "the signature is missing or not allowed", _is_unsigned),
    Law("CA-14", "Canada Revenue Agency and canada.ca/charities-giving.", statements,
        "the agency's name and address on the web are missing",
        lambda receipt, book: "ca_agency" not in receipt.codes),
    Law("CA-15", "No form fields, signed, a copy kept; by mail only encrypted.", validate,
        "the file can be altered, or is not kept", _can_be_altered, is_verified=False,
        open_point="Reg. 3501(2)-(5) read through the agency's pages only"),
)  # fmt: skip

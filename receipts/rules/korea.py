"""Korea: 소득세법 제34조, 제160조의3; 같은 법 시행규칙 별지 제45호의2서식; 개인정보 보호법 제24조의2.

A person's resident number is never stored (KR-13). A person's receipt is therefore issued by the body itself through
Hometax, which knows the number, and what is printed here is a copy for information. A company's receipt carries its
business number and may be paper, as long as the body is not bound to e-receipts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger import money
from ledger.money import Money
from receipts.rules import checking, korean_papers, parameters, refunding, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Law, Receipt

CODE = "KR"
VERSION = "KR/2026.1"
CURRENCY = "KRW"
REQUIRED = ("kr_request", "kr_certified")
# per thousand of the amount (소득세법 제81조의7)
PENALTIES = {"wrong_amount": 50, "wrong_identity": 50, "no_ledger": 2}
_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


@dataclass(frozen=True, slots=True)
class ElectronicDuty:
    """The body must issue through Hometax by this day."""

    due_on: date


def is_business_number(number: str) -> bool:
    """사업자등록번호 or 고유번호, with or without hyphens (KR-03, KR-04).

    This function will return whether its ten digits check.
    """
    digits = number.replace("-", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return False
    figures = [int(digit) for digit in digits]
    total = sum(weight * figure for weight, figure in zip(_WEIGHTS, figures, strict=False))
    return (10 - (total + figures[8] * 5 // 10) % 10) % 10 == figures[9]


def electronic_duty(
    *, prior_receipts: Money | None, given_on: date, book: parameters.Book = parameters.SHIPPED
) -> ElectronicDuty | None:
    """Above 300,000,000 won of receipts in the previous period, every gift of the year needs an e-receipt (KR-11).

    Gifts before 2025-01-01 are not bound. Raises `ValueUnknown` for a body that has not said what it issued: its
    accountant enters the sum. This function will return the duty with its day, or None.
    """
    duties = book.korea.of(given_on.year)
    if duties.e_receipt_above is None:
        return None
    if prior_receipts is None:
        raise shapes.ValueUnknown("the total of receipts of the previous period is not known")
    if prior_receipts <= duties.e_receipt_above:
        return None
    month, day = duties.e_receipt_due
    return ElectronicDuty(date(given_on.year + 1, month, day))


def receiptable(
    *,
    gift: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book = parameters.SHIPPED,
) -> shapes.Decision:
    """Decide one gift (KR-03, KR-11, KR-14).

    There is no splitting of a gift and its return: a line with benefits goes to a person. This function will return
    the decision; `OtherForm("hometax")` allows a copy for information only. Raises `YearNotSettled`.
    """
    if entity.country != CODE or not entity.legal_basis:
        return shapes.NotReceiptable("entity_not_designated")
    refused = checking.no_gift(gift)
    if refused is not None:
        return refused
    if gift.is_in_hometax:
        return shapes.NotReceiptable("already_in_hometax")
    if gift.benefits:
        return shapes.NotReceiptable("benefit")
    return _way(gift, entity, donor, book)


def _way(
    gift: shapes.GiftLine, entity: shapes.EntityFacts, donor: shapes.DonorFacts, book: parameters.Book
) -> shapes.Decision:
    known = donor.gives_number_to_hometax if donor.is_person else is_business_number(donor.business_number)
    if not known:
        return shapes.NotReceiptable("rrn_missing")
    if donor.is_person:
        return shapes.OtherForm("hometax", "rrn_not_stored")
    try:
        duty = electronic_duty(prior_receipts=entity.prior_receipts, given_on=gift.given_on, book=book)
    except shapes.ValueUnknown:
        return shapes.NotReceiptable("prior_receipts_unknown")
    return shapes.OtherForm("hometax", "erece_mandatory") if duty else shapes.Ok()


def amounts(
    *, lines: tuple[shapes.GiftLine, ...], book: parameters.Book = parameters.SHIPPED
) -> shapes.Amounts:
    """This function will return the sums; a thing counts with its value, or raises `ValueUnknown`."""
    zero = Money(0, checking.currency_of(lines, otherwise=CURRENCY))
    received, refunded = zero, zero
    for line in lines:
        if line.amount is None:
            raise shapes.ValueUnknown(f"no value for {line.description or 'a gift'}")
        received, refunded = received + line.amount, refunded + (line.refunded or zero)
    paid = received - refunded
    return shapes.Amounts(received, refunded, paid, zero, checking.above_zero(paid))


def statements(
    *, receipt: Receipt, book: parameters.Book = parameters.SHIPPED
) -> tuple[shapes.Statement, ...]:
    """This function will return the two statutory sentences, and that it is a copy where it is one."""
    found = [sentences.newest(code) for code in REQUIRED]
    if receipt.is_information_copy:
        found.append(sentences.newest("kr_information_copy"))
    return tuple(found)


def validate(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """This function will return what a receipt breaks, by the ids of the law table; empty when it may be issued."""
    return checking.violations(laws=LAWS, receipt=receipt, book=book)


def penalty(*, fault: str, amount: Money) -> Money:
    """What a wrong or unledgered receipt costs (KR-12): 5 % of the wrong amount, 5 % of a receipt with a wrong or
    omitted identity, 0.2 % of amounts without a ledger. This function will return it, in whole won.
    """
    share = PENALTIES[fault]
    return amount.split([share, 1000 - share])[0]


def deadline(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return 10 January of the next year: late for Hometax is late for everybody."""
    month, day = book.korea.of(receipt.tax_year).e_receipt_due
    return date(receipt.tax_year + 1, month, day)


def retention_until(*, receipt: Receipt, book: parameters.Book = parameters.SHIPPED) -> date:
    """This function will return five years from the issue (KR-09)."""
    return refunding.after_years(receipt.issued_on, book.korea.of(receipt.tax_year).ledger_years)


def on_refund(
    *, receipt: Receipt, refunded: Money, refunded_on: date, book: parameters.Book = parameters.SHIPPED
) -> shapes.Action:
    """This function will return what becomes of the receipt; an e-receipt is corrected in Hometax too."""
    correction = refunding.correction(receipt=receipt, refunded=refunded)
    if correction is shapes.Correction.NONE:
        return shapes.Action(correction)
    is_filed = receipt.is_electronic or receipt.is_information_copy
    return shapes.Action(correction, ("cancel_in_hometax",) if is_filed else ("correct_ledger",))


def _form_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    form = parameters.korean_form(form=receipt.entity.form, issued_on=receipt.issued_on, book=book)
    return receipt.form_version != form.version


def _serial_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    return not receipt.serial or receipt.serial in receipt.earlier_serials


def _identity_is_unknown(receipt: Receipt, book: parameters.Book) -> bool:
    donor = receipt.donor
    if not donor.name or not donor.address:
        return True
    if donor.is_person:
        return not donor.gives_number_to_hometax
    return not is_business_number(donor.business_number)


def _body_is_incomplete(receipt: Receipt, book: parameters.Book) -> bool:
    entity = receipt.entity
    return not (
        entity.legal_name
        and entity.address
        and entity.legal_basis
        and is_business_number(entity.registration)
    )


def _collector_is_incomplete(receipt: Receipt, book: parameters.Book) -> bool:
    third = receipt.collector
    return third is not None and not (third.name and third.registration and third.address)


def _line_is_wrong(line: shapes.GiftLine) -> bool:
    if line.amount is None or line.amount.currency != CURRENCY or not line.code:
        return True
    if line.kind not in shapes.THINGS:
        return False
    if not line.description or line.unit_value is None:
        return True
    return money.total([line.unit_value] * line.quantity, currency=CURRENCY) != line.amount


def _contents_are_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    return any(map(_line_is_wrong, receipt.lines)) or not checking.adds_up(receipt)


def _code_is_wrong(receipt: Receipt, book: parameters.Book) -> bool:
    codes = {line.code for line in receipt.lines}
    return not all(parameters.korean_code(code=code, year=receipt.tax_year, book=book) for code in codes)


def _is_unsigned(receipt: Receipt, book: parameters.Book) -> bool:
    signed = receipt.signatory and receipt.signature and {"applied_on", "issued_on"} <= receipt.printed
    return not signed or any(code not in receipt.codes for code in REQUIRED)


def _has_no_ledger_row(receipt: Receipt, book: parameters.Book) -> bool:
    return any("" in row for row in korean_papers.ledger_rows(receipts=[receipt]))


def _cannot_be_summed(receipt: Receipt, book: parameters.Book) -> bool:
    summed = korean_papers.summary(receipts=[receipt], tax_year=receipt.tax_year, book=book)
    return summed.total.minor <= 0 and not _is_filed(receipt)


def _is_filed(receipt: Receipt) -> bool:
    return receipt.is_electronic or receipt.is_information_copy


def _must_be_electronic(receipt: Receipt, book: parameters.Book) -> bool:
    if _is_filed(receipt):
        return False
    prior = receipt.entity.prior_receipts
    return receipt.donor.is_person or any(
        electronic_duty(prior_receipts=prior, given_on=line.given_on, book=book) for line in receipt.lines
    )


def _would_cost(receipt: Receipt, book: parameters.Book) -> bool:
    sums = amounts(lines=receipt.lines, book=book)
    told = receipt.total if receipt.eligible is None else receipt.eligible
    return told != sums.eligible or not receipt.donor.name


def _is_double(receipt: Receipt, book: parameters.Book) -> bool:
    payments = [line.payment for line in receipt.lines if line.payment]
    twice = len(payments) != len(set(payments)) or set(payments) & receipt.receipted_elsewhere
    return bool(twice) or any(line.is_in_hometax for line in receipt.lines)


LAWS: tuple[Law, ...] = (
    Law("KR-01", "The form and the day its front was revised are stamped into the receipt.",
        parameters.korean_form, "not the form in force on the day of issue", _form_is_wrong, is_verified=False,
        open_point="back of 45-2 and all of 63-3 not read"),
    Law("KR-02", "A serial number that was never used before.", validate,
        "the serial number is missing or used", _serial_is_wrong),
    Law("KR-03", "Donor: name, address; a company's number by its checksum, a person's is given to Hometax only.",
        is_business_number, "the donor is not identified", _identity_is_unknown),
    Law("KR-04", "Body: name, number, address, legal basis.", validate,
        "name, number, address or legal basis of the body is missing", _body_is_incomplete),
    Law("KR-05", "The collector is filled in only when a third party collected the gift.", korean_papers.filled,
        "the collector is not fully named", _collector_is_incomplete),
    Law("KR-06", "Per line: code, money or thing, day, what it is, amount; and the sum.", korean_papers.filled,
        "a line or the sum is wrong", _contents_are_wrong),
    Law("KR-07", "Only codes of the tax year.", parameters.korean_code, "a code the year does not know",
        _code_is_wrong, is_verified=False, open_point="names after 2023, code 43, last years of 21, 30, 31"),
    Law("KR-08", "Both signatures, both days, both statutory sentences.", statements,
        "a signature, a day or a statutory sentence is missing", _is_unsigned, is_verified=False,
        open_point="wording read through implementations of the form only"),
    Law("KR-09", "A ledger row per gift, kept five years from issue; none for e-receipts.",
        korean_papers.ledger_rows, "no full row for the ledger of receipts", _has_no_ledger_row),
    Law("KR-10", "Counts and totals by 30 June of the next year; none for e-receipts.", korean_papers.summary,
        "the yearly summary would not hold it", _cannot_be_summed, is_verified=False,
        open_point="법인세법 제112조의2 not read"),
    Law("KR-11", "E-receipts for all gifts above 300,000,000 won of the previous period, by 10 January.",
        electronic_duty, "it must be issued through Hometax", _must_be_electronic),
    Law("KR-12", "A blank or wrong identity or amount is refused, because it costs a penalty.", penalty,
        "a penalty would be due for amount or identity", _would_cost),
    Law("KR-13", "The resident number is never stored, printed or mailed.", checking.masked,
        "something looks like a resident number", lambda receipt, book: checking.has_resident_number(receipt)),
    Law("KR-14", "A payment stands on one receipt, here or in Hometax.", receiptable,
        "a payment is receipted twice", _is_double),
)  # fmt: skip

"""Invented bodies, donors, gifts and receipts that break no law; each test breaks one of them on purpose."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ledger.money import Money
from receipts.rules import canada, choosing, parameters, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Benefit, DonorFacts, EntityFacts, GiftLine, Kind, Receipt

CHECKED_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
BUSINESS_NUMBER = "123-45-67891"  # checks; belongs to nobody we know
ABN = "51 824 753 556"  # the office's own example
PRINTED = frozenset({"given_on", "issued_on", "applied_on", "amount", "kind"})


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def cad(minor: int) -> Money:
    return Money(minor, "CAD")


def krw(minor: int) -> Money:
    return Money(minor, "KRW")


def gbp(minor: int) -> Money:
    return Money(minor, "GBP")


def aud(minor: int) -> Money:
    return Money(minor, "AUD")


BOOK = parameters.Book(
    us_low_cost=parameters.US_LOW_COST.confirmed(year=2025, by="A. Example, CPA", at=CHECKED_AT).confirmed(
        year=2026, by="A. Example, CPA", at=CHECKED_AT
    )
)
"""The shipped figures, and the two years an accountant has confirmed in this invented body."""

US = EntityFacts(
    country="US",
    legal_name="Harbour Mission Inc.",
    registered_name="Harbour Mission Inc.",
    registration="EIN 00-0000000",
    is_501c3=True,
)
RELIGIOUS = replace(US, is_exclusively_religious=True)
CA = EntityFacts(
    country="CA",
    legal_name="Harbour Mission Canada",
    registered_name="Harbour Mission Canada",
    registration="123456789RR0001",
    address=("1 Example Road", "Toronto ON M5V 0A1"),
    registered_address=("1 Example Road", "Toronto ON M5V 0A1"),
    facsimile_conditions=canada.FACSIMILE,
)
KR = EntityFacts(
    country="KR",
    legal_name="하버선교회",
    registration=BUSINESS_NUMBER,
    address=("서울특별시 예시구 예시로 1",),
    legal_basis="소득세법 시행령 제80조 제1항 제5호",
    prior_receipts=krw(300_000_000),
)
UK = EntityFacts(country="UK", legal_name="Harbour Mission UK", registration="XR00000")
AU = EntityFacts(
    country="AU", legal_name="Harbour Mission Fund", registration=ABN.replace(" ", ""), is_dgr=True
)

ANNA = DonorFacts(
    name="Anna B. Example",
    first_name="Anna",
    initial="B.",
    last_name="Example",
    address=("2 Example Street",),
    gives_number_to_hometax=True,
)
COMPANY = DonorFacts(
    name="예시상사", is_person=False, address=("서울특별시 예시구 2",), business_number=BUSINESS_NUMBER
)


def gift(amount: Money | None, **changes: Any) -> GiftLine:
    fields: dict[str, Any] = {"kind": Kind.CASH, "given_on": date(2024, 6, 15), "payment": "p1"}
    return GiftLine(amount=amount, **(fields | changes))


def benefit(value: Money | None, **changes: Any) -> Benefit:
    return Benefit(**({"description": "a dinner", "fair_value": value} | changes))


def token(cost: Money, **changes: Any) -> Benefit:
    return benefit(None, description="a mug with our logo", cost=cost, is_token=True, **changes)


def receipt(*lines: GiftLine, entity: EntityFacts, donor: DonorFacts = ANNA, **changes: Any) -> Receipt:
    """A receipt as the rules would have it: sums, sentences and deductible amount are theirs."""
    rules = choosing.law_of(country=entity.country)
    currency = next((line.amount.currency for line in lines if line.amount), "USD")
    total = Money(sum(line.paid.minor for line in lines if line.paid), currency)
    fields: dict[str, Any] = {
        "tax_year": lines[0].given_on.year,
        "issued_on": date(lines[0].given_on.year + 1, 1, 20),
        "serial": "2024-000001",
        "printed": PRINTED,
        "place": "Toronto",
        "signatory": "C. Example",
        "signature": "electronic",
        "is_signed": True,
        "is_copy_kept": True,
        "covers": frozenset(line.payment for line in lines),
    }
    draft = Receipt(entity=entity, donor=donor, lines=lines, total=total, **(fields | changes))
    if "statements" not in changes:
        draft = replace(draft, statements=rules.statements(receipt=draft, book=BOOK))
    if "eligible" not in changes:
        draft = replace(draft, eligible=rules.amounts(lines=lines, book=BOOK).eligible)
    return draft


def broken(subject: Receipt, book: parameters.Book = BOOK) -> list[str]:
    """The ids a receipt breaks, without warnings."""
    return [one.id for one in violations(subject, book) if not one.is_warning]


def violations(subject: Receipt, book: parameters.Book = BOOK) -> list[shapes.Violation]:
    return choosing.law_of(country=subject.entity.country).validate(receipt=subject, book=book)


def without(subject: Receipt, code: str) -> Receipt:
    return replace(subject, statements=tuple(one for one in subject.statements if one.code != code))


def with_code(subject: Receipt, code: str, **fills: str) -> Receipt:
    return replace(subject, statements=(*subject.statements, sentences.newest(code, **fills)))

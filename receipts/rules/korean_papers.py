"""The papers of Korean law as fields and rows: the form, the ledger, the yearly summary, what goes to Hometax.

Each of them has a box or column for the resident number. It never holds one: the form and the ledger say where the
number is known, the rows for Hometax leave it empty and the body completes it there (KR-13). A row is a tuple of
texts; whoever writes a file guards it against formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ledger import money
from ledger.money import Money
from receipts.rules import parameters, shapes

CURRENCY = "KRW"
TO_HOMETAX = "홈택스에서 확인"

# 별지 제45호의2서식, in the order of its boxes: (key, label, English, required)
FORM: tuple[tuple[str, str, str, bool], ...] = (
    ("serial", "일련번호", "Serial number", True),
    ("donor_name", "❶ 성명(법인명)", "Donor: name (company)", True),
    ("donor_number", "❶ 주민등록번호(사업자등록번호)", "Donor: resident (business) number", True),
    ("donor_address", "❶ 주소(소재지)", "Donor: address", True),
    ("body_name", "❷ 단체명(지점명)", "Body: name (branch)", True),
    ("body_number", "❷ 사업자등록번호(고유번호)", "Body: business (unique) number", True),
    ("body_address", "❷ 소재지(지점 소재지)", "Body: address (branch)", True),
    ("legal_basis", "❷ 기부금공제대상 기부금단체 근거법령", "Body: legal basis", True),
    ("legal_basis_code", "❷ 근거법령 코드", "Body: code of legal basis", False),
    ("collector_name", "❸ 단체명", "Collector: name", False),
    ("collector_number", "❸ 사업자등록번호", "Collector: business number", False),
    ("collector_address", "❸ 소재지", "Collector: address", False),
    ("total", "❹ 합계", "Contents: total", True),
    ("applied_on", "신청일", "Day of application", True),
    ("applicant", "신청인 (서명 또는 인)", "Applicant (signature or seal)", True),
    ("issued_on", "발급일", "Day of issue", True),
    ("receiver", "기부금 수령인 (서명 또는 인)", "Receiver (signature or seal)", True),
)
LINE_COLUMNS = ("코드", "구분", "연월일", "품명", "수량", "단가", "금액")
LEDGER_COLUMNS = (
    *("일련번호", "성명(법인명)", "주민등록번호(사업자등록번호)", "주소(소재지)"),
    *("기부금액", "기부일", "발급일"),
)
HOMETAX_COLUMNS = (
    *("기부자 구분", "성명(법인명)", "주민등록번호(사업자등록번호)", "주소(소재지)"),
    *("코드", "구분", "연월일", "품명", "금액"),
)
SUMMARY_COLUMNS = ("코드", "유형", "발급 건수", "발급 금액")
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """기부금영수증 발급합계표: one row for each code, and what they make together."""

    rows: tuple[Row, ...]
    count: int
    total: Money
    due_on: date


def kind_word(kind: shapes.Kind) -> str:
    """This function will return 금전 for money and 현물 for things."""
    return "금전" if kind in shapes.MONEY else "현물"


def filled(*, receipt: shapes.Receipt) -> dict[str, str]:
    """Fill the boxes of the form; the lines are `line_rows`.

    A person's number is not ours to write: its box says where it is checked. This function will return every key of
    `FORM`.
    """
    entity, donor, third = receipt.entity, receipt.donor, receipt.collector
    day = receipt.issued_on.isoformat()
    return {
        "serial": receipt.serial,
        "donor_name": donor.name,
        "donor_number": TO_HOMETAX if donor.is_person else donor.business_number,
        "donor_address": " ".join(donor.address),
        "body_name": entity.legal_name,
        "body_number": entity.registration,
        "body_address": " ".join(entity.address),
        "legal_basis": entity.legal_basis,
        "legal_basis_code": entity.legal_basis_code,
        "collector_name": third.name if third else "",
        "collector_number": third.registration if third else "",
        "collector_address": third.address if third else "",
        "total": receipt.total.plain,
        "applied_on": day,
        "applicant": donor.name,
        "issued_on": day,
        "receiver": entity.legal_name,
    }


def line_rows(*, receipt: shapes.Receipt) -> Iterator[Row]:
    """This function will yield the rows of box ❹ in the order of `LINE_COLUMNS`."""
    for line in receipt.lines:
        is_thing = line.kind not in shapes.MONEY
        yield (
            line.code,
            kind_word(line.kind),
            line.given_on.isoformat(),
            line.description,
            str(line.quantity) if is_thing else "",
            line.unit_value.plain if is_thing and line.unit_value else "",
            line.paid.plain if line.paid else "",
        )


def _on_paper(receipts: Iterable[shapes.Receipt]) -> Iterator[shapes.Receipt]:
    return (receipt for receipt in receipts if not (receipt.is_electronic or receipt.is_information_copy))


def ledger_rows(*, receipts: Iterable[shapes.Receipt]) -> Iterator[Row]:
    """기부자별 발급명세 (KR-09): one row for each gift on a paper receipt, none for e-receipts.

    This function will yield rows in the order of `LEDGER_COLUMNS`.
    """
    for receipt in _on_paper(receipts):
        donor = receipt.donor
        number = TO_HOMETAX if donor.is_person else donor.business_number
        for line in receipt.lines:
            yield (
                receipt.serial,
                donor.name,
                number,
                " ".join(donor.address),
                line.paid.plain if line.paid else "",
                line.given_on.isoformat(),
                receipt.issued_on.isoformat(),
            )


def hometax_rows(*, receipts: Iterable[shapes.Receipt]) -> Iterator[Row]:
    """What the body enters or uploads at Hometax for its e-receipts; it adds the resident numbers there itself.

    This function will yield rows in the order of `HOMETAX_COLUMNS`.
    """
    for receipt in receipts:
        donor = receipt.donor
        if not (receipt.is_electronic or receipt.is_information_copy):
            continue
        for line in receipt.lines:
            yield (
                "개인" if donor.is_person else "법인",
                donor.name,
                "" if donor.is_person else donor.business_number,
                " ".join(donor.address),
                line.code,
                kind_word(line.kind),
                line.given_on.isoformat(),
                line.description,
                line.paid.plain if line.paid else "",
            )


def summary(
    *,
    receipts: Iterable[shapes.Receipt],
    tax_year: int,
    fiscal_year_end: date | None = None,
    book: parameters.Book = parameters.SHIPPED,
) -> Summary:
    """발급합계표 (KR-10): counts and totals of a tax year's paper receipts by code.

    A receipt counts once for every code on it. Raises `YearNotSettled` for a code the year does not know. This
    function will return the rows, in the order of `SUMMARY_COLUMNS`, with the day they are due.
    """
    counts: dict[str, int] = {}
    sums: dict[str, Money] = {}
    papers = [receipt for receipt in _on_paper(receipts) if receipt.tax_year == tax_year]
    for receipt in papers:
        for code in {line.code for line in receipt.lines}:
            counts[code] = counts.get(code, 0) + 1
        for line in receipt.lines:
            sums[line.code] = sums.get(line.code, Money(0, CURRENCY)) + (line.paid or Money(0, CURRENCY))
    rows = tuple(
        (
            code,
            parameters.korean_code(code=code, year=tax_year, book=book).name,
            str(counts[code]),
            sums[code].plain,
        )
        for code in sorted(sums)
    )
    due_on = summary_due(tax_year=tax_year, fiscal_year_end=fiscal_year_end, book=book)
    return Summary(rows, len(papers), money.total(sums.values(), currency=CURRENCY), due_on)


def summary_due(
    *, tax_year: int, fiscal_year_end: date | None = None, book: parameters.Book = parameters.SHIPPED
) -> date:
    """30 June of the next year; for issuers under corporate law, the last day of the sixth month after their year.

    This function will return the day.
    """
    if fiscal_year_end is None:
        month, day = book.korea.of(tax_year).summary_due
        return date(tax_year + 1, month, day)
    months = fiscal_year_end.month + 6
    return _last_day(fiscal_year_end.year + (months - 1) // 12, (months - 1) % 12 + 1)


def _last_day(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)

"""Every row of the law table for Korea; its papers row by row."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from ledger.money import Money
from receipts.rules import checking, korea, korean_papers, parameters, shapes
from receipts.rules import statements as sentences
from receipts.rules.shapes import Collector, Kind, NotReceiptable, Ok, OtherForm, Payer
from tests.receipts.rules.facts import (
    ANNA,
    BOOK,
    BUSINESS_NUMBER,
    CHECKED_AT,
    COMPANY,
    KR,
    PRINTED,
    benefit,
    broken,
    gift,
    krw,
    receipt,
    usd,
    violations,
    without,
)

RESIDENT = "900101-1234567"
FORM = parameters.korean_form(form="45-2", issued_on=date(2026, 1, 9)).version
RICE: dict[str, Any] = {
    "kind": Kind.PROPERTY,
    "description": "쌀 20kg",
    "quantity": 10,
    "unit_value": krw(50_000),
}


def given(amount: int = 50_000, **changes: Any) -> shapes.GiftLine:
    return gift(krw(amount), **({"given_on": date(2025, 6, 15), "code": "41"} | changes))


def paper(*lines: shapes.GiftLine, donor: shapes.DonorFacts = COMPANY, **changes: Any) -> shapes.Receipt:
    fields: dict[str, Any] = {"issued_on": date(2026, 1, 9), "form_version": FORM, "serial": "2025-000001"}
    return receipt(*(lines or (given(),)), entity=KR, donor=donor, **(fields | changes))


SUBJECT = paper()


def decide(
    line: shapes.GiftLine | None = None, donor: shapes.DonorFacts = COMPANY, **changes: Any
) -> shapes.Decision:
    return korea.receiptable(gift=line or given(), entity=replace(KR, **changes), donor=donor, book=BOOK)


def test_a_companys_paper_receipt_breaks_nothing() -> None:
    assert violations(SUBJECT) == []
    assert decide() == Ok()
    assert SUBJECT.codes == ["kr_request", "kr_certified"]


def test_KR_01_the_form_in_force_is_stamped() -> None:
    assert FORM == "kr-45-2/2026-01-02"
    assert broken(replace(SUBJECT, form_version="kr-45-2/2023-03-20")) == ["KR-01"]
    # the older front and the form of corporate law wait for somebody who has read them
    for changes in ({"issued_on": date(2025, 12, 31)}, {"entity": replace(KR, form="63-3")}):
        assert broken(replace(SUBJECT, **changes)) == ["KR-01"]
    assert "KR-01" in broken(replace(SUBJECT, issued_on=date(2027, 1, 9)))
    assert parameters.korean_form(form="45-2", issued_on=date(2026, 1, 2)).version == FORM
    for form, on in (("45-2", date(2026, 1, 1)), ("45-2", date(2023, 3, 20)), ("63-3", date(2026, 3, 1))):
        with pytest.raises(parameters.UnverifiedYear):
            parameters.korean_form(form=form, issued_on=on)
    with pytest.raises(parameters.UnknownYear):
        parameters.korean_form(form="45-2", issued_on=date(2020, 3, 1))


def test_KR_02_serial_number_is_unique() -> None:
    assert "KR-02" in broken(replace(SUBJECT, serial=""))
    assert broken(replace(SUBJECT, earlier_serials=frozenset({SUBJECT.serial}))) == ["KR-02"]


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        (BUSINESS_NUMBER, True),
        ("1234567891", True),
        ("123-45-67890", False),
        ("123-45-6789", False),
        ("12345678a1", False),
        ("１２３４５６７８９１", False),
        ("", False),
    ],
)
def test_KR_03_a_companys_number_checks(number: str, is_good: bool) -> None:
    assert korea.is_business_number(number) is is_good
    subject = replace(SUBJECT, donor=replace(COMPANY, business_number=number))
    assert ("KR-03" in broken(subject)) is not is_good
    if not is_good:
        assert decide(donor=subject.donor) == NotReceiptable("rrn_missing")


def test_KR_03_the_donor_is_identified() -> None:
    assert "KR-03" in broken(replace(SUBJECT, donor=replace(COMPANY, address=())))
    copy = paper(donor=ANNA, is_information_copy=True)
    assert violations(copy) == []
    shy = replace(ANNA, gives_number_to_hometax=False)
    assert broken(replace(copy, donor=shy)) == ["KR-03"]
    assert decide(donor=shy) == NotReceiptable("rrn_missing")
    assert decide(donor=ANNA) == OtherForm("hometax", "rrn_not_stored")


@pytest.mark.parametrize(
    "changes",
    [{"legal_name": ""}, {"address": ()}, {"legal_basis": ""}, {"registration": "123-45-67890"}],
)
def test_KR_04_the_body_is_complete(changes: dict[str, Any]) -> None:
    assert broken(replace(SUBJECT, entity=replace(KR, **changes))) == ["KR-04"]
    if "legal_basis" in changes:
        assert decide(**changes) == NotReceiptable("entity_not_designated")
    assert decide(country="US") == NotReceiptable("entity_not_designated")


def test_KR_05_a_collector_only_when_there_is_one() -> None:
    direct = korean_papers.filled(receipt=SUBJECT)
    assert [direct[key] for key in ("collector_name", "collector_number", "collector_address")] == [
        "",
        "",
        "",
    ]
    third = Collector(name="예시방송", registration=BUSINESS_NUMBER, address="서울")
    collected = replace(SUBJECT, collector=third)
    assert broken(collected) == []
    assert korean_papers.filled(receipt=collected)["collector_name"] == "예시방송"
    for field in ("name", "registration", "address"):
        assert broken(replace(SUBJECT, collector=replace(third, **{field: ""}))) == ["KR-05"]


def test_KR_06_lines_and_sum() -> None:
    subject = paper(given(), given(500_000, payment="p2", **RICE))
    assert broken(subject) == []
    assert list(korean_papers.line_rows(receipt=subject)) == [
        ("41", "금전", "2025-06-15", "", "", "", "50000"),
        ("41", "현물", "2025-06-15", "쌀 20kg", "10", "50000", "500000"),
    ]
    assert broken(replace(subject, total=krw(549_999))) == ["KR-06"]
    for changes in ({"description": ""}, {"unit_value": None}, {"quantity": 9}):
        wrong = replace(subject.lines[1], **changes)
        assert "KR-06" in broken(replace(subject, lines=(subject.lines[0], wrong)))
    assert "KR-06" in broken(replace(SUBJECT, lines=(replace(given(), code=""),)))
    assert "KR-06" in broken(replace(SUBJECT, lines=(replace(given(), amount=usd(1)),), total=usd(1)))
    valueless = broken(replace(SUBJECT, lines=(replace(given(), amount=None),)))
    assert {"KR-06", "KR-12"} <= set(valueless)


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("10", 2022, "법정기부금"),
        ("10", 2025, "특례기부금"),
        ("40", 2022, "지정기부금"),
        ("40", 2025, "일반기부금"),
        ("41", 2025, "종교단체기부금"),
        ("20", 2025, "정치자금기부금"),
        ("42", 2025, "우리사주조합기부금"),
        ("50", 2025, "그 밖의 기부금(공제 제외)"),
    ],
)
def test_KR_07_codes_by_tax_year(code: str, year: int, name: str) -> None:
    assert parameters.korean_code(code=code, year=year).name == name


@pytest.mark.parametrize("code", ["21", "30", "31", "43", "99"])
def test_KR_07_historic_and_unchecked_codes_are_refused(code: str) -> None:
    assert "KR-07" in broken(paper(given(code=code)))
    with pytest.raises(parameters.YearNotSettled):
        parameters.korean_code(code=code, year=2025)


def test_KR_08_signatures_days_and_sentences() -> None:
    for code in korea.REQUIRED:
        assert broken(without(SUBJECT, code)) == ["KR-08"]
    assert broken(replace(SUBJECT, signatory="")) == ["KR-08"]
    assert broken(replace(SUBJECT, signature="")) == ["KR-08"]
    for field in ("applied_on", "issued_on"):
        assert broken(replace(SUBJECT, printed=PRINTED - {field})) == ["KR-08"]
    words = sentences.paragraphs(statements=SUBJECT.statements, language="ko")
    assert words[-1] == "위와 같이 기부금을 기부받았음을 증명합니다."


def test_KR_09_the_ledger_of_receipts() -> None:
    electronic = replace(SUBJECT, is_electronic=True)
    rows = list(korean_papers.ledger_rows(receipts=[SUBJECT, electronic]))
    assert rows == [
        (
            "2025-000001",
            "예시상사",
            BUSINESS_NUMBER,
            "서울특별시 예시구 2",
            "50000",
            "2025-06-15",
            "2026-01-09",
        )
    ]
    assert len(korean_papers.LEDGER_COLUMNS) == len(rows[0])
    (person,) = korean_papers.ledger_rows(receipts=[replace(SUBJECT, donor=ANNA)])
    assert person[2] == korean_papers.TO_HOMETAX
    assert "KR-09" in broken(replace(SUBJECT, donor=replace(COMPANY, address=())))
    assert korea.retention_until(receipt=SUBJECT) == date(2031, 1, 9)


def test_KR_10_the_yearly_summary() -> None:
    receipts = [
        SUBJECT,
        paper(given(30_000), given(20_000, code="40", payment="p2"), serial="2025-000002"),
        replace(SUBJECT, is_electronic=True),
        replace(SUBJECT, tax_year=2024),
    ]
    summary = korean_papers.summary(receipts=receipts, tax_year=2025)
    assert summary.rows == (("40", "일반기부금", "1", "20000"), ("41", "종교단체기부금", "2", "80000"))
    assert (summary.count, summary.total, summary.due_on) == (2, krw(100_000), date(2026, 6, 30))
    assert korean_papers.summary(receipts=[], tax_year=2025).rows == ()
    assert "KR-10" in broken(paper(given(0)))
    assert "KR-10" not in broken(replace(paper(given(0)), is_electronic=True))


@pytest.mark.parametrize(
    ("year_end", "due"),
    [
        (None, date(2026, 6, 30)),
        (date(2025, 12, 31), date(2026, 6, 30)),
        (date(2026, 3, 31), date(2026, 9, 30)),
        (date(2025, 6, 30), date(2025, 12, 31)),
        (date(2025, 8, 31), date(2026, 2, 28)),
    ],
)
def test_KR_10_is_due_six_months_after_a_corporate_year(year_end: date | None, due: date) -> None:
    assert korean_papers.summary_due(tax_year=2025, fiscal_year_end=year_end) == due


@pytest.mark.parametrize(
    ("prior", "given_on", "due"),
    [
        (300_000_000, date(2025, 1, 1), None),
        (300_000_001, date(2025, 1, 1), date(2026, 1, 10)),
        (300_000_001, date(2026, 12, 31), date(2027, 1, 10)),
        (300_000_001, date(2024, 12, 31), None),
        (None, date(2024, 12, 31), None),
    ],
)
def test_KR_11_e_receipts_above_300_million(prior: int | None, given_on: date, due: date | None) -> None:
    sums = None if prior is None else krw(prior)
    duty = korea.electronic_duty(prior_receipts=sums, given_on=given_on)
    assert duty == (None if due is None else korea.ElectronicDuty(due))


def test_KR_11_a_body_says_what_it_issued_before() -> None:
    with pytest.raises(shapes.ValueUnknown):
        korea.electronic_duty(prior_receipts=None, given_on=date(2025, 1, 1))
    assert decide(prior_receipts=None) == NotReceiptable("prior_receipts_unknown")
    assert decide(donor=ANNA, prior_receipts=None) == OtherForm("hometax", "rrn_not_stored")
    assert broken(replace(SUBJECT, entity=replace(KR, prior_receipts=None))) == ["KR-11"]


def test_KR_11_a_bound_body_prints_copies_for_information_only() -> None:
    bound = replace(KR, prior_receipts=krw(300_000_001))
    assert decide(prior_receipts=bound.prior_receipts) == OtherForm("hometax", "erece_mandatory")
    assert broken(replace(SUBJECT, entity=bound)) == ["KR-11"]
    copy = paper(is_information_copy=True)
    assert copy.codes[-1] == "kr_information_copy"
    assert broken(replace(copy, entity=bound)) == []
    assert broken(replace(SUBJECT, entity=bound, is_electronic=True)) == []
    assert broken(paper(donor=ANNA)) == ["KR-11"]
    assert korea.deadline(receipt=SUBJECT) == date(2026, 1, 10)


def test_KR_11_rows_for_hometax_leave_the_number_to_the_body() -> None:
    copy = paper(given(description="헌금"), donor=ANNA, is_information_copy=True)
    company = replace(SUBJECT, is_electronic=True)
    rows = list(korean_papers.hometax_rows(receipts=[copy, company, SUBJECT]))
    assert rows == [
        ("개인", "Anna B. Example", "", "2 Example Street", "41", "금전", "2025-06-15", "헌금", "50000"),
        ("법인", "예시상사", BUSINESS_NUMBER, "서울특별시 예시구 2", "41", "금전", "2025-06-15", "", "50000"),
    ]
    assert {len(row) for row in rows} == {len(korean_papers.HOMETAX_COLUMNS)}


@pytest.mark.parametrize(
    ("fault", "amount", "cost"),
    [
        ("wrong_amount", 1_000_000, 50_000),
        ("wrong_identity", 50_000, 2_500),
        ("no_ledger", 1_000_000, 2_000),
        ("no_ledger", 50_250, 101),
    ],
)
def test_KR_12_what_a_fault_costs(fault: str, amount: int, cost: int) -> None:
    assert korea.penalty(fault=fault, amount=krw(amount)) == krw(cost)


def test_KR_12_blank_identity_and_wrong_amounts_are_refused() -> None:
    assert {"KR-03", "KR-12"} <= set(broken(replace(SUBJECT, donor=replace(COMPANY, name=""))))
    assert broken(replace(SUBJECT, eligible=krw(49_999))) == ["KR-12"]
    assert broken(replace(SUBJECT, eligible=None)) == []


def test_KR_13_the_resident_number_is_never_stored() -> None:
    shown = {field.name for shape in (shapes.DonorFacts, shapes.Receipt) for field in fields(shape)}
    assert [name for name in shown if "resident" in name or "rrn" in name] == []
    for text in (RESIDENT, RESIDENT.replace("-", ""), RESIDENT.replace("-", " "), f"번호 {RESIDENT}입니다"):
        subject = replace(SUBJECT, donor=replace(COMPANY, address=(text,)))
        assert broken(subject) == ["KR-13"]
        assert checking.masked(text).count(checking.MASK) == 1
    for text in ("010-1234-5678", BUSINESS_NUMBER, "9001011234567890", "900101-9234567"):
        assert checking.masked(text) == text
    assert korean_papers.filled(receipt=paper(donor=ANNA))["donor_number"] == korean_papers.TO_HOMETAX


def test_KR_13_every_text_of_a_receipt_is_read() -> None:
    subject = paper(given(description=RESIDENT))
    assert broken(subject) == ["KR-13"]
    lined = replace(subject, lines=(given(benefits=(benefit(krw(1), description=RESIDENT),)),))
    assert "KR-13" in broken(lined)


def test_KR_14_a_payment_stands_on_one_receipt() -> None:
    twice = paper(given(), given(10_000))
    assert broken(twice) == ["KR-14"]
    assert broken(replace(SUBJECT, receipted_elsewhere=frozenset({"p1"}))) == ["KR-14"]
    filed = given(is_in_hometax=True)
    assert decide(filed) == NotReceiptable("already_in_hometax")
    assert broken(paper(filed)) == ["KR-14"]


def test_the_form_has_every_box() -> None:
    boxes = korean_papers.filled(receipt=SUBJECT)
    assert list(boxes) == [key for key, *_ in korean_papers.FORM]
    empty = [key for key, _, _, is_required in korean_papers.FORM if is_required and not boxes[key]]
    assert empty == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"payer": Payer.DAF}, "daf"),
        ({"kind": Kind.SERVICES}, "services"),
        ({"refunded": krw(50_000)}, "refunded"),
        ({"benefits": (benefit(krw(1_000)),)}, "benefit"),
    ],
)
def test_what_is_no_gift(changes: dict[str, Any], reason: str) -> None:
    assert decide(given(**changes)) == NotReceiptable(reason)


def test_refunds_are_corrected_where_the_receipt_was_filed() -> None:
    def action(subject: shapes.Receipt, back: int) -> shapes.Action:
        return korea.on_refund(receipt=subject, refunded=krw(back), refunded_on=date(2026, 2, 1))

    assert action(SUBJECT, 0) == shapes.Action(shapes.Correction.NONE)
    assert action(SUBJECT, 50_000) == shapes.Action(shapes.Correction.VOID, ("correct_ledger",))
    electronic = replace(SUBJECT, is_electronic=True)
    assert action(electronic, 1) == shapes.Action(shapes.Correction.REPLACE, ("cancel_in_hometax",))
    lines = (given(refunded=krw(20_000)), given(10_000, payment="p2"))
    assert korea.amounts(lines=lines) == shapes.Amounts(
        krw(60_000), krw(20_000), krw(40_000), krw(0), Money(40_000, "KRW")
    )
    with pytest.raises(shapes.ValueUnknown, match="no value for 쌀"):
        korea.amounts(lines=(given(), gift(None, description="쌀")))


def test_an_accountant_can_confirm_a_form() -> None:
    rows = tuple(
        replace(row, verified_by="회계사", verified_at=CHECKED_AT) if row.values.form == "63-3" else row
        for row in parameters.KOREAN_FORMS
    )
    book = replace(BOOK, korean_forms=rows)
    corporate = replace(SUBJECT, entity=replace(KR, form="63-3"), form_version="kr-63-3/2026-01-02")
    assert broken(corporate, book) == []

"""Korea: what goes to Hometax, where it stands there, and the papers for the tax office, from rows really stored."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from donors.models import Donor
from ledger.money import Money
from paper import tabulating
from receipts import filing_hometax, recalling, reporting_korea
from receipts.filing_hometax import Answer, UnableToFile
from receipts.models import HometaxFiling, Obstacle, PriorTotal, Receipt
from receipts.rules import korea, korean_papers, parameters, shapes
from staff.models import AuditEvent
from tests import facts
from tests.receipts import abroad

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
Status = HometaxFiling.Status


def state(receipt: Receipt) -> str:
    return HometaxFiling.objects.get(receipt=receipt).status


def filed(receipt: Receipt, *, approval: str = "20260504-000001", on: date = DAY) -> None:
    filing_hometax.mark_filed(
        answers=[Answer(receipt.serial, approval)], filed_on=on, actor=facts.staff_member(), now=NOW
    )


def test_a_copy_for_information_waits_and_paper_does_not() -> None:
    copied = abroad.korean_receipt()
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False)
    assert filing_hometax.follow(now=NOW) == 1
    assert filing_hometax.follow(now=NOW) == 0
    assert list(HometaxFiling.objects.values_list("receipt", "status")) == [(copied.pk, "waiting")]


def test_receipts_of_another_law_are_not_filed() -> None:
    facts.donation()
    facts.paperwork()
    assert filing_hometax.follow(now=NOW) == 0


def test_filed_then_void_then_canceled() -> None:
    receipt = abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    filed(receipt)
    row = HometaxFiling.objects.get()
    assert (row.status, row.approval, row.filed_on) == ("filed", "20260504-000001", DAY)
    assert filing_hometax.follow(now=NOW) == 0
    abroad.void(receipt)
    successor = abroad.korean_receipt(replaces=receipt, lines=[abroad.korean_line(minor=30_000)])
    assert filing_hometax.follow(now=NOW) == 2
    assert (state(receipt), state(successor)) == ("to_cancel", "waiting")
    filing_hometax.mark_canceled(serial=receipt.serial, canceled_on=DAY, actor=facts.staff_member(), now=NOW)
    assert state(receipt) == "canceled"
    assert list(AuditEvent.objects.order_by("number").values_list("action", flat=True)) == [
        "hometax.filed",
        "hometax.canceled",
    ]


def test_what_was_never_filed_needs_no_canceling() -> None:
    receipt = abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    abroad.void(receipt, on=date(2026, 4, 1))
    assert filing_hometax.follow(now=NOW) == 1
    assert HometaxFiling.objects.get().canceled_on == date(2026, 4, 1)
    void_at_once = abroad.korean_receipt()
    abroad.void(void_at_once)
    assert filing_hometax.follow(now=NOW) == 0


@pytest.mark.parametrize(
    ("approval", "on", "code"),
    [
        ("", DAY, "approval"),
        ("12 34", DAY, "approval"),
        ("=1+1", DAY, "approval"),
        ("x" * 41, DAY, "approval"),
        ("900101-1234567", DAY, "resident_number"),
        ("20260504-1", date(2026, 3, 2), "day"),
        ("20260504-1", date(2026, 5, 5), "day"),
    ],
)
def test_bad_answers_are_refused_and_nothing_is_kept(approval: str, on: date, code: str) -> None:
    receipt = abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    with pytest.raises(UnableToFile) as refused:
        filed(receipt, approval=approval, on=on)
    assert (refused.value.code, refused.value.ref) == (code, receipt.serial)
    assert approval == "" or approval not in str(refused.value)
    assert state(receipt) == "waiting"


def test_answers_are_all_kept_or_none() -> None:
    first, second = abroad.korean_receipt(), abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    answers = [Answer(first.serial, "20260504-1"), Answer("KR2026-009999", "20260504-2")]
    with pytest.raises(UnableToFile) as refused:
        filing_hometax.mark_filed(answers=answers, filed_on=DAY, actor=facts.staff_member(), now=NOW)
    assert refused.value.code == "unknown"
    assert (state(first), state(second)) == ("waiting", "waiting")


def test_steps_out_of_order_are_refused() -> None:
    receipt = abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    actor = facts.staff_member()
    with pytest.raises(UnableToFile, match="step"):
        filing_hometax.mark_canceled(serial=receipt.serial, canceled_on=DAY, actor=actor, now=NOW)
    filed(receipt)
    with pytest.raises(UnableToFile, match="step"):
        filed(receipt)
    abroad.void(receipt)
    filing_hometax.follow(now=NOW)
    with pytest.raises(UnableToFile, match="day"):
        filing_hometax.mark_canceled(
            serial=receipt.serial, canceled_on=date(2026, 5, 3), actor=actor, now=NOW
        )


def test_pasted_lines_are_understood_or_named() -> None:
    text = "KR2026-000001\t20260504-1\n\n  KR2026-000002, 20260504-2 \r\nKR2026-000003;A3456"
    assert filing_hometax.read_answers(text) == [
        Answer("KR2026-000001", "20260504-1"),
        Answer("KR2026-000002", "20260504-2"),
        Answer("KR2026-000003", "A3456"),
    ]
    with pytest.raises(UnableToFile) as refused:
        filing_hometax.read_answers("KR2026-000001 20260504-1\none two three")
    assert (refused.value.code, refused.value.ref) == ("line", "2")


# KR-11


def prior(minor: int, *, year: int = 2025) -> None:
    issuer = abroad.korea().issuer
    PriorTotal.objects.create(issuer=issuer, year=year, currency="KRW", total_minor=minor)


@pytest.mark.parametrize(
    ("books", "ours", "is_bound"),
    [
        (300_000_000, 0, False),
        (300_000_001, 0, True),
        (299_950_000, 50_000, False),
        (299_950_001, 50_000, True),
    ],
)
def test_KR_11_the_books_and_our_own_receipts_make_the_previous_period(
    books: int, ours: int, is_bound: bool
) -> None:
    prior(books)
    if ours:
        abroad.korean_receipt(tax_year=2025, lines=[abroad.korean_line(minor=ours, on="2025-03-02")])
    duty = filing_hometax.duty(entity_id=abroad.korea().pk, given_in=2026)
    assert duty == (korea.ElectronicDuty(date(2027, 1, 10)) if is_bound else None)


def test_KR_11_what_nobody_told_is_unknown() -> None:
    entity = abroad.korea()
    assert filing_hometax.prior_receipts(entity_id=entity.pk, given_in=2026) is None
    with pytest.raises(shapes.ValueUnknown):
        filing_hometax.duty(entity_id=entity.pk, given_in=2026)
    void = abroad.korean_receipt(tax_year=2025, lines=[abroad.korean_line(minor=70_000, on="2025-03-02")])
    abroad.void(void)
    abroad.korean_receipt(tax_year=2025, lines=[abroad.korean_line(minor=50_000, on="2025-03-02")])
    assert filing_hometax.prior_receipts(entity_id=entity.pk, given_in=2026) == Money(50_000, "KRW")
    assert filing_hometax.due_on(tax_year=2026) == date(2027, 1, 10)


# The papers


def cells(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_D18_D19_rows_for_hometax_hold_hangul_whole_won_and_no_resident_number() -> None:
    thing = abroad.korean_line(
        minor=90_000, kind="property", description="쌀", quantity=3, unit_value_minor=30_000
    )
    receipt = abroad.korean_receipt(lines=[abroad.korean_line(), thing])
    company = abroad.organization()
    mandatory = abroad.korean_receipt(donor=company)
    filing_hometax.follow(now=NOW)
    table = reporting_korea.to_file(entity=abroad.korea(), tax_year=2026, status=Status.WAITING)
    head, *rows = cells(tabulating.as_csv(table))
    assert head == ["일련번호", *korean_papers.HOMETAX_COLUMNS, "승인번호", "취소일"]
    home = "서울특별시 예시구 2"
    assert rows == [
        [receipt.serial, "개인", "김승은", "", home, "41", "금전", "2026-03-02", "", "50000", "", ""],
        [receipt.serial, "개인", "김승은", "", home, "41", "현물", "2026-03-02", "쌀", "90000", "", ""],
        [
            mandatory.serial,
            "법인",
            "예시상사",
            "120-81-47521",
            home,
            "41",
            "금전",
            "2026-03-02",
            "",
            "50000",
            "",
            "",
        ],
    ]


def test_T24_a_name_is_no_formula_in_the_file() -> None:
    receipt = abroad.korean_receipt(donor=facts.donor("=HYPERLINK(1)", "odd@example.org"))
    filing_hometax.follow(now=NOW)
    table = reporting_korea.to_file(entity=abroad.korea(), tax_year=2026, status=Status.WAITING)
    assert cells(tabulating.as_csv(table))[1][:3] == [receipt.serial, "개인", "'=HYPERLINK(1)"]


def test_what_must_be_canceled_is_told_with_its_approval_number() -> None:
    receipt = abroad.korean_receipt()
    filing_hometax.follow(now=NOW)
    filed(receipt)
    abroad.void(receipt, on=date(2026, 5, 1))
    filing_hometax.follow(now=NOW)
    table = reporting_korea.to_file(entity=abroad.korea(), tax_year=2026, status=Status.TO_CANCEL)
    assert [row[-2:] for row in table.rows] == [("20260504-000001", "2026-05-01")]


def test_KR_09_KR_10_ledger_and_summary_are_about_standing_paper_receipts() -> None:
    company = abroad.organization()
    paper = abroad.korean_receipt(donor=company, is_copy=False)
    gone = abroad.korean_receipt(donor=company, is_copy=False, lines=[abroad.korean_line(minor=10_000)])
    abroad.void(gone)
    abroad.korean_receipt()
    entity = abroad.korea()
    ledger = reporting_korea.ledger(entity=entity, tax_year=2026)
    assert ledger.columns == korean_papers.LEDGER_COLUMNS
    assert list(ledger.rows) == [
        (paper.serial, "예시상사", "120-81-47521", "서울특별시 예시구 2", "50000", "2026-03-02", "2026-03-03")
    ]
    summed = reporting_korea.summary(entity=entity, tax_year=2026)
    assert list(summed.table.rows) == [("41", "종교단체기부금", "1", "50000"), ("합계", "", "1", "50000")]
    assert (summed.due_on, summed.count) == (date(2027, 6, 30), 1)


def test_KR_10_a_body_under_corporate_law_follows_its_own_year() -> None:
    entity = abroad.korea()
    entity.issuer.form, entity.issuer.fiscal_year_end_month = "63-3", 2
    assert reporting_korea.summary(entity=entity, tax_year=2026).due_on == date(2026, 8, 31)
    entity.issuer.fiscal_year_end_month = 12
    assert reporting_korea.summary(entity=entity, tax_year=2026).due_on == date(2027, 6, 30)


def test_KR_07_a_code_the_year_does_not_know_stops_the_summary() -> None:
    abroad.korean_receipt(donor=abroad.organization(), is_copy=False, lines=[abroad.korean_line(code="31")])
    with pytest.raises(parameters.YearNotSettled):
        reporting_korea.summary(entity=abroad.korea(), tax_year=2026)


def test_a_receipt_is_recalled_from_its_snapshot_alone() -> None:
    third = {"name": "방송", "registration": "120-81-47521", "address": "서울"}
    receipt = abroad.korean_receipt(donor=abroad.organization(), is_copy=False, collector=third)
    receipt.donor.name = "이름이 바뀐 회사"
    told = recalling.recall(receipt=receipt)
    assert (told.donor.name, told.donor.business_number, told.donor.is_person) == (
        "예시상사",
        "120-81-47521",
        False,
    )
    assert told.collector == shapes.Collector(name="방송", registration="120-81-47521", address="서울")
    assert told.total == told.eligible == Money(50_000, "KRW")
    facts.donation()
    facts.paperwork()
    old = Receipt.objects.exclude(pk=receipt.pk).get()
    if abroad.told(old)["schema"] == 1:
        with pytest.raises(recalling.NotRecalled):
            recalling.recall(receipt=old)


# Issued by the law itself


def test_D19_a_gift_to_the_korean_body_is_issued_filed_corrected_and_canceled() -> None:
    entity = abroad.korea()
    entity.issuer.place = "서울"
    entity.issuer.legal_basis = "소득세법 시행령 제80조 제1항 제5호"
    entity.issuer.save()
    prior(1_000_000)
    kim = facts.donor("김승은", "kim@example.org")
    Donor.objects.filter(pk=kim.pk).update(address="서울특별시 예시구 2")
    gift = abroad.gift(entity=entity, amount=Money(50_000, "KRW"), by=kim)
    facts.paperwork()
    assert list(Obstacle.objects.values_list("code", "words")) == []
    receipt = Receipt.objects.get(lines__donation=gift)
    assert (receipt.law, receipt.currency, receipt.total_minor) == ("KR", "KRW", 50_000)
    assert filing_hometax.follow(now=facts.NOW) == 1
    table = reporting_korea.to_file(entity=entity, tax_year=2026, status=Status.WAITING)
    assert [row[:4] for row in table.rows] == [(receipt.serial, "개인", "김승은", "")]
    assert [row[9] for row in table.rows] == ["50000"]
    filing_hometax.mark_filed(
        answers=[Answer(receipt.serial, "20261121-1")],
        filed_on=receipt.issued_on,
        actor=facts.staff_member(),
        now=facts.NOW,
    )
    facts.refund(gift, 20_000)
    facts.paperwork()
    successor = Receipt.objects.get(replaces=receipt)
    assert filing_hometax.follow(now=facts.NOW) == 2
    assert (state(receipt), state(successor)) == ("to_cancel", "waiting")
    waiting = reporting_korea.to_file(entity=entity, tax_year=2026, status=Status.WAITING)
    assert [(row[0], row[9]) for row in waiting.rows] == [(successor.serial, "30000")]

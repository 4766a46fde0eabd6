"""The papers of five laws, read back as a giver, a tax office and a screen reader would read them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from paper import texts
from receipts import publishing, rendering, sealing, snapshots, verifying
from receipts.sealing import Seal
from tests.receipts import papers
from tests.receipts.reading import catalog, described, read, require_inert, require_order, unwrapped, words

SEAL = Seal("ABCDEFGHIJKLMNOP", bytes(range(64)))
EVERY = sorted(papers.ENTITIES)
DINNER: dict[str, Any] = {
    "kind": "ticket",
    "description": "Gala ticket",
    "amount_minor": 15000,
    "benefits": [{"description": "Dinner", "value_minor": 5000}],
    "benefit_minor": 5000,
    "eligible_minor": None,
}
COATS: dict[str, Any] = {
    "currency": "CAD",
    "kind": "property",
    "method": "in_kind",
    "description": "winter coats",
    "quantity": 40,
    "unit_value_minor": 7500,
    "amount_minor": 300000,
    "appraiser": {"name": "Example Appraisals Ltd", "address": "1 Example Road, Toronto"},
}


def told(snapshot: dict[str, Any], **marks: Any) -> str:
    """This function will return all words of a drawn receipt, having looked that they stand in order."""
    content = rendering.render(snapshot, **marks)
    require_order(content)
    return unwrapped(words(content))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("template", EVERY)
def test_every_paper_is_whole_in_both_languages_and_sizes(template: str, paper: str, language: str) -> None:
    entity = papers.ENTITIES[template] | {"paper": paper}
    snapshot = papers.snapshot(template, language=language, entity=entity)
    content = rendering.render(snapshot, seal=SEAL)
    require_order(content)
    shown = unwrapped(words(content))
    for text in (entity["legal_name"], entity["registration"], snapshot["donor"]["name"], snapshot["serial"]):
        assert text in shown
    for clause in snapshot["statements"]:
        assert clause["text"] in shown
    assert described(content).title.endswith("2026-000123")
    assert catalog(content)["/Lang"] == ("ko-KR" if language == "ko" else "en-US")
    assert catalog(content)["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert len(read(content).pages) == 1
    require_inert(content)


def test_the_table_and_the_title_are_told_to_a_screen_reader() -> None:
    document = catalog(rendering.render(papers.snapshot("ca-1"), seal=SEAL))["/StructTreeRoot"]["/K"]
    kids = [kid.get_object() for kid in document["/K"]]
    tags = [kid["/S"] for kid in kids]
    assert tags.count("/H1") == tags.count("/Table") == tags.count("/Figure") == 1
    table = kids[tags.index("/Table")]
    rows = [[cell.get_object()["/S"] for cell in row.get_object()["/K"]] for row in table["/K"]]
    assert rows == [["/TH"] * 4, ["/TD"] * 4, ["/TH", "/TD"], ["/TH", "/TD"]]


def test_d1_a_year_of_small_gifts() -> None:
    lines = [papers.line(amount_minor=5000, given_on=f"2026-{month:02d}-05") for month in range(1, 13)]
    shown = told(papers.snapshot(kind="annual", lines=[*lines, papers.line()]))
    assert "Annual donation receipt 2026" in shown
    assert shown.count("Rescue of families $50.00") == 12
    assert "Total received $700.00" in shown
    assert "No goods or services were provided in exchange for this contribution." in shown


def test_d3_a_ticket_with_its_dinner_and_a_refund() -> None:
    before = told(papers.snapshot(lines=[papers.line(**DINNER)]))
    assert "Amount (USD) Goods or services Deductible" in before
    assert "Ticket, card Rescue of families Gala ticket In return: Dinner, $50.00" in before
    assert "Total received $150.00 $50.00 $100.00" in before
    after = told(papers.snapshot(lines=[papers.line(**DINNER | {"refunded_minor": 6000})]))
    assert "Refunded" in after
    assert "−$60.00" in after
    assert "Total received $90.00 $50.00 $40.00" in after


def test_d6_and_d7_things_are_described_and_never_valued_in_the_united_states() -> None:
    shares = papers.thing(kind="stock", method="stock", description="shares ABC", quantity=10)
    shown = told(papers.snapshot(lines=[papers.thing(quantity=40), shares]))
    assert "Property 40 winter coats" in shown
    assert "Securities 10 shares ABC" in shown
    assert shown.count("Not valued") == 4
    assert "$" not in shown


def test_d6_things_have_their_value_and_appraiser_in_canada() -> None:
    shown = told(papers.snapshot("ca-1", lines=[papers.line(**COATS)]))
    assert "40 winter coats" in shown
    assert "40 × CAD 75.00 each" in shown
    assert "Appraised by: Example Appraisals Ltd, 1 Example Road, Toronto" in unwrapped(shown)
    assert "Eligible amount of gift for tax purposes CAD 3,000.00" in shown


@pytest.mark.parametrize("count", [53, 140])
def test_d17_every_line_is_there_with_the_sums_over_the_pages(count: int) -> None:
    snapshot = papers.year(count)
    pages = [unwrapped(page.extract_text()) for page in read(rendering.render(snapshot)).pages]
    so_far = 0
    for number, page in enumerate(pages):
        assert f"Page {number + 1} of {len(pages)}" in page
        if number:
            assert f"Brought forward ${so_far / 100:,.2f}" in page
        amounts = re.findall(r"Card (?:[A-Z][a-z ]+) \$([\d,.]+)", page)
        so_far += sum(int(amount.replace(",", "").replace(".", "")) for amount in amounts)
        if number < len(pages) - 1:
            assert f"Carried forward ${so_far / 100:,.2f}" in page
    assert so_far == sum(line["amount_minor"] for line in snapshot["lines"])


@pytest.mark.slow
def test_d17_a_giver_of_2400_lines() -> None:
    content = rendering.render(papers.year(2400))
    pages = [unwrapped(page.extract_text()) for page in read(content).pages]
    assert sum(page.count(" Card ") for page in pages) == 2400
    assert f"Page 3 of {len(pages)}" in pages[2]


def test_d18_two_currencies_are_two_totals_and_hangul_is_read_back() -> None:
    won = papers.line(currency="KRW", currency_exponent=0, amount_minor=50000, eligible_minor=50000)
    dollars = papers.line(amount_minor=3000, eligible_minor=3000)
    donor = papers.snapshot()["donor"] | {"name": "김승은"}
    entity = papers.US | {"local_name": "갈렙선교회"}
    shown = told(papers.snapshot(lines=[won, dollars], donor=donor, entity=entity, language="ko"))
    assert "김승은" in shown
    assert "갈렙선교회" in shown
    assert "Total received, KRW ₩50,000" in shown
    assert "Total received, USD $30.00" in shown
    assert not re.search(r"50,030|₩50,000\.|80", shown.replace("2026", ""))


def test_carried_sums_never_mix_currencies() -> None:
    lines = [
        papers.line(**({"currency": "KRW", "currency_exponent": 0} if place % 2 else {}))
        for place in range(60)
    ]
    page = unwrapped(
        read(rendering.render(papers.snapshot(kind="annual", lines=lines))).pages[0].extract_text()
    )
    rows = page.count(" Card ")
    dollars, won = (rows + 1) // 2 * 100, rows // 2 * 10000
    assert f"Carried forward ${dollars:,.2f} ₩{won:,}" in page


def test_another_currency_is_told_with_its_rate() -> None:
    equivalent = {
        "currency": "USD",
        "currency_exponent": 2,
        "minor": 3512,
        "rate_on": "2026-11-20",
        "source": "Example Bank",
    }
    won = papers.line(currency="KRW", currency_exponent=0, amount_minor=50000, equivalent=equivalent)
    shown = told(papers.snapshot(lines=[won]))
    assert "Equal to $35.12 at the rate of 20 November 2026 (Example Bank)" in shown
    assert "2026년 11월 20일 환율로 $35.12 (Example Bank)" in told(
        papers.snapshot(lines=[won], language="ko")
    )


def test_d19_the_korean_form_has_every_box() -> None:
    donor = papers.snapshot("kr-1")["donor"]
    shown = told(papers.snapshot("kr-1"), seal=SEAL)
    for text in (
        "[별지 제45호의2서식] <개정 2026. 1. 2.>",
        *("일련번호 2026-000123", "❶ 기부자", "❷ 기부금 단체", "❸ 기부금 모집처", "❹ 기부내용"),
        "주민등록번호(사업자등록번호) 홈택스에서 확인",
        "성명(법인명) 김승은",
        "주소(소재지) 서울특별시 마포구 예시길 12 04001",
        "단체명(지점명) 하버선교회",
        "사업자등록번호(고유번호) 123-82-00009",
        "소득세법 제34조 제3항 제1호 (종교단체) 41",
        "41 금전 2026. 11. 20. Rescue of families ₩10,000",
        "합계 ₩10,000",
        *("2026년 11월 21일", "신청인 김승은", "기부금 수령인 하버선교회 이예시, 대표"),
    ):
        assert text in unwrapped(shown.replace("(서명 또는 인)", " ")), text
    assert shown.count("(서명 또는 인)") == 2
    company = donor | {"name": "예시 주식회사", "number": "120-81-00008", "is_person": False}
    assert "120-81-00008" in told(papers.snapshot("kr-1", donor=company))
    assert "홈택스에서 확인" not in told(papers.snapshot("kr-1", donor=company))


def test_d19_a_copy_for_information_says_so_and_the_collector_is_named() -> None:
    codes = ("kr_request", "kr_certified", "kr_information_copy")
    third = {"name": "예시일보", "registration": "101-81-00001", "address": "서울특별시 중구 예시로 1"}
    rice = {"kind": "property", "description": "쌀 20kg", "quantity": 10, "unit_value_minor": 60000}
    gift = papers.line(currency="KRW", currency_exponent=0, code="41", amount_minor=600000, **rice)
    snapshot = papers.snapshot(
        "kr-1",
        information_copy=True,
        collector=third,
        lines=[gift],
        statements=papers.clauses(*codes, language="ko"),
    )
    shown = told(snapshot)
    assert "안내용 사본: 전자기부금영수증은 홈택스에서 발급됩니다." in shown
    assert "단체명 예시일보" in shown
    assert "현물 2026. 11. 20. 쌀 20kg, 10 10 × ₩60,000 ₩600,000" in shown
    english = told(snapshot | {"language": "en", "statements": papers.clauses(*codes, language="en")})
    assert "Information copy: the electronic receipt is issued through Hometax." in english
    assert "We certify that the donation was received as above." in english


def test_d20_canada_has_the_phrase_the_agency_and_the_eligible_amount() -> None:
    gift = papers.line(
        currency="CAD",
        amount_minor=10000,
        benefits=[{"description": "Dinner", "value_minor": 2500}],
        benefit_minor=2500,
    )
    content = rendering.render(papers.snapshot("ca-1", lines=[gift]))
    shown = unwrapped(words(content))
    assert shown.count("Official receipt for income tax purposes") == 1
    for text in (
        "Place of issue",
        "Toronto, Ontario",
        "000000000RR0001",
        "Canada Revenue Agency: canada.ca/charities-giving",
        "Total received 100.00 25.00 75.00",
        "Eligible amount of gift for tax purposes CAD 75.00",
        "Tax year 2026",
    ):
        assert text in shown, text
    assert "/AcroForm" not in catalog(content)


def test_the_british_thanks_are_no_receipt() -> None:
    shown = told(papers.snapshot("uk-1"))
    assert "Thank you for your donation" in shown
    assert "Reference" in shown
    assert "eceipt" not in shown
    assert "기부금 영수증" not in told(papers.snapshot("uk-1", language="ko"))


def test_the_australian_receipt_is_for_a_gift() -> None:
    shown = told(papers.snapshot("au-1"))
    assert "This receipt is for a gift." in shown
    assert "ABN 00 000 000 000" in shown


@pytest.mark.parametrize("template", EVERY)
def test_a_preview_has_no_number(template: str) -> None:
    content = rendering.render(papers.snapshot(template), preview=True)
    assert "PREVIEW, not a receipt" in unwrapped(words(content))
    assert b"2026-000123" not in content
    assert "2026-000123" not in words(content)


@pytest.mark.parametrize("template", EVERY)
def test_copies_and_void_papers_say_so(template: str) -> None:
    snapshot = papers.snapshot(template)
    assert "COPY of the receipt of this number." in told(snapshot, copy=True)
    void = told(snapshot, void={"on": "2027-02-03", "replaced_by": "2027-000007"}, seal=SEAL)
    assert "VOID since 3 February 2027." in void
    assert "2027-000007" in void
    assert "2026-000100" in told(snapshot | {"replaces": "2026-000100"})
    assert "TEST: not a receipt." in told(snapshot | {"test": True})


LONG = "Wolfeschlegelsteinhausenbergerdorff "


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("template", EVERY)
def test_long_words_never_run_into_each_other(template: str, language: str) -> None:
    first = papers.snapshot(template)["lines"][0]
    line = first | {
        "fund": ("The Fund With An Exceptionally Long Name " * 5)[:200],
        "description": "W" * 200,
        "note": "n" * 200,
        "amount_minor": 10**13,
        "refunded_minor": 10**12,
        "benefits": [{"description": "Dinner " * 28, "value_minor": 1}] * 20,
        "benefit_minor": 1,
        "eligible_minor": 9 * 10**12,
    }
    snapshot = papers.snapshot(
        template,
        language=language,
        serial="HMX2026-" + "9" * 16,
        place="A Place With A Name Of Very Many Letters Indeed, Newfoundland and Labrador",
        entity=papers.ENTITIES[template]
        | {"legal_name": (LONG * 4)[:140], "signatory": LONG * 5, "legal_basis": "소득세법 " * 30},
        donor={
            "name": (LONG * 6)[:200],
            "local_name": "하" * 200,
            "address": [("A Very Long Address Line " * 9)[:200]] * 6,
            "number": "120-81-00008",
            "is_person": False,
        },
        lines=[line] * 4,
    )
    require_order(rendering.render(snapshot, seal=SEAL))


def test_an_entity_that_fills_half_a_page_is_refused() -> None:
    entity = papers.US | {"address": ["W" * 200] * 6, "legal_name": "W" * 200}
    with pytest.raises(snapshots.SnapshotRefused, match="half a page"):
        rendering.render(papers.snapshot(entity=entity))


def test_hanja_are_printed_and_what_no_font_has_goes_to_a_person() -> None:
    donor = papers.snapshot("kr-1")["donor"]
    content = rendering.render(papers.snapshot("kr-1", donor=donor | {"name": "金承恩"}))
    assert "金承恩" in words(content)
    with pytest.raises(texts.UnprintableText):
        rendering.render(papers.snapshot("kr-1", donor=donor | {"name": "Kim 🙏"}))


@pytest.mark.parametrize("template", EVERY)
def test_a_body_with_hanja_in_its_name_is_named_on_every_receipt(template: str) -> None:
    """Its head is prepared once for all its receipts, so the letters it needs must be in each of them."""
    entity = papers.ENTITIES[template] | {"legal_name": "Harbour 宣敎會", "local_name": "善隣會"}
    for name in ("Ada Ames", "金承恩"):
        donor = papers.snapshot(template)["donor"] | {"name": name}
        page: Any = read(rendering.render(papers.snapshot(template, entity=entity, donor=donor))).pages[0]
        shown_by = set(re.findall(r"(/\w+) [\d.]+ Tf<", page.get_contents().get_data().decode()))
        assert shown_by <= set(page["/Resources"]["/Font"]), shown_by
        assert "宣敎會" in page.extract_text()


def test_a_paper_over_two_currencies_is_verified_with_both_totals() -> None:
    key = Ed25519PrivateKey.generate()
    won = papers.line(currency="KRW", currency_exponent=0, amount_minor=50000)
    snapshot = papers.snapshot(lines=[papers.line(), won])
    seal = sealing.make(snapshots.canonical(snapshot), key=key)
    content = rendering.render(snapshot, seal=seal)
    keys = publishing.Keys(seals={seal.key_id: key.public_key().public_bytes_raw()}, certificates=())
    verdict = verifying.verify(content, keys=keys, voids={})
    assert (verdict.answer, verdict.total) == (verifying.Answer.VALID, "₩50,000 + $100.00")
    forged = content.replace(b"/Producer", b"/Producex", 1)
    assert verifying.verify(forged, keys=keys, voids={}).answer == verifying.Answer.ALTERED

"""Receipts read back from their files: every word, every font, the same bytes always."""

from __future__ import annotations

import hashlib
import re
from typing import Any

import pytest

from receipts import rendering, snapshots
from tests.receipts import samples
from tests.receipts.reading import catalog, described, read, unwrapped, words


def lines_of(content: bytes) -> list[str]:
    return words(content).splitlines()


ENGLISH = """\
Harbour Mission
하버선교회
1200 Example Street, Suite 300, Los Angeles, CA 90017, USA
EIN 00-0000000 · 501(c)(3) public charity · gifts@harbour.example.org
Donation receipt
Receipt number
2026-000123
Date issued
21 November 2026
Total received
$100.00
Received from
Grace Kim
12 Maple Avenue
Springfield, CA 90210
Date
Method
Given for
Amount (USD)
20 Nov 2026
Card
Rescue of families
$100.00
Total received
$100.00
{english}
{keep}
If this group cannot travel, your gift helps the next one.
Signed for Harbour Mission
Anna Example, Treasurer
us-1 · {digest}
Page 1 of 1"""

KOREAN = """\
Harbour Mission
하버선교회
1200 Example Street, Suite 300, Los Angeles, CA 90017, USA
EIN 00-0000000 · 501(c)(3) public charity · gifts@harbour.example.org
후원금 영수증
Donation receipt
영수증 번호 Receipt number
2026-000123
발행일 Date issued
2026년 11월 21일
후원금 합계 Total received
₩50,000
후원자 Received from
김철수
Kim Cheolsu
서울특별시 종로구 세종대로 12
101동 1203호
03172
후원일 Date
방법 Method
후원 내용 Given for
금액 Amount (KRW)
2026. 11. 20.
카카오페이
가족 구출
₩50,000
후원금 합계 Total received
₩50,000
이 후원의 대가로 무형의 종교적 혜택 외에 제공된 재화나 용역은 없습니다.
{english}
이 일행이 이동할 수 없게 되면 후원금은 다음 일행을 위해 쓰입니다.
발행 기관 Signed for Harbour Mission
Anna Example, Treasurer
us-1 · {digest}
1쪽 중 1쪽"""


ROW = r"^\d+ [A-Z][a-z]{2} 2026 "


@pytest.mark.parametrize(("sample", "golden"), [(samples.snapshot, ENGLISH), (samples.korean, KOREAN)])
def test_every_word_of_a_receipt_can_be_copied(sample: Any, golden: str) -> None:
    snapshot = sample()
    expected = golden.format(
        digest=snapshots.digest(snapshot)[:12], english=samples.STATEMENT, keep=samples.KEEP
    )
    assert unwrapped(words(rendering.render(snapshot))) == unwrapped(expected)


def test_the_foot_names_the_hash_of_the_canonical_snapshot() -> None:
    snapshot = samples.korean()
    canonical = snapshots.canonical(snapshot)
    assert canonical.startswith(b'{"currency":"KRW","currency_exponent":0,"donor":{"address":["')
    assert "김철수".encode() in canonical
    reordered = dict(reversed(snapshot.items()))
    assert snapshots.digest(snapshot) == snapshots.digest(reordered) == hashlib.sha256(canonical).hexdigest()


@pytest.mark.parametrize(
    ("currency", "exponent", "minor", "printed"),
    [
        ("USD", 2, 125000, "$1,250.00"),
        ("USD", 2, 5, "$0.05"),
        ("KRW", 0, 1234567, "₩1,234,567"),
        ("EUR", 2, 125000, "EUR 1,250.00"),
        ("KWD", 3, 1005, "KWD 1.005"),
    ],
)
def test_amounts_are_written_for_their_currency(
    currency: str, exponent: int, minor: int, printed: str
) -> None:
    snapshot = samples.snapshot(
        currency=currency,
        currency_exponent=exponent,
        lines=[samples.line(amount_minor=minor)],
        total_minor=minor,
    )
    shown = lines_of(rendering.render(snapshot))
    assert len([line for line in shown if line.endswith(f" {printed}") or line == printed]) == 3


def test_refunds_notes_property_and_replacement_are_printed() -> None:
    snapshot = samples.snapshot(
        replaces="2026-000100",
        total_minor=8000,
        lines=[
            samples.line(refunded_minor=2000, note="In memory of Lydia Park"),
            samples.line(amount_minor=None, method="in_kind", fund="40 winter coats"),
        ],
    )
    shown = lines_of(rendering.render(snapshot))
    assert "This receipt cancels and replaces receipt 2026-000100." in shown
    assert "In memory of Lydia Park" in shown
    assert "Refunded −$20.00" in shown
    assert "Total received $80.00" in shown
    assert "20 Nov 2026 In kind 40 winter coats In kind" in shown


def test_a_method_without_words_of_ours_is_shown_by_its_own() -> None:
    shown = lines_of(rendering.render(samples.snapshot(lines=[samples.line(method="swiss_transfer")])))
    assert "20 Nov 2026 Swiss transfer Rescue of families $100.00" in shown


def test_a_long_year_goes_over_pages_and_carries_its_sum() -> None:
    snapshot = samples.annual(60)
    pages = [page.extract_text().splitlines() for page in read(rendering.render(snapshot)).pages]
    assert pages[0][4] == "Annual donation receipt 2026"
    foot = f"us-1 · {snapshots.digest(snapshot)[:12]}"
    assert [page[-1] for page in pages] == [f"{foot} Page {number} of 3" for number in (1, 2, 3)]
    so_far, seen = 0, 0
    for number, page in enumerate(pages):
        if number:
            assert page[0] == "Harbour Mission 2026-000123, continued"
            assert page[1] == "Date Method Given for Amount (USD)"
            assert page[2] == f"Brought forward ${so_far / 100:,.2f}"
        rows = [line for line in page if re.match(ROW, line)]
        for row, line in zip(rows, snapshot["lines"][seen : seen + len(rows)], strict=True):
            assert row.endswith(f" {line['fund']} ${line['amount_minor'] / 100:,.2f}")
            so_far += line["amount_minor"]
        seen += len(rows)
        if number < 2:
            assert page[-2] == f"Carried forward ${so_far / 100:,.2f}"
    assert seen == 60
    assert f"Total received ${so_far / 100:,.2f}" in pages[2]


@pytest.mark.parametrize("count", range(14, 26))
def test_no_line_is_lost_where_pages_turn(count: int) -> None:
    content = rendering.render(
        samples.annual(count, statements=[samples.KEEP] * 4, terms=[samples.TERMS] * 3)
    )
    shown = words(content)
    assert len(re.findall(ROW, shown, re.MULTILINE)) == count
    assert unwrapped(shown).count(samples.KEEP) == 4
    assert shown.count("Signed for Harbour Mission") == 1


def test_a_preview_has_no_number_and_says_what_it_is() -> None:
    content = rendering.render(samples.korean(), preview=True)
    shown = words(content)
    assert "PREVIEW, not a receipt" in shown
    assert "미리보기이며 영수증이 아닙니다" in shown
    assert "2026-000123" not in shown
    assert b"2026-000123" not in content
    metadata = described(content)
    assert metadata.title == "PREVIEW: 후원금 영수증 Donation receipt"
    assert not metadata.subject


@pytest.mark.parametrize("count", [1, 60])
def test_test_money_is_marked_on_every_page(count: int) -> None:
    for page in read(rendering.render(samples.annual(count, test=True))).pages:
        assert "TEST: not a receipt. No money moved." in page.extract_text()
    unmarked = samples.snapshot()
    del unmarked["test"]
    assert "TEST: not a receipt" in words(rendering.render(unmarked))


@pytest.mark.parametrize(("replaced_by", "words_of_it"), [("2027-000007", True), (None, False)])
def test_a_void_copy_says_since_when_and_what_replaced_it(replaced_by: str | None, words_of_it: bool) -> None:
    content = rendering.render(samples.snapshot(), void={"on": "2027-02-03", "replaced_by": replaced_by})
    shown = words(content)
    assert "VOID since 3 February 2027." in shown
    assert ("Replaced by receipt 2027-000007." in shown) is words_of_it
    assert "2026-000123" in shown
    with pytest.raises(snapshots.SnapshotRefused):
        rendering.render(samples.snapshot(), void={"on": "soon"})


def test_the_file_describes_itself_without_the_giver() -> None:
    content = rendering.render(samples.korean())
    metadata, root = described(content), catalog(content)
    assert metadata.title == "후원금 영수증 Donation receipt 2026-000123"
    assert (metadata.author, metadata.subject) == ("Harbour Mission", "2026-000123")
    assert metadata["/CreationDate"] == "D:20261121000000+00'00'"
    assert root["/Lang"] == "ko-KR"
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert "김철수" not in xmp + str(dict(metadata))
    assert content.startswith(b"%PDF-1.4\n")
    assert b"endstream" in content
    assert all(piece.endswith(b"\n") for piece in content.split(b"endstream")[:-1])


def test_letter_and_a4_and_the_tree_for_screen_readers() -> None:
    letter, a4 = read(rendering.render(samples.snapshot())), read(rendering.render(samples.korean()))
    assert [float(side) for side in letter.pages[0].mediabox[2:]] == [612, 792]
    assert [float(side) for side in a4.pages[0].mediabox[2:]] == [595.28, 841.89]
    document = catalog(rendering.render(samples.snapshot()))["/StructTreeRoot"]["/K"]
    tags = [kid.get_object()["/S"] for kid in document["/K"]]
    assert tags.count("/H1") == tags.count("/Table") == 1
    table = next(kid.get_object() for kid in document["/K"] if kid.get_object()["/S"] == "/Table")
    rows = [[cell.get_object()["/S"] for cell in row.get_object()["/K"]] for row in table["/K"]]
    assert rows == [["/TH"] * 4, ["/TD"] * 4, ["/TH", "/TD"]]


def test_an_entity_of_many_letters_needs_no_prepared_form() -> None:
    name = "".join(map(chr, range(0xAC00, 0xACB8)))
    shown = words(rendering.render(samples.snapshot(entity=samples.ENTITY | {"local_name": name})))
    assert name in shown.replace("\n", "")

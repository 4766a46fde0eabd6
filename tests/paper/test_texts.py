"""What a person typed, made safe for a page, or refused by name."""

from __future__ import annotations

import time
import unicodedata

import pytest

from paper import texts, typesetting


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Grace Kim", "Grace Kim"),
        ("  Grace \t\n Kim ", "Grace Kim"),
        ("<b>Kim", "<b>Kim"),
        ("</para><img src=/etc/passwd>", "</para><img src=/etc/passwd>"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("Kim\x00 Cheol\x1bsu\x7f", "Kim Cheolsu"),
        ("invoice\u202egnp.exe\u2066\u200f", "invoicegnp.exe"),
        ("Gr\u200bace\u00ad Ki\ufeffm\u2060", "Grace Kim"),
        ("one\u2028two\u00a0three", "one two three"),
        ("김\u3164철수\u115f", "김철수"),
        (unicodedata.normalize("NFD", "김철수"), "김철수"),
        (unicodedata.normalize("NFD", "Đặng Zoë"), "Đặng Zoë"),
        ("a" + "\u0301" * 40, "á\u0301\u0301"),
        ("\U0010ff00\ue000\ud800", ""),
        ("ﬁ①Ａ", "ﬁ①Ａ"),
    ],
)
def test_text_is_cleaned_but_never_rewritten(typed: str, printed: str) -> None:
    assert texts.pdf_text(typed) == printed
    assert texts.pdf_text(printed) == printed


def test_a_megabyte_is_capped_at_once() -> None:
    started = time.process_time()
    assert texts.pdf_text("W" * 1_000_000) == "W" * 200
    assert texts.pdf_text("가" * 1_000_000, limit=50) == "가" * 50
    assert texts.pdf_text("\u200b" * 1_000_000 + "Kim") == ""
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "value",
    [
        "Grace O’Brien–Šimić",
        "김철수 ₩50,000",
        "“Zoë” … — · €£¥",
        "Đặng Thị Ánh Ngọc",
        "Владимир",
        "Αθήνα",
        "さくら",
        "뷁쀍",
        "金哲洙",
    ],
)
def test_names_of_our_givers_are_covered(value: str) -> None:
    assert texts.missing_characters(value) == set()
    assert texts.require_printable(value) == value


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ("Kim 金 ก", {"ก"}),
        ("Kim 😀", {"😀"}),
        ("سلام", set("سلام")),
        ("ก", {"ก"}),
        ("a\nb", {"\n"}),
    ],
)
def test_characters_without_a_glyph_are_named(value: str, missing: set[str]) -> None:
    assert texts.missing_characters(value) == missing
    with pytest.raises(texts.UnprintableText, match=f"U\\+{ord(min(missing)):04X}") as refusal:
        texts.require_printable(value)
    assert refusal.value.missing == missing


def test_every_hangul_syllable_and_latin_letter_has_a_glyph() -> None:
    covered = typesetting.covered_characters()
    hangul = {chr(point) for point in range(0xAC00, 0xD7A4)}
    latin = {chr(point) for point in (*range(0x20, 0x7F), *range(0xA0, 0x149), *range(0x14A, 0x180))}
    assert hangul <= covered
    assert latin <= covered
    assert not covered & {chr(point) for point in range(0x1F600, 0x1F650)}


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Prayer letter 🙏 May", "Prayer letter May"),
        ("기도편지 ❤️ 5월", "기도편지 5월"),
        ("👨‍👩‍👧 family 🇰🇷", "family"),
        ("No. 1️⃣", "No. 1"),
        ("plain", "plain"),
    ],
)
def test_pictures_leave_a_title(title: str, plain: str) -> None:
    assert texts.without_emoji(title) == plain

"""Widths, lines and columns of figures."""

from __future__ import annotations

import hashlib

import pytest

from paper import binding, texts, typesetting


@pytest.fixture(params=["regular", "bold"])
def face(request: pytest.FixtureRequest) -> typesetting.Typeface:
    return typesetting.typeface(request.param)


def test_the_fonts_are_the_published_ones() -> None:
    origin = (typesetting.FOLDER / "ORIGIN.md").read_text()
    for name in (*typesetting.FILES.values(), *typesetting.HANJA.values()):
        assert hashlib.sha256((typesetting.FOLDER / name).read_bytes()).hexdigest() in origin
    for license_text in ("OFL.txt", "OFL-NotoSansKR.txt"):
        assert "SIL OPEN FONT LICENSE" in (typesetting.FOLDER / license_text).read_text()


def test_figures_of_a_column_have_one_width(face: typesetting.Typeface) -> None:
    widths = {face.width(figure, 10) for figure in "0123456789".translate(typesetting.TABULAR)}
    assert len(widths) == 1
    assert widths.pop() == pytest.approx(face.width("0", 10), rel=0.05)
    assert "1111".translate(typesetting.TABULAR).translate(typesetting.PLAIN) == "1111"


def test_lines_keep_to_their_width_and_lose_nothing(face: typesetting.Typeface) -> None:
    text = "No goods or services " + "W" * 80 + " 이 후원의 대가로 제공된 재화나 용역은 없습니다."
    lines = typesetting.wrap(text, face, size=9, width=120)
    assert all(face.width(line, 9) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert typesetting.wrap("short", face, size=9, width=120) == ["short"]
    assert typesetting.wrap("", face, size=9, width=120) == [""]


def test_width_of_a_character_without_glyph_is_refused(face: typesetting.Typeface) -> None:
    with pytest.raises(texts.UnprintableText):
        face.width("ก", 9)


def test_letters_beyond_the_shared_cut_get_fonts_of_their_own(face: typesetting.Typeface) -> None:
    setting = typesetting.Setting(typesetting.Cut(face, typesetting.ASCII), "R")
    assert setting.runs("Kim") == [("R", b"Kim")]
    rare = [chr(point) for point in range(0xAC00, 0xAC00 + 400)]
    for character in rare:
        ((name, code),) = setting.runs(character)
        number = rare.index(character) // 160 + 1
        assert name == f"Rx{number}"
        own = typesetting.Cut(face, "".join(rare[(number - 1) * 160 : number * 160]), number=number)
        assert own.codes[character] == code[0]
    assert setting.runs("K가m") == [("R", b"K"), ("Rx1", b"\x01"), ("R", b"m")]
    with pytest.raises(texts.UnprintableText):
        setting.runs("Kim ก")


def test_hanja_come_from_the_face_behind(face: typesetting.Typeface) -> None:
    setting = typesetting.Setting(typesetting.Cut(face, typesetting.ASCII), "R")
    assert setting.runs("K金가洙") == [("R", b"K"), ("Rh1", b"\x01"), ("Rx1", b"\x01"), ("Rh1", b"\x02")]
    assert face.width("金哲", 10) == pytest.approx(20.0)
    book = binding.Book()
    setting.embed(book)
    assert set(book.fonts) == {"R", "Rx1", "Rh1"}
    assert any(b"+NotoSansKR-" in part for part in book.parts)


def test_the_hanja_of_korean_names_are_there() -> None:
    covered = typesetting.covered_characters()
    standard = {
        bytes((row, cell)).decode("euc_kr") for row in range(0xCA, 0xFE) for cell in range(0xA1, 0xFF)
    }
    # Three of KS X 1001 are not in the published font.
    assert len({texts.pdf_text(letter) for letter in standard} - covered) <= 3

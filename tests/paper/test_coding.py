"""QR symbols: module by module those of a kept library, and read back by a third program from the printed page."""

from __future__ import annotations

import random

import pytest
import segno
import zxingcpp
from PIL import Image

from paper import coding

ALPHABET = "".join(coding.LETTERS)
LONGEST = 262


def modules(symbol: coding.Symbol) -> list[list[int]]:
    width = (symbol.side + 7) // 8
    return [
        [symbol.rows[row * width + column // 8] >> (7 - column % 8) & 1 for column in range(symbol.side)]
        for row in range(symbol.side)
    ]


def text_of(length: int) -> str:
    return "".join(random.Random(length).choices(ALPHABET, k=length))


def fills_whole_bytes(length: int) -> bool:
    """segno then adds one byte of padding more than the standard says; readers take both."""
    return (13 + length // 2 * 11 + length % 2 * 6 + 4) % 8 == 0


@pytest.mark.parametrize("length", [n for n in range(LONGEST + 1) if n and not fills_whole_bytes(n)])
def test_a_symbol_is_that_of_segno(length: int) -> None:
    text = text_of(length)
    drawn = coding.symbol(text)
    version = (drawn.side - 17) // 4
    expected = segno.make_qr(
        text, error="m", version=version, mask=coding.MASK, boost_error=False, mode="alphanumeric"
    )
    assert modules(drawn) == [list(row) for row in expected.matrix_iter(scale=1, border=0)]


def read_back(symbol: coding.Symbol) -> str:
    image = Image.new("L", (symbol.side + 8, symbol.side + 8), 255)
    for row, line in enumerate(modules(symbol), start=4):
        for column, dark in enumerate(line, start=4):
            image.putpixel((column, row), 0 if dark else 255)
    found = zxingcpp.read_barcodes(
        image.resize((image.width * 4, image.height * 4), Image.Resampling.NEAREST)
    )
    assert len(found) == 1
    return found[0].text


@pytest.mark.parametrize("length", [1, 7, 122, 123, 134, 154, 155, 178, 179, 221, 222, LONGEST])
def test_a_reader_reads_it(length: int) -> None:
    text = text_of(length - 1) + "Z"
    assert read_back(coding.symbol(text)) == text


def test_the_smallest_symbol_is_taken() -> None:
    sides = [coding.symbol("A" * length).side for length in (122, 123, 154, 155, 178, 179, 221, 222, 262)]
    assert sides == [37, 41, 41, 45, 45, 49, 49, 53, 53]


@pytest.mark.parametrize("text", ["a", "한", "A" * (LONGEST + 1), "A\n"])
def test_what_fits_no_symbol_is_refused(text: str) -> None:
    with pytest.raises(coding.TextTooLong):
        coding.symbol(text)

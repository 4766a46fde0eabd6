"""A QR code on a screen and on paper says the address it was made of: both pictures are read back."""

from __future__ import annotations

import io
import re
import subprocess
from datetime import date
from pathlib import Path

import pypdf
import pytest
import segno
from PIL import Image

from campaigns import carding
from paper import picturing
from paper.drawing import SIZES, Paper

ADDRESS = "https://give.example.org/give/family/?src=table-card"
CARD = carding.Card(
    address=ADDRESS,
    organization=("Harbour Mission Inc.", "하버 선교회"),
    titles=("Bring a family of three out together", "세 식구를 함께 데려오기"),
    name="Table card",
    trust="Harbour Mission Inc., a 501(c)(3) public charity, EIN 00-0000000",
)


def truth(text: str) -> list[list[bool]]:
    """What the package itself says the code of a text is, in the version and mask ours chose."""
    made = segno.make_qr(text, error="m", boost_error=False)
    return [[bool(cell) for cell in row] for row in made.matrix]


def modules_of(svg: bytes) -> list[list[bool]]:
    """Reads the drawing: horizontal strokes, one module high, that begin at (x, y + 0.5)."""
    text = svg.decode()
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', text)[0])
    scale = re.findall(r'transform="scale\((\d+)\)"', text)
    edge = size // (int(scale[0]) if scale else 1)
    [path] = re.findall(r'class="qrline" stroke="#000" d="([^"]+)"', text)
    grid = [[False] * edge for _ in range(edge)]
    x = y = 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if step == "h":
            for column in range(int(x), int(x + values[0])):
                grid[int(y)][column] = True
            x += values[0]
        elif step == "M":
            x, y = values
        else:
            x, y = x + values[0], y + values[1]
    return grid


@pytest.mark.parametrize(
    "text", [ADDRESS, "http://localhost:8000/give/general/", "https://x.example/" + "a" * 200]
)
def test_the_drawing_says_the_address(text: str) -> None:
    svg = picturing.svg(text, title=text)
    grid = modules_of(svg)
    quiet = picturing.QUIET
    assert [row[quiet:-quiet] for row in grid[quiet:-quiet]] == truth(text) == picturing.modules(text)
    assert not any(any(row) for row in grid[:quiet] + grid[-quiet:])
    assert all(not any(row[:quiet] + row[-quiet:]) for row in grid)
    assert b"<script" not in svg
    assert b"style=" not in svg
    assert picturing.svg(text, title=text) == svg


def test_another_address_is_another_picture() -> None:
    assert truth(ADDRESS) != truth(ADDRESS + "2")
    assert modules_of(picturing.svg(ADDRESS, title="x")) != modules_of(
        picturing.svg(ADDRESS + "2", title="x")
    )


@pytest.mark.parametrize("text", ["", "https://example.org/" + "a" * 400])
def test_what_no_phone_reads_is_refused(text: str) -> None:
    with pytest.raises(picturing.TooMuch):
        picturing.modules(text)


def sampled(page: Image.Image, *, box: tuple[float, float, float, float], count: int) -> list[list[bool]]:
    """The middle of every module of a code that fills `box` of the picture."""
    left, top, right, bottom = box
    width, height = (right - left) / count, (bottom - top) / count
    return [
        [
            page.getpixel((int(left + (column + 0.5) * width), int(top + (row + 0.5) * height))) < 128  # type: ignore[operator]
            for column in range(count)
        ]
        for row in range(count)
    ]


def longest_run(row: list[bool]) -> int:
    longest = run = 0
    for is_dark in row:
        run = run + 1 if is_dark else 0
        longest = max(longest, run)
    return longest


def code_box(page: Image.Image, *, across: int) -> tuple[float, float, float, float]:
    """Where the first code of the sheet stands: from the first finder's bar to the last, longer than any letter."""
    width, height = page.width // across, page.height // across
    lines = [[page.getpixel((x, y)) < 128 for x in range(width)] for y in range(height)]  # type: ignore[operator]
    barred = [y for y, line in enumerate(lines) if 0.1 * width < longest_run(line) < 0.5 * width]
    top, bottom = barred[0], barred[-1] + 1
    dark = [x for x, is_dark in enumerate(lines[top + 2]) if is_dark]
    return dark[0], top, dark[-1] + 1, bottom


@pytest.mark.parametrize(("paper", "across"), [("a6", 1), ("letter", 2), ("a4", 2)])
def test_the_printed_card_says_the_address(tmp_path: Path, paper: Paper, across: int) -> None:
    content = carding.draw(CARD, paper=paper, on=date(2026, 11, 20))
    read = pypdf.PdfReader(io.BytesIO(content), strict=True)
    assert [float(side) for side in read.pages[0].mediabox[2:]] == pytest.approx(SIZES[paper], abs=0.1)
    text = read.pages[0].extract_text()
    for words in [
        "Harbour Mission Inc.",
        "하버 선교회",
        *CARD.titles,
        *carding.SCAN,
        "give.example.org/give/family",
    ]:
        assert text.count(words) >= across * across, words
    (tmp_path / "card.pdf").write_bytes(content)
    subprocess.run(
        ["pdftoppm", "-r", "200", "-gray", "-png", "-singlefile", "card.pdf", "card"],
        cwd=tmp_path,
        check=True,
    )
    with Image.open(tmp_path / "card.png") as opened:
        page = opened.convert("L")
    expected = truth(ADDRESS)
    # The first row of modules ends with a finder on both sides, so the whole width of the code is dark there.
    box = code_box(page, across=across)
    assert box[2] - box[0] == pytest.approx(box[3] - box[1], rel=0.02)
    assert sampled(page, box=box, count=len(expected)) == expected
    # Large enough for a phone above a table: at least 30 mm.
    assert (box[2] - box[0]) / 200 * 25.4 > 30


def test_a_card_is_told_to_those_who_do_not_see_it() -> None:
    content = carding.draw(CARD, paper="a4", on=date(2026, 11, 20))
    assert content == carding.draw(CARD, paper="a4", on=date(2026, 11, 20))
    assert content.count(b"/S/Figure") == 1
    spoken = f"QR code / QR 코드: {ADDRESS}".encode("utf-16-be").hex().upper()
    assert spoken.encode() in content


def test_one_title_is_printed_once() -> None:
    card = carding.Card(ADDRESS, ("Mission", "Mission"), ("Same", "Same"), "x", "Mission")
    text = (
        pypdf.PdfReader(io.BytesIO(carding.draw(card, paper="a6", on=date(2026, 1, 1))))
        .pages[0]
        .extract_text()
    )
    assert text.count("Same") == 1

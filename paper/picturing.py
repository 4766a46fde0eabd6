"""Picturing: a card made of type, for programs that show a picture beside a link. No photo, no count, no place.

The same words give the same bytes. Only letters the fonts have are drawn: a card is no legal paper, so one that is
missing is left out and never a black box.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from paper import texts

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
_FOLDER = Path(__file__).parent / "fonts"
_PAPER, _INK, _INK_2, _BRAND = "#FBFAF7", "#1C2B30", "#4A595E", "#1F5163"
_MARGIN = 80


def card(*, heading: str, words: str, name: str) -> bytes:
    """A heading in up to three lines, a sentence in up to three, and who says it above the horizon line.

    This function will return a PNG of 1200 by 630 pixels.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(image)
    draw.text((_MARGIN, 56), _printable(name), font=_font("Bold", 34), fill=_INK)
    draw.rectangle((0, 124, WIDTH, 130), fill=_BRAND)
    top = 190
    for text, font, fill, step in (
        (heading, _font("Bold", 68), _INK, 88),
        (words, _font("Regular", 36), _INK_2, 54),
    ):
        for line in _lines(_printable(text), font=font, most=3):
            draw.text((_MARGIN, top), line, font=font, fill=fill)
            top += step
        top += 24
    file = io.BytesIO()
    # Few colors: type on one ground. A quarter of the bytes, and nobody sees it.
    image.quantize(32).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _font(weight: str, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(
        str(_FOLDER / f"Pretendard-{weight}.ttf"), size, layout_engine=ImageFont.Layout.BASIC
    )


def _printable(text: str) -> str:
    missing = texts.missing_characters(text, with_hanja=False)
    return " ".join("".join(char for char in text if char not in missing).split())


def _lines(text: str, *, font: FreeTypeFont, most: int) -> list[str]:
    """Words are never parted, in Korean neither; what has no room ends in an ellipsis."""
    room = WIDTH - 2 * _MARGIN
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return [_cut(line, font=font, room=room) for line in lines]


def _cut(line: str, *, font: FreeTypeFont, room: int) -> str:
    """A line too long for the card, such as one endless word, loses its end."""
    if font.getlength(line) <= room:
        return line
    kept = line.removesuffix(" …")[:200]
    while kept and font.getlength(f"{kept}…") > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"

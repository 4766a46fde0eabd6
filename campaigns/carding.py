"""Carding: a table card with the QR code of an address, in both languages, for a bulletin or a tour evening.

One card is an A6; a sheet of Letter or A4 holds four, with marks where to cut. Import where a card is drawn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from paper import archiving, binding, coding, drawing, picturing, texts, typesetting

INK = drawing.ink("#141B1E")
QUIET = drawing.ink("#4A595E")
BRAND = drawing.ink("#1F5163")
MARK = drawing.ink("#B9BDBD")
EDGE = 22.0
SCAN = ("Point your phone's camera here to give.", "휴대전화 카메라로 찍어 후원해 주십시오.")


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card. `titles` are the campaign's in English and in Korean, the same if there is one only."""

    address: str
    organization: tuple[str, str]
    titles: tuple[str, str]
    name: str
    trust: str


def draw(card: Card, *, paper: drawing.Paper, on: date) -> bytes:
    """This function will return the PDF: one card on A6, four on a sheet of Letter or A4."""
    cuts: dict[typesetting.Weight, typesetting.Cut] = {
        "regular": typesetting.Cut(typesetting.typeface("regular"), typesetting.ASCII),
        "bold": typesetting.Cut(typesetting.typeface("bold"), typesetting.ASCII),
    }
    canvas = drawing.Drawing(paper=paper, cuts=cuts)
    canvas.start_page()
    across = 1 if paper == "a6" else 2
    width, height = canvas.width / across, canvas.height / across
    code = picturing.symbol(card.address)
    for row in range(across):
        for column in range(across):
            # Only the first card of a sheet is read out: the others are the same.
            is_told = row == column == 0
            _card(
                canvas,
                card,
                code,
                at=(column * width, canvas.height - (row + 1) * height),
                size=(width, height),
                is_told=is_told,
            )
    if across > 1:
        _cutting_marks(canvas)
    about = archiving.About(
        title=f"Table card: {_clean(card.titles[0])}",
        author=_clean(card.organization[0]),
        subject=card.address,
        issued_on=on,
    )
    identity = hashlib.sha256(f"{paper} {card}".encode()).digest()[:16]
    return canvas.finish(about, language="en-US", identity=identity)


def _clean(text: str, limit: int = 160) -> str:
    return texts.pdf_text(texts.without_emoji(text), limit=limit)


@dataclass(slots=True)
class _Pen:
    """Writes centered lines downwards inside one card; only the first card of a sheet is read out."""

    canvas: drawing.Drawing
    middle: float
    top: float
    room: float
    is_told: bool

    def write(
        self,
        text: str,
        *,
        size: float,
        color: drawing.Ink = INK,
        weight: typesetting.Weight = "regular",
        most: int = 1,
    ) -> None:
        """This function will write at most `most` lines of a text and stand below them."""
        face = typesetting.typeface(weight)
        for line in typesetting.wrap(text, face, size=size, width=self.room)[:most]:
            element = self.canvas.open("P") if self.is_told else None
            self.canvas.text(
                self.middle,
                self.top - size,
                line,
                size=size,
                weight=weight,
                color=color,
                align="center",
                element=element,
            )
            self.top -= size * 1.35


def _card(
    canvas: drawing.Drawing,
    card: Card,
    code: coding.Symbol,
    *,
    at: tuple[float, float],
    size: tuple[float, float],
    is_told: bool,
) -> None:
    left, bottom = at
    width, height = size
    pen = _Pen(canvas, left + width / 2, bottom + height - EDGE, width - 2 * EDGE, is_told)
    canvas.rule(left + EDGE, pen.top, pen.room, thickness=2, color=BRAND)
    pen.top -= 8
    names = dict.fromkeys(_clean(name, 60) for name in card.organization)
    pen.write("  ".join(names), size=9, color=QUIET)
    pen.top -= 4
    for title in dict.fromkeys(_clean(title) for title in card.titles):
        pen.write(title, size=13, weight="bold", most=2)
    foot = bottom + EDGE + 66
    side = min(pen.room - 24, pen.top - foot - 20)
    figure = _figure(canvas, card) if is_told else None
    canvas.squares(pen.middle - side / 2, foot + (pen.top - foot - side) / 2, side, code, element=figure)
    pen.top = foot
    for words in SCAN:
        pen.write(words, size=9)
    pen.top -= 3
    pen.write(_clean(card.address.split("://", 1)[-1], 200), size=7, color=QUIET, most=2)
    pen.write(_clean(card.trust), size=6, color=QUIET, most=2)


def _figure(canvas: drawing.Drawing, card: Card) -> int:
    spoken = binding.text_string(f"QR code / QR 코드: {card.address}")
    return canvas.open("Figure", attributes=f"/Alt {spoken}")


def _cutting_marks(canvas: drawing.Drawing) -> None:
    for place in (0.0, canvas.width - 12):
        canvas.rule(place, canvas.height / 2, 12, thickness=0.5, color=MARK)
    for place in (0.0, canvas.height / 2 - 6, canvas.height - 12):
        canvas.rule(canvas.width / 2 - 0.25, place + 6, 0.5, thickness=12, color=MARK)

"""One document while its pages are filled: the canvas, what is printed on it, and blocks that are never cut."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from paper import drawing, typesetting
from receipts import sheets, wording

HAIR, INK, MARGIN, QUIET = sheets.HAIR, sheets.INK, sheets.MARGIN, sheets.QUIET
SIZE, LEADING = 9.5, 13.0
SMALL, SMALL_LEADING = 8.0, 11.0


@dataclass(slots=True)
class Sheet:
    """What every part of a page needs to draw itself."""

    canvas: drawing.Drawing
    language: wording.Language
    table: int | None = None

    @property
    def right(self) -> float:
        return self.canvas.width - MARGIN

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.canvas.width - 2 * MARGIN

    def paragraph(
        self,
        x: float,
        y: float,
        lines: list[str],
        *,
        size: float,
        leading: float,
        weight: typesetting.Weight = "regular",
        color: drawing.Ink = INK,
        align: drawing.Align = "left",
        element: int | None = None,
        is_artifact: bool = False,
    ) -> float:
        """This function will draw lines downwards from a first baseline and return the next one."""
        if element is None and not is_artifact:
            element = self.canvas.open("P")
        for text in lines:
            self.canvas.text(x, y, text, size=size, weight=weight, color=color, align=align, element=element)
            y -= leading
        return y

    def rule(self, y: float, *, thickness: float = 0.5, color: drawing.Ink = HAIR) -> None:
        """This function will draw a rule from margin to margin."""
        self.canvas.rule(MARGIN, y, self.room, thickness=thickness, color=color)


class Block(NamedTuple):
    """A piece of the page that is never cut in two; `draw` is told the height of its upper edge."""

    height: float
    draw: Callable[[Sheet, float], None]


def together(*blocks: Block) -> Block:
    """This function will return blocks below each other as one that is never parted."""

    def draw(sheet: Sheet, y: float) -> None:
        for block in blocks:
            block.draw(sheet, y)
            y -= block.height

    return Block(sum(block.height for block in blocks), draw)


def again(key: Hashable, block: Block) -> Block:
    """This function will return a block that a file for the printer keeps once; `key` names all it depends on."""

    def draw(sheet: Sheet, y: float) -> None:
        sheet.canvas.repeat(key, y, lambda y: block.draw(sheet, y))

    return Block(block.height, draw)


def wrapped(text: str, size: float, width: float, weight: typesetting.Weight = "regular") -> list[str]:
    """This function will return the lines of a text."""
    return sheets.wrapped(text, weight, size, width)


@lru_cache(maxsize=512)
def wrapped_often(text: str, size: float, width: float) -> tuple[str, ...]:
    """This function will return the lines of a text that stands on many receipts, broken once."""
    return tuple(sheets.wrapped(text, "regular", size, width))


def size_to_fit(text: str, size: float, width: float, weight: typesetting.Weight, *, least: float) -> float:
    """This function will return the largest size in which a text fits its line, down to `least`."""
    needed = typesetting.typeface(weight).width(text, 1)
    return size if needed * size <= width else max(least, int(width / needed * 4) / 4)

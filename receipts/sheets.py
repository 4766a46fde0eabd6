"""What every part of a receipt's page shares: its inks and margins, and the drawing in progress."""

from __future__ import annotations

from dataclasses import dataclass, field

from paper import drawing, typesetting
from receipts import snapshots, wording

INK = drawing.ink("#141B1E")
QUIET = drawing.ink("#4A595E")
HAIR = drawing.ink("#C9CCCB")
BRAND = drawing.ink("#1F5163")
BEHIND = drawing.ink("#E9EAEA")
BAND = drawing.ink("#DDDFDF")
OVER = drawing.ink("#8A9092")

MARGIN = 60.0
BOTTOM = 72.0


@dataclass(slots=True)
class Page:
    """What a part of the page needs to draw itself."""

    canvas: drawing.Drawing
    receipt: snapshots.Snapshot
    seal: bytes = b""
    table: int | None = None
    columns: dict[str, float] = field(default_factory=dict)

    @property
    def right(self) -> float:
        return self.canvas.width - MARGIN


def wrapped(text: str, weight: typesetting.Weight, size: float, width: float) -> list[str]:
    return typesetting.wrap(text, typesetting.typeface(weight), size=size, width=width)


def money(receipt: snapshots.Snapshot, minor: int) -> str:
    return wording.amount(minor, currency=receipt.currency, exponent=receipt.exponent)

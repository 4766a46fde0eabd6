"""Labels: addresses on sheets of stickers, three beside each other, in the order of the mail.

Avery 5160 for Letter (30 to a sheet), L7160 for A4 (21 to a sheet).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from paper import texts
from receipts.models import Receipt
from receipts.printing import CHUNK, PrintedFile

if TYPE_CHECKING:
    from paper import drawing, pressing, typesetting

MILLIMETER = 72 / 25.4
NAME_SIZE, SMALLEST = 10.0, 5.5


@dataclass(frozen=True, slots=True)
class LabelItem:
    """To whom, where, and what the sheets are sorted by."""

    name: str
    address: tuple[str, ...]
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Stickers:
    """A sheet of labels, in points: where the first begins, how large each is, and from one to the next."""

    paper: drawing.Paper
    left: float
    top: float
    width: float
    height: float
    across: float
    rows: int
    columns: int = 3
    inset: float = 9.0


SHEETS: dict[str, Stickers] = {
    "letter": Stickers("letter", left=13.5, top=36.0, width=189.0, height=72.0, across=198.0, rows=10),
    "a4": Stickers(
        "a4",
        left=7.25 * MILLIMETER,
        top=15.15 * MILLIMETER,
        width=63.5 * MILLIMETER,
        height=38.1 * MILLIMETER,
        across=66.04 * MILLIMETER,
        rows=7,
    ),
}


class NoRoom(ValueError):
    """The address does not fit a label even in the smallest letters."""


def items(*, receipts: QuerySet[Receipt]) -> Iterator[LabelItem]:
    """Read where receipts go now: a donor who moved since gets them at the new address. Voided ones go nowhere.

    This function will yield what `write` takes.
    """
    rows = receipts.filter(voiding__isnull=True).select_related("donor").order_by("serial", "id")
    for receipt in rows.iterator(chunk_size=CHUNK):
        donor = receipt.donor
        address = donor.address.splitlines()
        if donor.postcode and donor.postcode not in donor.address:
            address.append(donor.postcode)
        yield LabelItem(
            name=donor.name,
            address=tuple(address),
            postcode=donor.postcode,
            country=donor.country,
        )


def write(path: Path, items: Iterable[LabelItem], paper: str) -> PrintedFile:
    """Write the labels of letters sorted by country, postcode and name; `paper` is "letter" or "a4".

    The names and addresses are in memory while they are sorted (about 0.5 kB each). This function will return the
    file's pages, its SHA-256, how many labels are in it and whose are not.
    """
    from paper import pressing

    sheet = SHEETS[paper]
    cuts = _letters()
    ordered = sorted(items, key=lambda item: (item.country, item.postcode, item.name, item.address))
    count, left_out = 0, []
    unfinished = path.with_name(f"{path.name}.part")
    with unfinished.open("wb") as file:
        press = pressing.Press(file, title="Labels")
        proof = press.proof(paper=sheet.paper, cuts=cuts)
        for item in ordered:
            try:
                lines = fitted(item, sheet)
            except (texts.UnprintableText, NoRoom):
                left_out.append(texts.pdf_text(item.name, limit=80))
                continue
            place = count % (sheet.rows * sheet.columns)
            if place == 0:
                press.take(proof)
                proof = press.proof(paper=sheet.paper, cuts=cuts)
                proof.start_page()
            _draw(proof, sheet, place, lines)
            count += 1
        press.take(proof)
        sha256 = press.close()
    unfinished.replace(path)
    return PrintedFile(pages=press.pages, sha256=sha256, count=count, left_out=tuple(left_out))


Line = tuple[str, float, "typesetting.Weight"]


def fitted(item: LabelItem, sheet: Stickers) -> list[Line]:
    """Break a name and an address into the lines of one label, as large as they can be.

    This function will return (text, size, weight) for each line. Raises `NoRoom` and `texts.UnprintableText`.
    """
    from paper import typesetting

    name = texts.pdf_text(item.name)
    address = [line for line in map(texts.pdf_text, item.address) if line]
    width, height = sheet.width - 2 * sheet.inset, sheet.height - 12.0
    size = NAME_SIZE
    while size >= SMALLEST:
        small = size - 0.5
        lines: list[Line] = [
            (text, size, "bold")
            for text in typesetting.wrap(name, typesetting.typeface("bold"), size=size, width=width)
        ]
        for part in address:
            found = typesetting.wrap(part, typesetting.typeface("regular"), size=small, width=width)
            lines += [(text, small, "regular") for text in found]
        if sum(one[1] * 1.22 for one in lines) <= height:
            return lines
        size -= 0.5
    raise NoRoom(name)


@cache
def _letters() -> dict[typesetting.Weight, typesetting.Cut]:
    from paper import typesetting

    weights: tuple[typesetting.Weight, ...] = ("regular", "bold")
    return {one: typesetting.Cut(typesetting.typeface(one), typesetting.ASCII) for one in weights}


def _draw(proof: pressing.Proof, sheet: Stickers, place: int, lines: list[Line]) -> None:
    """The lines stand in the middle of the height of their label."""
    row, column = divmod(place, sheet.columns)
    x = sheet.left + column * sheet.across + sheet.inset
    top = proof.height - sheet.top - row * sheet.height
    depth = sum(size * 1.22 for _, size, _ in lines)
    y = top - (sheet.height - depth) / 2
    for text, size, weight in lines:
        y -= size * 1.22
        proof.text(x, y + size * 0.3, text, size=size, weight=weight)

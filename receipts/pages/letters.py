"""The sheet of four laws: who issues, what the paper is, its number and sum, who gave, and the gifts in a table.

What is the same for every receipt of an entity and template is drawn once per process as a form (`stationery`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from paper import drawing, typesetting
from receipts import sheets, snapshots, standings, wording
from receipts.pages import closings, gifts, letterings, tables, words
from receipts.pages.sheet import HAIR, INK, MARGIN, QUIET, Block, Sheet, size_to_fit, wrapped

BOTTOM = sheets.BOTTOM
CONTINUED_BELOW = 104.0
STRIP_AT = (0.0, 0.265, 0.515)
STRIP_WIDTH = (0.245, 0.235, 0.2)


@dataclass(frozen=True, slots=True)
class Stationery:
    """An entity's prepared first page: its letters, its form, and how low the head reaches."""

    cuts: dict[typesetting.Weight, typesetting.Cut]
    form: drawing.Form | None
    below_head: float


def title(receipt: snapshots.Snapshot) -> words.Pair:
    """This function will return the heading in English and Korean; that of a year names it."""
    design = words.DESIGNS[receipt.template]
    if receipt.kind == "single":
        return design.single
    english, korean = design.annual
    if design.own_title:
        return english, korean
    return f"{english} {receipt.tax_year}", f"{receipt.tax_year}년 {korean}"


@lru_cache(maxsize=64)
def stationery(
    entity: snapshots.Entity, language: wording.Language, template: str, heading: words.Pair
) -> Stationery:
    """This function will return the prepared part of the first page. Raises `SnapshotRefused` if it overflows."""
    cuts = letterings.cuts(entity, language, heading)
    blank = drawing.Drawing(paper="a4" if entity.paper == "a4" else "letter", cuts=cuts)
    blank.start_page()
    below = _head(Sheet(blank, language), entity, heading)
    if below < blank.height / 2:
        raise snapshots.SnapshotRefused("entity.address takes more than half a page with the names above it")
    return Stationery(cuts, blank.form(), below)


def draw_head(sheet: Sheet, entity: snapshots.Entity, heading: words.Pair, prepared: Stationery) -> float:
    """This function will put the prepared head on the page and return where the rest begins."""
    if prepared.form is None:
        return _head(sheet, entity, heading)
    sheet.canvas.place(prepared.form)
    return prepared.below_head


def _head(sheet: Sheet, entity: snapshots.Entity, heading: words.Pair) -> float:
    canvas = sheet.canvas
    y = canvas.height - 70
    y = sheet.paragraph(
        MARGIN, y, wrapped(entity.legal_name, 16, sheet.room, "bold"), size=16, leading=19, weight="bold"
    )
    if entity.local_name:
        y = sheet.paragraph(MARGIN, y + 2, wrapped(entity.local_name, 11, sheet.room), size=11, leading=14)
        y -= 2
    particulars = " · ".join(part for part in (entity.registration, entity.status_line, entity.email) if part)
    for text in (", ".join(entity.address), particulars):
        lines = wrapped(text, 8.5, sheet.room)
        y = sheet.paragraph(MARGIN, y, lines, size=8.5, leading=12, color=QUIET)
    y -= 2
    sheet.rule(y, thickness=1.6, color=sheets.BRAND)
    y -= 38
    _heading(sheet, y, heading)
    return y - 40


def _heading(sheet: Sheet, y: float, heading: words.Pair) -> None:
    english, korean = heading
    element = sheet.canvas.open("H1")
    first = korean if sheet.language == "ko" else english
    size = size_to_fit(first, 23, sheet.room, "bold", least=12)
    sheet.canvas.text(MARGIN, y, first, size=size, weight="bold", color=INK, element=element)
    if sheet.language == "ko":
        x = MARGIN + typesetting.typeface("bold").width(first, size) + 10
        room = sheet.right - x
        size = size_to_fit(english, 12, room, "regular", least=6)
        sheet.canvas.text(x, y, english, size=size, color=QUIET, element=element)


def strip(receipt: snapshots.Snapshot, standing: standings.Standing, design: words.Design) -> Block:
    """Number, days, place, and the sum the paper leads with.

    This function will return one block, as high as the sums of several currencies need.
    """
    language = receipt.language
    number = words.said("no_number", language) if standing.preview else receipt.serial
    fields = [(design.number, number), ("issued_on", wording.day(receipt.issued_on, language))]
    if design.has_place and receipt.place:
        fields.append(("place", receipt.place))
    if design.has_tax_year and not design.has_place:
        fields.append(("tax_year", str(receipt.tax_year)))
    leading = _leading_sums(receipt, design)
    replaces = wording.choose(wording.REPLACES, language).format(serial=receipt.replaces)
    above = 18.0 if receipt.replaces else 0.0

    def draw(sheet: Sheet, y: float) -> None:
        if receipt.replaces:
            sheet.paragraph(MARGIN, y + 3, [replaces], size=9, leading=12)
        y -= above
        for (key, value), at, part in zip(fields, STRIP_AT, STRIP_WIDTH, strict=False):
            x, room = MARGIN + at * sheet.room, part * sheet.room
            _field(sheet, x, y, words.label(key, language), [value], room=room)
        lead = words.label(design.lead, language)
        _field(sheet, sheet.right, y, lead, leading, room=0.28 * sheet.room, size=15, align="right")
        sheet.rule(y - 12 - 17 * len(leading), color=HAIR)

    return Block(above + 34 + 17 * (len(leading) - 1), draw)


def _leading_sums(receipt: snapshots.Snapshot, design: words.Design) -> list[str]:
    shown = [one for one in receipt.totals if one.total_minor] or [
        one for one in receipt.totals if gifts.is_valued(receipt, one.currency)
    ]
    if not shown:
        return [words.said("not_valued", receipt.language)]
    return [
        wording.amount(
            one.eligible_minor if design.lead == "total_eligible" else one.total_minor,
            currency=one.currency,
            exponent=one.exponent,
        )
        for one in shown
    ]


def _field(
    sheet: Sheet,
    x: float,
    y: float,
    label: str,
    values: list[str],
    *,
    room: float,
    size: float = 11.5,
    align: drawing.Align = "left",
) -> None:
    """A label and its value are one paragraph: read aloud they belong together. What is too long stands on two
    lines."""
    canvas = sheet.canvas
    element = canvas.open("P")
    label_size = size_to_fit(label, 8, room, "regular", least=5)
    canvas.text(x, y, label, size=label_size, color=QUIET, align=align, element=element)
    size = min(size_to_fit(value, size, room, "bold", least=7) for value in values)
    leading = 17.0
    if size < 8.5 and len(values) == 1:
        values, size, leading = wrapped(values[0], 7.5, room, "bold")[:3], 7.5, 9.0
    for place, value in enumerate(values):
        canvas.text(
            x,
            y - min(17.0, leading + 3) - leading * place,
            value,
            size=size,
            weight="bold",
            color=INK,
            align=align,
            tabular=True,
            element=element,
        )


def giver(receipt: snapshots.Snapshot, *, width: float, year: str = "") -> list[Block]:
    """Who gave, and `year` beside it where the strip above has no room for the tax year.

    This function will return pieces that may stand on two pages when they are many.
    """
    width -= 100 if year else 0
    language = receipt.language
    lines = wrapped(receipt.donor_name, 12, width, "bold")
    local = receipt.donor_local_name
    beside = MARGIN + typesetting.typeface("bold").width(lines[-1], 12) + 7
    is_beside = bool(local) and beside + typesetting.typeface("regular").width(local, 12) <= MARGIN + width

    def name(sheet: Sheet, y: float) -> None:
        element = sheet.canvas.open("P")
        label = words.label("giver", language)
        sheet.canvas.text(MARGIN, y - 16, label, size=8, color=QUIET, element=element)
        below = sheet.paragraph(MARGIN, y - 32, lines, size=12, leading=15, weight="bold", element=element)
        if is_beside:
            sheet.canvas.text(beside, below + 15, local, size=12, color=INK, element=sheet.canvas.open("P"))
        if year:
            label = words.label("tax_year", language)
            _field(sheet, sheet.right, y - 16, label, [year], room=90, align="right")

    blocks = [Block(24.0 + 15 * len(lines), name)]
    if local and not is_beside:
        blocks.append(_lines(wrapped(local, 12, width), size=12, leading=15))
    blocks += [_lines(wrapped(text, 9.5, width), size=9.5, leading=13) for text in receipt.donor_address]
    return [*blocks, Block(20.0, lambda sheet, y: None)]


def _lines(lines: list[str], *, size: float, leading: float) -> Block:
    def draw(sheet: Sheet, y: float) -> None:
        sheet.paragraph(MARGIN, y - 8, lines, size=size, leading=leading)

    return Block(leading * len(lines), draw)


def pages(
    sheet: Sheet, receipt: snapshots.Snapshot, standing: standings.Standing, *, below_head: float, seal: bytes
) -> list[list[Block]]:
    """This function will return the blocks of every page, the first beginning at `below_head`."""
    design = words.DESIGNS[receipt.template]
    own = frozenset({design.own_title} if design.own_title else ())
    year = str(receipt.tax_year) if design.has_tax_year and design.has_place else ""
    after = closings.paragraphs(receipt, width=sheet.room, without=own)
    after.append(closings.closing(receipt, seal=seal, width=sheet.room))
    return tables.paginate(
        gifts.table(receipt, design, right=sheet.right),
        before=[strip(receipt, standing, design), *giver(receipt, width=sheet.room, year=year)],
        after=after,
        first=below_head - BOTTOM,
        other=sheet.canvas.height - CONTINUED_BELOW - BOTTOM,
    )

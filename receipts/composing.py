"""The table and the text below it, as blocks of known height, set on as many pages as they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paper import binding, coding, typesetting
from receipts import sealing, sheets, snapshots, wording

if TYPE_CHECKING:
    from paper import drawing

SIZE, LEADING = 9.5, 13.0
SMALL, SMALL_LEADING = 8.0, 11.0
HEADER_HEIGHT = 22.0
SUM_HEIGHT = 19.0
CODE_SIDE = 71.0  # 25 mm: a module is half a millimeter


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the page that is never cut in two; `draw` is told the height of its upper edge."""

    height: float
    draw: Callable[[sheets.Page, float], None]
    sum_minor: int = 0


def paginate(page: sheets.Page, *, first: float, other: float) -> list[list[Block]]:
    """Set everything on pages with `first` and `other` points of height.

    Where the table goes on, the sum so far stands below and is repeated above on the next page.
    This function will return the blocks of each page.
    """
    pages: list[list[Block]] = [[_header(repeated=False)]]
    room = first - HEADER_HEIGHT
    so_far = 0
    for line in page.receipt.lines:
        row = _row(page, line)
        if row.height + SUM_HEIGHT > room and len(pages[-1]) > 1:
            pages[-1].append(_sum("carried", so_far))
            pages.append([_header(repeated=True), _sum("brought", so_far)])
            room = other - HEADER_HEIGHT - SUM_HEIGHT
        pages[-1].append(row)
        room -= row.height
        so_far += row.sum_minor
    closing = _sealed(page) if page.seal else _signature(page)
    for block in [_total(page), *_paragraphs(page), closing]:
        if block.height > room:
            pages.append([])
            room = other
        pages[-1].append(block)
        room -= block.height
    return pages


def _header(*, repeated: bool) -> Block:
    def draw(page: sheets.Page, y: float) -> None:
        canvas, language = page.canvas, page.receipt.language
        row = None
        if not repeated:
            page.table = canvas.open("Table")
            row = canvas.open("TR", page.table)
        for key, x in page.columns.items():
            words = wording.label(key, language)
            if key == "amount":
                words = f"{words} ({page.receipt.currency})"
            cell = None if row is None else canvas.open("TH", row, attributes="/A<</O/Table/Scope/Column>>")
            align: drawing.Align = "right" if key == "amount" else "left"
            canvas.text(
                x, y - 12, words, size=SMALL, weight="bold", color=sheets.QUIET, align=align, element=cell
            )
        canvas.rule(sheets.MARGIN, y - 18, page.right - sheets.MARGIN, thickness=0.9, color=sheets.INK)

    return Block(HEADER_HEIGHT, draw)


def _row(page: sheets.Page, line: snapshots.Line) -> Block:
    receipt, columns = page.receipt, page.columns
    regular = typesetting.typeface("regular")
    fund = typesetting.wrap(line.fund, regular, size=SIZE, width=columns["amount"] - columns["fund"] - 96)
    method = typesetting.wrap(
        wording.method(line.method, receipt.language),
        regular,
        size=SIZE,
        width=columns["fund"] - columns["method"] - 10,
    )
    notes = []
    if line.note:
        notes = typesetting.wrap(
            line.note, regular, size=SMALL, width=columns["amount"] - columns["fund"] - 96
        )
    height = max(len(fund), len(method)) * LEADING + len(notes) * SMALL_LEADING
    if line.refunded_minor:
        height += LEADING

    def draw(page: sheets.Page, y: float) -> None:
        _draw_row(page, line, y - 12, method=method, fund=fund, notes=notes)
        page.canvas.rule(
            sheets.MARGIN, y - height - 7, page.right - sheets.MARGIN, thickness=0.4, color=sheets.HAIR
        )

    return Block(height + 7.5, draw, line.net_minor)


def _draw_row(
    page: sheets.Page, line: snapshots.Line, y: float, *, method: list[str], fund: list[str], notes: list[str]
) -> None:
    canvas, receipt, columns = page.canvas, page.receipt, page.columns
    y -= 1
    row = canvas.open("TR", page.table)
    day = wording.short_day(line.given_on, receipt.language)
    canvas.text(
        columns["given_on"], y, day, size=SIZE, color=sheets.INK, tabular=True, element=canvas.open("TD", row)
    )
    cell = canvas.open("TD", row)
    for place, text in enumerate(method):
        canvas.text(columns["method"], y - place * LEADING, text, size=SIZE, color=sheets.INK, element=cell)
    cell = canvas.open("TD", row)
    below = y
    for text in fund:
        canvas.text(columns["fund"], below, text, size=SIZE, color=sheets.INK, element=cell)
        below -= LEADING
    for text in notes:
        canvas.text(columns["fund"], below + 1, text, size=SMALL, color=sheets.QUIET, element=cell)
        below -= SMALL_LEADING
    amount = canvas.open("TD", row)
    words = (
        wording.label("in_kind", receipt.language)
        if line.amount_minor is None
        else wording.amount(line.amount_minor, currency=receipt.currency, exponent=receipt.exponent)
    )
    _figure(page, y, words, element=amount)
    if line.refunded_minor:
        refunded = wording.label("refunded", receipt.language)
        canvas.text(columns["fund"], below, refunded, size=SIZE, color=sheets.INK, element=cell)
        _figure(page, below, sheets.money(receipt, -line.refunded_minor), element=amount)


def _figure(
    page: sheets.Page,
    y: float,
    words: str,
    *,
    element: int | None,
    size: float = SIZE,
    weight: typesetting.Weight = "regular",
) -> None:
    page.canvas.text(
        page.right,
        y,
        words,
        size=size,
        weight=weight,
        color=sheets.INK,
        align="right",
        tabular=True,
        element=element,
    )


def _sum(key: str, minor: int) -> Block:
    def draw(page: sheets.Page, y: float) -> None:
        words = wording.label(key, page.receipt.language)
        page.canvas.text(page.columns["fund"], y - 13, words, size=SIZE, color=sheets.QUIET)
        _figure(page, y - 13, sheets.money(page.receipt, minor), element=None)
        if key == "brought":
            page.canvas.rule(
                sheets.MARGIN, y - SUM_HEIGHT, page.right - sheets.MARGIN, thickness=0.4, color=sheets.HAIR
            )

    return Block(SUM_HEIGHT, draw)


def _total(page: sheets.Page) -> Block:
    def draw(page: sheets.Page, y: float) -> None:
        canvas, receipt = page.canvas, page.receipt
        canvas.rule(sheets.MARGIN, y - 0.5, page.right - sheets.MARGIN, thickness=0.9, color=sheets.INK)
        row = canvas.open("TR", page.table)
        title = canvas.open("TH", row, attributes="/A<</O/Table/Scope/Row/ColSpan 3>>")
        words = wording.label("total", receipt.language)
        canvas.text(
            page.columns["given_on"], y - 18, words, size=10.5, weight="bold", color=sheets.INK, element=title
        )
        cell = canvas.open("TD", row)
        _figure(
            page, y - 18, sheets.money(receipt, receipt.total_minor), element=cell, size=12, weight="bold"
        )

    return Block(44.0, draw)


def _paragraphs(page: sheets.Page) -> list[Block]:
    receipt = page.receipt
    blocks = [
        _paragraph(page, text, size=SIZE, leading=14.0, color=sheets.INK) for text in receipt.statements
    ]
    return blocks + [
        _paragraph(page, text, size=8.5, leading=12.5, color=sheets.QUIET) for text in receipt.terms
    ]


def _paragraph(page: sheets.Page, text: str, *, size: float, leading: float, color: drawing.Ink) -> Block:
    width = page.right - sheets.MARGIN
    lines = typesetting.wrap(text, typesetting.typeface("regular"), size=size, width=width)

    def draw(page: sheets.Page, y: float) -> None:
        element = page.canvas.open("P")
        for place, line in enumerate(lines):
            page.canvas.text(
                sheets.MARGIN, y - 10 - place * leading, line, size=size, color=color, element=element
            )

    return Block(len(lines) * leading + 7, draw)


def _sealed(page: sheets.Page) -> Block:
    """Who signed, and beside it the code that says where to ask, with the seal itself (Ed25519) inside."""
    code = coding.symbol(sealing.address(page.receipt.verify_at, page.seal))
    place = f"{page.receipt.verify_at.split('://')[-1]}/verify"
    words = wording.choose(wording.VERIFY, page.receipt.language).format(place=place)
    left = page.right - CODE_SIDE - 10
    lines = typesetting.wrap(words, typesetting.typeface("regular"), size=SMALL, width=210)
    signature = _signature(page, width=left - 230 - sheets.MARGIN)

    def draw(page: sheets.Page, y: float) -> None:
        signature.draw(page, y)
        figure = page.canvas.open("Figure", attributes=f"/Alt{binding.text_string(words)}")
        page.canvas.squares(page.right - CODE_SIDE, y - 10 - CODE_SIDE, CODE_SIDE, code, element=figure)
        element = page.canvas.open("P")
        for place, line in enumerate(lines):
            below = y - 22 - place * SMALL_LEADING
            page.canvas.text(
                left, below, line, size=SMALL, color=sheets.QUIET, align="right", element=element
            )

    return Block(CODE_SIDE + 14, draw)


def _signature(page: sheets.Page, width: float = 0.0) -> Block:
    if not page.receipt.entity.signatory:
        return Block(0, lambda page, y: None)
    width = width or page.right - sheets.MARGIN

    def draw(page: sheets.Page, y: float) -> None:
        canvas, receipt = page.canvas, page.receipt
        words = f"{wording.label('signed', receipt.language)} {receipt.entity.legal_name}"
        for text in sheets.wrapped(words, "regular", SMALL, width)[:1]:
            canvas.text(sheets.MARGIN, y - 22, text, size=SMALL, color=sheets.QUIET, element=canvas.open("P"))
        for text in sheets.wrapped(receipt.entity.signatory, "bold", 10.5, width)[:1]:
            canvas.text(
                sheets.MARGIN,
                y - 37,
                text,
                size=10.5,
                weight="bold",
                color=sheets.INK,
                element=canvas.open("P"),
            )

    return Block(44.0, draw)

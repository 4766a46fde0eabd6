"""The table of gifts: as many pages as it needs, the sums so far below and above each break, currency by currency."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from paper import drawing, typesetting
from receipts import snapshots, wording
from receipts.pages import words
from receipts.pages.sheet import (
    HAIR,
    INK,
    LEADING,
    MARGIN,
    QUIET,
    SIZE,
    SMALL,
    SMALL_LEADING,
    Block,
    Sheet,
    size_to_fit,
)

PAD = 7.5
TALLEST_ROW = 230.0
SUM_LEADING = 14.0
COLUMN_HEADING = "/A<</O/Table/Scope/Column>>"
Currency = tuple[str, int]


class Column(NamedTuple):
    """A column between two edges; `label` is its heading, line by line, the first `bold` of them in bold."""

    left: float
    right: float
    align: drawing.Align
    label: tuple[str, ...]
    bold: int = 1
    is_tight: bool = False
    """Its figures are wider than it may be, and so are set smaller."""

    def size(self, text: str, size: float, weight: typesetting.Weight = "regular") -> float:
        """This function will return the size in which a figure fits the column."""
        if not self.is_tight:
            return size
        return size_to_fit(
            text.translate(typesetting.TABULAR), size, self.right - self.left, weight, least=4.0
        )

    @property
    def x(self) -> float:
        if self.align == "center":
            return (self.left + self.right) / 2
        return self.right if self.align == "right" else self.left


class Bit(NamedTuple):
    """One line of a cell, so far below the row's first baseline."""

    down: float
    text: str
    is_small: bool = False
    is_figure: bool = False


class Row(NamedTuple):
    """A gift: what stands in each column, how deep the row is, and what it adds to the sums of its currency."""

    cells: tuple[tuple[Bit, ...], ...]
    depth: float
    currency: Currency = ("", 2)
    adds: tuple[int, ...] = ()


class Sum(NamedTuple):
    """A line below the table. `figures` stand under the last columns; the last of them leads."""

    label: str
    figures: tuple[str, ...]


def shown(minor: int, currency: str, exponent: int) -> str:
    """This function will return an amount with its currency."""
    return wording.amount(minor, currency=currency, exponent=exponent)


@dataclass(slots=True)
class Table:
    """`figures` says how many of the last columns are carried over a break; `grid` draws upright rules too.

    `write` writes an amount as it stands in the columns.
    """

    columns: list[Column]
    rows: list[Row]
    sums: list[Sum]
    language: wording.Language
    figures: int = 1
    label_column: int = 2
    grid: bool = False
    write: Callable[[int, str, int], str] = shown
    so_far: dict[Currency, list[int]] = field(default_factory=dict)


class Cell:
    """The lines of one cell as they are added, with how deep it has become."""

    def __init__(self) -> None:
        self.bits: list[Bit] = []
        self.depth = 0.0

    def add(self, lines: Sequence[str], *, is_small: bool = False, is_figure: bool = False) -> None:
        """This function will put lines below those the cell has."""
        for text in lines:
            if is_small and self.bits and not self.bits[-1].is_small:
                self.depth -= 1.0
            if not is_small and self.bits and self.bits[-1].is_small:
                self.depth += 2.5
            self.bits.append(Bit(self.depth, text, is_small, is_figure))
            self.depth += SMALL_LEADING if is_small else LEADING

    def add_at(self, down: float, text: str) -> None:
        """This function will put a figure at the height of another cell's line."""
        self.bits.append(Bit(down, text, is_figure=True))
        self.depth = max(self.depth, down + LEADING)


def paginate(
    table: Table, *, before: Sequence[Block], after: Sequence[Block], first: float, other: float
) -> list[list[Block]]:
    """Set the blocks before, the table and the blocks after on pages with `first` and `other` points of height.

    This function will return the blocks of each page.
    """
    pages: list[list[Block]] = [[]]
    room = first

    def put(block: Block, *, needs: float = 0.0) -> None:
        nonlocal room
        if max(block.height, needs) > room and pages[-1]:
            pages.append([])
            room = other
        pages[-1].append(block)
        room -= block.height

    for block in before:
        put(block)
    rows = [part for row in table.rows for part in _parts(row)]
    carried = _carried_height(table)
    heading = _heading(table, is_repeated=False)
    put(heading, needs=heading.height + rows[0].depth + PAD + carried)
    for place, row in enumerate(rows):
        height = row.depth + PAD
        below = 0.0 if place == len(rows) - 1 else carried
        if height + below > room and place:
            pages[-1].append(_carried(table, "carried"))
            opening = [_heading(table, is_repeated=True), _carried(table, "brought")]
            pages.append(opening)
            room = other - sum(block.height for block in opening)
        put(_row_block(table, row))
        _add(table, row)
    sums = [_sum_block(table, one, is_first=place == 0) for place, one in enumerate(table.sums)]
    for block in [*sums, space(14.0), *after]:
        put(block)
    return pages


def space(height: float) -> Block:
    """This function will return white space."""
    return Block(height, lambda sheet, y: None)


def row(cells: Sequence[Cell], line: snapshots.Line, *, figures: int) -> Row:
    """This function will return a gift's cells as a row that adds its amounts to the sums of its currency."""
    adds: tuple[int, ...] = ()
    if line.amount_minor is not None:
        adds = (line.net_minor, line.benefit_minor, line.eligible_minor or 0)[:figures]
    return Row(
        cells=tuple(tuple(cell.bits) for cell in cells),
        depth=max(cell.depth for cell in cells),
        currency=(line.currency, line.exponent),
        adds=adds,
    )


def _add(table: Table, row: Row) -> None:
    if not row.adds:
        return
    sums = table.so_far.setdefault(row.currency, [0] * table.figures)
    for place, minor in enumerate(row.adds):
        sums[place] += minor


def _parts(row: Row) -> Iterator[Row]:
    """A row that is taller than half a page goes on in a second one."""
    if row.depth <= TALLEST_ROW:
        yield row
        return
    start = 0.0
    while start < row.depth:
        end = start + TALLEST_ROW
        cells = tuple(
            tuple(
                Bit(bit.down - start, bit.text, bit.is_small, bit.is_figure)
                for bit in cell
                if start <= bit.down < end
            )
            for cell in row.cells
        )
        lowest = max((bit.down for cell in cells for bit in cell), default=0.0)
        adds = row.adds if start == 0.0 else ()
        yield Row(cells, lowest + LEADING, row.currency, adds)
        start = end


def _uprights(table: Table, sheet: Sheet, top: float, height: float) -> None:
    if not table.grid:
        return
    edges = [MARGIN, *(column.right + 4 for column in table.columns[:-1]), sheet.right]
    for x in edges:
        sheet.canvas.rule(x - 0.25, top - height / 2, 0.5, thickness=height, color=QUIET)


def _heading(table: Table, *, is_repeated: bool) -> Block:
    lines = max(len(column.label) for column in table.columns)
    height = 12.0 + 10.0 * lines

    key = (is_repeated, table.grid, *table.columns)

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        cells: list[int | None] = [None] * len(table.columns)
        if not is_repeated:
            sheet.table = canvas.open("Table")
            row = canvas.open("TR", sheet.table)
            cells = [canvas.open("TH", row, attributes=COLUMN_HEADING) for _ in table.columns]
        canvas.repeat(
            key, y, lambda y: _headings(table, sheet, y, cells, height=height, is_repeated=is_repeated)
        )

    return Block(height, draw)


def _headings(
    table: Table, sheet: Sheet, y: float, cells: Sequence[int | None], *, height: float, is_repeated: bool
) -> None:
    lowest = y - height + 2
    for column, cell in zip(table.columns, cells, strict=True):
        below = lowest + 10 * len(column.label)
        for place, text in enumerate(column.label):
            sheet.canvas.text(
                column.x,
                below - 10 * place,
                text,
                size=SMALL if place < column.bold else 7.5,
                weight="bold" if place < column.bold else "regular",
                color=QUIET,
                align=column.align,
                element=cell,
            )
    thickness = 0.5 if table.grid else 0.9
    sheet.rule(y - height + 3.5, thickness=thickness, color=QUIET if table.grid else INK)
    _uprights(table, sheet, y, height - 3.5)
    if table.grid and is_repeated:
        sheet.rule(y, color=QUIET)


def _row_block(table: Table, row: Row) -> Block:
    height = row.depth + PAD

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        element = canvas.open("TR", sheet.table)
        base = y - 10.0
        for column, cell in zip(table.columns, row.cells, strict=True):
            td = canvas.open("TD", element)
            for bit in cell:
                canvas.text(
                    column.x,
                    base - bit.down,
                    bit.text,
                    size=SMALL if bit.is_small else column.size(bit.text, SIZE),
                    color=QUIET if bit.is_small else INK,
                    align=column.align,
                    tabular=bit.is_figure,
                    element=td,
                )
        _uprights(table, sheet, y + 3.5, height)
        sheet.rule(y - height + 3.5, thickness=0.4, color=QUIET if table.grid else HAIR)

    return Block(height, draw)


def _carried_height(table: Table) -> float:
    return 7.0 + SUM_LEADING * max(1, len({row.currency for row in table.rows if row.adds}))


def _carried(table: Table, key: str) -> Block:
    """The sums so far: one line for each currency met, never one over two."""
    lines = [
        tuple(table.write(minor, code, exponent) for minor in sums)
        for (code, exponent), sums in table.so_far.items()
    ]
    height = 7.0 + SUM_LEADING * max(1, len(lines))

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        said = words.said(key, sheet.language)
        left = table.columns[table.label_column].left
        canvas.text(left, y - 11, said, size=SIZE, color=QUIET)
        for place, figures in enumerate(lines):
            _figures(table, sheet, y - 11 - SUM_LEADING * place, figures)
        if table.grid:
            _sides(sheet, y, height)
        elif key == "brought":
            sheet.rule(y - height + 3.5, thickness=0.4)

    return Block(height, draw)


def _figures(table: Table, sheet: Sheet, y: float, figures: Sequence[str]) -> None:
    for column, text in zip(table.columns[-len(figures) :], figures, strict=True):
        sheet.canvas.text(
            column.x,
            y,
            text,
            size=column.size(text, SIZE),
            color=INK,
            align=column.align,
            tabular=True,
            element=None,
        )


def _sum_block(table: Table, one: Sum, *, is_first: bool) -> Block:
    height = 24.0 if is_first else 18.0

    def draw(sheet: Sheet, y: float) -> None:
        canvas = sheet.canvas
        base = y - (15.0 if is_first else 10.0)
        row = canvas.open("TR", sheet.table)
        span = len(table.columns) - len(one.figures)
        title = canvas.open("TH", row, attributes=f"/A<</O/Table/Scope/Row/ColSpan {span}>>")
        left = MARGIN + (6 if table.grid else 0)
        room = table.columns[span].left - left - 8
        size = size_to_fit(one.label, 10.5, room, "bold", least=6)
        canvas.text(left, base, one.label, size=size, weight="bold", color=INK, element=title)
        for column, text in zip(table.columns[span:], one.figures, strict=True):
            canvas.text(
                column.x,
                base,
                text,
                size=column.size(text, 10.5, "bold"),
                weight="bold",
                color=INK,
                align="right",
                tabular=True,
                element=canvas.open("TD", row),
            )
        _close(table, sheet, y, height, is_first=is_first)

    return Block(height, draw)


def _close(table: Table, sheet: Sheet, y: float, height: float, *, is_first: bool) -> None:
    """The rules of a sum: a strong one above the first, or the sides of its box."""
    if not table.grid:
        if is_first:
            sheet.rule(y + 3.0, thickness=0.9, color=INK)
        return
    _sides(sheet, y, height)


def _sides(sheet: Sheet, y: float, height: float) -> None:
    """The sides and the bottom of a row that is one box."""
    for x in (MARGIN, sheet.right):
        sheet.canvas.rule(x - 0.25, y + 3.5 - height / 2, 0.5, thickness=height, color=QUIET)
    sheet.rule(y + 3.5 - height, color=QUIET)

"""Filing tables: a small table somebody looks at as a file: the same cells as CSV, XLSX or Parquet, none a formula.

Lists of any length are `reports.lists`; here is what fits on a page.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from paper import tabulating
from paper.tabulating import Cell, Table
from reports.files import making, writing_parquet
from reports.files.copying import Block
from reports.files.making import Format
from reports.kinds import Kind
from reports.lists.declaring import Column


@dataclass(frozen=True, slots=True)
class File:
    """A whole file and what a browser is told of it."""

    content: bytes
    content_type: str


def file(*, table: Table, form: Format) -> File:
    """An empty text is nothing in Parquet, where a column is numbers, days or texts throughout.

    This function will return the table as a file.
    """
    if form is Format.CSV:
        content = tabulating.as_csv(table)
    elif form is Format.XLSX:
        content = tabulating.as_xlsx([table])
    else:
        content = _parquet(table)
    return File(content, making.TOLD[form].content_type)


def _parquet(table: Table) -> bytes:
    cells: list[list[Cell]] = [[row[place] for row in table.rows] for place in range(len(table.columns))]
    kinds = [_kind(column) for column in cells]
    named = zip(_apart(table.columns), kinds, strict=True)
    columns = [Column(name, "", kind) for name, kind in named]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(
        [_shown(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows
    )
    blocks = [Block(written.getvalue().encode(), len(table.rows))] if table.rows else []
    return b"".join(block for block, _rows in writing_parquet.write(columns=columns, blocks=blocks))


def _kind(cells: Sequence[Cell]) -> Kind:
    told = [cell for cell in cells if cell != ""]
    if told and all(isinstance(cell, int) for cell in told):
        return Kind.WHOLE
    if told and all(isinstance(cell, int | Decimal) for cell in told):
        return Kind.AMOUNT
    if told and all(isinstance(cell, date) for cell in told):
        return Kind.DAY
    return Kind.TEXT


def _shown(cell: Cell, kind: Kind) -> str:
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return tabulating.guarded(text) if kind is Kind.TEXT and isinstance(cell, str) else text


def _apart(names: Sequence[str]) -> list[str]:
    """A column of Parquet is found by its name: of two that are called the same the second gets a number."""
    made: list[str] = []
    for name in names:
        number = 1
        while (told := name if number == 1 else f"{name} {number}") in made:
            number += 1
        made.append(told)
    return made

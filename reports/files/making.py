"""Making a file: a selection becomes a stream of bytes in one of three formats, all rows out of one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from reports.files import asking, filling_rows, holding, sharing, writing_csv, writing_parquet, writing_sheets
from reports.files.copying import Block
from reports.files.filling_rows import Rows
from reports.files.holding import Held
from reports.lists import selecting
from reports.lists.declaring import Column
from reports.lists.selecting import Selection

Piece = tuple[bytes, int]
"""Bytes of the file, and how many rows went into it since the piece before."""


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Told:
    """What a browser is told of a format."""

    content_type: str


TOLD = {
    Format.CSV: Told("text/csv; charset=utf-8; header=present"),
    Format.XLSX: Told("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    Format.PARQUET: Told("application/vnd.apache.parquet"),
}


def pieces(*, of: Selection, form: Format, with_mark: bool = False, may_keep: bool = True) -> Iterator[Piece]:
    """The file of a selection. Begins a snapshot of its own unless the caller is in a transaction already.

    `may_keep`: half of a long list may wait on the disk meanwhile, in a file without a name.
    This function will yield it piece by piece.
    """
    with ExitStack() as snapshot:
        reading = _reading(of, form, snapshot, may_keep)
        if form is Format.CSV:
            yield from writing_csv.write(columns=of.columns, blocks=reading.blocks(), with_mark=with_mark)
        elif form is Format.XLSX:
            yield from writing_sheets.write(
                columns=of.columns, rows=reading.rows_of_sheet(of.columns), title=of.listing.key
            )
        else:
            yield from writing_parquet.write(
                columns=of.columns, blocks=reading.blocks(), tables=reading.tables
            )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The statements that give the rows, one after the other; `is_shared`: the last is read beside the others.

    What stands in `tables` is not in the rows, but its keys are.
    """

    statements: list[str]
    params: Mapping[str, Any]
    is_shared: bool
    tables: tuple[Held, ...]

    def blocks(self) -> Iterator[Block]:
        if self.is_shared:
            return sharing.blocks(statements=self.statements, params=self.params)
        return asking.blocks(statements=self.statements, params=self.params)

    def rows_of_sheet(self, columns: Sequence[Column]) -> Iterator[Rows]:
        kinds = [column.kind for column in columns]
        if self.is_shared:
            return sharing.rows_of_sheet(statements=self.statements, params=self.params, kinds=kinds)
        blocks = asking.blocks(statements=self.statements, params=self.params, form=filling_rows.FORM)
        return filling_rows.fill(kinds=kinds, blocks=blocks)


_CELLS = {Format.CSV: selecting.plain, Format.XLSX: writing_sheets.cell, Format.PARQUET: writing_parquet.cell}


_MIDDLES = {Format.CSV: 52, Format.XLSX: 50, Format.PARQUET: 44}
"""Where, of a hundred, a long list is cut: both halves end at once, though the program of the second has to start."""


def _reading(of: Selection, form: Format, snapshot: ExitStack, may_keep: bool) -> _Reading:
    if not connection.in_atomic_block:
        snapshot.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    cuts, empty = selecting.cuts(of=of, middle=_MIDDLES[form]), selecting.empties(of=of)
    is_shared = cuts is not None and cuts.is_most and may_keep and sharing.is_possible()
    if is_shared and of.listing.clock:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT set_config('TimeZone', ({of.listing.clock}), true)")
    at = [] if cuts is None else [cuts.early, cuts.middle] if is_shared else [cuts.early]
    windows, params = selecting.windows(of=of, at=at)
    cell = _CELLS[form]
    is_worth = form is Format.PARQUET and cuts is not None and cuts.is_most
    tables = holding.tables(of=of, cell=cell) if is_worth else ()
    held = [table.name for table in tables]
    statements = [of.statement(cell=cell, window=window, empty=empty, held=held) for window in windows]
    return _Reading(statements, {**of.params, **params}, is_shared, tables)

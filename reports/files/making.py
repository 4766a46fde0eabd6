"""Making a file: a selection becomes a stream of bytes in one of three formats, all rows out of one snapshot."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction

from reports.files import copying, sharing, writing_csv, writing_parquet, writing_sheets
from reports.files.copying import Block
from reports.lists import selecting
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
        rows = _rows(of, form, snapshot, may_keep)
        if form is Format.CSV:
            yield from writing_csv.write(columns=of.columns, blocks=rows, with_mark=with_mark)
        elif form is Format.XLSX:
            yield from writing_sheets.write(columns=of.columns, blocks=rows, title=of.listing.key)
        else:
            yield from writing_parquet.write(columns=of.columns, blocks=rows)


_WRITERS = {Format.CSV: writing_csv, Format.XLSX: writing_sheets, Format.PARQUET: writing_parquet}


def _rows(of: Selection, form: Format, snapshot: ExitStack, may_keep: bool) -> Iterator[Block]:
    if not connection.in_atomic_block:
        snapshot.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    writer = _WRITERS[form]
    cuts, empty = selecting.cuts(of=of), selecting.empties(of=of)
    is_shared = cuts is not None and cuts.is_most and may_keep and sharing.is_possible()
    at = [] if cuts is None else [cuts.early, cuts.middle] if is_shared else [cuts.early]
    windows, params = selecting.windows(of=of, at=at)
    statements = [of.statement(cell=writer.cell, window=window, empty=empty) for window in windows]
    read = sharing.blocks if is_shared else copying.blocks
    yield from read(statements=statements, params={**of.params, **params}, form=writer.FORM)

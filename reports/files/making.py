"""Making a file: a selection becomes a stream of bytes in one of three formats, all rows out of one snapshot."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction

from reports.files import copying, writing_csv, writing_parquet, writing_sheets
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
PARTS = 1
"""After the first small part, whose rows come at once, all the rest: its joins are made once."""


def pieces(*, of: Selection, form: Format, with_mark: bool = False) -> Iterator[Piece]:
    """The file of a selection. Begins a snapshot of its own unless the caller is in a transaction already.

    This function will yield it piece by piece.
    """
    with ExitStack() as snapshot:
        if form is Format.CSV:
            rows = _rows(of, form, snapshot)
            yield from writing_csv.write(columns=of.columns, blocks=rows, with_mark=with_mark)
        elif form is Format.XLSX:
            rows = _rows(of, form, snapshot)
            yield from writing_sheets.write(columns=of.columns, blocks=rows, title=of.listing.key)
        else:
            yield from writing_parquet.write(columns=of.columns, blocks=_rows(of, form, snapshot))


_WRITERS = {Format.CSV: writing_csv, Format.XLSX: writing_sheets, Format.PARQUET: writing_parquet}


def _rows(of: Selection, form: Format, snapshot: ExitStack) -> Iterator[copying.Block]:
    if not connection.in_atomic_block:
        snapshot.enter_context(transaction.atomic())
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    writer = _WRITERS[form]
    windows, cuts = selecting.windows(of=of, most=PARTS)
    empty = selecting.empties(of=of)
    statements = [of.statement(cell=writer.cell, window=window, empty=empty) for window in windows]
    yield from copying.blocks(statements=statements, params={**of.params, **cuts}, form=writer.FORM)

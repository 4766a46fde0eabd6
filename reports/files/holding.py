"""Holding: small tables behind a list (who gave, for what) are handed to the program that writes a file once, whole.

Its rows then carry only keys: the database need not join, format and send the same name for each gift of a giver.
"""

from dataclasses import dataclass

from django.db import connection

from reports.files import asking
from reports.lists.declaring import Column
from reports.lists.selecting import Cell, Selection

MOST = 32_768
"""Rows of a table that a program may hold in its memory."""


@dataclass(frozen=True, slots=True)
class Held:
    """A table a program holds: `name` is its join in the list, `content` is CSV of the key and then the columns."""

    name: str
    columns: tuple[Column, ...]
    content: bytes


def tables(*, of: Selection, cell: Cell) -> tuple[Held, ...]:
    """Ask in the snapshot of the file. This function will return the tables that are small enough."""
    found = ((name, of.looked_up(name)) for name in of.listing.joins)
    return tuple(
        Held(name, columns, _content(of, name, columns, cell))
        for name, columns in found
        if columns and _is_small(of, name)
    )


def _is_small(of: Selection, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {of.listing.joins[name].rows} LIMIT {MOST + 1}) n",
            dict(of.params),
        )
        return 0 < int(cursor.fetchone()[0]) <= MOST


def _content(of: Selection, name: str, columns: tuple[Column, ...], cell: Cell) -> bytes:
    join = of.listing.joins[name]
    chosen = ", ".join((join.met, *map(cell, columns)))
    statement = f"SELECT {chosen} FROM {join.rows}"
    return b"".join(block.content for block in asking.blocks(statements=[statement], params=of.params))

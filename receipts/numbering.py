"""Numbering: a block of numbers is taken from its series in the transaction that uses it, and every snapshot chained.

The row that counts is the lock: a crash gives the numbers back, so there is never a gap. A series belongs to an
entity and a tax year; the prefix its serials begin with is frozen when it begins.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db import connection

from receipts.models import Series

GENESIS = "0" * 64

_TAKE = """
INSERT INTO receipts_series AS series (entity_id, year, prefix, next_number, last_hash)
VALUES (%(entity)s, %(year)s, %(prefix)s, 1 + %(count)s, %(genesis)s)
ON CONFLICT (entity_id, year) DO UPDATE SET next_number = series.next_number + %(count)s
RETURNING id, next_number - %(count)s, prefix, last_hash
"""


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers from `first` on, of one series."""

    series_id: int
    first: int
    prefix: str
    year: int
    last_hash: str

    def serial(self, number: int) -> str:
        return f"{self.prefix}{self.year}-{number:06d}"


def take(*, entity_id: int, tax_year: int, prefix: str, count: int) -> Block:
    """Take the next `count` numbers; must run inside the transaction that uses every one of them.

    This function will return the block; others wait for the series until the transaction ends.
    """
    told: dict[str, int | str] = {
        "entity": entity_id,
        "year": tax_year,
        "prefix": prefix,
        "count": count,
        "genesis": GENESIS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, told)
        series_id, first, frozen, last_hash = cursor.fetchone()
    return Block(series_id, first, frozen, tax_year, last_hash)


def chained(*, previous_hash: str, snapshot_sha256: str) -> str:
    """This function will return the link of the chain that follows `previous_hash`."""
    return hashlib.sha256(f"{previous_hash}{snapshot_sha256}".encode()).hexdigest()


def close(*, block: Block, last_hash: str) -> None:
    """This function will keep the last link, to which the next receipt of the series is chained."""
    Series.objects.filter(pk=block.series_id).update(last_hash=last_hash)

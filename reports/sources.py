"""Sources: what came by each link and QR code. Counts and sums, never a giver."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from donations import folding
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Taken:
    """What came by one code: how many gifts, and one sum for each currency, refunds taken off."""

    count: int
    sums: tuple[Money, ...]


NOTHING = Taken(0, ())
_BY_SOURCE = f"""
SELECT source, currency, sum(gifts)::int, sum(given_minor - back_minor)::bigint FROM ({folding.CODES}) c
 GROUP BY source, currency HAVING sum(gifts) <> 0 ORDER BY source, currency
"""


def by_code() -> Mapping[str, Taken]:
    """This function will return what came by every code that any gift carries, also codes nobody named."""
    found: dict[str, Taken] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_SOURCE)
        for code, currency, count, minor in cursor.fetchall():
            before = found.get(code, NOTHING)
            found[code] = Taken(before.count + count, (*before.sums, Money(minor, currency)))
    return found

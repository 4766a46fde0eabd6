"""Sources: what came by each link and QR code. Counts and sums, never a giver."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from ledger.money import Money
from reports.listing import GIVEN_BACK


@dataclass(frozen=True, slots=True)
class Taken:
    """What came by one code: how many gifts, and one sum for each currency, refunds taken off."""

    count: int
    sums: tuple[Money, ...]


NOTHING = Taken(0, ())
_BY_SOURCE = f"""
SELECT d.source, d.currency, count(*), sum(d.amount_minor - coalesce(b.amount_minor, 0))::bigint
  FROM donations_donation d LEFT JOIN ({GIVEN_BACK}) b ON b.donation_id = d.id
 WHERE d.source <> '' GROUP BY d.source, d.currency ORDER BY d.source, d.currency
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

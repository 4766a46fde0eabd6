"""Sums: what moved on each account of each fund, before a period and within it. The reports of funds stand on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from books import postings
from ledger import folding
from ledger.models import LegalEntity
from ledger.money import Money

WITH = [*postings.WITH, postings.EXCHANGE]
"""Accounts that may hold what is with donor restrictions; the last one only in a restricted fund."""
BALANCES = frozenset({"asset", "liability"})


@dataclass(frozen=True, slots=True)
class Sum:
    """One account of one fund in one currency, debit positive: what stood there before the period, what came within.

    `is_with`: with donor restrictions. What is not, and is no asset and no debt, is without.
    """

    fund_id: int
    code: str
    name: str
    kind: str
    currency: str
    is_with: bool
    before: int
    within: int

    @property
    def is_net_assets(self) -> bool:
        """Whether it changes what the body is worth, and is not one of the things it is worth that by."""
        return self.kind not in BALANCES


_SUMS = f"""
SELECT s.fund_id, a.code, a.name, a.kind, s.currency,
       a.code = ANY(%(always)s) OR (a.code = %(exchange)s AND f.restriction <> 'none') AS is_with,
       coalesce(sum(s.debit_minor - s.credit_minor) FILTER (WHERE s.month < %(first)s), 0)::bigint,
       coalesce(sum(s.debit_minor - s.credit_minor) FILTER (WHERE s.month >= %(first)s), 0)::bigint
  FROM ({folding.SUMS}) s JOIN ledger_account a ON a.id = s.account_id JOIN ledger_fund f ON f.id = s.fund_id
 WHERE f.entity_id = %(entity)s AND s.month <= %(last)s AND (%(codes)s::text[] IS NULL OR a.code = ANY(%(codes)s))
 GROUP BY s.fund_id, a.code, a.name, a.kind, s.currency, is_with
 ORDER BY a.code, s.fund_id, s.currency
"""


def moved(*, entity: LegalEntity, first: date, last: date, codes: Iterable[str] | None = None) -> list[Sum]:
    """Read from the sums of months that are kept up as entries are posted, so the period is one of whole months.

    Raises ValueError for a first day in the middle of a month. This function will return the sums of a body's accounts,
    or of some of them, by account, fund and currency.
    """
    if first.day != 1:
        raise ValueError("a period begins on the first day of a month")
    asked: dict[str, int | str | date | list[str] | None] = {
        "entity": entity.pk,
        "first": first,
        "last": last,
        "codes": sorted(codes) if codes is not None else None,
        "always": list(postings.WITH),
        "exchange": postings.EXCHANGE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, asked)
        return [Sum(*row) for row in cursor.fetchall()]


def held(rows: Iterable[Sum], *, currency: str, is_with: bool | None = None, at_end: bool = True) -> Money:
    """This function will return net assets of a class, or of both, at the end of the period or before its first day."""
    chosen = (
        one
        for one in rows
        if one.currency == currency and one.is_net_assets and is_with in (None, one.is_with)
    )
    return Money(-sum(one.before + (one.within if at_end else 0) for one in chosen), currency)


def currencies(rows: Iterable[Sum]) -> list[str]:
    """This function will return the currencies of some sums, in order."""
    return sorted({one.currency for one in rows})

"""What an export would hold, before anything is handed over. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from books import mapping
from books.journals import reading
from ledger.models import Account, Fund, LegalEntity
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Turnover:
    """Debits and credits in one currency: they are equal, or the books are broken."""

    debits: Money
    credits: Money
    line_count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`unnamed` are accounts (with a fund) that the target knows no name for: nothing goes out before they have one.

    `earlier_count` entries before the first day never went there either; `earlier_from` is the first of their days.
    """

    entry_count: int
    turnovers: list[Turnover]
    unnamed: list[tuple[Account, Fund]]
    earlier_count: int
    earlier_from: date | None

    @property
    def line_count(self) -> int:
        return sum(turnover.line_count for turnover in self.turnovers)


_COUNT = f"SELECT count(*) FROM {reading.NEW}"  # noqa: S608
_SUMS = f"""
SELECT l.currency, count(*), (coalesce(sum(l.amount_minor) FILTER (WHERE l.amount_minor > 0), 0))::bigint,
  (coalesce(-sum(l.amount_minor) FILTER (WHERE l.amount_minor < 0), 0))::bigint
FROM (SELECT en.id FROM {reading.NEW}) n JOIN ledger_line l ON l.entry_id = n.id GROUP BY l.currency ORDER BY l.currency
"""  # noqa: S608
_PAIRS = f"""
SELECT DISTINCT l.account_id, l.fund_id
FROM (SELECT en.id FROM {reading.NEW}) n JOIN ledger_line l ON l.entry_id = n.id
"""  # noqa: S608
_EARLIER = f"SELECT count(*), min(en.booked_on) FROM {reading.NEW} AND en.booked_on < %(before)s"  # noqa: S608


def preview(*, entity: LegalEntity, target: str, first: date | None, last: date) -> Preview:
    """This function will return what is new for a target in a period; no first day means everything before the last."""
    scope: dict[str, Any] = {"entity": entity.pk, "target": target, "first": first, "last": last}
    pairs = _asked(_PAIRS, scope)
    found = mapping.names(entity=entity, target=target, pairs=pairs)
    earlier = _asked(_EARLIER, {**scope, "first": None, "before": first})[0] if first else (0, None)
    return Preview(
        entry_count=_asked(_COUNT, scope)[0][0],
        turnovers=[
            Turnover(Money(debits, currency), Money(credits, currency), count)
            for currency, count, debits, credits in _asked(_SUMS, scope)
        ],
        unnamed=shown([pair for pair, name in found.items() if name is None]),
        earlier_count=earlier[0],
        earlier_from=earlier[1],
    )


def _asked(sql: str, scope: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, scope)
        return list(cursor.fetchall())


def shown(pairs: list[mapping.Pair]) -> list[tuple[Account, Fund]]:
    """This function will return accounts with their funds, by code."""
    accounts = Account.objects.in_bulk([account_id for account_id, _ in pairs])
    funds = Fund.objects.in_bulk([fund_id for _, fund_id in pairs])
    found = [(accounts[account_id], funds[fund_id]) for account_id, fund_id in pairs]
    return sorted(found, key=lambda one: (one[0].code, one[1].code))

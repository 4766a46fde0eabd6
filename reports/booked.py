"""Booked: funds, accounts and loose cash by the books, read from sums that are kept up as entries are posted.

Months and days are those of the books (`booked_on`), and each figure is of one currency. See `reports.rollups`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from ledger import folding
from ledger.balances import INCOME
from ledger.money import Money
from reports.rollups import EVERYBODY, Scope, first_of


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account of a fund in one currency, debit positive."""

    entity: str
    fund_id: int
    fund: str
    account: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FundIncome:
    """Contributions to a fund in one month by the books, refunds and lost disputes taken off."""

    fund_id: int
    fund: str
    month: date
    amount: Money


_BALANCES = f"""
SELECT n.code, f.id, f.code, a.code, s.currency, (sum(debit_minor) - sum(credit_minor))::bigint
  FROM ({folding.SUMS}) s JOIN ledger_fund f ON f.id = s.fund_id
  JOIN ledger_legalentity n ON n.id = f.entity_id JOIN ledger_account a ON a.id = s.account_id
 WHERE (%(entity)s = '' OR n.code = %(entity)s) AND s.month <= %(through)s
 GROUP BY n.code, f.id, f.code, a.code, s.currency HAVING sum(debit_minor) <> sum(credit_minor)
 ORDER BY n.code, f.code, s.currency, a.code
"""


def fund_balances(*, entity: str = "", through: date = date.max) -> list[Balance]:
    """What stands on every account of every fund after the month of `through`, whole months only.

    This function will return the balances that are not zero, by entity, fund, currency and account.
    """
    rows = _rows(_BALANCES, {"entity": entity, "through": first_of(through)})
    return [
        Balance(body, fund_id, fund, account, Money(minor, currency))
        for body, fund_id, fund, account, currency, minor in rows
    ]


_FUND_INCOME = f"""
SELECT f.id, f.code, s.month, s.currency, (sum(credit_minor) - sum(debit_minor))::bigint
  FROM ({folding.SUMS}) s JOIN ledger_fund f ON f.id = s.fund_id
  JOIN ledger_legalentity n ON n.id = f.entity_id JOIN ledger_account a ON a.id = s.account_id
 WHERE (%(entity)s = '' OR n.code = %(entity)s) AND a.code = ANY(%(accounts)s)
   AND s.month BETWEEN %(first)s AND %(last)s
   AND (%(campaign)s = '' OR s.segment = %(campaign)s)
 GROUP BY f.id, f.code, s.month, s.currency ORDER BY f.code, f.id, s.currency, s.month
"""


def fund_income(*, scope: Scope = EVERYBODY, first: date, last: date) -> list[FundIncome]:
    """Contributions by fund and month of the books, loose cash and gifts of unknown givers included.

    `first` and `last` stand for their months. This function will return the months in which anything moved.
    """
    values = {
        "entity": scope.entity,
        "campaign": scope.campaign,
        "accounts": list(INCOME),
        "first": first_of(first),
        "last": first_of(last),
    }
    return [
        FundIncome(fund_id, fund, month, Money(minor, currency))
        for fund_id, fund, month, currency, minor in _rows(_FUND_INCOME, values)
    ]


# What was said to be unknown and was found is a reversal: it takes off what it tells.
_LOOSE = """
SELECT l.currency, -sum(l.amount_minor)::bigint
  FROM ledger_entry e JOIN ledger_line l ON l.entry_id = e.id
  JOIN ledger_account a ON a.id = l.account_id AND a.kind = 'income'
  JOIN ledger_legalentity n ON n.id = e.entity_id
  LEFT JOIN ledger_entry r ON r.id = e.reverses_id
 WHERE (e.kind IN ('offering', 'unidentified') OR e.reverses_id IS NOT NULL)
   AND (e.kind IN ('offering', 'unidentified') OR r.kind IN ('offering', 'unidentified'))
   AND e.booked_on BETWEEN %(first)s AND %(last)s AND (%(entity)s = '' OR n.code = %(entity)s)
   AND (%(campaign)s = '' OR l.segment = %(campaign)s)
 GROUP BY l.currency ORDER BY l.currency
"""


def loose(*, scope: Scope = EVERYBODY, first: date, last: date) -> list[Money]:
    """Loose cash, and gifts whose giver is not known yet: money that came and is no donation, by the books' days.

    This function will return one amount for each currency.
    """
    values = {"entity": scope.entity, "campaign": scope.campaign, "first": first, "last": last}
    return [Money(minor, currency) for currency, minor in _rows(_LOOSE, values)]


def _rows(sql: str, values: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())

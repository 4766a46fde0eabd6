"""Reading the books: sums of lines, and for what is asked often the sums kept up beside them (`ledger.folding`)."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Sum

from ledger import folding
from ledger.models import Line
from ledger.money import Money

INCOME = ("4000", "4100")
"""Contributions without and with donor restrictions."""
PAID = (*INCOME, "4200")
"""What givers paid: contributions, and what their tickets bought (event income)."""


def of_account(*, code: str, currency: str) -> Money:
    """What stands on an account in one currency, debit positive."""
    lines = Line.objects.filter(account__code=code, currency=currency)
    return Money(lines.aggregate(sum=Sum("amount_minor"))["sum"] or 0, currency)


_RECEIVED = f"""
SELECT s.segment, s.currency, (sum(s.credit_minor) - sum(s.debit_minor))::bigint
  FROM ({folding.SUMS}) s JOIN ledger_account a ON a.id = s.account_id AND a.code = ANY(%s)
 WHERE s.segment = ANY(%s) GROUP BY s.segment, s.currency ORDER BY s.segment, s.currency
"""  # noqa: S608 - of constants


def received(*, segments: Iterable[str]) -> dict[str, list[Money]]:
    """Contributions by segment and currency, refunds and lost disputes taken off; only what is in the books.

    It is read from sums by month and what is not folded into them yet: together they are the lines, to the cent and
    at every moment, however many lines there are.
    """
    result: dict[str, list[Money]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, [list(INCOME), list(segments)])
        for segment, currency, minor in cursor.fetchall():
            result.setdefault(segment, []).append(Money(minor, currency))
    return result

"""Reading the books for people: the journal day by day, balances of funds."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Prefetch, QuerySet

from books import postings
from ledger import balances as ledger_balances
from ledger import folding
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from reports import narrowing
from reports.narrowing import Narrow


@dataclass(frozen=True, slots=True)
class Balance:
    """What one fund received, earned besides, paid, exchanged, got from others and has left in one currency: the last
    is the sum of them. `restricted` is the part of it that is with donor restrictions.
    """

    fund: Fund
    name: str
    received: Money
    earned: Money
    fees: Money
    exchanged: Money
    moved: Money
    left: Money
    restricted: Money

    @property
    def unrestricted(self) -> Money:
        return self.left - self.restricted


def entries(asked: Narrow) -> QuerySet[Entry]:
    """Entries that hold a line asked for, newest day first; of single lines, each with those lines only."""
    if asked.is_of_lines:
        lines = narrowing.lines(asked)
        found = Entry.objects.filter(pk__in=lines.values("entry"))
        shown = Prefetch("lines", queryset=lines.select_related("account", "fund").order_by("id"))
    else:
        every = Line.objects.select_related("account", "fund").order_by("id")
        found, shown = _whole(asked), Prefetch("lines", queryset=every)
    return found.select_related("entity").prefetch_related(shown).order_by("-booked_on", "-id")


def _whole(asked: Narrow) -> QuerySet[Entry]:
    simple = {
        "booked_on__gte": asked.booked_from,
        "booked_on__lte": asked.booked_to,
        "entity__code": asked.entity,
        "kind": asked.kind,
        "source": asked.source,
    }
    return Entry.objects.filter(**{name: value for name, value in simple.items() if value})


_BALANCES = f"""
SELECT t.fund_id, t.currency,
  coalesce(-sum(minor) FILTER (WHERE a.code = ANY(%(income)s)), 0)::bigint AS received,
  coalesce(-sum(minor) FILTER (WHERE a.kind = 'income' AND a.code <> ALL(%(income)s)), 0)::bigint AS earned,
  coalesce(sum(minor) FILTER (WHERE a.kind = 'expense'), 0)::bigint AS fees,
  coalesce(-sum(minor) FILTER (WHERE a.kind = 'exchange'), 0)::bigint AS exchanged,
  coalesce(-sum(minor) FILTER (WHERE a.kind = 'net_assets'), 0)::bigint AS moved,
  coalesce(-sum(minor), 0)::bigint AS left,
  coalesce(-sum(minor) FILTER (WHERE a.code = ANY(%(with)s) OR (a.code = %(exchange)s AND f.restriction <> 'none')), 0
    )::bigint AS restricted
FROM (
  SELECT fund_id, account_id, currency, sum(debit_minor - credit_minor) AS minor FROM ({folding.SUMS}) s
   WHERE %(fund)s::bigint IS NULL OR fund_id = %(fund)s GROUP BY 1, 2, 3
) t JOIN ledger_account a ON a.id = t.account_id JOIN ledger_fund f ON f.id = t.fund_id
WHERE a.kind IN ('income', 'expense', 'exchange', 'net_assets')
GROUP BY t.fund_id, t.currency, f.code ORDER BY f.code, t.fund_id, t.currency
"""
_FIGURES = ("received", "earned", "fees", "exchanged", "moved", "left", "restricted")


def balances(*, language: str, fund: Fund | None = None) -> list[Balance]:
    """Read from sums that are kept up as lines are posted; with restrictions is what `books.measuring.WITH` says.

    This function will return what each fund, or one, received, paid, exchanged and has left, by fund and currency.
    """
    asked = {
        "income": list(ledger_balances.INCOME),
        "with": list(postings.WITH),
        "exchange": postings.EXCHANGE,
        "fund": fund.pk if fund else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES, asked)
        rows = cursor.fetchall()
    funds = {fund.pk: fund for fund in Fund.objects.select_related("entity").prefetch_related("texts")}
    return [
        Balance(
            fund=funds[fund_id],
            name=name_of(fund=funds[fund_id], language=language),
            **{name: Money(minor, currency) for name, minor in zip(_FIGURES, figures, strict=True)},
        )
        for fund_id, currency, *figures in rows
    ]


def name_of(*, fund: Fund, language: str) -> str:
    """What a fund is called; its code when it has no name in that language."""
    names = {text.language: text.name for text in fund.texts.all()}
    return names.get(language) or names.get("en") or fund.code

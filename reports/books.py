"""Reading the books for people: the journal day by day, balances of funds."""

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Sum

from books import measuring
from ledger import balances as ledger_balances
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


_INCOME = list(ledger_balances.INCOME)


def balances(*, language: str, fund: Fund | None = None) -> list[Balance]:
    """This function will return what each fund, or one, received, paid, exchanged and has left, by currency."""
    of_fund = Q(fund=fund) if fund else Q()
    rows = (
        Line.objects.filter(of_fund, account__kind__in=["income", "expense", "exchange", "net_assets"])
        .values("fund_id", "currency")
        .annotate(
            income=Sum("amount_minor", filter=Q(account__code__in=_INCOME)),
            earned=Sum("amount_minor", filter=Q(account__kind="income") & ~Q(account__code__in=_INCOME)),
            fees=Sum("amount_minor", filter=Q(account__kind="expense")),
            exchanged=Sum("amount_minor", filter=Q(account__kind="exchange")),
            moved=Sum("amount_minor", filter=Q(account__kind="net_assets")),
            left=Sum("amount_minor"),
            restricted=Sum("amount_minor", filter=measuring.WITH),
        )
        .order_by("fund__code", "fund_id", "currency")
    )
    funds = {fund.pk: fund for fund in Fund.objects.select_related("entity").prefetch_related("texts")}
    return [
        Balance(
            fund=funds[row["fund_id"]],
            name=name_of(fund=funds[row["fund_id"]], language=language),
            received=Money(-(row["income"] or 0), row["currency"]),
            earned=Money(-(row["earned"] or 0), row["currency"]),
            fees=Money(row["fees"] or 0, row["currency"]),
            exchanged=Money(-(row["exchanged"] or 0), row["currency"]),
            moved=Money(-(row["moved"] or 0), row["currency"]),
            left=Money(-(row["left"] or 0), row["currency"]),
            restricted=Money(-(row["restricted"] or 0), row["currency"]),
        )
        for row in rows
    ]


def name_of(*, fund: Fund, language: str) -> str:
    """What a fund is called; its code when it has no name in that language."""
    names = {text.language: text.name for text in fund.texts.all()}
    return names.get(language) or names.get("en") or fund.code

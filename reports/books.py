"""Reading the books for people: the journal day by day, balances of funds."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from ledger.models import Entry, Fund, Line
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Balance:
    """What one fund received, paid in fees, exchanged and has left in one currency: the last is the sum."""

    fund: Fund
    name: str
    received: Money
    fees: Money
    exchanged: Money
    left: Money


def entries(*, booked_from: date | None, booked_to: date | None) -> QuerySet[Entry]:
    """Entries of a period, both days inclusive, newest day first."""
    found = Entry.objects.all()
    if booked_from:
        found = found.filter(booked_on__gte=booked_from)
    if booked_to:
        found = found.filter(booked_on__lte=booked_to)
    return (
        found.select_related("entity")
        .prefetch_related("lines__account", "lines__fund")
        .order_by("-booked_on", "-id")
    )


def turnover(*, booked_from: date | None, booked_to: date | None) -> list[tuple[Money, Money]]:
    """This function will return (debits, credits) of a period by currency; in sound books they are equal."""
    lines = Line.objects.all()
    if booked_from:
        lines = lines.filter(entry__booked_on__gte=booked_from)
    if booked_to:
        lines = lines.filter(entry__booked_on__lte=booked_to)
    rows = (
        lines.values("currency")
        .annotate(
            debits=Sum("amount_minor", filter=Q(amount_minor__gt=0)),
            credits=Sum("amount_minor", filter=Q(amount_minor__lt=0)),
        )
        .order_by("currency")
    )
    return [
        (Money(row["debits"] or 0, row["currency"]), Money(-(row["credits"] or 0), row["currency"]))
        for row in rows
    ]


_INCOME, _FEES = ["4000", "4100"], ["5100", "5150"]


def balances(*, language: str) -> list[Balance]:
    """This function will return what each fund received, paid, exchanged and has left, by currency."""
    rows = (
        Line.objects.filter(account__kind__in=["income", "expense", "exchange"])
        .values("fund_id", "currency")
        .annotate(
            income=Sum("amount_minor", filter=Q(account__code__in=_INCOME)),
            fees=Sum("amount_minor", filter=Q(account__code__in=_FEES)),
            exchanged=Sum("amount_minor", filter=Q(account__kind="exchange")),
            left=Sum("amount_minor"),
        )
        .order_by("fund__code", "fund_id", "currency")
    )
    funds = {fund.pk: fund for fund in Fund.objects.select_related("entity").prefetch_related("texts")}
    return [
        Balance(
            fund=funds[row["fund_id"]],
            name=name_of(fund=funds[row["fund_id"]], language=language),
            received=Money(-(row["income"] or 0), row["currency"]),
            fees=Money(row["fees"] or 0, row["currency"]),
            exchanged=Money(-(row["exchanged"] or 0), row["currency"]),
            left=Money(-(row["left"] or 0), row["currency"]),
        )
        for row in rows
    ]


def name_of(*, fund: Fund, language: str) -> str:
    """What a fund is called; its code when it has no name in that language."""
    names = {text.language: text.name for text in fund.texts.all()}
    return names.get(language) or names.get("en") or fund.code

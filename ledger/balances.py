"""Reading the books: sums of lines, never a stored figure."""

from collections.abc import Iterable

from django.db.models import Sum

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


def received(*, segments: Iterable[str]) -> dict[str, list[Money]]:
    """Contributions by segment and currency, refunds and lost disputes taken off; only what is in the books."""
    rows = (
        Line.objects.filter(account__code__in=INCOME, segment__in=list(segments))
        .values_list("segment", "currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("segment", "currency")
    )
    result: dict[str, list[Money]] = {}
    for segment, currency, minor in rows:
        result.setdefault(segment, []).append(Money(-minor, currency))
    return result

"""Batches for people: the list of them with its totals, and the money in them that waits for its giver."""

from django.db.models import Exists, QuerySet, Sum

from donations import leaving_unknown
from donations.models import Batch, BatchRow
from ledger.money import Money


def listed(*, status: str = "", entity: str = "") -> QuerySet[Batch]:
    """This function will return batches by their state and the code of their body, without an order."""
    found = Batch.objects.select_related("entity", "bank_account", "opened_by")
    if status:
        found = found.filter(status=status)
    if entity:
        found = found.filter(entity__code=entity)
    return found


def totals(*, found: QuerySet[Batch]) -> list[tuple[int, Money, Money]]:
    """This function will return how many batches there are, what was counted and what was entered, by currency."""
    counted = dict(found.order_by().values_list("currency").annotate(sum=Sum("expected_minor")))
    rows = BatchRow.objects.filter(batch__in=found.order_by().values("pk"))
    entered = dict(rows.order_by().values_list("batch__currency").annotate(sum=Sum("amount_minor")))
    return [
        (found.filter(currency=code).count(), Money(minor, code), Money(entered.get(code, 0), code))
        for code, minor in sorted(counted.items())
    ]


def unknown_rows() -> QuerySet[BatchRow]:
    """Rows of posted batches whose giver somebody still has to name: not taken back, and not left unknown for good.

    This function will return them, oldest first.
    """
    waiting = BatchRow.objects.filter(
        ~Exists(leaving_unknown.of_rows()),
        giver=BatchRow.Giver.UNKNOWN,
        batch__status=Batch.Status.POSTED,
        reversal__isnull=True,
    )
    return waiting.select_related("batch__entity", "campaign").order_by("entered_at", "id")

"""Batch tasks: batches that wait for a second person, and money that waits for its giver."""

from donations import counting_batches
from donations.models import Batch
from ledger.money import Money
from reports import batches
from reports.tasks_of_people import LISTED, Group, Task, count


def overrides() -> Group:
    """Batches whose numbers do not agree and that somebody wants to post all the same, the oldest request first."""
    waiting = Batch.objects.filter(
        status=Batch.Status.OPEN, override_asked_by__isnull=False, override_by__isnull=True
    )
    rows = waiting.select_related("override_asked_by").order_by("override_asked_at", "id")
    tasks = [
        Task(
            "batch_override",
            batch.override_asked_at,
            ref=str(batch.number),
            words=f"{batch.override_asked_by.name}: {batch.override_reason}"
            if batch.override_asked_by
            else "",
            amount=counting_batches.of(batch=batch).difference,
            batch=batch.pk,
        )
        for batch in rows[:LISTED]
    ]
    return tasks, count(tasks, waiting)


def givers() -> Group:
    """Rows of posted batches without a giver: no receipt goes out before somebody knows who it was (B06)."""
    waiting = batches.unknown_rows()
    tasks = [
        Task(
            "giver_unknown",
            row.entered_at,
            ref=str(row.batch.number),
            words=row.hint or row.memo,
            amount=Money(row.amount_minor, row.batch.currency),
            row=row.pk,
        )
        for row in waiting[:LISTED]
    ]
    return tasks, count(tasks, waiting)

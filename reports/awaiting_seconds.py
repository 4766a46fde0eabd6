"""Awaiting seconds: what one person asked for and another has not decided about: lists of givers, moves of money."""

from datetime import datetime

from books import letting_out
from books.models import ExportRequest, TransferRequest
from reports.tasks_of_people import LISTED, Group, Task, count


def exports(*, now: datetime) -> Group:
    """Lists of many givers that somebody wants to take out, the oldest request first (T41)."""
    waiting = ExportRequest.objects.filter(
        status=ExportRequest.Status.ASKED, asked_at__gt=now - letting_out.WAITS
    )
    tasks = []
    for asked in waiting.select_related("asked_by").order_by("asked_at", "id")[:LISTED]:
        ends_at = asked.asked_at + letting_out.WAITS
        tasks.append(
            Task(
                "export_asked",
                asked.asked_at,
                words=f"{asked.asked_by.name}: {asked.reason}",
                due_at=ends_at,
                days_left=(ends_at - now).days,
                state=asked.listing,
                states="list",
                place=("export_request", asked.pk),
                asker=asked.asked_by_id,
            )
        )
    return tasks, count(tasks, waiting)


def transfers() -> Group:
    """Money that somebody wants to move between funds, the oldest request first."""
    waiting = TransferRequest.objects.filter(status=TransferRequest.Status.ASKED)
    rows = waiting.select_related("asked_by", "fund_from", "fund_to").order_by("asked_at", "id")
    tasks = [
        Task(
            "transfer_asked",
            asked.asked_at,
            ref=f"{asked.fund_from.code} → {asked.fund_to.code}",
            words=f"{asked.asked_by.name}: {asked.reason}",
            amount=asked.amount,
            place=("fund_moving", asked.pk),
        )
        for asked in rows[:LISTED]
    ]
    return tasks, count(tasks, waiting)

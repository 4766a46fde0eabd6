"""Tasks about deposits: payouts that do not fit, money of nobody, gifts of files that wait, rows that differ."""

from django.db.models import Q

from books import importing
from books.models import ProcessorReport, ProcessorReportRow
from donations import pausing, troubling
from ledger.money import Money
from reports.tasks_of_people import LISTED, Group, Task, count


def payouts() -> Group:
    """This function will return payouts the books could not take, the oldest first."""
    waiting = troubling.waiting()
    tasks = [
        Task(
            "payout_trouble",
            trouble.seen_at,
            trouble.ref,
            amount=Money(trouble.amount_minor, trouble.currency),
            place=("payout_waiting", trouble.ref),
            state=trouble.code,
            states="payout_trouble",
        )
        for trouble in waiting[:LISTED]
    ]
    return tasks, count(tasks, waiting)


def reports() -> Group:
    """This function will return reports whose rows need a person: no giver, other amounts, gifts without papers."""
    unknown = {row.report_id for row in importing.unknown_rows()}
    refs = pausing.paused().values("donation__processor_ref")
    rows = ProcessorReportRow.objects.filter(verdict__in=["gift", "unknown"], ref__in=refs)
    waiting = ProcessorReport.objects.filter(Q(pk__in=rows.values("report")) | Q(pk__in=unknown))
    waiting = waiting.order_by("imported_at", "pk")
    tasks = [
        Task(
            "report_unknown" if report.pk in unknown else "report_paused",
            report.imported_at,
            words=report.file_name,
            place=("report", report.pk),
        )
        for report in waiting[:LISTED]
    ]
    return tasks, count(tasks, waiting)

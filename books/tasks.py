"""Doors for the queue: report files of processors that wait to be read or brought in."""

from celery import shared_task
from django.utils import timezone

from books import receiving_reports
from jobs import running


@shared_task(name="books.run_reports")
def run_reports() -> None:
    receiving_reports.purge(now=timezone.now())
    while running.run_one(works=receiving_reports.works(), now=timezone.now()) is not None:
        pass

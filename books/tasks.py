"""Doors for the queue of the books: each task makes one call."""

from celery import shared_task
from django.utils import timezone

from books import handing_over_jobs, importing_statements, keeping_journals, placing, receiving_reports
from jobs import running


@shared_task(name="books.run_jobs")
def run_jobs() -> None:
    while running.run_one(works=importing_statements.works(), now=timezone.now()) is not None:
        pass


@shared_task(name="books.tidy")
def tidy() -> None:
    importing_statements.purge(now=timezone.now())


@shared_task(name="books.hand_over")
def hand_over() -> None:
    keeping_journals.purge(now=timezone.now())
    while running.run_one(works=handing_over_jobs.works(), now=timezone.now()) is not None:
        pass


@shared_task(name="books.release_due")
def release_due() -> None:
    placing.release_due(now=timezone.now())


@shared_task(name="books.run_reports")
def run_reports() -> None:
    receiving_reports.purge(now=timezone.now())
    while running.run_one(works=receiving_reports.works(), now=timezone.now()) is not None:
        pass

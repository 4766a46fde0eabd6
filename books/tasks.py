"""Doors for the queue: statements of the bank that wait to be read or taken in."""

from celery import shared_task
from django.utils import timezone

from books import importing_statements
from jobs import running


@shared_task(name="books.run_jobs")
def run_jobs() -> None:
    while running.run_one(works=importing_statements.works(), now=timezone.now()) is not None:
        pass


@shared_task(name="books.tidy")
def tidy() -> None:
    importing_statements.purge(now=timezone.now())

"""Doors for the queue: journals that wait to be handed over."""

from celery import shared_task
from django.utils import timezone

from books import handing_over_jobs, keeping_journals
from jobs import running


@shared_task(name="books.hand_over")
def hand_over() -> None:
    keeping_journals.purge(now=timezone.now())
    while running.run_one(works=handing_over_jobs.works(), now=timezone.now()) is not None:
        pass

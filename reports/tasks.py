"""Doors for the queue: exports that wait, and people's own data."""

from celery import shared_task
from django.utils import timezone

from books import letting_out
from jobs import running
from reports import export_jobs, following_exports, portraying


@shared_task(name="reports.run_jobs")
def run_jobs() -> None:
    letting_out.expire_due(now=timezone.now())
    following_exports.order_due(now=timezone.now())
    export_jobs.purge(now=timezone.now())
    while running.run_one(works=export_jobs.works(), now=timezone.now()) is not None:
        pass


@shared_task(name="reports.portray")
def portray() -> None:
    portraying.answer(now=timezone.now())

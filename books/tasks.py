"""Doors for the queue of the books: each task makes one call."""

from celery import shared_task
from django.utils import timezone

from books import placing


@shared_task(name="books.release_due")
def release_due() -> None:
    placing.release_due(now=timezone.now())

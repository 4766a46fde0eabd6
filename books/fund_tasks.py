"""Doors for the queue: buildings that open, tickets the books do not know yet."""

from celery import shared_task
from django.utils import timezone

from books import placing
from donations import splitting


@shared_task(name="books.release_due")
def release_due() -> None:
    placing.release_due(now=timezone.now())


@shared_task(name="books.split_tickets")
def split_tickets() -> None:
    splitting.catch_up(now=timezone.now())

"""Doors for the queue: answers kept for repetitions are forgotten after a day."""

from celery import shared_task
from django.utils import timezone

from api import repeating


@shared_task(name="api.purge")
def purge() -> None:
    repeating.purge(now=timezone.now())

"""Doors for the queue: receipts are decided, corrected and drawn."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from receipts import acknowledging, following_up, issuing, sending

RECENTLY = timedelta(days=7)


@shared_task(name="receipts.follow_up")
def follow_up() -> None:
    now = timezone.now()
    following_up.follow_up(since=now - RECENTLY, now=now)


@shared_task(name="receipts.send")
def send() -> None:
    """Planned mails into the outbox, and what the outbox and the mail servers said since."""
    sending.send_due(now=timezone.now())


@shared_task(name="receipts.look_at_all")
def look_at_all() -> None:
    """Once a day: gifts that waited longer than the short look sees, such as those a dispute held."""
    issuing.issue_due(now=timezone.now())
    acknowledging.acknowledge_due(now=timezone.now())

"""Doors for the queue: receipts are decided, corrected and drawn."""

from celery import shared_task
from django.utils import timezone

from receipts import correcting, finishing, issuing


@shared_task(name="receipts.follow_up")
def follow_up() -> None:
    """Everything receipts do after money moved, in order; the mail leaves with the next look at the outbox."""
    correcting.correct_due(now=timezone.now())
    issuing.issue_due(now=timezone.now())
    finishing.finish_due(now=timezone.now())

"""Doors for the queue: receipts are decided, corrected and drawn."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from receipts import filing_hometax, following_up, issuing

RECENTLY = timedelta(days=7)


@shared_task(name="receipts.follow_up")
def follow_up() -> None:
    now = timezone.now()
    following_up.follow_up(since=now - RECENTLY, now=now)


@shared_task(name="receipts.look_at_all")
def look_at_all() -> None:
    """Once a day: gifts that waited longer than the short look sees, such as those a dispute held."""
    issuing.issue_due(now=timezone.now())


@shared_task(name="receipts.follow_filings")
def follow_filings() -> None:
    """Korean receipts get their filing at Hometax; those that no longer stand wait to be canceled there."""
    filing_hometax.follow(now=timezone.now())

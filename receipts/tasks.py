"""Doors for the queue: receipts are decided, corrected and drawn; the annual run goes on."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from jobs import running as working
from receipts import (
    acknowledging,
    filing_hometax,
    folding,
    following_up,
    issuing,
    restoring,
    sending,
    year_works,
)

RECENTLY = timedelta(days=7)


@shared_task(name="receipts.follow_up")
def follow_up(given_from: int = 0) -> None:
    """One turn; in a rush `given_from` is where the turn before ended, in microseconds since 1970."""
    now = timezone.now()
    begin = following_up.moment(given_from) if given_from else None
    following_up.follow_up(since=now - RECENTLY, now=now, given_from=begin)


@shared_task(name="receipts.send")
def send() -> None:
    """Planned mails into the outbox, and what the outbox and the mail servers said since."""
    sending.send_due(now=timezone.now())


@shared_task(name="receipts.look_at_all")
def look_at_all() -> None:
    """Once a day: gifts that waited longer than the short look sees, such as those a dispute held."""
    issuing.issue_due(now=timezone.now())
    acknowledging.acknowledge_due(now=timezone.now())


@shared_task(name="receipts.run_jobs")
def run_jobs() -> None:
    """Rehearsals, annual runs and print files that wait, one after the other."""
    while working.run_one(works=year_works.works(), now=timezone.now()) is not None:
        pass


@shared_task(name="receipts.finish")
def finish() -> None:
    """Beside `follow_up`: as many workers as are rung for draw what waits, each its own receipts."""
    following_up.draw(now=timezone.now())


@shared_task(name="receipts.fold")
def fold() -> None:
    """What is decided of gifts is right without it; folded, it is read quickly."""
    folding.fold_all()


@shared_task(name="receipts.mark_numbers")
def mark_numbers() -> None:
    """After an update from before marks, or when their folder was lost: what the database knows is marked."""
    restoring.catch_up()


@shared_task(name="receipts.follow_filings")
def follow_filings() -> None:
    """Korean receipts get their filing at Hometax; those that no longer stand wait to be canceled there."""
    filing_hometax.follow(now=timezone.now())

"""Doors for the queue: letters out, links for those who asked, and what has lain long enough."""

from celery import shared_task
from django.utils import timezone

from donors import corresponding, moving, requesting, signing_in, staying


@shared_task(name="donors.send_due")
def send_due() -> None:
    corresponding.send_due(now=timezone.now())


@shared_task(name="donors.answer_requests")
def answer_requests() -> None:
    signing_in.answer_requests(now=timezone.now())
    corresponding.send_due(now=timezone.now())


@shared_task(name="donors.tidy")
def tidy() -> None:
    now = timezone.now()
    requesting.remove_old(now=now)
    moving.expire(now=now)
    staying.forget(now=now)

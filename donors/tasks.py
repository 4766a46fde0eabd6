"""Doors for the queue: letters out, and links for those who asked."""

from celery import shared_task
from django.utils import timezone

from donors import corresponding, signing_in


@shared_task(name="donors.send_due")
def send_due() -> None:
    corresponding.send_due(now=timezone.now())


@shared_task(name="donors.answer_requests")
def answer_requests() -> None:
    signing_in.answer_requests(now=timezone.now())
    corresponding.send_due(now=timezone.now())

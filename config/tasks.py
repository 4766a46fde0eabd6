"""Doors for the queue: the system watches itself."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from jobs import beating
from reports import selfchecking


@shared_task(name="config.heartbeat")
def heartbeat() -> None:
    beating.beat(name="worker", now=timezone.now())


@shared_task(name="config.selfcheck")
def selfcheck() -> None:
    now = timezone.now()
    broken = selfchecking.unexplained(selfchecking.run(now=now, documents_since=now - timedelta(days=2)))
    beating.beat(name="selfcheck", now=now, report={"broken": broken[:50]})

"""Doors for the queue: the system watches itself."""

from celery import shared_task
from django.utils import timezone

from jobs import beating
from reports import selfchecking


@shared_task(name="config.heartbeat")
def heartbeat() -> None:
    beating.beat(name="worker", now=timezone.now())


@shared_task(name="config.selfcheck")
def selfcheck() -> None:
    broken = selfchecking.unexplained(selfchecking.run(now=timezone.now()))
    beating.beat(name="selfcheck", now=timezone.now(), report={"broken": broken[:50]})

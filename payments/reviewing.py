"""Reviewing: what a person does with a notice that was parked."""

from datetime import datetime

from django.db import transaction

from payments.models import ProcessorEvent
from staff import auditing
from staff.models import User


def try_again(*, event_id: int, actor: User, now: datetime) -> bool:
    """Let a parked notice be settled once more, as if it had just come; the deed is written down.

    This function will return whether the notice was parked.
    """
    with transaction.atomic():
        parked = ProcessorEvent.objects.filter(pk=event_id, status=ProcessorEvent.Status.PARKED)
        opened = parked.update(
            status=ProcessorEvent.Status.RECEIVED, settled_at=None, attempts=0, settle_after=now, reason=""
        )
        if opened:
            auditing.record(actor=actor, action="settle again", target=f"event:{event_id}", now=now)
    return bool(opened)


def set_aside(*, event_id: int, actor: User, now: datetime) -> bool:
    """Say that a parked notice needs nothing from us; it stays stored and is never settled.

    This function will return whether the notice was parked.
    """
    with transaction.atomic():
        parked = ProcessorEvent.objects.filter(pk=event_id, status=ProcessorEvent.Status.PARKED)
        closed = parked.update(status=ProcessorEvent.Status.IGNORED, settled_at=now)
        if closed:
            auditing.record(actor=actor, action="set aside", target=f"event:{event_id}", now=now)
    return bool(closed)

"""Catching up: notices that never reached us are taken from the processor's own list."""

from datetime import datetime, timedelta

from payments import gateway, inbox
from payments.models import ProcessorEvent

OVERLAP = timedelta(hours=3)
LIST_KEEPS = timedelta(days=30)


def run(*, now: datetime) -> list[int]:
    """Read the processor's list of events since shortly before the newest one we have.

    With `OVERLAP` looked at again, an event delivered out of order is found too; a fresh database looks back
    over all 30 days the list holds. This function will return the ids of the notices that were missing.
    """
    newest = ProcessorEvent.objects.order_by("-created_at").first()
    floor = now - LIST_KEEPS
    since = max(floor, newest.created_at - OVERLAP) if newest else floor
    missing: list[int] = []
    for notice in gateway.connect().notices(since=since):
        if not ProcessorEvent.objects.filter(ref=notice.ref).exists():
            pk, deliveries = inbox.keep(notice=notice, now=now)
            if deliveries == 1:
                missing.append(pk)
    return missing

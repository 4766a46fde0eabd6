"""Catching up: notices that never reached us are taken from the processor's own list."""

from datetime import datetime, timedelta

from jobs import beating
from jobs.models import Heartbeat
from payments import gateway, inbox
from payments.models import ProcessorEvent

OVERLAP = timedelta(hours=3)
LIST_KEEPS = timedelta(days=30)
NAME = "catch_up"


def run(*, now: datetime) -> list[int]:
    """Read the processor's list of events since shortly before the last time it was read to the end.

    Not since the newest event we have: after an outage the first webhook would hide all older ones. Without a
    former reading it looks back over all 30 days the list holds. This function will note that the list was read
    and return the ids of the notices that were missing.
    """
    last = Heartbeat.objects.filter(name=NAME).first()
    floor = now - LIST_KEEPS
    since = max(floor, last.at - OVERLAP) if last else floor
    missing: list[int] = []
    for notice in gateway.connect().notices(since=since):
        if not ProcessorEvent.objects.filter(ref=notice.ref).exists():
            pk, deliveries = inbox.keep(notice=notice, now=now)
            if deliveries == 1:
                missing.append(pk)
    beating.beat(name=NAME, now=now, report={"found": len(missing)})
    return missing

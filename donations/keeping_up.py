"""Keeping up: notices that wait are settled portion by portion, by as many workers as there are.

Settling one is mostly waiting for the processor, so a worker settles several side by side. A gift is told of three
times; the notices of its charge come first, so that the other two find it in the books and ask nobody.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.db import connection

from donations import settling
from payments import inbox
from payments.models import ProcessorEvent

SIDE_BY_SIDE = 10
FIRST = "charge.succeeded"


def settle_portion(*, now: datetime, side_by_side: int = SIDE_BY_SIDE) -> int:
    """Settle some of the notices that wait, oldest first. Each worker takes its own.

    This function will return how many it took; 0 when nothing waits.
    """
    taken = inbox.claim(now=now, limit=4 * SIDE_BY_SIDE)
    first = set(ProcessorEvent.objects.filter(pk__in=taken, kind=FIRST).values_list("pk", flat=True))
    for turn in ([pk for pk in taken if pk in first], [pk for pk in taken if pk not in first]):
        _settle(turn, now=now, side_by_side=side_by_side)
    return len(taken)


def _settle(turn: Sequence[int], *, now: datetime, side_by_side: int) -> None:
    if len(turn) < 2 or side_by_side < 2:
        for event_id in turn:
            settling.settle(event_id=event_id, now=now)
        return
    with ThreadPoolExecutor(max_workers=side_by_side) as pool:
        for done in [pool.submit(partial(_settle_aside, event_id, now=now)) for event_id in turn]:
            done.result()


def _settle_aside(event_id: int, *, now: datetime) -> None:
    """In a thread of the pool, whose connection goes back as soon as the notice is dealt with."""
    try:
        settling.settle(event_id=event_id, now=now)
    finally:
        connection.close()

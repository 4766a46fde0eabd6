"""Keeping up: notices that wait are settled portion by portion, by as many workers as there are."""

from datetime import datetime

from donations import settling
from payments import inbox


def settle_portion(*, now: datetime) -> int:
    """Settle some of the notices that wait, oldest first. Each worker takes its own.

    This function will return how many it took; 0 when nothing waits.
    """
    taken = inbox.claim(now=now)
    for event_id in taken:
        settling.settle(event_id=event_id, now=now)
    return len(taken)

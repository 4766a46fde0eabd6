"""Draining: when many notices wait at once, they are settled side by side.

Settling is mostly waiting for the processor's answers. On a renewal day with a slow processor notices one after the
other would be hours behind; the order does not matter, because each of them fetches the whole story.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import connection

from donations import settling
from payments import inbox
from payments.models import ProcessorEvent

SIDE_BY_SIDE = 24
"""Below the calls one process may have under way (`stripe_gateway.MOST_UNDER_WAY`)."""
BATCH = 2 * SIDE_BY_SIDE
MOST_BATCHES = 4
FEW = 3
LEASE = timedelta(minutes=2)
"""So long nobody else takes what was claimed here; afterwards the claimer is taken for dead."""
ENOUGH = 3


class Round:
    """One batch on its way. A processor that does not answer is not asked for the rest of it."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self._guard = threading.Lock()
        self._unanswered = 0

    @property
    def is_unanswered(self) -> bool:
        return self._unanswered >= ENOUGH

    def settle(self, event_id: int) -> bool:
        """This function will settle one notice, unless too many before it were not answered, and say whether it did."""
        if self.is_unanswered:
            inbox.release(pk=event_id, now=self.now)
            return False
        if settling.settle(event_id=event_id, now=self.now) == ProcessorEvent.Status.RECEIVED:
            with self._guard:
                self._unanswered += 1
            return False
        return True

    def settle_aside(self, event_id: int) -> bool:
        """The same on a thread of its own; its connection goes back to the pool."""
        try:
            return self.settle(event_id)
        finally:
            connection.close()


def drain_for_now(*, now: datetime) -> bool:
    """The bell rang. This function will settle some batches and return whether notices still wait to be settled."""
    return drain(now=now) > 0 and bool(inbox.waiting(now=now, limit=1))


def drain(*, now: datetime) -> int:
    """Settle what waits, batch by batch. What another worker has claimed is left to it.

    This function will return how many notices came to an end.
    """
    begun, ended = Round(now=now), 0
    for _ in range(MOST_BATCHES):
        leading, others = inbox.claim(now=now, limit=BATCH, lease=LEASE)
        ended += _settle_all(begun, leading) + _settle_all(begun, others)
        if len(leading) + len(others) < BATCH or begun.is_unanswered:
            break
    return ended


def _settle_all(begun: Round, claimed: list[int]) -> int:
    # A thread has a connection of its own, which would not see what an open transaction has written.
    if len(claimed) < FEW or connection.in_atomic_block:
        return sum(begun.settle(event_id) for event_id in claimed)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return sum(pool.map(begun.settle_aside, claimed))

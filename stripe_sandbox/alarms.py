"""What is to be done later, by clock: the sandbox's own (None) or a test clock.

An alarm here is only a hint; the object's notes hold the truth (`notes["alarms"]`), so that a restart
rebuilds the heap and a rescheduled alarm is recognized as outdated.
"""

from __future__ import annotations

import heapq
import threading


class Alarms:
    """One heap for each clock."""

    def __init__(self) -> None:
        self.heaps: dict[str | None, list[tuple[float, int, str, str]]] = {}
        self.changed = threading.Event()
        self._count = 0

    def add(self, clock: str | None, moment: float, deed: str, identity: str) -> None:
        """This function will add a hint that `deed` is to be done to an object."""
        self._count += 1
        heapq.heappush(self.heaps.setdefault(clock, []), (moment, self._count, deed, identity))
        self.changed.set()

    def clear(self) -> None:
        """This function will forget every hint; `changed` stays the same event for those who wait for it."""
        self.heaps.clear()

    def next_moment(self, clock: str | None) -> float | None:
        """This function will return the moment of the first hint of a clock."""
        heap = self.heaps.get(clock)
        return heap[0][0] if heap else None

    def pop(self, clock: str | None) -> tuple[float, str, str]:
        """This function will take the first hint: its moment, deed and object."""
        moment, _, deed, identity = heapq.heappop(self.heaps[clock])
        return moment, deed, identity

"""Crowding: whether many press the giving form at once, as one server process sees it.

Nothing is asked and nothing is written: a flood must not be made heavier by being counted. Each process counts the
presses it took in this second and in the one before.
"""

import threading
from datetime import datetime

from donations import guarding


class Crowd:
    """Presses of one process, second by second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._now = self._before = 0

    def press(self, *, now: datetime) -> bool:
        """This function will count one press, and return whether there is a crowd."""
        with self._lock:
            self._turn(now)
            self._now += 1
            return self._is_full()

    def is_there(self, *, now: datetime) -> bool:
        """This function will return whether there is a crowd at this moment."""
        with self._lock:
            self._turn(now)
            return self._is_full()

    def _turn(self, now: datetime) -> None:
        second = int(now.timestamp())
        if second != self._second:
            self._before = self._now if second == self._second + 1 else 0
            self._second, self._now = second, 0

    def _is_full(self) -> bool:
        return max(self._now, self._before) > guarding.limits().presses_a_second


HERE = Crowd()

"""Crowding: whether many press the giving form at once, as one server process sees it.

Nothing is asked and nothing is written: a flood must not be made heavier by being counted. Each process counts the
presses it took in this second and in the one before, and remembers which networks had theirs.
"""

import threading
from datetime import datetime

from donations import guarding

MOST_HELD = 50_000


class Crowd:
    """Presses of one process, second by second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._now = self._before = self._drawn = 0
        self._held: dict[str, float] = {}

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

    def may_draw(self, *, now: datetime) -> bool:
        """This function will take one of the forms that may be drawn this second, and return whether one was left."""
        with self._lock:
            self._turn(now)
            self._drawn += 1
            return self._drawn <= guarding.limits().forms_in_crowd

    def hold(self, who: str, *, now: datetime) -> None:
        """This function will remember for some minutes that a network had its presses in this crowd."""
        with self._lock:
            if len(self._held) >= MOST_HELD:
                self._held.clear()
            self._held[who] = now.timestamp() + guarding.limits().pause_minutes * 60

    def is_held(self, who: str, *, now: datetime) -> bool:
        """This function will return whether a network had its presses in this crowd already."""
        with self._lock:
            return self._held.get(who, 0) > now.timestamp()

    def _turn(self, now: datetime) -> None:
        second = int(now.timestamp())
        if second != self._second:
            self._before = self._now if second == self._second + 1 else 0
            self._second, self._now, self._drawn = second, 0, 0

    def _is_full(self) -> bool:
        return max(self._now, self._before) > guarding.limits().presses_a_second


HERE = Crowd()

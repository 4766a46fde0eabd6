"""Ringing: a worker looks at once instead of at the next beat of the timetable. The committed row is the promise."""

import logging
import os
import threading
import time

from celery import signature
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
PAUSE = 0.25
"""Seconds between two rings of one bell by one process: so many rows are found by one look."""


def ring(*names: str, first: tuple[object, ...] = (), within: float | None = None) -> None:
    """Ring for tasks, one after the other; `first` are the arguments of the first.

    A bell that nobody hears `within` so many seconds is void: it asks whoever is free now.
    A queue that is away is no error: the rows wait for the timetable. This function will never raise for it.
    """
    steps = [
        signature(name, args=first if place == 0 else (), immutable=True) for place, name in enumerate(names)
    ]
    bell = steps[0]
    for step in steps[1:]:
        bell = bell | step
    try:
        bell.apply_async(retry=False, expires=within)
    except (OperationalError, OSError) as error:
        logger.warning("the queue is away (%s): the timetable will find the rows", type(error).__name__)


def ring_soon(*names: str) -> None:
    """Ring for tasks that look for their rows themselves, without waiting for the queue.

    Whoever rings is answering a webhook: a thread of this process speaks to the queue instead, at once, and then
    only every quarter of a second for all who rang meanwhile. A ring that dies with the process costs seconds.
    This function will return before the bell has rung.
    """
    with _lock:
        bell = _bells.get(names)
        if bell is None or bell.process != os.getpid():  # threads do not follow into a forked process
            bell = _bells[names] = _Bell(names)
            bell.start()
        bell.silent.clear()
        bell.asked.set()


def wait_until_rung(*, within: float) -> bool:
    """For a process that is about to end: its bells hang on threads that it would take with it.

    This function will return whether everything this process asked for was rung within so many seconds.
    """
    until = time.monotonic() + within
    with _lock:
        mine = [bell for bell in _bells.values() if bell.process == os.getpid()]
    return all([bell.silent.wait(max(0.0, until - time.monotonic())) for bell in mine])


class _Bell(threading.Thread):
    """One bell of one process. It is asleep unless somebody rang."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(name=f"bell {names[0]}", daemon=True)
        self.names = names
        self.process = os.getpid()
        self.asked = threading.Event()
        self.silent = threading.Event()
        """Set while nothing that was asked for is still to be rung."""
        self._pause = threading.Event()

    def run(self) -> None:
        while True:
            self.asked.wait()
            self.asked.clear()  # before the ring: whoever asks while it rings is rung for again
            try:
                ring(*self.names)
            except Exception:
                # The bell must go on; what is wrong with the queue is told with its trace.
                logger.exception("the bell %s could not be rung", self.names[0])
            with _lock:
                if not self.asked.is_set():
                    self.silent.set()
            self._pause.wait(PAUSE)


_lock = threading.Lock()
_bells: dict[tuple[str, ...], _Bell] = {}

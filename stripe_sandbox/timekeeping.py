"""The thread that does what falls due on the own clock: bank debits, expiries, disputes, renewals."""

from __future__ import annotations

import logging
import threading

from stripe_sandbox import clocks
from stripe_sandbox.world import World

log = logging.getLogger("stripe_sandbox")

LONGEST_NAP = 30.0


class Timekeeper:
    """One thread; it sleeps until the next alarm or until an alarm is added."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._stopping = False

    def start(self) -> None:
        """This function will start the thread."""
        threading.Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        """This function will end the thread after what it is doing."""
        self._stopping = True
        self.world.alarms.changed.set()

    def _work(self) -> None:
        while not self._stopping:
            changed = self.world.alarms.changed
            changed.clear()
            try:
                while clocks.run_next(self.world, None, self.world.clock()):
                    pass
            except Exception:  # a defect of the sandbox: the alarm is gone, the others go on
                log.exception("An alarm failed inside the sandbox")
            moment = self.world.alarms.next_moment(None)
            nap = LONGEST_NAP if moment is None else max(0.0, moment - self.world.clock())
            changed.wait(min(nap, LONGEST_NAP))

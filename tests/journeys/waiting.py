"""Waiting for what another process does: asked again until a deadline, never a fixed pause."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
BETWEEN = threading.Event()
"""Never set: waiting on it only leaves the processor to others between two looks."""


def until(look: Callable[[], Found | None], *, what: str | Callable[[], str], seconds: float) -> Found:
    """This function will return what `look` found as soon as it is something; it fails at the deadline, telling
    `what` was awaited.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:.0f}s: {what() if callable(what) else what}")
        BETWEEN.wait(0.1)

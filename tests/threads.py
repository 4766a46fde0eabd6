"""Many at once, each on a connection of its own; everybody starts together and every error is seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(deeds: list[Callable[[], Result]]) -> list[Result | Exception]:
    """Run the deeds at the same moment; the outcome of each is what it returned or raised."""
    ready = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Result]) -> Result | Exception:
        try:
            ready.wait(timeout=30)
            return deed()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def results(outcomes: list[Result | Exception]) -> list[Result]:
    """The results, when nobody failed."""
    found: list[Result] = []
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
        found.append(outcome)
    return found

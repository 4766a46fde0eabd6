"""The demo organization, written once and committed: a test that stands in it takes back only what it did itself.

Writing the demo takes longer than most tests take. So each day it is written for has a database of its own, a copy of
the migrated one, and a test that asks for the demo runs its transaction there instead of in the usual database.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper

from web.demo import writing

ZONES = (UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul"))


class Houses:
    """Every house that was built in this process, each with one connection that stays open."""

    def __init__(self, *, copied: Callable[[str], str], state_dir: Path) -> None:
        self._copied = copied
        self._state_dir = state_dir
        self._built: dict[str, DatabaseWrapper] = {}

    @contextmanager
    def entered(self, *, now: datetime) -> Iterator[None]:
        """Inside, the usual connection is one to a house whose demo was written on that day of every zone.

        This function will build that house when there is none yet.
        """
        day = "_".join(f"{now.astimezone(zone):%y%m%d}" for zone in ZONES)
        if day not in self._built:
            house = _connected(self._copied(f"house_{day}"))
            with _instead(house):
                writing.write(now=now, state_dir=self._state_dir)
            self._built[day] = house
        with _instead(self._built[day]):
            yield

    def leave(self) -> None:
        """This function will close every connection, so that the databases can go."""
        for house in self._built.values():
            house.close()


@contextmanager
def _instead(house: DatabaseWrapper) -> Iterator[None]:
    usual = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = house
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual


def _connected(name: str) -> DatabaseWrapper:
    """Without a pool: all databases of one alias would share it."""
    settings = copy.deepcopy(connection.settings_dict)
    settings["NAME"] = name
    settings["OPTIONS"].pop("pool", None)
    return DatabaseWrapper(settings, DEFAULT_DB_ALIAS)

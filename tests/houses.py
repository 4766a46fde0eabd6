"""Houses: what many tests find written, written once and committed; a test takes back only what it did itself.

Writing the demo organization takes longer than most tests take. So it has a database of its own, a copy of the migrated
one, and a test that asks for the demo runs its transaction there instead of in the usual database.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

ZONES = (UTC, ZoneInfo("America/New_York"), ZoneInfo("Asia/Seoul"))


def day(now: datetime) -> str:
    """This function will return a name of that moment's day, which is another one when a day begins anywhere."""
    return "_".join(f"{now.astimezone(zone):%y%m%d}" for zone in ZONES)


class Houses:
    """Every house that was built in this process, each with one connection that stays open."""

    def __init__(self, *, copied: Callable[[str], str], folder: Path) -> None:
        self.folder = folder
        self._copied = copied
        self._built: dict[str, DatabaseWrapper] = {}

    @contextmanager
    def entered(self, *, name: str, furnish: Callable[[], object]) -> Iterator[None]:
        """Inside, the usual connection is one to the house of that name.

        This function will build it when there is none yet: a copy of the migrated database, in which `furnish` has
        written in one transaction.
        """
        if name not in self._built:
            house = _connected(self._copied(name))
            with _instead(house), transaction.atomic():
                furnish()
            self._built[name] = house
        with _instead(self._built[name]):
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

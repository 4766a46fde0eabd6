"""How the processes of one run share the tests: what takes longest begins first, and one of them walks all journeys."""

from __future__ import annotations

from collections import Counter

import pytest
from xdist.scheduler import LoadFileScheduling

JOURNEYS = "tests/journeys/"


class Sharing(LoadFileScheduling):
    """File by file, as `--dist loadfile`; but the journeys are one share, because each process that walks one builds
    a whole system for it, and builds another when it comes back from elsewhere."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else super()._split_scope(nodeid)


def arrange(items: list[pytest.Item]) -> None:
    """Put the journeys first, then files with slow tests, then long files: a long one at the end is waited for.

    This function will keep the tests of one file together and in their order.
    """
    tests = Counter(item.path for item in items)
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: (not _is_journey(item), -slow[item.path], -tests[item.path], item.path))


def _is_journey(item: pytest.Item) -> bool:
    return item.nodeid.startswith(JOURNEYS)

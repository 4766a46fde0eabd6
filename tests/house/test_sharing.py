"""What takes longest begins first, and no process builds the journeys' system twice."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests import sharing


def item(path: str, name: str, *, slow: bool = False) -> Any:
    return SimpleNamespace(
        path=Path("/house") / path,
        nodeid=f"{path}::{name}",
        get_closest_marker=lambda mark: slow and mark == "slow",
    )


def test_journeys_then_slow_files_then_long_ones() -> None:
    items = [
        item("tests/api/test_lists.py", "one"),
        item("tests/donations/test_at_once.py", "quick"),
        item("tests/donations/test_at_once.py", "slow", slow=True),
        item("tests/journeys/test_giving.py", "gives"),
        item("tests/web/test_pages.py", "one"),
        item("tests/web/test_pages.py", "two"),
    ]
    sharing.arrange(items)
    assert [one.nodeid.removeprefix("tests/") for one in items] == [
        "journeys/test_giving.py::gives",
        "donations/test_at_once.py::quick",
        "donations/test_at_once.py::slow",
        "web/test_pages.py::one",
        "web/test_pages.py::two",
        "api/test_lists.py::one",
    ]


def test_all_journeys_are_one_share_and_every_other_file_is_one() -> None:
    share = object.__new__(sharing.Sharing)._split_scope
    first, second = "tests/journeys/test_giving.py::gives", "tests/journeys/test_portal.py::signs_in"
    assert share(first) == share(second)
    assert share("tests/web/test_pages.py::one") == share("tests/web/test_pages.py::two[a::b]")
    assert share("tests/web/test_pages.py::one") != share("tests/web/test_portal.py::one")

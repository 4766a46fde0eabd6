"""The table of the portal's rows in docs/developing.md names tests that exist, and every row has one."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| (P\d\d) \|.*\| (.+) \|$", re.MULTILINE)
DELETING = "P18", "P20"
"""Showing names and deleting a person are other work than the giver's papers."""


def test_every_row_of_the_portal_names_tests_that_exist() -> None:
    rows = dict(ROW.findall((ROOT / "docs" / "developing.md").read_text(encoding="utf-8")))
    assert set(rows) == {f"P{number:02}" for number in range(1, 20)} - set(DELETING)
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    for row, cell in rows.items():
        named = re.findall(r"`(\w+)`", cell)
        assert named, row
        assert set(named) <= written, (row, set(named) - written)

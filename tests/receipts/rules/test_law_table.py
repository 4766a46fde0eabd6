"""The law table, the rules, the tests and the document tell the same rows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from receipts.rules import choosing, shapes
from tests.house.house import ROOT
from tests.receipts.rules.facts import US, gift, receipt, usd

IDS = [
    *(f"US-{number:02}" for number in range(1, 21)),
    *(f"CA-{number:02}" for number in range(1, 16)),
    *(f"KR-{number:02}" for number in range(1, 15)),
    *("UK-01", "UK-02", "AU-01"),
]
LAWS = {law.id: law for rules in choosing.ALL for law in rules.LAWS}
DOCUMENT = ROOT / "docs" / "receipt-law.md"
DATING = ROOT / "donations" / "dating.py"
PURE = [*sorted((ROOT / "receipts" / "rules").glob("*.py")), DATING]
TESTS = [*Path(__file__).parent.glob("test_*.py"), ROOT / "tests" / "donations" / "test_dating.py"]


def test_every_row_has_a_rule_in_the_order_of_the_table() -> None:
    assert [law.id for rules in choosing.ALL for law in rules.LAWS] == IDS


def test_every_row_has_a_test_named_for_it() -> None:
    named = {
        node.name
        for path in TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    tested = {
        match[1].replace("_", "-") for name in named if (match := re.match(r"test_([A-Z]{2}_\d\d)_", name))
    }
    assert tested == set(IDS)


@pytest.mark.parametrize("law", LAWS.values(), ids=list(LAWS))
def test_every_row_says_its_policy_and_what_is_open(law: shapes.Law) -> None:
    assert law.policy.endswith(".")
    assert (
        law.kept_by.__module__.startswith("receipts.rules.") or law.kept_by.__module__ == "donations.dating"
    )
    assert bool(law.words) == (law.is_broken is not None)
    assert bool(law.open_point) is not law.is_verified


def test_the_document_tells_the_table() -> None:
    words = DOCUMENT.read_text(encoding="utf-8")
    assert "\n".join(choosing.table()) in words
    assert "accountant confirms" in words


def test_the_document_tells_every_figure_nobody_has_checked() -> None:
    words = DOCUMENT.read_text(encoding="utf-8")
    for told in ("2025", "2026", "43", "63-3", "2023-03-20"):
        assert told in words


def test_a_law_belongs_to_the_body_and_unknown_countries_have_none() -> None:
    assert [choosing.law_of(country=code).CODE for code in ("US", "CA", "KR", "UK", "GB", "AU")] == [
        *("US", "CA", "KR", "UK", "UK", "AU")
    ]
    assert all(rules.VERSION.startswith(f"{rules.CODE}/") for rules in choosing.ALL)
    with pytest.raises(choosing.NoLaw, match="DE"):
        choosing.law_of(country="DE")


def test_violations_come_in_the_order_of_the_table() -> None:
    subject = receipt(gift(usd(0)), entity=US, printed=frozenset(), eligible=usd(1))
    found = [one.id for one in choosing.law_of(country="US").validate(receipt=subject)]
    assert found == sorted(found, key=IDS.index)
    assert len(found) > 2


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_the_rules_know_no_database_no_clock_and_no_page(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    ours = {
        name
        for name in imported
        if name.split(".")[0] in {"django", "donations", "donors", "paper", "receipts"}
    }
    # What a resident number looks like is known below, where donors are kept; that module is as pure as these.
    allowed = ("receipts.rules", "donations.dating", "donors.refusing")
    assert {name for name in ours if not name.startswith(allowed)} == set()

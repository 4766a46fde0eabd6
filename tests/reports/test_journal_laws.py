"""The laws of journals (I80, I81) are broken behind the triggers' back, and the check names the row."""

from __future__ import annotations

import pytest

from tests import facts
from tests.laws import journal_rows
from tests.reports.breaking import broken, sql


@pytest.fixture
def handed_over(db: None) -> None:
    facts.donation()
    journal_rows.handed_over()


def test_an_export_that_says_what_it_holds_breaks_nothing(handed_over: None) -> None:
    assert (broken("I80"), broken("I81")) == ([], [])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE books_journalexport SET entry_count = 2", "says 2 entries of 2 lines, it holds 1 of 2"),
        ("UPDATE books_journalexport SET line_count = 3", "says 1 entries of 3 lines, it holds 1 of 2"),
        ("DELETE FROM books_exportedentry", "it holds 0 of 0"),
        ("UPDATE books_journalexport SET sums = '{\"USD\": 1}'", 'its entries sum to {"USD": 10000}'),
    ],
)  # fmt: skip
def test_i80_an_export_whose_figures_are_not_those_of_its_entries(
    handed_over: None, unguarded: None, change: str, named: str
) -> None:
    sql(change)
    assert any(named in row for row in broken("I80")), broken("I80")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE ledger_entry SET entity_id = entity_id + 1", "went out with an export of entity"),
        ("UPDATE ledger_entry SET booked_on = '2020-01-01'", "of 2020-01-01 went out with an export of"),
        ("UPDATE books_exportedentry SET target = 'iif'", "stands for iif in an export for xero"),
        ("UPDATE books_journalexport SET number = 3", "are 1, the last is number 3"),
    ],
)  # fmt: skip
def test_i81_an_entry_that_went_out_with_the_wrong_export(
    handed_over: None, unguarded: None, change: str, named: str
) -> None:
    sql(change)
    assert any(named in row for row in broken("I81")), broken("I81")

"""The law of the bank's lines can be broken, and then it says so."""

from __future__ import annotations

import pytest

from tests import facts
from tests.books import banks
from tests.reports.breaking import broken, sql

pytestmark = pytest.mark.django_db


def test_i26_a_line_that_says_it_is_matched_and_is_nothing(unguarded: None) -> None:
    facts.general()
    line = banks.line(banks.account(), -250)
    assert broken("I26") == []
    sql("UPDATE books_bankline SET state = 'matched', payer = '', reference = '', settled_at = now()")
    assert broken("I26") == [f"bank line {line.pk} of -250 is matched, its matches sum to 0"]

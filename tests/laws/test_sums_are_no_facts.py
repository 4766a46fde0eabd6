"""Sums beside the facts are no facts: they may be changed, by folding, and any of them can be made anew.

So no guard stands on them and the application has its rights: it folds and rebuilds. What guards them is that the
self-check compares every one with the facts (I40 to I44), and that nothing is decided by them but what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from donations import folding
from receipts import folding as decisions
from reports.fact_tables import FACT_TABLES
from tests import facts
from tests.reports.breaking import broken

SUMS = (
    "donations_giftdelta",
    "donations_giftback",
    "donations_giftday",
    "donations_giftmonth",
    "donations_giftsize",
    "donations_giveryear",
    "donations_givercohort",
    "donations_giftsource",
    "donations_giversource",
    "donations_sourcecohort",
    "ledger_linedelta",
    "ledger_linemonth",
    "receipts_decisiondelta",
    "receipts_decisionmonth",
)
COUNTS = ("donations_tally", "shared_counts", "staff_look", "receipts_undrawn")
"""Counts, and the list of papers that wait for their file."""
LAWS = ("I40", "I41", "I42", "I43", "I44")


def test_every_table_without_a_model_is_a_sum_or_a_count(db: None) -> None:
    """A new one must say here what it is."""
    known = set(connection.introspection.django_table_names(include_views=False))
    there = {name for name in connection.introspection.table_names() if name.count("_")}
    assert there - known - {"django_migrations"} == {*SUMS, *COUNTS}
    assert not set(SUMS) & set(FACT_TABLES)


@pytest.mark.parametrize("table", SUMS)
def test_the_application_may_change_a_sum_and_the_facts_restore_it(
    as_application: Callable[[], None], table: str
) -> None:
    facts.campaign()
    gift = facts.donation(source="spring")
    facts.refund(gift, 100)
    facts.paperwork()
    if "delta" not in table:
        folding.fold_all()
        decisions.fold_all()
    as_application()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        assert cursor.rowcount > 0
    assert [row for code in LAWS for row in broken(code)]
    call_command("rebuild_rollups", stdout=StringIO())
    assert [row for code in LAWS for row in broken(code)] == []

"""What is asked for a single gift is looked up, however many rows there are: a search for each gift would never end."""

from __future__ import annotations

import pytest
from django.db import connection

from reports.files import second_half
from reports.lists import selecting
from reports.lists.selecting import Window
from tests.reports.test_sharing import selection

WHERE_ALL_ARE = ("ledger_entry", "ledger_line", "donations_designation", "donations_refund")


@pytest.mark.django_db
@pytest.mark.parametrize("is_alone", [False, True])
def test_books_and_refunds_of_one_gift_are_found_by_an_index(is_alone: bool) -> None:
    of = selection()
    statement = of.statement(cell=selecting.plain, window=Window("TRUE", is_long=True))
    with connection.cursor() as cursor:
        if is_alone:
            cursor.execute(second_half.ALONE)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", dict(of.params))
        lines = [str(line) for (line,) in cursor.fetchall()]
    asked_for_each = lines[next(place for place, line in enumerate(lines) if "SubPlan" in line) :]
    found = "\n".join(asked_for_each)
    assert [table for table in WHERE_ALL_ARE if f"Seq Scan on {table}" in found] == []
    assert found.count("entry_posted_once_per_source") == 2  # what PayPal kept, in the fee and in the net

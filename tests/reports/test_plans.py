"""What is asked for a single gift is looked up, however many rows there are: a search for each gift would never end."""

from __future__ import annotations

import pytest
from django.db import connection

from reports.files import second_half
from reports.lists import selecting
from reports.lists.declaring import local
from reports.lists.selecting import Window
from tests.reports.test_sharing import selection


@pytest.mark.django_db
@pytest.mark.parametrize("is_alone", [False, True])
def test_the_books_of_one_gift_are_found_by_an_index(is_alone: bool) -> None:
    of = selection()
    statement = of.statement(cell=selecting.plain, window=Window("TRUE", is_long=True))
    with connection.cursor() as cursor:
        if is_alone:
            cursor.execute(second_half.ALONE)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {statement}", dict(of.params))
        found = "\n".join(str(line) for (line,) in cursor.fetchall())
    assert "Seq Scan on ledger_" not in found
    assert found.count("entry_posted_once_per_source") == 2  # what PayPal kept, in the fee and in the net


@pytest.mark.django_db
@pytest.mark.parametrize("clock", ["UTC", "America/New_York", "Asia/Seoul", "america/new_york"])
def test_a_moment_is_told_by_its_own_zone_whatever_clock_the_session_has(clock: str) -> None:
    """Among them are the days on which clocks are set: an hour that comes twice, and one that never comes."""
    shown = local("m.at", "z.zone")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('TimeZone', %s, true)", [clock])
        cursor.execute(
            f"""SELECT z.zone, m.at, {shown}, (m.at AT TIME ZONE z.zone)::timestamp(0)
            FROM generate_series('2026-01-01+00'::timestamptz, '2026-12-31+00', '29 minutes 59.5 seconds') m (at),
              (VALUES ('America/New_York'), ('Asia/Seoul'), ('UTC')) z (zone)"""
        )
        told = cursor.fetchall()
    assert len(told) > 50_000
    assert [row for row in told if row[2] != row[3]] == []

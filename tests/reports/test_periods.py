"""Periods by the month a year ends in, as they stand in an address."""

from __future__ import annotations

from datetime import date

import pytest

from reports import periods


@pytest.mark.parametrize(
    ("key", "ends", "first", "last"),
    [
        ("2026", 12, date(2026, 1, 1), date(2026, 12, 31)),
        ("2026", 6, date(2025, 7, 1), date(2026, 6, 30)),
        ("2026", 2, date(2025, 3, 1), date(2026, 2, 28)),
        ("2024", 2, date(2023, 3, 1), date(2024, 2, 29)),
        ("2026-02", 6, date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-12", 6, date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-q1", 12, date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-q1", 6, date(2025, 7, 1), date(2025, 9, 30)),
        ("2026-q4", 6, date(2026, 4, 1), date(2026, 6, 30)),
    ],
)
def test_a_period_begins_and_ends(key: str, ends: int, first: date, last: date) -> None:
    period = periods.read(key, ends_in_month=ends)
    assert (period.first, period.last, period.key) == (first, last, key)


@pytest.mark.parametrize(
    "key", ["", "x", "1989", "2201", "2026-0", "2026-13", "2026-q0", "2026-q5", "2026-", "²026"]
)
def test_what_names_no_period_is_refused(key: str) -> None:
    if key == "2026-":
        assert periods.read(key, ends_in_month=12).key == "2026"
        return
    with pytest.raises(periods.NoSuchPeriod):
        periods.read(key, ends_in_month=12)


def test_what_is_offered_lies_around_the_day() -> None:
    offered = periods.around(date(2026, 8, 15), ends_in_month=6)
    assert [one.year for one in offered["year"]] == [2027, 2026, 2025]
    assert offered["quarter"][0].key == "2027-q1"
    assert [one.key for one in offered["month"][:3]] == ["2026-08", "2026-07", "2026-06"]
    assert periods.year_of(date(2026, 6, 30), ends_in_month=6) == 2026

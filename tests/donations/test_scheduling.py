"""Dates of standing gifts: one table for each function, and what holds for every day of the month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from donations import scheduling

JAN_31 = datetime(2026, 1, 31, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "months", "expected"),
    [
        ("2026-01-31T10:29", 1, "2026-01-31"),
        ("2026-01-31T10:30", 1, "2026-02-28"),
        ("2026-02-28T10:30", 1, "2026-03-31"),
        ("2028-02-01T00:00", 1, "2028-02-29"),
        ("2026-02-01T00:00", 3, "2026-04-30"),
        ("2026-02-01T00:00", 12, "2027-01-31"),
    ],
)
def test_the_next_moment_is_counted_from_the_anchor(after: str, months: int, expected: str) -> None:
    moment = scheduling.following(
        anchored_at=JAN_31,
        charge_day=31,
        months=months,
        after=datetime.fromisoformat(after).replace(tzinfo=UTC),
    )
    assert f"{moment:%Y-%m-%d %H:%M}" == f"{expected} 10:30"


def test_a_schedule_without_end_is_not_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="no such moment"):
        scheduling.following(
            anchored_at=JAN_31, charge_day=31, months=1, after=datetime(9000, 1, 1, tzinfo=UTC)
        )
    with pytest.raises(ValueError, match="no such day"):
        scheduling.first_on(charge_day=5, near=date(2026, 1, 1), not_before=date(2099, 1, 1))


@pytest.mark.parametrize(
    ("last_day", "expected"),
    [("2026-03-30", "2026-03-31"), ("2026-03-31", "2026-04-30"), ("2026-01-01", "2026-02-28")],
)
def test_an_end_lies_on_a_boundary(last_day: str, expected: str) -> None:
    end = scheduling.after_last_day(
        last_day=date.fromisoformat(last_day),
        anchored_at=JAN_31,
        charge_day=31,
        months=1,
        next_at=datetime(2026, 2, 28, 10, 30, tzinfo=UTC),
    )
    assert f"{end:%Y-%m-%d %H:%M}" == f"{expected} 10:30"


@given(charge_day=some.integers(1, 31), near=some.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_a_chosen_day_is_that_very_day_and_never_in_the_past(charge_day: int, near: date) -> None:
    found = scheduling.first_on(charge_day=charge_day, near=near, not_before=near)
    assert found.day == charge_day
    assert near <= found <= near + timedelta(days=62)


@given(day=some.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_a_pause_is_lifted_between_two_charges_and_read_back(day: date) -> None:
    lifted = scheduling.lifted_at(day)
    assert scheduling.resumes_on(lifted) == day
    assert lifted < datetime.combine(day, datetime.min.time(), tzinfo=UTC)

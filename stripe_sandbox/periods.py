"""Billing periods: always counted from the anchor, so that 31 Jan -> 28 Feb -> 31 Mar does not drift."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta


def after(anchor: int, interval: str, count: int, day: int | None = None) -> int:
    """`day` is the day of the month that is meant, where the anchor's own month was too short for it.

    This function will return the moment `count` intervals after the anchor, clamped to the month's end.
    """
    start = datetime.fromtimestamp(anchor, UTC)
    if interval in ("day", "week"):
        return int((start + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = start.year * 12 + start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return int(start.replace(year=year, month=month + 1, day=min(day or start.day, last)).timestamp())

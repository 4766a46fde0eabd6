"""Dates of standing gifts, as the processor counts them. Pure; nothing here charges anybody.

Periods are counted from an anchor, so a day that a month does not have becomes that month's last day and comes back in
the next longer one (31 January, 28 February, 31 March). All moments are in UTC, as the processor's are.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

CHARGE_AT = time(14, tzinfo=UTC)
"""The hour of a charge whose date we choose: the same day in Honolulu, New York and Seoul."""
MOST_PERIODS = 3_000


def months_later(day: date, months: int, *, meant: int | None = None) -> date:
    """This function will return the day `months` later, on `meant` (the day itself) or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(meant or day.day, monthrange(year, month + 1)[1]))


def moment(day: date) -> datetime:
    """This function will return when a charge of a chosen day is due."""
    return datetime.combine(day, CHARGE_AT)


def following(*, anchored_at: datetime, charge_day: int | None, months: int, after: datetime) -> datetime:
    """This function will return the first moment of the schedule later than `after`."""
    anchor = anchored_at.astimezone(UTC)
    for count in range(MOST_PERIODS):
        day = months_later(anchor.date(), count * months, meant=charge_day)
        due = datetime.combine(day, anchor.timetz())
        if due > after:
            return due
    raise ValueError("no such moment")


def after_last_day(
    *, last_day: date, anchored_at: datetime, charge_day: int | None, months: int, next_at: datetime
) -> datetime:
    """The end lies on a boundary of periods, so that none is charged in part and the last may be tried again.

    This function will return the first moment of the schedule, from `next_at` on, on a day after the last one.
    """
    end_of_day = datetime.combine(last_day + timedelta(days=1), time(tzinfo=UTC)) - timedelta(seconds=1)
    later = max(end_of_day, next_at - timedelta(seconds=1))
    return following(anchored_at=anchored_at, charge_day=charge_day, months=months, after=later)


def first_on(*, charge_day: int, near: date, not_before: date) -> date:
    """Another day of the month: in the month of the next charge, or the first later one that has this very day.

    Only a month with the very day will do, because the processor counts on from the first date.
    This function will return that date.
    """
    for count in range(60):
        day = months_later(near.replace(day=1), count, meant=charge_day)
        if day.day == charge_day and day >= not_before:
            return day
    raise ValueError("no such day")


def resumption(*, next_at: datetime, charge_day: int | None, months: int) -> date:
    """This function will return the day of the first charge after `months` were left out."""
    return months_later(next_at.astimezone(UTC).date(), months, meant=charge_day)


def lifted_at(resumes_on: date) -> datetime:
    """A pause ends at noon of the day before: after the last charge left out, before the first one again.

    This function will return that moment.
    """
    return datetime.combine(resumes_on - timedelta(days=1), time(12, tzinfo=UTC))


def resumes_on(lifted: datetime) -> date:
    """This function will return the day of the first charge after a pause that ends at this moment."""
    return (lifted.astimezone(UTC) + timedelta(hours=12)).date()

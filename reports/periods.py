"""Periods: months, quarters and fiscal years as first and last day, by the month a body's year ends in. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from donations import scheduling

KINDS = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it. `number` is the month, the quarter of the fiscal year, or 0 for a year; `year` is the
    calendar year of a month and the fiscal year, named after its end, of the others: FY26 is July 2025 to June 2026.
    """

    kind: str
    year: int
    number: int
    first: date
    last: date

    @property
    def key(self) -> str:
        """How it stands in an address: 2026-03, 2026-q2, 2026."""
        tail = {"month": f"-{self.number:02}", "quarter": f"-q{self.number}", "year": ""}[self.kind]
        return f"{self.year}{tail}"


class NoSuchPeriod(ValueError):
    """The text names no period."""


def read(key: str, *, ends_in_month: int) -> Period:
    """This function will return the period a text names: 2026-03, 2026-q2 or 2026. Raises NoSuchPeriod."""
    year, _, part = key.partition("-")
    if not (year.isascii() and year.isdigit() and 1990 <= int(year) <= 2200):
        raise NoSuchPeriod(key)
    if not part:
        return fiscal_year(int(year), ends_in_month=ends_in_month)
    number = part.removeprefix("q")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= (4 if part[0] == "q" else 12)):
        raise NoSuchPeriod(key)
    if part[0] == "q":
        return quarter(int(year), int(number), ends_in_month=ends_in_month)
    return month(int(year), int(number))


def month(year: int, number: int) -> Period:
    """This function will return a calendar month."""
    first = date(year, number, 1)
    return Period("month", year, number, first, scheduling.months_later(first, 1) - timedelta(days=1))


def fiscal_year(year: int, *, ends_in_month: int) -> Period:
    """This function will return the fiscal year that ends in a calendar year."""
    after = scheduling.months_later(date(year, ends_in_month, 1), 1)
    return Period("year", year, 0, scheduling.months_later(after, -12), after - timedelta(days=1))


def quarter(year: int, number: int, *, ends_in_month: int) -> Period:
    """This function will return the first to fourth three months of a fiscal year."""
    first = scheduling.months_later(fiscal_year(year, ends_in_month=ends_in_month).first, 3 * (number - 1))
    return Period("quarter", year, number, first, scheduling.months_later(first, 3) - timedelta(days=1))


def year_of(day: date, *, ends_in_month: int) -> int:
    """This function will return the fiscal year a day lies in, named after its end."""
    return day.year + (day.month > ends_in_month)


def around(day: date, *, ends_in_month: int, years: int = 3) -> dict[str, list[Period]]:
    """What a reader may choose: this fiscal year and those before it, their quarters, their months, newest first.

    This function will return them by kind.
    """
    last = year_of(day, ends_in_month=ends_in_month)
    wanted = [last - back for back in range(years)]
    whole = [fiscal_year(year, ends_in_month=ends_in_month) for year in wanted]
    quarters = [
        quarter(year, number, ends_in_month=ends_in_month) for year in wanted for number in (4, 3, 2, 1)
    ]
    begins = [scheduling.months_later(one.first, back) for one in whole for back in range(11, -1, -1)]
    return {
        "year": whole,
        "quarter": [one for one in quarters if one.first <= day],
        "month": [month(one.year, one.month) for one in begins if one <= day],
    }

"""Asking: which body, currency, year and campaign a report is about, and which days that means."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from reports.filtering import Filters


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both inclusive."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for. `year` is the year that ends in it: with `ends_in_month` 6, July to June.

    Empty `entity` and `campaign` mean all of them; `today` is the day in the zone of the body.
    """

    today: date
    currency: str
    year: int
    entity: str = ""
    campaign: str = ""
    ends_in_month: int = 12

    @property
    def span(self) -> Span:
        """The whole year."""
        return year_of(self.year, ends_in_month=self.ends_in_month)

    @property
    def so_far(self) -> Span:
        """The days of the year that have come; the whole year when it is over."""
        return Span(self.span.first, max(self.span.first, min(self.span.last, self.today)))

    @property
    def is_over(self) -> bool:
        return self.span.last < self.today

    @property
    def before(self) -> Span:
        """The same days a year earlier; 29 February is compared with 28 February."""
        if self.is_over:
            return year_of(self.year - 1, ends_in_month=self.ends_in_month)
        return Span(year_earlier(self.so_far.first), year_earlier(self.so_far.last))

    def filters(self, span: Span | None = None, **more: Any) -> Filters:
        """This function will return the filters of the list of gifts that mean the same."""
        asked = Filters(currency=self.currency, entity=self.entity, campaign=self.campaign)
        if span is not None:
            asked = replace(asked, given_from=span.first, given_to=span.last)
        return replace(asked, **more)


def year_of(year: int, *, ends_in_month: int) -> Span:
    """This function will return the days of a year named after the calendar year it ends in."""
    if ends_in_month == 12:
        return Span(date(year, 1, 1), date(year, 12, 31))
    after = date(year, ends_in_month + 1, 1)
    return Span(date(year - 1, ends_in_month + 1, 1), after - timedelta(days=1))


def year_earlier(day: date) -> date:
    """This function will return the same day of the year before."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def current_year(*, today: date, ends_in_month: int) -> int:
    """This function will return the name of the year a day lies in."""
    return today.year + (today.month > ends_in_month)


def months(span: Span) -> list[date]:
    """This function will return the first day of each month that a span touches."""
    found, day = [], span.first.replace(day=1)
    while day <= span.last:
        found.append(day)
        day = month_after(day)
    return found


def month_after(day: date, months: int = 1) -> date:
    """This function will return the first day of a later month."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def month_of(first: date) -> Span:
    """This function will return the days of the month that begins on a day."""
    return Span(first, month_after(first) - timedelta(days=1))

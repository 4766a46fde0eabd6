"""The days of the two years: months are counted from the first one, and the last one is today's."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LAST = 24
"""The month that is not over yet; month 0 is two years before it."""


@dataclass(frozen=True)
class Years:
    """When it all happened, as seen at `now` by the clock of the mission."""

    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def first(self, month: int) -> date:
        """This function will return the first day of a month."""
        places = self.today.year * 12 + self.today.month - 1 - LAST + month
        return date(places // 12, places % 12 + 1, 1)

    def last(self, month: int) -> date:
        """This function will return the last day of a month."""
        return self.first(month + 1) - timedelta(days=1)

    def sunday(self, month: int) -> date:
        """This function will return the second Sunday of a month."""
        first = self.first(month)
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7)

    def at(self, day: date, hour: int = 16) -> datetime:
        """This function will return an hour of a day, or now if that lies ahead."""
        return min(datetime.combine(day, time(hour), tzinfo=ZoneInfo(self.zone)), self.now)

    def is_past(self, day: date) -> bool:
        """This function will say whether a day is over."""
        return day < self.today

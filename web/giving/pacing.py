"""Pacing: how often and when a gift comes again: the choices of the form, what was chosen, and the words for it."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, pgettext

from donations.giving import LAST_DAY
from donations.models import Checkout
from donations.models.intents import Frequency
from web.giving import dating

MONTHS_AHEAD = 36
"""The last month somebody may choose beforehand: far enough for three yearly gifts, short enough for a list."""
EVERY = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY)


@dataclass(frozen=True)
class Pace:
    """When a gift comes: once, or every so often on a day of the month until a last day."""

    frequency: Frequency
    charge_day: int | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Choice:
    """One option of a list: what is sent and what is read."""

    value: str
    words: str


def read(*, freq: str, every: str, day: str, until: str, today: date, errors: dict[str, str]) -> Pace:
    """Understand the schedule fields; a gift given once has none, whatever they say.

    This function will return the pace, noting in `errors` what was not on the page's lists.
    """
    if freq != "monthly":
        return Pace(Frequency.ONCE)
    frequency = Frequency(every) if every in EVERY else Frequency.MONTHLY
    if every and every not in EVERY:
        errors["every"] = gettext("Choose how often from the list")
    charge_day = _day(day.strip(), errors=errors)
    return Pace(frequency, charge_day, _last_day(until.strip(), today=today, errors=errors))


def _day(typed: str, *, errors: dict[str, str]) -> int | None:
    if not typed:
        return None
    if typed in {str(number) for number in range(1, LAST_DAY + 1)}:
        return int(typed)
    errors["day"] = gettext("Choose a day from the list")
    return None


def _last_day(typed: str, *, today: date, errors: dict[str, str]) -> date | None:
    if not typed:
        return None
    if typed in {f"{month:%Y-%m}" for month in _months(today)}:
        year, month = (int(part) for part in typed.split("-"))
        return date(year, month, calendar.monthrange(year, month)[1])
    errors["until"] = gettext("Choose a last month from the list")
    return None


def typed(checkout: Checkout) -> dict[str, str]:
    """This function will return the schedule of an attempt as the form's fields hold it."""
    if checkout.frequency == Frequency.ONCE:
        return {"freq": "once"}
    return {
        "freq": "monthly",
        "every": checkout.frequency,
        "day": str(checkout.charge_day or ""),
        "until": f"{checkout.ends_on:%Y-%m}" if checkout.ends_on else "",
    }


def _months(today: date) -> Iterator[date]:
    """The months that can be the last one, from the next on."""
    for ahead in range(1, MONTHS_AHEAD + 1):
        years, month = divmod(today.month - 1 + ahead, 12)
        yield date(today.year + years, month + 1, 1)


def every_choices() -> list[Choice]:
    """This function will return how often a gift may come again, the usual first."""
    return [Choice(frequency.value, str(often(frequency))) for frequency in EVERY]


def day_choices(*, language: str) -> list[Choice]:
    """This function will return the days of a month as they are read in a sentence."""
    return [
        Choice(str(number), dating.day_of_month(number, language=language))
        for number in range(1, LAST_DAY + 1)
    ]


def until_choices(*, today: date, language: str) -> list[Choice]:
    """This function will return the months that may be the last one."""
    return [Choice(f"{month:%Y-%m}", dating.month(month, language=language)) for month in _months(today)]


def often(frequency: Frequency) -> str:
    """This function will return how often, as the summary line says it."""
    return {
        Frequency.ONCE: gettext("one time"),
        Frequency.MONTHLY: gettext("every month"),
        Frequency.QUARTERLY: gettext("every 3 months"),
        Frequency.YEARLY: gettext("every year"),
    }[frequency]


def on_day() -> str:
    """The end of the summary line, with a place for the day; the page's script fills it in as well."""
    return pgettext("end of: every month", ", on the [day]")


def until_month() -> str:
    """The same for the last month."""
    return pgettext("end of: every month", ", until [month]")


def said(*, frequency: Frequency, charge_day: int | None, ends_on: date | None, language: str) -> str:
    """This function will return the whole of it: "every 3 months, on the 15th, until March 2028"."""
    words = often(frequency)
    if charge_day is not None:
        words += on_day().replace("[day]", dating.day_of_month(charge_day, language=language))
    if ends_on is not None:
        words += until_month().replace("[month]", dating.month(ends_on, language=language))
    return words


def said_of(checkout: Checkout, *, language: str) -> str:
    """This function will return how often and when the gift of an attempt comes."""
    return said(
        frequency=Frequency(checkout.frequency),
        charge_day=checkout.charge_day,
        ends_on=checkout.ends_on,
        language=language,
    )

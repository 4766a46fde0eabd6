"""Which tax year a day belongs to, and from which day to which a tax year goes: it differs from law to law."""

from __future__ import annotations

from datetime import date

from receipts.rules import australia, united_kingdom

_OWN = {"AU": australia.tax_year_of, "UK": united_kingdom.tax_year_of, "GB": united_kingdom.tax_year_of}


def tax_year(*, law: str, on: date) -> int:
    """Calendar years, but Australia's year ends on 30 June (named by its end) and Britain's begins on 6 April.

    This function will return the tax year of a day.
    """
    return _OWN[law](given_on=on) if law in _OWN else on.year


def span(*, law: str, year: int) -> tuple[date, date]:
    """This function will return the first and the last day of a tax year."""
    if law == "AU":
        return date(year - 1, 7, 1), date(year, 6, 30)
    if law in {"UK", "GB"}:
        return date(year, 4, 6), date(year + 1, 4, 5)
    return date(year, 1, 1), date(year, 12, 31)

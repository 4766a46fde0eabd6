"""Saying: how charts and their tables write amounts, months and shares, in the reader's language."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_compact_currency, format_compact_decimal
from django.utils.translation import get_language

from ledger import money
from ledger.money import Money


def amounts(currency: str) -> Callable[[int], str]:
    """This function will return how minor units of a currency are written in full."""
    language = get_language() or "en"
    return lambda minor: Money(minor, currency).shown(language)


def short_amounts(currency: str) -> Callable[[int], str]:
    """This function will return how minor units are written on an axis: "$1.2K", "₩120만"."""
    language = get_language() or "en"

    def short(minor: int) -> str:
        value = Decimal(minor).scaleb(-money.exponent(currency))
        told = format_compact_currency(value, currency, locale=language, fraction_digits=1)
        return str(told).replace("US$", "$")

    return short


def counts() -> Callable[[int], str]:
    """This function will return how a number of things is written."""
    return lambda value: f"{value:,}"


def short_counts() -> Callable[[int], str]:
    """This function will return how a number of things is written on an axis: "1.2K", "1.2만"."""
    language = get_language() or "en"
    return lambda value: str(format_compact_decimal(value, locale=language, fraction_digits=1))


def percents() -> Callable[[int], str]:
    """This function will return how thousandths are written as a percentage."""
    return lambda permille: f"{permille // 10}.{permille % 10}%" if permille % 10 else f"{permille // 10}%"


def month(first: date) -> str:
    """This function will return "March 2026" or "2026년 3월"."""
    language = get_language() or "en"
    return str(format_date(first, "y년 M월" if language == "ko" else "MMMM y", locale=language))


def short_month(first: date) -> str:
    """This function will return "Mar" or "3월"."""
    language = get_language() or "en"
    return str(format_date(first, "M월" if language == "ko" else "MMM", locale=language))


def share(part: int, whole: int) -> str:
    """This function will return a share as a percentage, rounded down; empty without a whole."""
    if whole <= 0:
        return ""
    permille = part * 1000 // whole
    return f"{permille // 10}%" if permille >= 100 else f"{permille // 10}.{permille % 10}%"

"""Reading cells: one day or one amount out of a file somebody else wrote, and why it could not be read.

Nothing is guessed: an order of day and month that was not told, a comma that may be either, a third decimal place are
refused with a reason.
"""

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from ledger import money

ORDERS = ("ymd", "dmy", "mdy")
OLDEST = timedelta(days=366 * 20)
AHEAD = timedelta(days=31)


class UnreadableCell(ValueError):
    """One cell is not what its column should hold; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name}
_NAMED = re.compile(
    r"(?P<first>\d{1,2}|[a-z]{3,9})[\s\-./,]+(?P<second>\d{1,2}|[a-z]{3,9})[\s\-./,]+(?P<year>\d{4}|\d{2})\b"
)
_PARTS = re.compile(r"(\d{1,4})\s*[-./년\s]\s*(\d{1,2})\s*[-./월\s]\s*(\d{1,4})\s*[일.]?(?:[\st,(].*)?")
_EIGHT = re.compile(r"(\d{8})(?:\s?\d{2}:?\d{2}(?::?\d{2})?)?")


def read_day(text: str, *, order: str) -> date:
    """A day as banks write it: 2026-01-31, 31.01.2026, 01/31/26, 20260131, 2026년 1월 31일, 31 Jan 2026; no hours.

    A year written with four digits at the front speaks for itself; everything else follows `order`.
    Raises UnreadableCell. This function will return the day.
    """
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    found = _three(plain, order)
    if found is None:
        raise UnreadableCell("day")
    year, month, day = found
    if year < 1900:
        raise UnreadableCell("day")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableCell("day") from error


def _three(plain: str, order: str) -> tuple[int, int, int] | None:
    named = _NAMED.match(plain)
    if named and not (named["first"] + named["second"]).isdigit():
        return _by_name(named)
    if eight := _EIGHT.fullmatch(plain):
        digits = eight[1]
        if order == "ymd":
            return int(digits[:4]), int(digits[4:6]), int(digits[6:])
        first, second, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
        return (year, second, first) if order == "dmy" else (year, first, second)
    parts = _PARTS.fullmatch(plain)
    if parts is None:
        return None
    return _by_place(parts[1], parts[2], parts[3], order)


def _by_name(named: re.Match[str]) -> tuple[int, int, int] | None:
    first, second = named["first"], named["second"]
    word, digits = (first, second) if first.isalpha() else (second, first)
    month = _MONTHS.get(word[:3])
    if month is None or not digits.isdigit():
        return None
    return _year(named["year"]), month, int(digits)


def _by_place(first: str, second: str, third: str, order: str) -> tuple[int, int, int] | None:
    if len(first) == 4 and len(third) <= 2:
        return int(first), int(second), int(third)
    if len(first) > 2 or len(third) not in {2, 4}:
        return None
    if order == "ymd":
        return (_year(first), int(second), int(third)) if len(first) == len(third) == 2 else None
    day, month = (first, second) if order == "dmy" else (second, first)
    return _year(third), int(month), int(day)


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def orders_of(texts: list[str]) -> set[str]:
    """This function will return the orders of day and month in which every one of these days can be read."""
    fits = set(ORDERS)
    for text in texts:
        for order in tuple(fits):
            try:
                read_day(text, order=order)
            except UnreadableCell:
                fits.discard(order)
    if texts and all(re.match(r"\s*\d{4}\D", unicodedata.normalize("NFKC", text)) for text in texts):
        return fits & {"ymd"}
    return fits


_GROUPED = {
    ".": re.compile(r"(\d{1,3}(?:[,' ]\d{3})+|\d*)(?:\.(\d+))?"),
    ",": re.compile(r"(\d{1,3}(?:[.' ]\d{3})+|\d*)(?:,(\d+))?"),
}
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "\u00a0": " ", "\u202f": " ", "’": "'"})
_SIGNED = re.compile(r"([+-]?)\s*(.*?)\s*([+-]?)")
_SIDES = re.compile(r"(.*[\d)])\s*(CR|DR|C|D)\.?")
_SYMBOLS = {
    "USD": r"US\$|\$",
    "KRW": r"₩|\\|원",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥|円|엔",
    "CAD": r"CA\$|\$",
    "AUD": r"A\$|\$",
    "BRL": r"R\$",
    **dict.fromkeys(("HKD", "MXN", "NZD", "SGD", "TWD"), r"\$"),
}


@lru_cache(maxsize=64)
def _marks(currency: str) -> re.Pattern[str]:
    symbols = _SYMBOLS.get(currency)
    return re.compile(f"{currency}|{symbols}" if symbols else currency)


def read_amount(text: str, *, currency: str, decimal: str) -> int:
    """An amount as banks write it: 1,250.00 or 1.250,00; -5, 5-, (5.00), 5.00 DR; ₩50,000. Raises UnreadableCell.

    `decimal` is the mark before the cents; the other one only groups thousands, and only in threes. A formula, an
    exponent, another currency's sign and cents the currency does not have are refused.
    This function will return minor units with their sign.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip().upper()
    if len(plain) > 40:
        raise UnreadableCell("amount")
    plain = _marks(currency).sub("", plain, count=1).strip()
    is_debit = is_credit = is_bracketed = False
    if side := _SIDES.fullmatch(plain):
        plain, is_debit, is_credit = side[1], side[2][0] == "D", side[2][0] == "C"
    if plain.startswith("(") and plain.endswith(")"):
        plain, is_bracketed = plain[1:-1].strip(), True
    signed = _SIGNED.fullmatch(plain)
    match = _GROUPED[decimal].fullmatch(signed[2]) if signed else None
    if signed is None or match is None or not (match[1] or match[2]):
        raise UnreadableCell("amount")
    signs = {signed[1], signed[3]} - {""}
    is_below = "-" in signs or is_bracketed
    if (signed[1] and signed[3]) or (is_credit and is_below) or (is_bracketed and signs):
        raise UnreadableCell("amount")
    minor = _minor(re.sub(r"\D", "", match[1]) or "0", match[2] or "", currency)
    return -minor if is_below or is_debit else minor


def _minor(whole: str, part: str, currency: str) -> int:
    places = money.exponent(currency)
    if part[places:].strip("0"):
        raise UnreadableCell("decimals")
    minor = int(whole + part[:places].ljust(places, "0"))
    if minor > money.LARGEST_BY_HAND:
        raise UnreadableCell("large")
    return minor


def check_day(day: date, *, today: date) -> date:
    """This function will return a day a statement may have, and raise UnreadableCell for one far away."""
    if not today - OLDEST <= day <= today + AHEAD:
        raise UnreadableCell("day_far")
    return day


def day_reader(*, order: str, today: date) -> Callable[[str], date]:
    """This function will return a reader of days that remembers: a statement has few different ones."""

    @lru_cache(maxsize=4096)
    def read(text: str) -> date:
        return check_day(read_day(text, order=order), today=today)

    return read


def amount_reader(*, currency: str, decimal: str) -> Callable[[str], int]:
    """This function will return a reader of amounts that knows most of them at a glance, and remembers the others."""
    places = money.exponent(currency)
    plain = re.compile(
        rf"(-?)([0-9]{{1,9}})\{decimal}([0-9]{{{places}}})" if places else r"(-?)([0-9]{1,9})()"
    )

    @lru_cache(maxsize=16_384)
    def slowly(text: str) -> int:
        return read_amount(text, currency=currency, decimal=decimal)

    def read(text: str) -> int:
        match = plain.fullmatch(text)
        if match is None:
            return slowly(text)
        minor = int(match[2] + match[3])
        return -minor if match[1] else minor

    return read

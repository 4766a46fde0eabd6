"""Dating: days and spans of days as each language writes them."""

from datetime import date

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def day(on: date, *, language: str) -> str:
    """ "1 July 2025", "2025년 7월 1일"."""
    if language == "ko":
        return f"{on.year}년 {on.month}월 {on.day}일"
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def short_day(on: date, *, language: str) -> str:
    """ "1 July", "7월 1일"."""
    if language == "ko":
        return f"{on.month}월 {on.day}일"
    return f"{on.day} {_MONTHS[on.month - 1]}"


def span(starts: date, ends: date | None, *, language: str) -> str:
    """ "19 to 29 April", "28 April to 3 May", "After 27 May"; in Korean with the year's usual marks.

    This function will return the words for a window whose end may be unknown.
    """
    first = short_day(starts, language=language)
    if ends is None:
        return f"{first} 이후" if language == "ko" else f"After {first}"
    last = short_day(ends, language=language)
    if ends == starts:
        return first
    if language == "ko":
        return f"{first}~{last}" if ends.month != starts.month else f"{first}~{ends.day}일"
    return f"{starts.day} to {last}" if ends.month == starts.month else f"{first} to {last}"


def month(on: date, *, language: str) -> str:
    """ "March 2028", "2028년 3월"."""
    return f"{on.year}년 {on.month}월" if language == "ko" else f"{_MONTHS[on.month - 1]} {on.year}"


def day_of_month(number: int, *, language: str) -> str:
    """ "15th", "15일"; 31 is the last day, however long the month is."""
    if number >= 31:
        return "말일" if language == "ko" else "last day"
    if language == "ko":
        return f"{number}일"
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"

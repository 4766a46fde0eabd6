"""Opening tables: a file of rows as people export it, whatever its encoding, separator or lines in front.

Columns are found by name after trimming and folding; nothing is guessed: an ambiguous day or a decimal comma is asked
for. What cannot be read is told with its row, its column and the reason.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from books import decoding, reading_cells
from books.decoding import UnreadableFile
from books.reading_cells import UnreadableCell
from donors import refusing
from ledger import money

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 200_000, 300
LOOKS_FOR_HEADER = 50
Words = dict[str, str]


class Unread(ValueError):
    """One cell: `code` says why, `column` where; the row is known to whoever reads it."""

    def __init__(self, code: str, column: str, said: str = "") -> None:
        super().__init__(f"{column}: {code}")
        self.code, self.column = code, column
        self.said = refusing.masked(said)[:60]


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be read or taken: its number in the file, the column and why."""

    row: int
    column: str
    code: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `number` is its line in the file, `cells` hold trimmed text by folded column name."""

    number: int
    cells: Words

    def get(self, *names: str) -> str:
        """This function will return the first of these columns that says something."""
        return next((said for name in names if (said := self.cells.get(name, ""))), "")

    def need(self, *names: str) -> str:
        """This function will return what the column says. Raises Unread with `empty`."""
        said = self.get(*names)
        if not said:
            raise Unread("empty", names[0])
        return said


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` maps folded names to the names as they were written; `skipped` counts lines before the header."""

    columns: Words
    rows: Sequence[Row]
    skipped: int


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file writes numbers and days; asked of whoever brings it, because 03/04 is two days."""

    days: str = "mdy"
    decimal: str = "."


def lines_of(content: bytes) -> list[str]:
    """This function will return the lines of a file with their ends. Raises UnreadableFile."""
    if not content.strip():
        raise UnreadableFile("empty")
    if len(content) > LARGEST_FILE:
        raise UnreadableFile("large")
    file = io.BytesIO(content)
    return list(decoding.lines(file, encoding=decoding.encoding_of(file)))


def records(lines: Sequence[str], *, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """This function will yield the records of a file with the line each begins on. Raises UnreadableFile."""
    for count, (number, cells) in enumerate(decoding.records(lines, delimiter=delimiter, is_strict=True)):
        if count > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise UnreadableFile("large", row=number)
        yield number, cells


def open_table(content: bytes, *, needed: Sequence[str]) -> Table:
    """Find the header and read what stands below it; `needed` are folded names that must all be in it.

    Lines before the header are counted and left out, empty lines do not count. Raises UnreadableFile.
    This function will return the table.
    """
    lines = lines_of(content)
    for delimiter in decoding.DELIMITERS:
        found = _header(lines, delimiter, needed)
        if found is not None:
            line, columns = found
            return Table(dict(columns), list(_rows(lines, delimiter, line, columns)), line)
    raise UnreadableFile("header", row=1, told=", ".join(needed))


def _header(
    lines: Sequence[str], delimiter: str, needed: Sequence[str]
) -> tuple[int, list[tuple[str, str]]] | None:
    try:
        for place, (_, cells) in enumerate(records(lines, delimiter=delimiter)):
            columns = [(decoding.folded(cell), cell.strip()) for cell in cells]
            if set(needed) <= {name for name, _ in columns}:
                return place, columns
            if place > LOOKS_FOR_HEADER:
                return None
    except UnreadableFile:
        return None  # with another separator it may be a table
    return None


def _rows(
    lines: Sequence[str], delimiter: str, skip: int, columns: Sequence[tuple[str, str]]
) -> Iterator[Row]:
    names = [name for name, _ in columns]
    for place, (number, cells) in enumerate(records(lines, delimiter=delimiter)):
        if place <= skip or not any(cell.strip() for cell in cells):
            continue
        said = [cell.strip() for cell in cells]
        if len(said) > len(names) and any(said[len(names) :]):
            raise UnreadableFile("broken", row=number, told=f"{len(said)} > {len(names)}")
        kept: Words = {}
        for name, cell in zip(names, said, strict=False):
            if cell or name not in kept:
                kept[name] = cell
        yield Row(number, kept)


# Cells

_CURRENCY = re.compile(r"[A-Za-z]{3}")


def currency(row: Row, *names: str) -> str:
    """This function will return a currency we know. Raises Unread."""
    code = row.need(*names).upper()
    if not _CURRENCY.fullmatch(code) or code not in money.CURRENCIES:
        raise Unread("currency", names[0], code)
    return code


def amount(row: Row, *names: str, currency: str, habits: Habits = Habits(), empty: bool = False) -> int:
    """An amount in minor units, signed; "(1.00)" and "1.00-" are negative, a sign of its currency is left out.

    Raises Unread for what is no amount of this currency; with `empty` nothing said is zero.
    This function will never round.
    """
    said = row.get(*names)
    if not said:
        if empty:
            return 0
        raise Unread("empty", names[0])
    column = next(name for name in names if row.cells.get(name))
    return read_amount(said, currency=currency, column=column, habits=habits)


def read_amount(said: str, *, currency: str, column: str, habits: Habits) -> int:
    """This function will return one amount in minor units. Raises Unread."""
    try:
        return reading_cells.read_amount(said, currency=currency, decimal=habits.decimal)
    except UnreadableCell as error:
        raise Unread(error.reason, column, said) from error


def read_day(said: str, *, column: str, habits: Habits) -> date:
    """A day as ISO writes it, or in the order the file was said to use. Raises Unread."""
    try:
        return reading_cells.read_day(said, order=habits.days)
    except UnreadableCell as error:
        raise Unread("date", column, said) from error


_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*(am|pm)?", re.IGNORECASE)


def read_moment(said: str, *, column: str, habits: Habits, zone: tzinfo = UTC) -> datetime:
    """A day with a time: ISO with or without an offset, or "01/30/26 10:11:12". Raises Unread."""
    text = said.strip()
    try:
        parsed = datetime.fromisoformat(re.sub(r"\s*UTC$", "Z", text))
    except ValueError:
        parsed = None
    if parsed is not None:
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)
    day, _, clock = text.partition(" ")
    return moment(read_day(day, column=column, habits=habits), clock.strip(), column=column, zone=zone)


def moment(day: date, clock: str, *, column: str, zone: tzinfo = UTC) -> datetime:
    """This function will return a day and a time of day as a moment; without a time it is noon. Raises Unread."""
    if not clock:
        return datetime(day.year, day.month, day.day, 12, tzinfo=zone).astimezone(UTC)
    match = _TIME.fullmatch(clock)
    if match is None:
        raise Unread("time", column, clock)
    hour = int(match[1])
    if match[4]:
        hour = hour % 12 + (12 if match[4].casefold() == "pm" else 0)
    try:
        told = datetime(day.year, day.month, day.day, hour, int(match[2]), int(match[3] or 0), tzinfo=zone)
    except ValueError as error:
        raise Unread("time", column, clock) from error
    return told.astimezone(UTC)


_ZONES: Mapping[str, str] = {
    **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
    **dict.fromkeys(("MST", "MDT"), "America/Denver"),
    **dict.fromkeys(("CST", "CDT"), "America/Chicago"),
    **dict.fromkeys(("EST", "EDT"), "America/New_York"),
    **dict.fromkeys(("GMT", "UTC"), "UTC"),
    "BST": "Europe/London",
    **dict.fromkeys(("CET", "CEST", "MEZ", "MESZ"), "Europe/Berlin"),
    "KST": "Asia/Seoul",
    "JST": "Asia/Tokyo",
    **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
}
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?")


def read_zone(said: str, *, column: str) -> tzinfo:
    """This function will return a zone by its short name, its place or its offset. Raises Unread."""
    match = _OFFSET.fullmatch(said)
    if match:
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if offset <= timedelta(hours=14):
            return timezone(-offset if match[1] == "-" else offset)
    try:
        return ZoneInfo(_ZONES.get(said.upper(), said))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unread("zone", column, said) from error

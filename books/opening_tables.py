"""Opening tables: a file of rows as people export it, whatever its encoding, separator or lines in front.

Columns are found by name after trimming and folding; nothing is guessed: an ambiguous day or a decimal comma is asked
for. What cannot be read is told with its row, its column and the reason.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from donors import refusing
from ledger import money

LARGEST_FILE = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 300, 20_000
LOOKS_FOR_HEADER = 50
DELIMITERS = (",", ";", "\t")
Words = dict[str, str]


class Unreadable(ValueError):
    """The whole file: `code` is `empty`, `large`, `encoding`, `nul`, `header`, `broken`, `sum` or `count`."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", said: str = "") -> None:
        super().__init__(f"row {row} {column}: {code} {said}".strip())
        self.code, self.row, self.column, self.said = code, row, column, said


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


def fold(name: str) -> str:
    """This function will return a column's name in the form in which names are compared."""
    plain = unicodedata.normalize("NFKC", name.replace("\ufeff", "")).casefold()
    return " ".join(plain.split())


def text_of(content: bytes) -> str:
    """The file as text: UTF-8 or UTF-16 with their marks, UTF-8 without, Korean CP949, western CP1252.

    Raises Unreadable. This function will never replace a character it cannot read.
    """
    if not content.strip():
        raise Unreadable("empty")
    if len(content) > LARGEST_FILE:
        raise Unreadable("large")
    text = _decoded(content)
    if "\x00" in text:
        raise Unreadable("nul")
    return text


def _decoded(content: bytes) -> str:
    candidates: tuple[str, ...]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        candidates = ("utf-16",)
    elif content.startswith(b"\xef\xbb\xbf"):
        candidates = ("utf-8-sig",)
    else:
        # Western text is hardly ever valid Korean, and Korean text always valid western nonsense.
        candidates = ("utf-8", "cp949", "cp1252")
    for encoding in candidates:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def records(text: str, *, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """This function will yield the records of a file with the line each begins on. Raises Unreadable."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for count, cells in enumerate(reader):
            if count > MOST_ROWS or len(cells) > MOST_COLUMNS:
                raise Unreadable("large", row=number)
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("broken", row=number, said=str(error)) from error


def open_table(content: bytes, *, needed: Sequence[str]) -> Table:
    """Find the header and read what stands below it; `needed` are folded names that must all be in it.

    Lines before the header are counted and left out, empty lines do not count. Raises Unreadable.
    This function will return the table.
    """
    text = text_of(content)
    for delimiter in DELIMITERS:
        found = _header(text, delimiter, needed)
        if found is not None:
            line, columns = found
            return Table(dict(columns), list(_rows(text, delimiter, line, columns)), line)
    raise Unreadable("header", row=1, said=", ".join(needed))


def _header(text: str, delimiter: str, needed: Sequence[str]) -> tuple[int, list[tuple[str, str]]] | None:
    try:
        for place, (_, cells) in enumerate(records(text, delimiter=delimiter)):
            columns = [(fold(cell), cell.strip()) for cell in cells]
            if set(needed) <= {name for name, _ in columns}:
                return place, columns
            if place > LOOKS_FOR_HEADER:
                return None
    except Unreadable:
        return None  # with another separator it may be a table
    return None


def _rows(text: str, delimiter: str, skip: int, columns: Sequence[tuple[str, str]]) -> Iterator[Row]:
    names = [name for name, _ in columns]
    for place, (number, cells) in enumerate(records(text, delimiter=delimiter)):
        if place <= skip or not any(cell.strip() for cell in cells):
            continue
        said = [cell.strip() for cell in cells]
        if len(said) > len(names) and any(said[len(names) :]):
            raise Unreadable("broken", row=number, said=f"{len(said)} > {len(names)}")
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


_SIGNS = re.compile(r"[$€£₩¥\s]|R\$|US\$|CA\$|A\$")


def read_amount(said: str, *, currency: str, column: str, habits: Habits) -> int:
    """This function will return one amount in minor units. Raises Unread."""
    plain = unicodedata.normalize("NFKC", said).replace("\u2212", "-")
    plain = _SIGNS.sub("", plain.removesuffix(currency).removeprefix(currency))
    is_negative = plain.startswith("-") or plain.endswith("-") or (plain[:1], plain[-1:]) == ("(", ")")
    bare = re.fullmatch(r"[+-]?([^+\-()]*)|([^+\-()]*)-|\(([^+\-()]*)\)", plain)
    digits = next((part for part in bare.groups() if part), "") if bare else ""
    point = re.escape(habits.decimal)
    thousands = re.escape("," if habits.decimal == "." else ".")
    match = re.fullmatch(rf"(\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)?(?:{point}(\d+))?", digits, re.ASCII)
    if match is None or not digits:
        raise Unread("amount", column, said)
    whole = re.sub(r"\D", "", match[1] or "0")
    places = money.exponent(currency)
    part = (match[2] or "").rstrip("0") if len(match[2] or "") > places else match[2] or ""
    if len(part) > places:
        raise Unread("decimals", column, said)
    minor = int(whole + part.ljust(places, "0"))
    if minor > money.LARGEST_BY_HAND:
        raise Unread("large", column, said)
    return -minor if is_negative else minor


_DAY = re.compile(r"(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4})\.?")


def read_day(said: str, *, column: str, habits: Habits) -> date:
    """A day as ISO writes it, or in the order the file was said to use. Raises Unread."""
    match = _DAY.fullmatch(said.strip())
    if match is None:
        raise Unread("date", column, said)
    parts = [int(part) for part in match.groups()]
    order = "ymd" if len(match[1]) == 4 else habits.days
    told = dict(zip(order, parts, strict=True))
    year = told["y"] + 2000 if told["y"] < 100 else told["y"]
    try:
        return date(year, told["m"], told["d"])
    except ValueError as error:
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

"""The Gift Aid schedule (UK-02): one row for each donor or aggregate, as HMRC's Charities Online reads it.

Cells that do not apply stay blank. What cannot be said within the columns is refused with its reason and left for a
person; nothing is cut off silently. Schedules hold at most 1,000 rows; more become further schedules.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger import money
from ledger.money import Money
from receipts.rules import parameters, shapes

COLUMNS = (
    *("Item", "Title", "First name", "Last name", "House name or number", "Postcode"),
    *("Aggregated donations", "Sponsored event", "Donation date", "Amount"),
)
CURRENCY = "GBP"
LONGEST_TITLE, LONGEST_NAME = 4, 35
ABROAD = "X"
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})", re.ASCII)
_NOTHING = frozenset({"n/a", "na", "nil", "none", "-", "0", "0.00"})
_CARE_OF = re.compile(r"\bc/o\b|\bcare of\b", re.IGNORECASE)
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a donor gave between claims, or small donations together under `aggregated` with their `parts`."""

    on: date
    amount: Money
    title: str = ""
    first_name: str = ""
    last_name: str = ""
    house: str = ""
    postcode: str = ""
    aggregated: str = ""
    parts: tuple[Money, ...] = ()
    is_sponsored: bool = False
    is_abroad: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    line: Line
    violations: tuple[shapes.Violation, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Schedules of numbered rows, and the lines that are in none of them."""

    schedules: tuple[tuple[Row, ...], ...]
    refused: tuple[Refused, ...]


def _cell(text: str) -> str:
    shown = " ".join(text.split())
    return "" if shown.lower() in _NOTHING else shown


def title(text: str) -> str:
    """This function will return a title of at most four characters; a longer one is left blank: it is optional."""
    shown = _cell(text)
    return shown if len(shown) <= LONGEST_TITLE else ""


def first_name(text: str) -> str:
    """This function will return the first name, or its initial where it is above 35 characters."""
    shown = _cell(text)
    return shown if len(shown) <= LONGEST_NAME else shown[0]


def last_name(text: str) -> str:
    """This function will return the last name with blanks for hyphens."""
    return _cell(text.replace("-", " "))


def postcode(text: str) -> str:
    """This function will return a UK postcode in capitals with one blank, or nothing if it is none."""
    match = _POSTCODE.fullmatch(" ".join(text.upper().split()))
    return f"{match[1]} {match[2]}" if match else ""


def is_care_of(text: str) -> bool:
    """This function will return whether an address is somebody else's: a schedule wants the donor's home."""
    return bool(_CARE_OF.search(text))


def violations(*, line: Line, book: parameters.Book = parameters.SHIPPED) -> list[shapes.Violation]:
    """This function will return why a line cannot stand on a schedule; empty when it can."""
    words = _amounts(line, book) + (_aggregate(line, book) if _cell(line.aggregated) else _person(line))
    return [shapes.Violation("UK-02", each) for each in words]


def _amounts(line: Line, book: parameters.Book) -> list[str]:
    if line.amount.currency != CURRENCY or line.amount.minor <= 0:
        return ["the amount is not above zero in pounds"]
    return []


def _aggregate(line: Line, book: parameters.Book) -> list[str]:
    limits = book.gift_aid.of(line.on.year)
    return [
        words
        for words, is_wrong in (
            ("the description is above 35 characters", len(line.aggregated) > LONGEST_NAME),
            ("a donation is above 30.00", any(limits.small_donation < part for part in line.parts)),
            ("the line is above 1,000.00", limits.aggregate < line.amount),
            ("the donations do not make the amount", _sum(line) != line.amount),
            ("an aggregate names nobody", any((line.title, line.first_name, line.last_name, line.house))),
        )
        if is_wrong
    ]


def _sum(line: Line) -> Money:
    return money.total(line.parts, currency=line.amount.currency)


def _person(line: Line) -> list[str]:
    last = last_name(line.last_name)
    return [
        words
        for words, is_wrong in (
            ("the first name is missing", not _cell(line.first_name)),
            ("the last name is missing or above 35 characters", not 1 <= len(last) <= LONGEST_NAME),
            ("the house name or number is missing", not _cell(line.house)),
            ("the address is not a home", is_care_of(line.house)),
            ("the postcode is missing or malformed", not (line.is_abroad or postcode(line.postcode))),
        )
        if is_wrong
    ]


def _row(line: Line) -> Row:
    person: Row = ("",) * 5
    aggregated = _cell(line.aggregated)
    if not aggregated:
        person = (
            title(line.title),
            first_name(line.first_name),
            last_name(line.last_name),
            _cell(line.house),
            ABROAD if line.is_abroad else postcode(line.postcode),
        )
    sponsored = "yes" if line.is_sponsored else ""
    return (*person, aggregated, sponsored, line.on.strftime("%d/%m/%y"), line.amount.plain)


def series(*, lines: Iterable[Line]) -> list[Line]:
    """Put a donor's donations on one line: the sum, dated by the latest; sponsored ones and aggregates stay apart.

    Lines must fall in one accounting period. This function will return the lines in the order donors first appear.
    """
    found: dict[tuple[object, ...], Line] = {}
    for place, line in enumerate(lines):
        name = (line.title, line.first_name, line.last_name)
        who = (*name, line.house, line.postcode, line.is_abroad, line.is_sponsored)
        key: tuple[object, ...] = (place,) if line.aggregated else who
        kept = found.get(key)
        found[key] = (
            line
            if kept is None
            else replace(kept, on=max(kept.on, line.on), amount=kept.amount + line.amount)
        )
    return list(found.values())


def claim(*, lines: Sequence[Line], book: parameters.Book = parameters.SHIPPED) -> Claim:
    """Write the schedules of a claim: rows numbered from 1 in each, at most 1,000 (UK-02).

    Raises `YearNotSettled`. This function will return them, and beside them every line that was refused.
    """
    checked = [(line, tuple(violations(line=line, book=book))) for line in lines]
    rows = [(line, _row(line)) for line, wrong in checked if not wrong]
    refused = tuple(Refused(line, wrong) for line, wrong in checked if wrong)
    if not rows:
        return Claim((), refused)
    most = book.gift_aid.of(max(line.on.year for line, _ in rows)).rows
    parts = [rows[start : start + most] for start in range(0, len(rows), most)]
    numbered = tuple(
        tuple((str(number), *row) for number, (_, row) in enumerate(part, start=1)) for part in parts
    )
    return Claim(numbered, refused)

"""Reading CSV: the rows of a bank's file by the names of its columns. What stands around them is left out and counted.

A row is left out when it holds no line by its shape: nothing at all, dashes, a total, an amount of nothing. Everything
else that cannot be read is refused with its row, its column and the reason.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO, TypeVar

from books import decoding, mapping_columns, reading_cells, reading_statements
from books.decoding import UnreadableFile
from books.mapping_columns import Columns
from books.reading_cells import UnreadableCell
from books.reading_statements import Gist, Reading, Refused, Told

T = TypeVar("T")
_TOTALS = re.compile(
    r"(sub|grand )?totals?\b|sum\b|(opening|closing|ending|beginning|available) balance|saldo|balance (forward|brought)"
    r"|합\s*계|총\s*계|소\s*계|누\s*계|이월|전월|잔액 합|총 ?건수|조회"
)
_RULE = re.compile(r"[\s#*=_.~+|-]*")
_IN = frozenset({"credit", "cr", "c", "crdt", "in", "deposit", "입금", "+", "dep", "haben", "h"})
_OUT = frozenset({"debit", "dr", "d", "dbit", "out", "withdrawal", "출금", "-", "지급", "soll", "s"})


@dataclass(slots=True)
class _Balances:
    """The balances after each line, if the file tells them: do they run through?"""

    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    total: int = 0

    def add(self, amount: int, balance: int | None) -> None:
        self.total += amount
        if balance is not None:
            self.first = self.first or (amount, balance)
            self.last = (amount, balance)

    def settle(self, gist: Gist) -> None:
        """Statements run forward or backward: whichever adds up is meant."""
        if self.first is None or self.last is None:
            return
        forward = (self.first[1] - self.first[0], self.last[1])
        backward = (self.last[1] - self.last[0], self.first[1])
        is_backward = backward[0] + self.total == backward[1] and forward[0] + self.total != forward[1]
        gist.opening_minor, gist.closing_minor = backward if is_backward else forward


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the columns stand in this file."""

    day: int
    amount: int | None
    money_in: int | None
    money_out: int | None
    direction: int | None
    payer: tuple[int, ...]
    reference: tuple[int, ...]
    bank_ref: int | None
    balance: int | None
    currency: int | None
    width: int
    names: tuple[str, ...]


class _At(Exception):
    """A cell could not be read: where and why."""

    def __init__(self, place: int | None, reason: str) -> None:
        super().__init__(reason)
        self.place, self.reason = place, reason


def read(file: BinaryIO, *, columns: Columns, currency: str, today: date, gist: Gist) -> Reading:
    """Read a file row by row. Raises decoding.UnreadableFile for what makes the whole of it unreadable.

    This function will yield each row as told or refused, and complete `gist` on the way.
    """
    encoding = columns.encoding or decoding.encoding_of(file)
    delimiter = columns.delimiter or decoding.delimiter_of(decoding.head_of(file, encoding=encoding))
    rows = decoding.records(decoding.lines(file, encoding=encoding), delimiter=delimiter)
    places = _find(rows, columns, gist)
    teller = _Teller(places, columns, currency, today)
    balances = _Balances()
    count = 0
    for number, cells in rows:
        if _holds_no_line(cells, places):
            gist.skipped.append(number)
            continue
        try:
            told = teller.tell(number, cells)
        except _At as wrong:
            name = places.names[wrong.place] if wrong.place is not None else ""
            yield Refused(number, name, wrong.reason, _whole(cells))
        else:
            if told is None:
                gist.skipped.append(number)
                continue
            balances.add(told.amount_minor, teller.balance(cells))
            yield told
        count += 1
        if count > reading_statements.MOST_ROWS:
            raise UnreadableFile("too_many_rows", row=number, told=str(reading_statements.MOST_ROWS))
    balances.settle(gist)


def _find(rows: Iterator[tuple[int, list[str]]], columns: Columns, gist: Gist) -> _Places:
    """Go on until the row that names the columns; what stood before it is counted as left out."""
    wanted = columns.named()
    if not columns.has_header:
        width = max(int(name.removeprefix("column ")) for name in wanted if name.startswith("column "))
        return _placed(columns, [f"column {place}" for place in range(1, width + 1)], width=0)
    fewest: list[str] = wanted
    for seen, (number, cells) in enumerate(rows):
        keys = mapping_columns.keys_of(cells)
        missing = [name for name in wanted if name not in keys]
        if not missing:
            return _placed(columns, keys, width=len(keys))
        fewest = min(fewest, missing, key=len)
        gist.skipped.append(number)
        if seen == mapping_columns.LOOKED_AT:
            break
    raise UnreadableFile("columns_missing", row=1, told=", ".join(fewest))


def _placed(columns: Columns, keys: list[str], *, width: int) -> _Places:
    def place(name: str) -> int | None:
        return keys.index(name) if name else None

    return _Places(
        day=keys.index(columns.day),
        amount=place(columns.amount),
        money_in=place(columns.money_in),
        money_out=place(columns.money_out),
        direction=place(columns.direction),
        payer=tuple(keys.index(name) for name in columns.payer),
        reference=tuple(keys.index(name) for name in columns.reference),
        bank_ref=place(columns.bank_ref),
        balance=place(columns.balance),
        currency=place(columns.currency),
        width=width,
        names=tuple(keys),
    )


def _holds_no_line(cells: Sequence[str], places: _Places) -> bool:
    """By its shape: nothing, a rule of dashes, or a total where a day should stand."""
    day = cells[places.day].strip() if places.day < len(cells) else ""
    if day and (day[0].isdigit() or any(char.isdigit() for char in day)):
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    if all(map(_RULE.fullmatch, filled)):
        return True
    first = unicodedata.normalize("NFKC", filled[0]).casefold()
    return _TOTALS.match(first) is not None or _TOTALS.match(day.casefold()) is not None


def _whole(cells: Sequence[str]) -> str:
    """The row as it stood, for the file of what was refused; numbers of persons stay out of it."""
    shown = [reading_statements.words(cell, most=500) for cell in cells[: mapping_columns.MOST_COLUMNS]]
    return "\t".join(shown)[: reading_statements.ORIGINAL]


class _Teller:
    """Reads one row after the other; days and amounts that were read once are known."""

    def __init__(self, places: _Places, columns: Columns, currency: str, today: date) -> None:
        self.places, self.currency = places, currency
        self.day: Callable[[str], date] = reading_cells.day_reader(order=columns.date_order, today=today)
        self.amount: Callable[[str], int] = reading_cells.amount_reader(
            currency=currency, decimal=columns.decimal
        )

    def tell(self, number: int, cells: Sequence[str]) -> Told | None:
        """One row; None for one that moved nothing. Raises _At."""
        places = self.places
        width = len(cells)
        if places.width and width != places.width:
            self._check_width(cells)
        if width < len(places.names):
            cells = [*cells, *[""] * (len(places.names) - width)]
        day = self._read(self.day, cells, places.day)
        amount = self._amount(cells)
        if places.currency is not None:
            self._check_currency(cells[places.currency], places.currency)
        if not amount:
            return None
        payer = " ".join([cells[place] for place in places.payer])
        reference = " ".join([cells[place] for place in places.reference])
        own = cells[places.bank_ref] if places.bank_ref is not None else ""
        return Told(
            number,
            day,
            amount,
            reading_statements.words(payer, most=reading_statements.PAYER),
            reading_statements.words(reference, most=reading_statements.REFERENCE),
            reading_statements.own_ref(own) if own else "",
        )

    def _check_width(self, cells: Sequence[str]) -> None:
        """Cells too many mean a delimiter inside a text: nobody knows which words are whose."""
        if any(cell.strip() for cell in cells[self.places.width :]):
            raise _At(None, "cells_many")
        if len(cells) <= max(place for place in (self.places.day, self.places.amount or 0)):
            raise _At(None, "cells_few")

    def _check_currency(self, cell: str, place: int) -> None:
        said = cell.strip().upper()
        if said and said != self.currency:
            raise _At(place, "currency")

    def _read(self, reader: Callable[[str], T], cells: Sequence[str], place: int) -> T:
        try:
            return reader(cells[place])
        except UnreadableCell as error:
            raise _At(place, error.reason) from error

    def _amount(self, cells: Sequence[str]) -> int:
        places = self.places
        if places.amount is not None:
            return self._signed(cells, places.amount)
        came, went = places.money_in or 0, places.money_out or 0
        received = self._side(cells, came)
        paid = self._side(cells, went)
        if received and paid:
            raise _At(went, "both_amounts")
        # Some banks write what was paid with a minus, some without; in this column it went either way.
        return received - abs(paid)

    def _side(self, cells: Sequence[str], place: int) -> int:
        text = cells[place].strip()
        return self._read(self.amount, cells, place) if text and text != "-" else 0

    def _signed(self, cells: Sequence[str], place: int) -> int:
        amount = self._read(self.amount, cells, place)
        if self.places.direction is None:
            return amount
        side = decoding.folded(cells[self.places.direction])
        if side in _IN:
            return abs(amount)
        if side in _OUT:
            return -abs(amount)
        raise _At(self.places.direction, "direction")

    def balance(self, cells: Sequence[str]) -> int | None:
        """The balance after this line; one that cannot be read is not told: it is only a check."""
        place = self.places.balance
        if place is None or place >= len(cells) or not cells[place].strip():
            return None
        try:
            return self.amount(cells[place])
        except UnreadableCell:
            return None

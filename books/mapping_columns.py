"""Mapping: which column of a bank's file holds what. Saved for each account and used again for the next file.

Columns are known by their names, without case, spaces around them or a mark before the first; never by their place.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from books import decoding, reading_cells, reading_statements
from books.reading_cells import UnreadableCell
from payments.models import BankAccount
from staff import auditing
from staff.models import User

ONE = ("day", "amount", "money_in", "money_out", "direction", "bank_ref", "balance", "currency")
MANY = ("payer", "reference")
ROLES = ("day", "amount", "money_in", "money_out", "direction", *MANY, "bank_ref", "balance", "currency")
MOST_COLUMNS = 60
LOOKED_AT = 40
SAMPLES = 3


class UnableToMap(ValueError):
    """These columns cannot be read together; `code` says why, `role` which."""

    def __init__(self, code: str, role: str = "") -> None:
        super().__init__(f"{role}: {code}")
        self.code, self.role = code, role


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of columns by what they hold, and how days and amounts are written in them.

    Either `amount` with its sign (or with `direction`), or `money_in` and `money_out`. Empty means not told.
    """

    day: str = ""
    amount: str = ""
    money_in: str = ""
    money_out: str = ""
    direction: str = ""
    payer: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    bank_ref: str = ""
    balance: str = ""
    currency: str = ""
    date_order: str = ""
    decimal: str = "."
    encoding: str = ""
    delimiter: str = ""
    has_header: bool = True

    def named(self) -> list[str]:
        """This function will return every column that is read, each once."""
        single = [getattr(self, role) for role in ONE]
        return list(dict.fromkeys(name for name in (*single, *self.payer, *self.reference) if name))


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the file shows it: its name, how it is compared, and what stands in its first rows."""

    name: str
    key: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What the first rows of a file tell before anybody said what they are. `orders` by the key of a column of days."""

    encoding: str
    delimiter: str
    has_header: bool
    columns: tuple[Column, ...]
    orders: Mapping[str, frozenset[str]]


def keys_of(cells: Sequence[str]) -> list[str]:
    """This function will return the keys of a header; a name that comes again is counted, an empty one numbered."""
    found: list[str] = []
    for place, cell in enumerate(cells, start=1):
        key = decoding.folded(cell) or f"column {place}"
        again = sum(1 for former in found if former == key or former.startswith(f"{key} ("))
        found.append(f"{key} ({again + 1})" if again else key)
    return found


def check(columns: Columns) -> Columns:
    """See whether these columns can be read together. Raises UnableToMap.

    This function will return them unchanged.
    """
    if not columns.day:
        raise UnableToMap("missing", "day")
    sides = [bool(name) for name in (columns.amount, columns.money_in, columns.money_out)]
    if sides not in ([True, False, False], [False, True, True]) or (columns.direction and not sides[0]):
        raise UnableToMap("amount", "amount")
    for role, told, known in (
        ("date_order", columns.date_order, reading_cells.ORDERS),
        ("decimal", columns.decimal, (".", ",")),
        ("encoding", columns.encoding, ("", "utf-8", "utf-16-le", "utf-16-be", *decoding.ENCODINGS)),
        ("delimiter", columns.delimiter, ("", *decoding.DELIMITERS)),
    ):
        if told not in known:
            raise UnableToMap("choose", role)
    money = [name for name in (columns.amount, columns.money_in, columns.money_out, columns.balance) if name]
    if len(set(money)) < len(money) or columns.day in money:
        raise UnableToMap("twice", "amount")
    return columns


def kept(account: BankAccount) -> Columns | None:
    """This function will return how files of an account are read, None before anybody said."""
    try:
        return check(of_json(account.mapping))
    except UnableToMap:
        return None


def of_json(stored: Mapping[str, object]) -> Columns:
    """This function will return what was stored; what no version of ours knows is left out."""
    known = {one.name for one in fields(Columns)}
    values = {
        name: tuple(map(str, value)) if isinstance(value, list) else value
        for name, value in stored.items()
        if name in known
    }
    return Columns(**values)  # type: ignore[arg-type]  # what json kept of these very fields


def as_json(columns: Columns) -> dict[str, object]:
    """This function will return the columns as they are stored."""
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(columns).items()
    }


def keep(*, account_id: int, columns: Columns, actor: User, now: datetime) -> BankAccount:
    """Save how files of an account are read. Raises UnableToMap.

    This function will return the account.
    """
    check(columns)
    with transaction.atomic():
        account = BankAccount.objects.select_for_update().get(pk=account_id)
        if account.mapping != (stored := as_json(columns)):
            account.mapping = stored
            account.save(update_fields=["mapping"])
            auditing.record(
                actor=actor,
                action="bank_account.mapped",
                target=f"bank_account:{account_id}",
                details={"columns": columns.named()},
                now=now,
            )
    return account


def look(file: BinaryIO, *, has_header: bool | None = None) -> Look:
    """Look at the first rows of a file, at most 64 KiB of it. Raises decoding.UnreadableFile.

    This function will return its columns with samples, and in which orders the days of each can be read.
    """
    encoding = decoding.encoding_of(file)
    head = decoding.head_of(file, encoding=encoding)
    delimiter = decoding.delimiter_of(head)
    rows = [row for row in decoding.rows_of(head, delimiter=delimiter) if any(cell.strip() for cell in row)]
    if not rows:
        raise decoding.UnreadableFile("no_lines")
    width = _usual_width(rows)
    if width > MOST_COLUMNS:
        raise decoding.UnreadableFile("too_many_columns", told=str(width))
    place = header_of(rows, width=width) if has_header is not False else None
    names = rows[place] if place is not None else [f"Column {n}" for n in range(1, width + 1)]
    below = [row for row in rows[(place + 1 if place is not None else 0) :] if len(row) >= width - 1]
    columns = tuple(
        Column(name.strip() or f"Column {at + 1}", key, tuple(_samples(below, at)))
        for at, (name, key) in enumerate(zip(names, keys_of(names), strict=True))
    )
    return Look(encoding, delimiter, place is not None, columns, dict(_orders(columns, below)))


def _usual_width(rows: list[list[str]]) -> int:
    widths = [len(row) for row in rows]
    return max(set(widths), key=lambda width: (widths.count(width) * (width > 1), width))


def header_of(rows: list[list[str]], *, width: int) -> int | None:
    """This function will return which row names the columns: the first full one without days and amounts."""
    for place, row in enumerate(rows[:LOOKED_AT]):
        if len(row) < width or sum(bool(cell.strip()) for cell in row) < max(2, width * 0.6):
            continue
        return None if any(map(_is_figure, row)) else place
    return None


def _is_figure(cell: str) -> bool:
    plain = unicodedata.normalize("NFKC", cell).strip()
    return sum(char.isdigit() for char in plain) * 2 > len(plain) > 0


def _samples(rows: Iterable[list[str]], at: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        cell = row[at].strip() if at < len(row) else ""
        if cell and cell not in found:
            found.append(reading_statements.words(cell, most=60))
        if len(found) == SAMPLES:
            break
    return found


def _orders(columns: Sequence[Column], rows: list[list[str]]) -> list[tuple[str, frozenset[str]]]:
    found = []
    for at, column in enumerate(columns):
        cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
        days = [cell for cell in cells if _is_day(cell)]
        if days and len(days) * 2 > len(cells):
            found.append((column.key, frozenset(reading_cells.orders_of(days))))
    return found


def _is_day(cell: str) -> bool:
    for order in reading_cells.ORDERS:
        try:
            reading_cells.read_day(cell, order=order)
        except UnreadableCell:
            continue
        return True
    return False

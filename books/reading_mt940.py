"""Reading MT940: the statement lines of SWIFT's older format. The library knows the dialects; this module watches it.

What it could not make a line of is never passed over: as many lines come out as were in, or the file is refused.
"""

import io
import logging
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import BinaryIO

import mt940
from mt940.models import Amount, Balance, Transaction, Transactions

from books import decoding, reading_cells, reading_statements
from books.decoding import UnreadableFile
from books.reading_cells import UnreadableCell
from books.reading_statements import Gist, Reading, Refused, Told
from ledger import money

# The library tells what it could not read, which may be a payer's words: the reader of the page gets the reason.
logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)

OPTIONS = mt940.Options.all()
_LINE = re.compile(r"^:61:", re.MULTILINE)
_START = re.compile(r"^:20:", re.MULTILINE)
_ACCOUNT = re.compile(r"^:25[A-Z]?:(.+)$", re.MULTILINE)
_BROKEN = (RuntimeError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What the library raises when a tag is not what the standard says."""


def read(file: BinaryIO, *, currency: str, last4: str, today: date, gist: Gist) -> Reading:
    """Read a statement line by line. Raises decoding.UnreadableFile for what makes the whole of it unreadable.

    This function will yield each line as told or refused, and complete `gist` on the way.
    """
    text = "".join(decoding.lines(file, encoding=decoding.encoding_of(file))).replace("\r", "")
    count = len(_LINE.findall(text))
    if not count and not _START.search(text):
        raise UnreadableFile("not_mt940")
    if count > reading_statements.MOST_ROWS:
        raise UnreadableFile("too_many_rows", told=str(reading_statements.MOST_ROWS))
    _check_account(text, last4)
    number = 0
    for statement in _statements(text):
        parsed = _parsed(statement)
        if parsed is None or len(parsed) != len(_LINE.findall(statement)):
            lines = _one_by_one(statement)
        else:
            lines = iter(parsed)
            _balances(parsed, currency, gist)
        for line in lines:
            number += 1
            told = _told(line, number, currency, today)
            if isinstance(told, Refused) and told.reason == "nothing":
                gist.skipped.append(number)
            else:
                yield told


def _statements(text: str) -> list[str]:
    """One file may hold many statements, each from its own :20:."""
    starts = [match.start() for match in _START.finditer(text)] or [0]
    return [text[begin:end] for begin, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _parsed(statement: str) -> Transactions | None:
    try:
        # A text that is the name of a file would be opened, so the library is given something to read from.
        found = mt940.parse(io.StringIO(statement), processors={"pre_statement": []}, options=OPTIONS)
    except _BROKEN:
        return None
    return found


def _one_by_one(statement: str) -> Iterator[Transaction | str]:
    """The slow way, when something is wrong: each line by itself, so that the wrong one has a number."""
    places = [match.start() for match in _LINE.finditer(statement)]
    head = statement[: places[0]] if places else statement
    for begin, end in zip(places, [*places[1:], len(statement)], strict=True):
        parsed = _parsed(head + statement[begin:end])
        yield parsed[0] if parsed is not None and len(parsed) == 1 else statement[begin:end]


def _check_account(text: str, last4: str) -> None:
    for number in _ACCOUNT.findall(text):
        digits = re.sub(r"[^0-9A-Z]", "", re.sub(r"[A-Z]{3}$", "", number.strip().upper()))
        if last4 and not digits.endswith(last4):
            raise UnreadableFile("other_account", told=digits[-4:])


def _balances(parsed: Transactions, currency: str, gist: Gist) -> None:
    """The first statement opens, the last one closes."""
    for name in ("final_opening_balance", "intermediate_opening_balance"):
        if gist.opening_minor is None and (found := _balance(parsed, name, currency)) is not None:
            gist.opening_minor = found
    for name in ("intermediate_closing_balance", "final_closing_balance"):
        if (found := _balance(parsed, name, currency)) is not None:
            gist.closing_minor = found


def _balance(parsed: Transactions, name: str, currency: str) -> int | None:
    balance = parsed.data.get(name)
    if not isinstance(balance, Balance) or not isinstance(balance.amount, Amount):
        return None
    if balance.amount.currency != currency:
        raise UnreadableFile("other_currency", told=str(balance.amount.currency)[:3])
    try:
        return _minor(balance.amount.amount, currency)
    except UnreadableCell as error:
        raise UnreadableFile("balance", told=str(balance.amount)[:40]) from error


def _minor(amount: Decimal, currency: str) -> int:
    scaled = amount.scaleb(money.exponent(currency))
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise UnreadableCell("decimals")
    if abs(scaled) > money.LARGEST_BY_HAND:
        raise UnreadableCell("large")
    return int(scaled)


def _told(line: Transaction | str, number: int, currency: str, today: date) -> Told | Refused:
    if isinstance(line, str):
        return Refused(number, ":61:", "shape", reading_statements.words(line, most=1000))
    said = line.data
    whole = reading_statements.words(
        " ".join(f"{said.get(name) or ''}" for name in ("date", "amount", "transaction_details")), most=1000
    )
    amount, day = said.get("amount"), said.get("entry_date") or said.get("date")
    if not isinstance(amount, Amount) or not isinstance(day, date):
        return Refused(number, ":61:", "shape", whole)
    if amount.currency not in {None, currency}:
        return Refused(number, ":61:", "currency", whole)
    try:
        minor = _minor(amount.amount, currency)
        booked = reading_cells.check_day(date(day.year, day.month, day.day), today=today)
    except UnreadableCell as error:
        return Refused(number, ":61:", error.reason, whole)
    if not minor:
        return Refused(number, ":61:", "nothing", whole)
    return Told(
        number,
        booked,
        minor,
        reading_statements.words(f"{said.get('applicant_name') or ''}", most=reading_statements.PAYER),
        reading_statements.words(_reference(line), most=reading_statements.REFERENCE),
        reading_statements.own_ref(f"{said.get('bank_reference') or ''}"),
    )


def _reference(line: Transaction) -> str:
    said = line.data
    parts = [f"{said.get(name) or ''}" for name in ("purpose", "transaction_details", "extra_details")]
    own = f"{said.get('customer_reference') or ''}"
    return " ".join(dict.fromkeys(part for part in (*parts, "" if own == "NONREF" else own) if part))

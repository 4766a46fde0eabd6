"""Reading journals back as the programs do that get them: strictly, and nothing is forgiven."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from books.journals import beancount, civicrm, generic, intacct, quickbooks_desktop, sage_50, xero
from books.journals.shapes import Handover
from books.models import Target
from ledger import money

Side = tuple[str, str, int]
"""What an account is called there, a currency, minor units (debit positive)."""


@dataclass
class Parsed:
    number: str
    on: date
    sides: list[Side] = field(default_factory=list)


Files = dict[str, bytes]


def files_of(content: bytes, name: str) -> Files:
    """This function will return the files of what was handed over: those of the ZIP, or itself."""
    if not name.endswith(".zip"):
        return {name: content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {about.date_time for about in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {about.filename: archive.read(about) for about in archive.infolist()}


def minor(text: str, currency: str) -> int:
    assert re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII), text
    scaled = Decimal(text).scaleb(money.exponent(currency))
    assert scaled == scaled.to_integral_value()
    return int(scaled)


def table(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    """A CSV whose every row has every column, no line end inside, and nothing a spreadsheet would run."""
    text = content.decode("utf-8")
    assert not text.startswith("\ufeff")
    heading, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert all(len(row) == len(heading) for row in rows)
    assert text.count("\r\n") == len(rows) + 1
    assert text.count("\n") == len(rows) + 1
    for row in rows:
        for cell in row:
            assert not re.match(r"[=+@\t\r]|-(?![0-9.]+$)", cell), cell
    return heading, [dict(zip(heading, row, strict=True)) for row in rows]


def _of(found: dict[str, Parsed], number: str, on: date) -> Parsed:
    journal = found.setdefault(number, Parsed(number, on))
    assert journal.on == on
    return journal


def _currency(name: str, handover: Handover) -> str:
    marked = re.match(r"journal-([A-Z]{3})\b", name)
    return marked[1] if marked else handover.base_currency


def _generic(files: Files, handover: Handover) -> list[Parsed]:
    found: dict[str, Parsed] = {}
    for content in files.values():
        heading, rows = table(content)
        assert tuple(heading) == generic.COLUMNS
        for row in rows:
            journal = _of(found, row["journal_id"], date.fromisoformat(row["journal_date"]))
            currency = row["currency"]
            journal.sides.append((row["account_code"], currency, _two(row["debit"], row["credit"], currency)))
            assert row["line_no"] == str(len(journal.sides))
            assert row["period"] == row["journal_date"][:7]
    return list(found.values())


def _two(debit: str, credit: str, currency: str) -> int:
    assert bool(debit) != bool(credit)
    amount = minor(debit, currency) if debit else -minor(credit, currency)
    assert amount > 0 if debit else amount < 0
    return amount


def _online(files: Files, handover: Handover) -> list[Parsed]:
    found: dict[str, Parsed] = {}
    for content in files.values():
        heading, rows = table(content)
        assert len(rows) + 1 <= 1000
        assert heading[:7] == [
            "JournalNo", "JournalDate", "AccountName", "Debits", "Credits", "Description", "Name",
        ]  # fmt: skip
        here = {row["JournalNo"] for row in rows}
        assert not here & set(found), "a journal was cut in two"
        for row in rows:
            assert len(row["JournalNo"]) <= 21
            currency = row.get("Currency", handover.base_currency)
            on = datetime.strptime(row["JournalDate"], "%m/%d/%Y").date()
            side = _two(row["Debits"], row["Credits"], currency)
            _of(found, row["JournalNo"], on).sides.append((row["AccountName"], currency, side))
    return list(found.values())


def _desktop(files: Files, handover: Handover) -> list[Parsed]:
    found: list[Parsed] = []
    for name, content in files.items():
        currency = _currency(name, handover)
        text = content.decode("cp1252")
        assert text.endswith("\r\n")
        records = [line.split("\t") for line in text.removesuffix("\r\n").split("\r\n")]
        assert records[:3] == [list(quickbooks_desktop.TRNS), list(quickbooks_desktop.SPL), ["!ENDTRNS"]]
        at_hand: Parsed | None = None
        for record in records[3:]:
            assert not any(mark in cell for cell in record for mark in '"\n\r')
            if record[0] == "ENDTRNS":
                assert record == ["ENDTRNS"]
                assert at_hand is not None
                found.append(at_hand)
                at_hand = None
                continue
            columns = quickbooks_desktop.TRNS if record[0] == "TRNS" else quickbooks_desktop.SPL
            assert (record[0], len(record)) == (columns[0][1:], len(columns))
            row = dict(zip(columns, record, strict=True))
            assert row["TRNSTYPE"] == "GENERAL JOURNAL"
            on = datetime.strptime(row["DATE"], "%m/%d/%Y").date()
            if record[0] == "TRNS":
                assert at_hand is None
                at_hand = Parsed(row["DOCNUM"], on)
            assert at_hand is not None
            assert (at_hand.number, at_hand.on) == (row["DOCNUM"], on)
            at_hand.sides.append((row["ACCNT"], currency, minor(row["AMOUNT"], currency)))
        assert at_hand is None
    return found


def _xero(files: Files, handover: Handover) -> list[Parsed]:
    found: dict[str, Parsed] = {}
    for name, content in files.items():
        currency = _currency(name, handover)
        heading, rows = table(content)
        assert tuple(heading) == xero.COLUMNS
        assert len(rows) <= 300
        numbers = {row["*Narration"].split(" ")[0] for row in rows}
        assert len(numbers) == len({(row["*Narration"], row["*Date"]) for row in rows})
        assert not numbers & set(found), "a journal was cut in two"
        for row in rows:
            assert row["*TaxRate"]
            on = datetime.strptime(row["*Date"], "%d/%m/%Y").date()
            side = (row["*AccountCode"], currency, minor(row["*Amount"], currency))
            _of(found, row["*Narration"].split(" ")[0], on).sides.append(side)
    return list(found.values())


def _sage(files: Files, handover: Handover) -> list[Parsed]:
    found: dict[str, Parsed] = {}
    for name, content in files.items():
        currency = _currency(name, handover)
        heading, rows = table(content)
        assert tuple(heading) == sage_50.COLUMNS
        for row in rows:
            assert len(row["Reference"]) <= 30
            assert len(row["Details"]) <= 60
            amount = minor(row["Net Amount"], currency)
            assert amount > 0
            on = datetime.strptime(row["Date"], "%d/%m/%Y").date()
            signed = {"JD": amount, "JC": -amount}[row["Type"]]
            _of(found, row["Reference"], on).sides.append((row["Nominal A/C Ref"], currency, signed))
    return list(found.values())


def _intacct(files: Files, handover: Handover) -> list[Parsed]:
    found: list[Parsed] = []
    for content in files.values():
        heading, rows = table(content)
        assert tuple(heading) == intacct.columns(handover)
        assert len(set(heading)) == len(heading)
        for row in rows:
            if row["LINE_NO"] == "1":
                assert (row["JOURNAL"], row["STATE"]) == ("GJ", "Draft")
                assert 0 < len(row["DESCRIPTION"]) <= 30
                on = datetime.strptime(row["DATE"], "%m/%d/%Y").date()
                found.append(Parsed(row["REFERENCE_NO"], on))
            else:
                header = ("JOURNAL", "DATE", "REFERENCE_NO", "DESCRIPTION", "STATE")
                assert not any(row[column] for column in header)
            currency = row["CURRENCY"]
            found[-1].sides.append((row["ACCT_NO"], currency, _two(row["DEBIT"], row["CREDIT"], currency)))
            assert row["LINE_NO"] == str(len(found[-1].sides))
    return found


def _civicrm(files: Files, handover: Handover) -> list[Parsed]:
    found: dict[str, Parsed] = {}
    for content in files.values():
        heading, rows = table(content)
        assert tuple(heading) == civicrm.COLUMNS
        for row in rows:
            journal = _of(found, row["Invoice No"], date.fromisoformat(row["Transaction Date"]))
            amount = minor(row["Amount"], row["Currency"])
            assert amount > 0
            assert row["Amount"] == row["Debit amount (Split)"]
            journal.sides.append((row["Debit Account"], row["Currency"], amount))
            journal.sides.append((row["Credit Account"], row["Currency"], -amount))
    return list(found.values())


_STRING = r'"(?:[^"\\\n]|\\["\\])*"'
_ACCOUNT = beancount.ACCOUNT.pattern
_GRAMMAR = {
    "blank": r"",
    "comment": r";.*",
    "option": rf"option {_STRING} {_STRING}",
    "open": rf"(\d{{4}}-\d\d-\d\d) open ({_ACCOUNT})",
    "entry": rf"(\d{{4}}-\d\d-\d\d) \* ({_STRING}) {_STRING}",
    "about": rf"  [a-z][a-z-]+: {_STRING}",
    "posting": rf"  ({_ACCOUNT})  (-?\d+(?:\.\d+)?) ([A-Z]{{3}})",
    "more": rf"    [a-z][a-z-]+: {_STRING}",
}
_AFTER = {
    "about": {"entry", "about"},
    "posting": {"entry", "about", "posting", "more"},
    "more": {"posting", "more"},
}


def _kind(line: str) -> tuple[str, re.Match[str]]:
    for kind, pattern in _GRAMMAR.items():
        if match := re.fullmatch(pattern, line, re.ASCII if kind in {"open", "posting"} else 0):
            return kind, match
    raise AssertionError(f"no line of beancount: {line!r}")


def _beancount(files: Files, handover: Handover) -> list[Parsed]:
    opened: dict[str, date] = {}
    found: list[Parsed] = []
    for name in sorted(files):
        before = "blank"
        for line in files[name].decode("utf-8").split("\n"):
            kind, match = _kind(line)
            assert before in _AFTER.get(kind, set(_GRAMMAR)), (before, line)
            before = kind
            if kind == "open":
                assert match[2] not in opened
                opened[match[2]] = date.fromisoformat(match[1])
            if kind == "entry":
                found.append(Parsed(match[2].strip('"'), date.fromisoformat(match[1])))
            if kind == "posting":
                assert opened[match[1]] <= found[-1].on
                found[-1].sides.append((match[1], match[3], minor(match[2], match[3])))
    return found


PARSERS: dict[str, Callable[[Files, Handover], list[Parsed]]] = {
    Target.GENERIC: _generic,
    Target.QUICKBOOKS_ONLINE: _online,
    Target.QUICKBOOKS_DESKTOP: _desktop,
    Target.XERO: _xero,
    Target.SAGE_50: _sage,
    Target.INTACCT: _intacct,
    Target.CIVICRM: _civicrm,
    Target.BEANCOUNT: _beancount,
}


def parse(target: str, files: Files, handover: Handover) -> list[Parsed]:
    """Read the files of a target; every journal has its own number and sums to nothing in each currency.

    This function will return the journals.
    """
    journals = PARSERS[target](files, handover)
    numbers = [journal.number for journal in journals]
    assert len(set(numbers)) == len(numbers)
    for journal in journals:
        assert len(journal.sides) >= 2
        assert set(sums(journal.sides, signed=True).values()) == {0}, journal
    return journals


def sums(sides: Iterable[Side], *, signed: bool = False) -> dict[tuple[str, str], int]:
    """This function will return what each account got on each side (`D`, `C`), or what each currency sums to."""
    held: dict[tuple[str, str], int] = defaultdict(int)
    for account, currency, amount in sides:
        key = ("", currency) if signed else (f"{account} {'D' if amount > 0 else 'C'}", currency)
        held[key] += amount
    return dict(held)

"""Texts and amounts as other programs can take them: nothing that breaks a line, nothing that runs."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ledger.money import Money
from paper import tabulating

_BREAKS = {"Cc", "Cs", "Zl", "Zp"}


def plain(text: str, *, most: int = 0) -> str:
    """A text on one line: tabs, line ends, other controls and halves of characters become one blank each.

    This function will return it without blanks around it and not longer than `most` characters.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if unicodedata.category(char) in _BREAKS else char for char in text)
    text = text.strip()
    return text[:most].rstrip() if most else text


def cell(text: str, *, most: int = 0) -> str:
    """This function will return a text for a cell of CSV that no spreadsheet takes for a formula."""
    text = plain(text, most=most)
    safe = tabulating.guarded(text)
    return safe[:most] if most else safe


@lru_cache(maxsize=4_096)
def known(text: str) -> str:
    """A cell whose text comes again and again, as names of accounts do."""
    return cell(text)


@lru_cache(maxsize=16_384)
def signed(amount: int, currency: str) -> str:
    return Money(amount, currency).plain


def debit(amount: int, currency: str) -> str:
    return signed(amount, currency) if amount > 0 else ""


def credit(amount: int, currency: str) -> str:
    return signed(-amount, currency) if amount < 0 else ""


def rows(cells: Iterable[Sequence[str]]) -> bytes:
    """This function will return rows of CSV as RFC 4180 has them: UTF-8, quoted where needed, CR LF."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(cells)
    return written.getvalue().encode()

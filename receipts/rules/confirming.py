"""Confirming: an accountant's word opens a figure of the law for a year, in the book of one body only.

Figures have names, so that they can be kept as rows: the tables of a book, `korean_code_43` for a type of gift and
`korean_form_63-3` for a form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from receipts.rules import parameters
from receipts.rules.parameters import Book, Row, Table

TABLES = ("us_thresholds", "us_low_cost", "canada", "korea", "gift_aid")
LAW_OF = {"us_thresholds": "US", "us_low_cost": "US", "canada": "CA", "korea": "KR", "gift_aid": "UK"}
_CODE, _FORM = "korean_code_", "korean_form_"


class UnknownFigure(LookupError):
    """There is no figure of this name."""


def confirmed(*, book: Book, figure: str, year: int, by: str, at: datetime) -> Book:
    """Write down that `by` has compared a figure of a year with its source.

    Raises `UnknownFigure`, and `UnknownYear` where no row could be confirmed. This function will return a new book.
    """
    if figure in TABLES:
        return replace(book, **{figure: getattr(book, figure).confirmed(year=year, by=by, at=at)})
    for prefix, name in ((_CODE, "korean_codes"), (_FORM, "korean_forms")):
        if figure.startswith(prefix):
            rows: tuple[Row[Any], ...] = getattr(book, name)
            own = tuple(row for row in rows if _key(row) == figure.removeprefix(prefix))
            changed: dict[str, Any] = {name: _confirmed(rows, own, year=year, by=by, at=at)}
            return replace(book, **changed)
    raise UnknownFigure(figure)


def _key(row: Row[Any]) -> str:
    values = row.values
    return str(values.code if isinstance(values, parameters.KoreanCode) else values.form)


def _confirmed(
    rows: tuple[Row[Any], ...], own: tuple[Row[Any], ...], *, year: int, by: str, at: datetime
) -> tuple[Row[Any], ...]:
    """The newest form of a year is the one confirmed; codes have one row for a year."""
    newest = Table("KR", tuple(reversed(own)))
    kept = newest.row(year)
    checked = newest.confirmed(year=year, by=by, at=at).row(year)
    return tuple(checked if row is kept else row for row in rows)


def figures(*, law: str) -> list[str]:
    """This function will return the names of every figure a body under this law may have confirmed."""
    return [name for name in TABLES if LAW_OF[name] == law] + (list(_korean()) if law == "KR" else [])


def _korean() -> Iterator[str]:
    yield from sorted({_CODE + row.values.code for row in parameters.KOREAN_CODES})
    yield from sorted({_FORM + row.values.form for row in parameters.KOREAN_FORMS})


def waiting(*, law: str, year: int, book: Book = parameters.SHIPPED) -> list[tuple[str, str]]:
    """Figures that have a row for the year which nobody has checked.

    This function will return their names, each with the source to compare it with.
    """
    found = []
    for figure in figures(law=law):
        row = _row(figure, year, book)
        if row is not None and not row.is_verified:
            found.append((figure, row.source))
    return found


def _row(figure: str, year: int, book: Book) -> Row[Any] | None:
    if figure in TABLES:
        rows: tuple[Row[Any], ...] = getattr(book, figure).rows
    elif figure.startswith(_CODE):
        rows = tuple(row for row in book.korean_codes if _key(row) == figure.removeprefix(_CODE))
    else:
        rows = tuple(reversed([row for row in book.korean_forms if _key(row) == figure.removeprefix(_FORM)]))
    return next((row for row in rows if row.first <= year <= row.last), None)

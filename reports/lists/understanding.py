"""Understanding filters: plain words of an address become values; what means nothing is refused by its name."""

import uuid
from collections.abc import Callable, Container
from datetime import date, datetime
from typing import TypeVar

from ledger import money
from reports.lists.declaring import Asked, UnreadableFilter

Value = TypeVar("Value")


def _read(asked: Asked, name: str, how: Callable[[str], Value]) -> Value | None:
    if not asked.get(name):
        return None
    try:
        return how(asked[name])
    except ValueError as error:
        raise UnreadableFilter(name) from error


def day(asked: Asked, name: str) -> date | None:
    """Raises UnreadableFilter. This function will return a day, None when nothing is asked for."""
    return _read(asked, name, date.fromisoformat)


def month(asked: Asked, name: str) -> date | None:
    """Raises UnreadableFilter. This function will return the first day of a month such as 2026-03."""
    return _read(asked, name, lambda text: datetime.strptime(text, "%Y-%m").date())


def whole(asked: Asked, name: str) -> int | None:
    """Raises UnreadableFilter. This function will return a whole number that a key can be."""
    return _read(asked, name, _whole)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ValueError(text)
    return int(text)


def key(asked: Asked, name: str) -> uuid.UUID | None:
    """Raises UnreadableFilter. This function will return a UUID."""
    return _read(asked, name, uuid.UUID)


def choice(asked: Asked, name: str, choices: Container[str]) -> str:
    """Raises UnreadableFilter. This function will return one of the choices, empty when nothing is asked for."""
    value = asked.get(name, "")
    if value and value not in choices:
        raise UnreadableFilter(name)
    return value


def amount(asked: Asked, name: str, *, currency: str) -> int | None:
    """Raises UnreadableFilter. This function will return an amount as minor units of a currency."""
    return _read(
        asked,
        name,
        lambda text: money.read_amount(text, currency=currency, most=money.LARGEST_BY_HAND).minor,
    )


def text(asked: Asked, name: str) -> str:
    """This function will return what was typed, as the pages clean it."""
    return asked.get(name, "").replace("\x00", "").strip()

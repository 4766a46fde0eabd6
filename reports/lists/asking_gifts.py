"""Asking for gifts: every word that narrows the list of donations on its page narrows its file, too.

The words are those of an address: amounts as they are typed, `-` for gifts that came by no code.
"""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from reports import filtering
from reports.filtering import Filters
from reports.lists import understanding
from reports.lists.declaring import Asked, UnreadableFilter

NO_SOURCE = "-"
_NAMES = {"q": "search"}
_READ: dict[str, Callable[[str], object]] = {
    "given_from": date.fromisoformat,
    "given_to": date.fromisoformat,
    "donor": uuid.UUID,
    "fund": int,
    "source": lambda text: "" if text == NO_SOURCE else text,
    "stays": lambda text: text not in {"False", "false", "0"},  # as a form reads a tick
}
_CHOICES = {
    "state": set(filtering.State.values),
    "frequency": {"once", "monthly"},
    "receipt": set(filtering.RECEIPTS),
}
_BOUNDS = ("least", "most")
FILTERS = frozenset(
    {
        *("given_from", "given_to", "campaign", "entity", "fund", "method", "frequency", "state", "currency"),
        *("amount", "least", "most", "source", "receipt", "reason", "stays", "donor", "q"),
    }
)


def read(asked: Asked) -> Filters:
    """Raises UnreadableFilter. This function will return what a list of donations was narrowed by."""
    told: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in FILTERS or (name in _CHOICES and value not in _CHOICES[name]):
            raise UnreadableFilter(name)
        if name in _BOUNDS:
            # Bounds of the amount are of one currency: 100 won are not 100 dollars.
            told[name] = understanding.amount(asked, name, currency=asked.get("currency", ""))
            continue
        try:
            told[_NAMES.get(name, name)] = _READ.get(name, str)(value)
        except ValueError as error:
            raise UnreadableFilter(name) from error
    return Filters(**told)


def conditions(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Raises UnreadableFilter. This function will return the condition over `donations_donation d`."""
    return filtering.conditions(read(asked))

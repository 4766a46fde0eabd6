"""Parsing: one JSON object of a snapshot at a time, strictly, with the path to every field for the error's sake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from paper import texts

PARAGRAPH_LIMIT = 2_000
# Above this an amount is a mistake, and would not fit its column.
MAX_MINOR = 10**14
# What JSON makes of objects and lists stands first: to ask an abstract class costs ten times as much.
OBJECT, LIST = (dict, Mapping), (list, Sequence)


# A legal entity's own words stand on all its receipts: they are cleaned once. Long texts are never kept.
LONGEST_KEPT = 300
_kept = lru_cache(maxsize=2048)(texts.pdf_text)


def cleaned(value: str, *, limit: int) -> str:
    """This function will return a person's words as they may be printed."""
    return (_kept if len(value) <= LONGEST_KEPT else texts.pdf_text)(value, limit=limit)


class SnapshotRefused(ValueError):
    """The snapshot is not a receipt we can print: a field is absent, of the wrong kind, or does not add
    up."""


class Reader:
    """One JSON object, with the path to it for the error's sake."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, OBJECT):
            raise SnapshotRefused(f"{path or 'snapshot'} is not an object")
        self.fields: Mapping[str, object] = value
        self.path = path

    def refuse(self, key: str, why: str) -> SnapshotRefused:
        return SnapshotRefused(f"{self.path}{key} {why}")

    def inner(self, key: str) -> Reader:
        """This function will return the object under a key."""
        return Reader(self.fields.get(key), f"{self.path}{key}.")

    def perhaps(self, key: str) -> Reader | None:
        """This function will return the object under a key, or None where it says null or nothing."""
        return None if self.fields.get(key) is None else self.inner(key)

    def each(self, key: str, *, most: int) -> list[Reader]:
        """This function will return the objects of a list."""
        items = self.items(key, most=most)
        return [Reader(item, f"{self.path}{key}[{place}].") for place, item in enumerate(items)]

    def optional(self, key: str, *, limit: int = 200) -> str:
        value = self.fields.get(key)
        if value is None or value == "":
            return ""
        if not isinstance(value, str):
            raise self.refuse(key, "is not a text")
        return cleaned(value, limit=limit)

    def text(self, key: str, *, limit: int = 200) -> str:
        value = self.optional(key, limit=limit)
        if not value:
            raise self.refuse(key, "is empty")
        return value

    def paragraph(self, key: str) -> str:
        """A sentence that the law asks for is printed whole or not at all."""
        value = self.fields.get(key)
        if isinstance(value, str) and len(value) > PARAGRAPH_LIMIT:
            raise self.refuse(key, f"is a paragraph above {PARAGRAPH_LIMIT} characters")
        return self.text(key, limit=PARAGRAPH_LIMIT)

    def whole(self, key: str) -> int:
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(key, "is not a whole number")
        if abs(value) > MAX_MINOR:
            raise self.refuse(key, "is out of range")
        return value

    def counted(self, key: str, *, least: int = 0) -> int:
        """This function will return a whole number that is not below `least`."""
        value = self.whole(key)
        if value < least:
            raise self.refuse(key, f"is below {least}" if least else "is below zero")
        return value

    def perhaps_counted(self, key: str) -> int | None:
        return None if self.fields.get(key) is None else self.counted(key)

    def truth(self, key: str) -> bool:
        value = self.fields.get(key)
        if not isinstance(value, bool):
            raise self.refuse(key, "is neither true nor false")
        return value

    def currency(self) -> tuple[str, int]:
        """This function will return a currency's code and how many digits its minor unit has."""
        code = self.text("currency", limit=4)
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise self.refuse("currency", "is not three capital letters")
        exponent = self.whole("currency_exponent")
        if not 0 <= exponent <= 3:
            raise self.refuse("currency_exponent", "is not between 0 and 3")
        return code, exponent

    def day(self, key: str) -> date:
        try:
            return date.fromisoformat(self.text(key))
        except ValueError as error:
            raise self.refuse(key, "is not a day") from error

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        value = self.fields.get(key)
        if value not in allowed:
            raise self.refuse(key, f"is not one of {', '.join(allowed)}")
        return str(value)

    def items(self, key: str, *, most: int) -> Sequence[object]:
        value = self.fields.get(key)
        if not isinstance(value, LIST) or isinstance(value, str) or len(value) > most:
            raise self.refuse(key, f"is not a list of at most {most}")
        return value

    def texts(self, key: str, *, most: int, limit: int = 200) -> tuple[str, ...]:
        found = []
        for item in self.items(key, most=most):
            if not isinstance(item, str):
                raise self.refuse(key, "holds something that is not a text")
            # A sentence that the law asks for is printed whole or not at all.
            if limit == PARAGRAPH_LIMIT and len(item) > limit:
                raise self.refuse(key, f"holds a paragraph above {limit} characters")
            found.append(cleaned(item, limit=limit))
        return tuple(text for text in found if text)

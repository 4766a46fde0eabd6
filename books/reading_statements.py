"""Reading statements: what one row of a bank's file says, whatever the file is; or why it could not be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from donors import matching, refusing

MOST_ROWS = 250_000
PAYER, REFERENCE, BANK_REF, ORIGINAL = 200, 300, 80, 4000


class Told(NamedTuple):
    """One row that was understood. `amount_minor` is positive for money that came."""

    position: int
    booked_on: date
    amount_minor: int
    payer: str
    reference: str
    bank_ref: str


@dataclass(frozen=True, slots=True)
class Refused:
    """One row that was not: in which column, why, and the row as it stood."""

    position: int
    column: str
    reason: str
    original: str


@dataclass(slots=True)
class Gist:
    """What a file says beside its rows: skipped rows, and the balances before and after if it tells them."""

    skipped: list[int] = field(default_factory=list)
    opening_minor: int | None = None
    closing_minor: int | None = None


Reading = Iterator[Told | Refused]


_MAY_BE_A_PERSON = re.compile(r"[0-9]{6}[-\s]*[1-8][0-9]{6}")
"""In plain letters every resident number looks like this, and hardly anything else does: most words pass at once."""


def words(text: str, *, most: int) -> str:
    """What a payer wrote, without control characters, cut, and with anything like a resident number masked (KR-13).

    This function will return the words as they may be kept.
    """
    if text.isascii() and text.isprintable():
        clean = " ".join(text.split())[:most].rstrip()
        may_hold = _MAY_BE_A_PERSON.search(clean) is not None
    else:
        clean = matching.clean_name(text)[:most].rstrip()
        may_hold = True
    if may_hold and len(clean) >= 13 and refusing.is_held_by(clean):
        masked = refusing.masked(clean)
        return refusing.MASK if refusing.is_held_by(masked) else masked[:most]
    return clean


def own_ref(text: str) -> str:
    """The bank's own number of a line; one that looks like a person's number is not kept.

    This function will return it, or nothing.
    """
    clean = words(text, most=BANK_REF)
    return "" if refusing.MASK in clean else clean

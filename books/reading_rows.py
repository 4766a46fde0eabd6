"""Reading rows: what every report file comes down to, whoever wrote it. Pure: bytes in, rows and rejects out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from books.opening_tables import Habits, Reject, Row, Unread
from donors import refusing


class Role(StrEnum):
    """What a row is, in our words."""

    GIFT = "gift"
    REFUND = "refund"
    RETURNED = "returned"
    DISPUTE = "dispute"
    FEE = "fee"
    CONVERSION = "conversion"
    PAYOUT = "payout"
    ROUNDING = "rounding"
    SPENT = "spent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gave, as far as the file tells. It goes to the donor's record and is not kept with the row."""

    name: str = ""
    email: str = ""
    sponsor: str = ""
    """A donor-advised fund's sponsor, who is the giver; the name above is then its adviser."""
    account: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. Amounts are minor units, signed as they change what lies there; a fee is positive when it costs.

    `ref` is the processor's own name of it, `about` that of the movement it belongs to, `payout` of what carried it.
    """

    number: int
    ref: str
    kind: str
    role: Role
    gross: int
    fee: int
    net: int
    currency: str
    at: datetime
    source: str = ""
    about: str = ""
    payout: str = ""
    code: str = ""
    """Names the campaign, where the file carries our own word for it."""
    giver: Giver | None = None
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tie:
    """A sum the file must meet by itself: what its rows sum to beside what its footer or its payout says."""

    name: str
    currency: str
    rows: int
    told: int

    @property
    def difference(self) -> int:
        return self.rows - self.told

    def kept(self) -> dict[str, Any]:
        """This function will return it as it is kept with the report."""
        return {"name": self.name, "currency": self.currency, "rows": self.rows, "told": self.told}


@dataclass(frozen=True, slots=True)
class Read:
    """A whole file. `skipped` are rows that move nothing: pending, holds, tests, totals, lines before the header."""

    format: str
    lines: Sequence[Line]
    rejects: Sequence[Reject]
    ties: Sequence[Tie]
    skipped: int


class Skip(Exception):
    """This row moves no money; it is counted and left out."""


Reader = Callable[[bytes, Habits], Read]


def read_each(rows: Iterable[Row], read: Callable[[Row], Line]) -> tuple[list[Line], list[Reject], int]:
    """Read row by row; what cannot be read becomes a reject, what moves nothing is counted.

    A reference that comes twice in one file is a reject the second time. This function will return all three.
    """
    lines: list[Line] = []
    rejects: list[Reject] = []
    skipped, seen = 0, set()
    for row in rows:
        try:
            line = read(row)
            if line.ref in seen:
                raise Unread("twice", "", line.ref)
        except Skip:
            skipped += 1
        except Unread as error:
            rejects.append(Reject(row.number, error.column, error.code, error.said))
        else:
            seen.add(line.ref)
            lines.append(line)
    return lines, rejects, skipped


_OF_A_PERSON = (
    "name", "mail", "phone", "address", "street", "city", "town", "zip", "postal", "state", "province", "note",
    "comment", "message", "honoree", "recipient", "employer", "occupation", "customer", "donor", "payer",
    "consumer", "subject", "title", "account", "birth", "card", "last 4",
)  # fmt: skip
MOST_WORDS, LONGEST_WORD = 60, 200


def rest(row: Row, *, read: Iterable[str]) -> dict[str, str]:
    """The columns nobody asked for, as they stand; those that may name a person are left out.

    What is kept of a row can never be erased again, so it holds nobody's name. This function will return the others.
    """
    asked = set(read)
    kept = {
        name[:60]: refusing.masked(said)[:LONGEST_WORD]
        for name, said in row.cells.items()
        if said and name not in asked and not any(word in name for word in _OF_A_PERSON)
    }
    return dict(list(kept.items())[:MOST_WORDS])

"""What a journal is before it becomes a file: names of accounts, lines, journals, and what a format has to say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

CAMPAIGN = "{campaign}"


@dataclass(frozen=True, slots=True)
class Name:
    """An account of one fund: ours, and what the target calls it."""

    account: str
    account_name: str
    kind: str
    fund: str
    restriction: str
    code: str
    name: str = ""
    class_name: str = ""
    location: str = ""
    tax: str = ""

    @property
    def shown(self) -> str:
        """What programs that know accounts by name are told."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a journal, in minor units, debit positive; `base` is the same in the entity's own currency."""

    name: Name
    amount: int
    currency: str
    campaign: str = ""
    rate: Decimal | None = None
    base: int | None = None

    @property
    def class_name(self) -> str:
        """What the map says of the class; `{campaign}` in it is the campaign of the line."""
        return self.name.class_name.replace(CAMPAIGN, self.campaign)

    @property
    def location(self) -> str:
        return self.name.location.replace(CAMPAIGN, self.campaign)


@dataclass(frozen=True, slots=True)
class Journal:
    """Lines that balance in every fund and currency, on one day, under a number that is never given again.

    `giver` is empty unless somebody asked for names; `counterparty` is our own id of the giver.
    """

    number: str
    on: date
    lines: tuple[Line, ...]
    kind: str
    source: str
    processor: str = ""
    payout: str = ""
    counterparty: str = ""
    giver: str = ""
    of_day: date | None = None
    reverses: str = ""
    check: str = ""
    entries: int = 0
    """How many entries a gathered journal holds; 0 for one entry by itself."""

    @property
    def title(self) -> str:
        return f"{self.kind} {self.source}"

    @property
    def memo(self) -> str:
        """Ids, days and numbers; a name only when it was asked for."""
        said = [self.title]
        if self.entries:
            said.append(f"entries: {self.entries}")
        if self.of_day is not None:
            said.append(f"of {self.of_day}")
        if self.reverses:
            said.append(f"reverses {self.reverses}")
        if who := self.giver or self.counterparty:
            said.append(f"giver {who}")
        return ", ".join(said)

    def said_of(self, line: Line) -> str:
        """This function will return the memo of one line: that of the journal, and the campaign it counts for."""
        return f"{self.memo}, campaign {line.campaign}" if line.campaign else self.memo


@dataclass(frozen=True, slots=True)
class Handover:
    """What every journal of an export shares. `opened` are the names every export so far has used, this one too."""

    id: UUID
    number: int
    entity: str
    entity_name: str
    base_currency: str
    currencies: tuple[str, ...]
    digest: str
    names: tuple[Name, ...]
    opened: tuple[str, ...] = ()

    @property
    def has_classes(self) -> bool:
        return any(name.class_name for name in self.names)

    @property
    def has_locations(self) -> bool:
        return any(name.location for name in self.names)

    @property
    def is_foreign(self) -> bool:
        return any(code != self.base_currency for code in self.currencies)


def _nothing(_: Handover) -> Iterable[tuple[str, bytes]]:
    return ()


@dataclass(frozen=True, slots=True)
class Format:
    """How one program wants its journals.

    `most_lines` is what one file may hold (0: any number) and no journal is cut in two for it. `one_currency` journals
    hold a single currency; `file_of_currency` puts each currency into files of its own. A change of any byte is a new
    `version`, because what was handed over is made again and compared. With `has_checks` it has a place for the number
    of a check.
    """

    suffix: str
    heading: Callable[[Handover], bytes]
    body: Callable[[Journal, Handover], bytes]
    beside: Callable[[Handover], Iterable[tuple[str, bytes]]] = _nothing
    most_lines: int = 0
    one_currency: bool = False
    file_of_currency: bool = False
    has_checks: bool = False
    version: int = 2

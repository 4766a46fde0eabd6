"""The frozen snapshot of a receipt, read strictly: what is printed is what was issued, or nothing is printed.

A snapshot is canonical JSON. Schema 1 is a receipt of one currency with the sentences of one law; schema 2 is a
receipt of any of the laws, with a total for each currency (`reading_two`). Amounts are integers of minor units; a text
is cleaned by `pdf_text()` here, so that nothing behind this module ever sees a person's raw words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from receipts import parsing, wording

MAX_LINES = 20_000
# The largest that is drawn within the time and memory a drawing may take (20 s, 512 MB), whatever its words.
MAX_LINES_OF_SCHEMA_2 = 5_000
MAX_ADDRESS_LINES = 6
MAX_PARAGRAPHS = 400
MAX_PARAGRAPHS_OF_SCHEMA_1 = 12
MAX_BENEFITS = 20
MAX_TOTALS = 20
SERIAL_LIMIT = 24

SnapshotRefused = parsing.SnapshotRefused

TEMPLATES = {"us-3": "US", "ca-1": "CA", "kr-1": "KR", "au-1": "AU", "uk-1": "UK"}
"""The template of each law."""
THINGS = ("property", "stock", "vehicle")
KINDS = (
    *("cash", "ticket", *THINGS, "volunteer_expenses"),
    *("services", "use_of_property", "pledge", "purchase"),
)


@dataclass(frozen=True, slots=True)
class Entity:
    legal_name: str
    local_name: str
    address: tuple[str, ...]
    registration: str
    status_line: str
    signatory: str
    email: str
    paper: str
    legal_basis: str = ""
    legal_basis_code: str = ""
    form: str = ""
    form_version: str = ""
    """The statutory form with the day its front was revised: "kr-45-2/2026-01-02"."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the giver got in return; its value is None where the law asks for none."""

    description: str
    value_minor: int | None


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The amount in the law's own currency, by whose rate of which day."""

    currency: str
    exponent: int
    minor: int
    rate_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Appraiser:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    given_on: date
    method: str
    fund: str
    amount_minor: int | None
    refunded_minor: int
    note: str
    kind: str = "cash"
    code: str = ""
    description: str = ""
    quantity: int = 1
    unit_value_minor: int | None = None
    currency: str = ""
    exponent: int = 2
    benefits: tuple[Benefit, ...] = ()
    benefit_minor: int = 0
    eligible_minor: int | None = None
    equivalent: Equivalent | None = None
    appraiser: Appraiser | None = None

    @property
    def net_minor(self) -> int:
        return (self.amount_minor or 0) - self.refunded_minor

    @property
    def is_thing(self) -> bool:
        return self.kind in THINGS


@dataclass(frozen=True, slots=True)
class Total:
    """What the lines of one currency make together."""

    currency: str
    exponent: int
    total_minor: int
    benefit_minor: int
    eligible_minor: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence of the law as it was worded when the receipt was issued."""

    code: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Collector:
    """A third party that collected the gift (기부금 모집처)."""

    name: str
    registration: str
    address: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`currency`, `exponent` and `total_minor` are those of the first total."""

    digest: str
    template: str
    language: wording.Language
    serial: str
    kind: str
    replaces: str
    issued_on: date
    entity: Entity
    donor_name: str
    donor_local_name: str
    donor_address: tuple[str, ...]
    lines: tuple[Line, ...]
    currency: str
    exponent: int
    total_minor: int
    statements: tuple[str, ...]
    terms: tuple[str, ...]
    is_test: bool
    verify_at: str
    """Where a reader can ask whether the receipt stands; empty on receipts issued before there was a seal."""
    schema: int = 1
    law: str = "US"
    rules: str = ""
    tax_year: int = 0
    place: str = ""
    donor_number: str = ""
    donor_is_person: bool = True
    totals: tuple[Total, ...] = ()
    clauses: tuple[Clause, ...] = ()
    collector: Collector | None = None
    is_information_copy: bool = False


def canonical(snapshot: Mapping[str, object]) -> bytes:
    """This function will return the one way to write a snapshot as bytes."""
    return json.dumps(
        snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(snapshot: Mapping[str, object]) -> str:
    """This function will return the SHA-256 of the canonical snapshot, in lower hexadecimal."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def read(snapshot: Mapping[str, object], *, source: bytes | None = None) -> Snapshot:
    """Read a snapshot of schema 1 or 2. `source` is its canonical bytes, where they are at hand.

    This function will return the cleaned snapshot, or raise `SnapshotRefused` naming the field.
    """
    from receipts import reading_two

    schema = snapshot.get("schema")
    if schema not in (1, 2):
        raise parsing.Reader(snapshot, "").refuse("schema", "is not 1 or 2")
    told = hashlib.sha256(canonical(snapshot) if source is None else source).hexdigest()
    return _schema_1(snapshot, told) if schema == 1 else reading_two.read(snapshot, told)


def totals(snapshot: Snapshot) -> tuple[Total, ...]:
    """This function will return one total for each currency; a receipt of schema 1 has one."""
    total = snapshot.total_minor
    return snapshot.totals or (Total(snapshot.currency, snapshot.exponent, total, 0, total),)


def _schema_1(source: Mapping[str, object], told: str) -> Snapshot:
    top = parsing.Reader(source, "")
    donor = top.inner("donor")
    paragraphs, limit = MAX_PARAGRAPHS_OF_SCHEMA_1, parsing.PARAGRAPH_LIMIT
    snapshot = Snapshot(
        digest=told,
        template=top.text("template", limit=20),
        language=language(top),
        serial=top.text("serial", limit=SERIAL_LIMIT),
        kind=top.one_of("kind", ("single", "annual")),
        replaces=top.optional("replaces", limit=SERIAL_LIMIT),
        issued_on=top.day("issued_on"),
        entity=entity(top.inner("entity")),
        donor_name=donor.text("name"),
        donor_local_name=donor.optional("local_name"),
        donor_address=donor.texts("address", most=MAX_ADDRESS_LINES),
        lines=tuple(map(_line, top.each("lines", most=MAX_LINES))),
        currency=top.text("currency", limit=3),
        exponent=top.whole("currency_exponent"),
        total_minor=top.whole("total_minor"),
        statements=top.texts("statements", most=paragraphs, limit=limit),
        terms=top.texts("terms", most=paragraphs, limit=limit),
        is_test=source.get("test") is not False,  # unmarked money is test money: never a receipt by accident
        verify_at=top.optional("verify_at", limit=80),
    )
    _require_sense(snapshot)
    return snapshot


def language(top: parsing.Reader) -> wording.Language:
    """This function will return the language a receipt is read in."""
    return "ko" if top.one_of("language", ("en", "ko")) == "ko" else "en"


def serial(value: object) -> str:
    """This function will return another receipt's number, cleaned; empty for none."""
    return parsing.Reader({"serial": value}, "").optional("serial", limit=SERIAL_LIMIT)


def entity(reader: parsing.Reader) -> Entity:
    """This function will return who issues, as schema 1 tells it."""
    return Entity(
        legal_name=reader.text("legal_name"),
        local_name=reader.optional("local_name"),
        address=reader.texts("address", most=MAX_ADDRESS_LINES),
        registration=reader.text("registration"),
        status_line=reader.optional("status_line"),
        signatory=reader.optional("signatory"),
        email=reader.optional("email"),
        paper=reader.one_of("paper", ("letter", "a4")),
    )


def _line(reader: parsing.Reader) -> Line:
    return Line(
        given_on=reader.day("given_on"),
        method=reader.text("method", limit=40),
        fund=reader.text("fund"),
        # Property is described, never valued, on a United States receipt (IRS Publication 1771).
        amount_minor=None if reader.fields.get("amount_minor") is None else reader.whole("amount_minor"),
        refunded_minor=reader.whole("refunded_minor"),
        note=reader.optional("note"),
    )


def _require_sense(snapshot: Snapshot) -> None:
    if not snapshot.lines:
        raise SnapshotRefused("lines is empty")
    if not 0 <= snapshot.exponent <= 3:
        raise SnapshotRefused("currency_exponent is not between 0 and 3")
    if any(line.refunded_minor < 0 for line in snapshot.lines):
        raise SnapshotRefused("a line has a refund below zero")
    total = sum(line.net_minor for line in snapshot.lines)
    if total != snapshot.total_minor:
        raise SnapshotRefused(f"total_minor is {snapshot.total_minor}, its lines add up to {total}")

"""The frozen snapshot of a receipt, read strictly: what is printed is what was issued, or nothing is printed.

A snapshot is canonical JSON (schema 1). Amounts are integers of minor units; a text is cleaned by
`pdf_text()` here, so
that nothing behind this module ever sees a person's raw words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from paper import texts
from receipts import wording

MAX_LINES = 20_000
MAX_ADDRESS_LINES = 6
MAX_PARAGRAPHS = 12
PARAGRAPH_LIMIT = 2_000
SERIAL_LIMIT = 24
# Above this an amount is a mistake, and would not fit its column.
MAX_MINOR = 10**14


class SnapshotRefused(ValueError):
    """The snapshot is not a receipt we can print: a field is absent, of the wrong kind, or does not add
    up."""


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


@dataclass(frozen=True, slots=True)
class Line:
    given_on: date
    method: str
    fund: str
    amount_minor: int | None
    refunded_minor: int
    note: str

    @property
    def net_minor(self) -> int:
        return (self.amount_minor or 0) - self.refunded_minor


@dataclass(frozen=True, slots=True)
class Snapshot:
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


def canonical(snapshot: Mapping[str, object]) -> bytes:
    """This function will return the one way to write a snapshot as bytes."""
    return json.dumps(
        snapshot, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(snapshot: Mapping[str, object]) -> str:
    """This function will return the SHA-256 of the canonical snapshot, in lower hexadecimal."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


class _Reader:
    """One JSON object, with the path to it for the error's sake."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, Mapping):
            raise SnapshotRefused(f"{path or 'snapshot'} is not an object")
        self.fields: Mapping[str, object] = value
        self.path = path

    def refuse(self, key: str, why: str) -> SnapshotRefused:
        return SnapshotRefused(f"{self.path}{key} {why}")

    def optional(self, key: str, *, limit: int = 200) -> str:
        value = self.fields.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.refuse(key, "is not a text")
        return texts.pdf_text(value, limit=limit)

    def text(self, key: str, *, limit: int = 200) -> str:
        value = self.optional(key, limit=limit)
        if not value:
            raise self.refuse(key, "is empty")
        return value

    def whole(self, key: str) -> int:
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.refuse(key, "is not a whole number")
        if abs(value) > MAX_MINOR:
            raise self.refuse(key, "is out of range")
        return value

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
        if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > most:
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
            found.append(texts.pdf_text(item, limit=limit))
        return tuple(text for text in found if text)


def read(source: Mapping[str, object]) -> Snapshot:
    """Read a snapshot of schema 1.

    This function will return the cleaned snapshot, or raise `SnapshotRefused` naming the field.
    """
    top = _Reader(source, "")
    if source.get("schema") != 1:
        raise top.refuse("schema", "is not 1")
    donor = _Reader(source.get("donor"), "donor.")
    language: wording.Language = "ko" if top.one_of("language", ("en", "ko")) == "ko" else "en"
    snapshot = Snapshot(
        digest=digest(source),
        template=top.text("template", limit=20),
        language=language,
        serial=top.text("serial", limit=SERIAL_LIMIT),
        kind=top.one_of("kind", ("single", "annual")),
        replaces=top.optional("replaces", limit=SERIAL_LIMIT),
        issued_on=top.day("issued_on"),
        entity=_entity(_Reader(source.get("entity"), "entity.")),
        donor_name=donor.text("name"),
        donor_local_name=donor.optional("local_name"),
        donor_address=donor.texts("address", most=MAX_ADDRESS_LINES),
        lines=tuple(
            _line(_Reader(item, f"lines[{place}]."))
            for place, item in enumerate(top.items("lines", most=MAX_LINES))
        ),
        currency=top.text("currency", limit=3),
        exponent=top.whole("currency_exponent"),
        total_minor=top.whole("total_minor"),
        statements=top.texts("statements", most=MAX_PARAGRAPHS, limit=PARAGRAPH_LIMIT),
        terms=top.texts("terms", most=MAX_PARAGRAPHS, limit=PARAGRAPH_LIMIT),
        is_test=source.get("test") is not False,  # unmarked money is test money: never a receipt by accident
        verify_at=top.optional("verify_at", limit=80),
    )
    _require_sense(snapshot)
    return snapshot


def serial(value: object) -> str:
    """This function will return another receipt's number, cleaned; empty for none."""
    return _Reader({"serial": value}, "").optional("serial", limit=SERIAL_LIMIT)


def _entity(reader: _Reader) -> Entity:
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


def _line(reader: _Reader) -> Line:
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

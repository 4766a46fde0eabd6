"""Publishing what anyone needs to check a receipt without asking us: public keys, and the list of void ones.

Both are plain files. Neither names a giver, a number or an amount: a void receipt is listed by the hash of its seal,
which only somebody who holds the paper can compute.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from receipts import sealing

VERSION = 1
VOID_HEAD = "almoner void receipts 1"


class UnreadableFile(ValueError):
    """A file of keys or of void receipts that we did not write, or that was changed."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Public keys by their id, and certificates as PEM."""

    seals: Mapping[str, bytes]
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voided:
    """When a receipt stopped standing; `replaced_by` is the mark of its successor, or empty."""

    on: date
    replaced_by: str = ""


def mark(signature: bytes) -> str:
    """This function will return the name under which a sealed receipt stands on the list."""
    return base64.b32encode(hashlib.sha256(signature).digest()[:20]).decode()


def public_keys(*, seals: Iterable[bytes], certificates: Iterable[str]) -> dict[str, object]:
    """This function will return the file of public keys, as JSON to be."""
    return {
        "version": VERSION,
        "seals": {sealing.key_id(public): base64.b64encode(public).decode() for public in seals},
        "certificates": sorted(certificates),
    }


def read_keys(text: str) -> Keys:
    """This function will return what `public_keys` wrote. Raises UnreadableFile."""
    try:
        told = json.loads(text)
        seals = {str(name): base64.b64decode(key, validate=True) for name, key in told["seals"].items()}
        certificates = tuple(str(pem) for pem in told["certificates"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile("not a file of receipt keys") from error
    if told.get("version") != VERSION or any(sealing.key_id(key) != name for name, key in seals.items()):
        raise UnreadableFile("not a file of receipt keys of this version")
    return Keys(seals, certificates)


def void_list(voided: Iterable[tuple[str, Voided]]) -> str:
    """`voided` pairs a seal's mark with when it stopped. This function will return the list, in the order of marks."""
    lines = sorted(f"{name} {told.on.isoformat()} {told.replaced_by or '-'}" for name, told in voided)
    return "\n".join([VOID_HEAD, *lines, ""])


def read_voids(text: str) -> dict[str, Voided]:
    """This function will return the list by mark. Raises UnreadableFile."""
    head, *lines = text.splitlines() or [""]
    if head != VOID_HEAD:
        raise UnreadableFile("not a list of void receipts")
    voids = {}
    for number, line in enumerate(lines, start=2):
        try:
            name, day, successor = line.split(" ")
            voids[name] = Voided(date.fromisoformat(day), "" if successor == "-" else successor)
        except ValueError as error:
            raise UnreadableFile(f"line {number} of the list of void receipts") from error
    return voids

"""Sealing: an Ed25519 signature over the canonical snapshot, as the paper carries it.

The seal alone proves who issued a receipt, with nothing but the public key. It is the same every time (RFC 8032),
so it is made again at will and stored once. On paper it stands in the QR code's address, in capital letters, so
that a code of 25 mm holds it; the address leads to the page that says whether the receipt still stands.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SEAL_BYTES = 64


@dataclass(frozen=True, slots=True)
class Seal:
    """`key_id` names the public key, `signature` is its 64 bytes."""

    key_id: str
    signature: bytes


@lru_cache(maxsize=64)
def key_id(public: bytes) -> str:
    """This function will return the name of a public key of 32 bytes: the start of its SHA-256."""
    return base64.b32encode(hashlib.sha256(public).digest()[:10]).decode()


def make(canonical: bytes, *, key: Ed25519PrivateKey) -> Seal:
    """`canonical` is `snapshots.canonical(...)`. This function will return its seal."""
    return Seal(key_id(key.public_key().public_bytes_raw()), key.sign(canonical))


def holds(canonical: bytes, *, seal: Seal, public: bytes) -> bool:
    """This function will return whether the key of 32 bytes sealed exactly these bytes."""
    if key_id(public) != seal.key_id:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(seal.signature, canonical)
    except InvalidSignature:
        return False
    return True


def code(signature: bytes) -> str:
    """This function will return the seal in capital letters and digits: 103 of them."""
    return base64.b32encode(signature).decode().rstrip("=")


def from_code(text: str) -> bytes | None:
    """This function will return the seal that was scanned or typed, or None if it cannot be one."""
    text = text.strip().upper()
    try:
        signature = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return signature if len(signature) == SEAL_BYTES and code(signature) == text else None


def address(place: str, signature: bytes) -> str:
    """This function will return what the QR code says: `HTTPS://GIVE.EXAMPLE.ORG/V/...`."""
    return f"{place.upper()}/V/{code(signature)}"

"""Holding the keys of receipts: one that seals all of them, and one for each legal entity that signs its files.

They lie in a folder only the worker can read (RECEIPT_KEYS): `seal.pem` (Ed25519) and, by the entity's code,
`us.pem` or `us.p12` (P-256 or RSA with its certificate). `receipt-keys.json` beside them is the public part. A
new key is put in the place of the old one; what the old one sealed stays verifiable, because public keys and
certificates are kept in the database when first used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID
from django.conf import settings

from receipts import publishing

if TYPE_CHECKING:
    from paper.signing import Signer

SEAL = "seal.pem"
PUBLIC = "receipt-keys.json"
LASTS = timedelta(days=365 * 20)


class UnusableKeys(Exception):
    """The folder of keys cannot be used; the words say which file and why."""


def folder() -> Path:
    return Path(settings.RECEIPT_KEYS)


def sealing_key() -> Ed25519PrivateKey | None:
    """This function will return the key that seals receipts, or None when there is none. Raises UnusableKeys."""
    return _sealing_key(folder() / SEAL)


@cache
def _sealing_key(path: Path) -> Ed25519PrivateKey | None:
    if not path.exists():
        return None
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), _password())
    except (ValueError, TypeError, OSError) as error:
        raise UnusableKeys(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKeys(f"{path} is not an Ed25519 key")
    return key


def signer(*, entity_code: str) -> Signer | None:
    """This function will return who signs an entity's files, or None when it has no key. Raises UnusableKeys."""
    return _signer(folder(), entity_code.lower())


@cache
def _signer(where: Path, code: str) -> Signer | None:
    from paper import signing

    for path in (where / f"{code}.p12", where / f"{code}.pem"):
        if path.exists():
            try:
                return signing.load(path.read_bytes(), password=_password())
            except (signing.UnusableKey, OSError) as error:
                raise UnusableKeys(f"{path}: {error}") from error
    return None


def _password() -> bytes | None:
    return settings.RECEIPT_KEYS_PASSWORD.encode() or None


def make_missing(*, entities: Iterable[tuple[str, str]], now: datetime) -> list[str]:
    """Make the keys that are not there yet, each with a certificate it signs itself.

    A self-made certificate proves that a file is whole and ours to whoever got our public keys; a reader's program
    will still call its owner unknown. For that, put a bought PKCS#12 file in the folder instead. `entities` are code
    and legal name. This function will return the names of the files it wrote, readable for their owner alone.
    """
    where = folder()
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    if not (where / SEAL).exists():
        _write(where / SEAL, _pem(Ed25519PrivateKey.generate()))
        made.append(SEAL)
    for code, name in entities:
        own = where / f"{code.lower()}.pem"
        if not own.exists() and not own.with_suffix(".p12").exists():
            key = ec.generate_private_key(ec.SECP256R1())
            certificate = _certificate(key, name=name, now=now)
            _write(own, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
            made.append(own.name)
    forget()
    _write(where / PUBLIC, json.dumps(_public(where), indent=1).encode(), mode=0o644)
    return made


def forget() -> None:
    """Read the keys anew when they are next asked for; a process keeps what it once found."""
    _sealing_key.cache_clear()
    _signer.cache_clear()


def _public(where: Path) -> dict[str, object]:
    key = _sealing_key(where / SEAL)
    codes = {path.stem for path in where.iterdir() if path.suffix in {".pem", ".p12"} and path.name != SEAL}
    signers = [one for one in (_signer(where, code) for code in sorted(codes)) if one]
    return publishing.public_keys(
        seals=[key.public_key().public_bytes_raw()] if key else [],
        certificates=[one.certified.pem for one in signers],
    )


def _pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    kind = serialization.PrivateFormat.PKCS8
    password = _password()
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, kind, lock)


def _certificate(key: ec.EllipticCurvePrivateKey, *, name: str, now: datetime) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC))
        .not_valid_after(now.astimezone(UTC) + LASTS)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Whole or not at all: a key cut in half would be worse than none."""
    beside = path.with_suffix(path.suffix + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)

"""Keys for tests, made once: the same in every run, so that files can be compared byte by byte."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from paper import signing
from receipts import publishing, sealing, snapshots

SEAL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_SEAL = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
P256 = ec.derive_private_key(0x1234567890ABCDEF1234567890ABCDEF, ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def certificate(key: signing.PrivateKey, *, name: str = "Harbour Mission") -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(2**70 + 7)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2046, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True if isinstance(key, ec.EllipticCurvePrivateKey) else None)
    )  # fmt: skip


def pem(own: x509.Certificate) -> str:
    return own.public_bytes(serialization.Encoding.PEM).decode()


@cache
def signer(kind: str = "p256") -> signing.Signer:
    key: signing.PrivateKey = P256 if kind == "p256" else rsa_key()
    return signing.Signer(key, [certificate(key)])


def seal_of(snapshot: dict[str, object], *, key: Ed25519PrivateKey = SEAL) -> sealing.Seal:
    return sealing.make(snapshots.canonical(snapshot), key=key)


def known(*signers: signing.Signer) -> publishing.Keys:
    public = SEAL.public_key().public_bytes_raw()
    return publishing.Keys({sealing.key_id(public): public}, tuple(one.certified.pem for one in signers))

"""`receipts_signed_vs_platypus`: the whole paper, sealed, with its QR code, signed: against plain platypus.

Ours makes the Ed25519 seal over the canonical snapshot, draws the tagged PDF/A with the seal in its QR code and in
the file, and signs the file (PAdES, P-256). The limit is that of `receipts`: it neither seals nor signs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from bench import pairing, receipts
from receipts import rendering, sealing, snapshots

NAME = "receipts_signed_vs_platypus"


def measure() -> pairing.Outcome:
    """This function will return signed receipts per second and core, to platypus' unsigned ones."""
    from paper import signing

    key = ec.generate_private_key(ec.SECP256R1())
    signer = signing.Signer(key, [_certificate(key)])
    seal_key = Ed25519PrivateKey.generate()

    def signed(snapshot: Mapping[str, object]) -> bytes:
        seal = sealing.make(snapshots.canonical(snapshot), key=seal_key)
        return rendering.render(snapshot, seal=seal, signer=signer)

    naive = receipts.platypus()
    papers = [
        {**receipts.snapshot(number), "verify_at": "https://give.example.org"}
        for number in range(receipts.COUNT)
    ]
    pairs = pairing.alternate(
        ours=lambda: receipts.rate(signed, papers), limit=lambda: receipts.rate(naive, papers)
    )
    notes: dict[str, object] = {"bytes": len(signed(papers[0])), "has_qr": True, "is_pades_b_b": True}
    return pairs.outcome(name=NAME, unit="receipts/s/core", n=receipts.COUNT, notes=notes)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Harbour Mission")])
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2046, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )

"""Certifying: authorities and certificates made for one run, good ones and such as nobody may believe."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who signs certificates; `file` is what those who trust it keep."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    file: Path


def authority(folder: Path, called: str) -> Authority:
    """This function will make an authority and write the certificate to trust it by."""
    key, name = ec.generate_private_key(ec.SECP256R1()), _name(called)
    made = _begun(name, name, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    file = folder / f"{called}.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return Authority(name, key, file)


def certificate(folder: Path, called: str, *, by: Authority, host: str, is_expired: bool = False) -> Path:
    """This function will write a server's certificate and its key into one file and return it."""
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        names: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        names = x509.DNSName(host)
    made = _begun(_name(called), by.name, key, is_expired=is_expired)
    made = made.add_extension(x509.SubjectAlternativeName([names]), critical=False)
    file = folder / f"{called}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    signed = made.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    file.touch(mode=0o600)
    file.write_bytes(private + signed)
    return file


def _name(called: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])


def _begun(
    name: x509.Name, by: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_expired: bool = False
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    ends = now - DAY if is_expired else now + DAY
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(ends)
    )

"""Other people's web sites, over TLS on names of their own: pages that put ours, or each other, into frames."""

from __future__ import annotations

import html
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from launcher.stack import Stack

CHURCH, INNER, STRANGER = "church.example.org", "files.example.net", "stranger.example.com"
NAMES = (CHURCH, INNER, STRANGER)
SANDBOX = "allow-same-origin allow-forms allow-popups allow-scripts allow-pointer-lock"
"""What a site builder's code box was seen to allow: no leading of the whole window."""


def certificate(folder: Path) -> Path:
    """This function will write a certificate for all the names, signed by itself, and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, CHURCH)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in NAMES]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "sites.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Elsewhere:
    """One small server for all the foreign names; a page is whatever was put at its address."""

    port: int
    pages: dict[str, str] = field(default_factory=dict)

    def origin(self, name: str) -> str:
        return f"https://{name}:{self.port}"

    def page(self, name: str, body: str) -> str:
        """This function will put a page on a site and return its address."""
        path = f"/{len(self.pages)}"
        self.pages[f"{name}:{self.port}{path}"] = (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title><h1>{name}</h1>{body}"
        )
        return f"{self.origin(name)}{path}"

    def framing(self, name: str, address: str, *, attributes: str = "", width: int = 360) -> str:
        """This function will return the address of a page that shows `address` in a frame."""
        source = html.escape(address)
        return self.page(name, f'<iframe src="{source}" width="{width}" height="480" {attributes}></iframe>')


@contextmanager
def served(folder: Path) -> Iterator[Elsewhere]:
    """This function will serve the foreign sites on a free port of this machine."""
    known: dict[str, str] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = known.get(f"{self.headers['Host']}{self.path}")
            body = (found or "nothing here").encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(folder))
    # Hands are shaken in the thread of each connection: one that never speaks must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Elsewhere(port=server.server_address[1], pages=known)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def registered(stack: Stack, *, origins: list[str], return_url: str) -> Iterator[None]:
    """While it lasts, the church's site is registered with these origins."""
    address = stack.environment["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as database:
        row = database.execute(
            "INSERT INTO campaigns_site (code, name, return_url, is_active)"
            " VALUES ('journey-church', 'First Church', %s, true) RETURNING id",
            [return_url],
        ).fetchone()
        assert row
        for origin in origins:
            database.execute(
                "INSERT INTO campaigns_siteorigin (site_id, origin) VALUES (%s, %s)", [row[0], origin]
            )
    try:
        yield
    finally:
        with psycopg.connect(address, autocommit=True) as database:
            database.execute("UPDATE campaigns_site SET is_active = false WHERE id = %s", [row[0]])


def campaign(stack: Stack, deed: str) -> None:
    """This function will do one deed of `campaigns.publishing` to the family's campaign, as staff would."""
    told = stack.manage(
        "shell",
        "-c",
        "from django.utils import timezone\n"
        "from campaigns import publishing\n"
        "from campaigns.models import Campaign\n"
        f"publishing.{deed}, actor='journey', now=timezone.now())",
    )
    assert told.returncode == 0, told.stderr

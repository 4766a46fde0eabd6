"""Sealing: a file that may name everybody leaves the house only encrypted (AES-256 as WinZip and 7-Zip read it).

The password is never stored. It is derived from the house's secret key and the request, so the worker can make it
again, and the person who lets the file out sees it once, on the page that answers their press: the file alone, or the
database alone, opens nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast
from uuid import UUID

import pyzipper
from django.conf import settings

_PURPOSE = b"password of an export, request "
_SIGNS = str.maketrans("IO", "89")
"""Base32 without the two letters that are read as digits aloud."""


def password(*, request_id: UUID) -> str:
    """This function will return the password of a request: six groups of four, 120 bits."""
    digest = hmac.new(settings.SECRET_KEY.encode(), _PURPOSE + request_id.bytes, hashlib.sha256).digest()
    text = base64.b32encode(digest[:15]).decode().translate(_SIGNS)
    return "-".join(text[place : place + 4] for place in range(0, 24, 4))


@contextmanager
def sealed(*, path: Path, name: str, request_id: UUID) -> Iterator[IO[bytes]]:
    """A writer whose bytes are pressed and encrypted as they come; nothing plain touches the disk.

    This function will leave the whole archive at `path`.
    """
    with pyzipper.AESZipFile(
        path, "w", compression=pyzipper.ZIP_DEFLATED, compresslevel=1, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password(request_id=request_id).encode())
        with archive.open(name, "w", force_zip64=True) as member:
            yield cast("IO[bytes]", member)

"""Keep finished documents by their hash, and give back only what is still whole."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from paper import models

BATCH = 100


class DocumentDamaged(Exception):
    """The kept bytes no longer match their hash: restore them from a backup, do not hand them out."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(f"Document {sha256} does not match its hash")


class DocumentNotFound(LookupError):
    """No document is kept under this hash."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(f"No document {sha256} is kept")


def store(*, content: bytes, media_type: str, now: datetime) -> str:
    """Keep a document once: the same bytes stored again are the same row, and nothing is written.

    This function will return the document's SHA-256 in lower hexadecimal, which is its key.
    """
    return store_all(contents=[content], media_type=media_type, now=now)[0]


def store_all(
    *, contents: Sequence[bytes], media_type: str, now: datetime, openings: Collection[bytes] = ()
) -> list[str]:
    """Keep documents with one statement for some megabytes of them.

    `openings` are what many of them begin with: each of these is kept once for all.
    This function will return their keys, in the order of the documents.
    """
    keys = [hashlib.sha256(content).hexdigest() for content in contents]
    begun = [next((one for one in openings if content.startswith(one)), b"") for content in contents]
    opened = _open(sorted(set(begun) - {b""}), now=now)
    models.Document.objects.bulk_create(
        (
            models.Document(
                sha256=sha256,
                media_type=media_type,
                size=len(content),
                opening_id=opened.get(opening),
                content=content[len(opening) :],
                created_at=now,
            )
            for sha256, content, opening in zip(keys, contents, begun, strict=True)
        ),
        ignore_conflicts=True,  # ON CONFLICT DO NOTHING: two workers may store the same document at once
        batch_size=BATCH,
    )
    return keys


def _open(openings: Sequence[bytes], *, now: datetime) -> dict[bytes, str]:
    """The keys of openings, which are kept now if they were not. In one order, so that two workers never wait for each
    other."""
    keys = {opening: hashlib.sha256(opening).hexdigest() for opening in openings}
    models.Opening.objects.bulk_create(
        (models.Opening(sha256=sha256, content=opening, created_at=now) for opening, sha256 in keys.items()),
        ignore_conflicts=True,
    )
    return keys


def load(*, sha256: str) -> bytes:
    """This function will return a document's bytes after hashing them again.

    It raises `DocumentNotFound` for an unknown hash and `DocumentDamaged` for bytes that are not what was
    stored.
    """
    kept = models.Document.objects.filter(pk=sha256).values_list("opening__content", "content").first()
    if kept is None:
        raise DocumentNotFound(sha256)
    found = b"".join(part for part in kept if part is not None)
    if hashlib.sha256(found).hexdigest() != sha256:
        raise DocumentDamaged(sha256)
    return found

"""Keep finished documents by their hash, and give back only what is still whole."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from paper import models


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


def store_all(*, contents: Sequence[bytes], media_type: str, now: datetime) -> list[str]:
    """Keep documents with one statement for some megabytes of them.

    This function will return their keys, in the order of the documents.
    """
    keys = [hashlib.sha256(content).hexdigest() for content in contents]
    models.Document.objects.bulk_create(
        (
            models.Document(
                sha256=sha256, media_type=media_type, size=len(content), content=content, created_at=now
            )
            for sha256, content in zip(keys, contents, strict=True)
        ),
        ignore_conflicts=True,  # ON CONFLICT DO NOTHING: two workers may store the same document at once
        batch_size=50,
    )
    return keys


def load(*, sha256: str) -> bytes:
    """This function will return a document's bytes after hashing them again.

    It raises `DocumentNotFound` for an unknown hash and `DocumentDamaged` for bytes that are not what was
    stored.
    """
    content = models.Document.objects.filter(pk=sha256).values_list("content", flat=True).first()
    if content is None:
        raise DocumentNotFound(sha256)
    found = bytes(content)
    if hashlib.sha256(found).hexdigest() != sha256:
        raise DocumentDamaged(sha256)
    return found

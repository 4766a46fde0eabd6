"""Storing finished bytes: once, by their hash; loading proves them again."""

import hashlib
from datetime import datetime

from django.db import connection

from paper.models import Document


class DocumentDamaged(Exception):
    """The stored bytes are no longer what their hash says."""


def store(*, content: bytes, media_type: str, now: datetime) -> str:
    """Keep `content`; the same bytes are kept once. This function will return their SHA-256 in hex."""
    sha256 = hashlib.sha256(content).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO paper_document (sha256, media_type, size, content, created_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (sha256) DO NOTHING",
            [sha256, media_type, len(content), content, now],
        )
    return sha256


def load(*, sha256: str) -> bytes:
    """The bytes stored under a hash. Raises DocumentDamaged if they no longer give it."""
    content = bytes(Document.objects.only("content").get(pk=sha256).content)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DocumentDamaged(sha256)
    return content

"""Finished documents: kept once, given back whole, never changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from paper import models, storing

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CONTENT = b"%PDF-1.4 a finished document"

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_kept_once() -> None:
    first = storing.store(content=CONTENT, media_type="application/pdf", now=NOW)
    again = storing.store(content=CONTENT, media_type="application/pdf", now=NOW.replace(year=2027))
    assert first == again == hashlib.sha256(CONTENT).hexdigest()
    kept = models.Document.objects.get()
    assert (kept.size, kept.media_type, kept.created_at) == (len(CONTENT), "application/pdf", NOW)
    assert storing.load(sha256=first) == CONTENT


def test_an_unknown_document_is_said_to_be_unknown() -> None:
    with pytest.raises(storing.DocumentNotFound):
        storing.load(sha256="0" * 64)


def test_damaged_bytes_are_never_handed_out() -> None:
    # As a bad disk or a bad restore would leave it: a row whose bytes are not those of its key.
    wrong = "ab" * 32
    models.Document.objects.bulk_create(
        [models.Document(sha256=wrong, media_type="application/pdf", size=3, content=b"xyz", created_at=NOW)]
    )
    with pytest.raises(storing.DocumentDamaged, match=wrong):
        storing.load(sha256=wrong)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE paper_document SET content = 'x'",
        "UPDATE paper_document SET created_at = now()",
        "DELETE FROM paper_document",
        "TRUNCATE paper_document CASCADE",
    ],
)
def test_the_database_refuses_change(statement: str) -> None:
    kept = storing.store(content=CONTENT, media_type="application/pdf", now=NOW)
    with (
        pytest.raises(IntegrityError, match="finished document is kept as it is"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert storing.load(sha256=kept) == CONTENT


@pytest.mark.parametrize(
    ("changes", "law"),
    [
        ({"size": 4}, "document_size_is_of_its_content"),
        ({"sha256": "AB" * 32}, "document_sha256_is_lower_hexadecimal"),
        ({"sha256": "ab"}, "document_sha256_is_lower_hexadecimal"),
    ],
)
def test_the_database_checks_what_is_kept(changes: dict[str, object], law: str) -> None:
    row: dict[str, object] = {
        "sha256": "ab" * 32,
        "media_type": "application/pdf",
        "size": 3,
        "content": b"xyz",
        "created_at": NOW,
    }
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        models.Document.objects.bulk_create([models.Document(**(row | changes))])

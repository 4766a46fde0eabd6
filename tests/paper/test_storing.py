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


def test_what_many_begin_with_is_kept_once_and_given_back_with_each() -> None:
    letters, others = b"%PDF-1.4 the letters ", b"%PDF-1.4 the other letters "
    contents = [letters + b"one", letters + b"two", others + b"three", letters, b"%PDF-1.4 of its own"]
    keys = storing.store_all(
        contents=contents, media_type="application/pdf", now=NOW, openings=[others, letters, b"%PDF-9"]
    )
    assert keys == [hashlib.sha256(content).hexdigest() for content in contents]
    assert [storing.load(sha256=key) for key in keys] == contents
    kept = {bytes(one.content) for one in models.Document.objects.all()}
    assert kept == {b"one", b"two", b"three", b"", b"%PDF-1.4 of its own"}
    assert {bytes(one.content) for one in models.Opening.objects.all()} == {letters, others}
    sizes = dict(models.Document.objects.values_list("sha256", "size"))
    assert [sizes[key] for key in keys] == [len(content) for content in contents]
    # The same file is the same document, whoever knew what it begins with.
    assert storing.store(content=contents[0], media_type="application/pdf", now=NOW) == keys[0]
    assert models.Document.objects.count() == len(contents)


def test_a_damaged_opening_damages_all_that_begin_with_it() -> None:
    opening = models.Opening.objects.create(sha256="cd" * 32, content=b"%PDX", created_at=NOW)
    whole = hashlib.sha256(b"%PDF one").hexdigest()
    models.Document.objects.create(
        sha256=whole, media_type="x", size=8, opening=opening, content=b" one", created_at=NOW
    )
    with pytest.raises(storing.DocumentDamaged, match=whole):
        storing.load(sha256=whole)


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
        "UPDATE paper_opening SET content = 'x'",
        "UPDATE paper_opening SET created_at = now()",
        "DELETE FROM paper_opening",
        "TRUNCATE paper_opening CASCADE",
    ],
)
def test_the_database_refuses_change(statement: str) -> None:
    (kept,) = storing.store_all(
        contents=[CONTENT], media_type="application/pdf", now=NOW, openings=[CONTENT[:9]]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
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
        ({"size": 3, "opening_id": "ef" * 32}, "document_size_is_of_its_content"),
        ({"size": 2, "opening_id": "ef" * 32}, "document_size_is_of_its_content"),
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


def test_the_database_checks_what_an_opening_is_called() -> None:
    with pytest.raises(IntegrityError, match="opening_sha256_is_lower_hexadecimal"), transaction.atomic():
        models.Opening.objects.create(sha256="AB" * 32, content=b"x", created_at=NOW)

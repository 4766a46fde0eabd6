"""Finished documents, kept once and for ever, found by what they are."""

from __future__ import annotations

from django.db import models

_SIZE = models.Func("content", function="OCTET_LENGTH", output_field=models.IntegerField())


def _is_hash(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name=name)


class Opening(models.Model):
    """What many documents begin with: the letters inside a receipt are more than half of it, and the same in all."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (_is_hash("opening_sha256_is_lower_hexadecimal"),)

    def __str__(self) -> str:
        return self.sha256[:12]


class Document(models.Model):
    """The bytes of a finished document. Never changed, never removed: a database trigger says so.

    They are those of its opening, if it has one, and then `content`; `sha256` and `size` are of both.
    `storing.store(...)` is the only way in and `storing.load(...)` the only way out.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    opening = models.ForeignKey(
        Opening, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            _is_hash("document_sha256_is_lower_hexadecimal"),
            models.CheckConstraint(
                condition=models.Q(opening=None, size=_SIZE)
                | models.Q(opening__isnull=False, size__gt=_SIZE),
                name="document_size_is_of_its_content",
            ),
        )

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

"""Finished documents, kept once and for ever, found by what they are."""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """The bytes of a finished document. Never changed, never removed: a database trigger says so.

    `storing.store(...)` is the only way in and `storing.load(...)` the only way out.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="document_sha256_is_lower_hexadecimal",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    size=models.Func("content", function="OCTET_LENGTH", output_field=models.IntegerField())
                ),
                name="document_size_is_of_its_content",
            ),
        )

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

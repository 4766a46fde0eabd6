"""Finished bytes, kept once and for ever under their own hash."""

from django.db import models
from django.db.models import CheckConstraint, Q


class Document(models.Model):
    """A finished document. Its key is the SHA-256 of its content, so it can be proved and never doubled."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_key_is_a_sha256"),
        ]

    def __str__(self) -> str:
        return self.sha256

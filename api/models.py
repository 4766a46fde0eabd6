"""Keys of machines, and the answers kept so that a repeated request is not carried out twice."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class ApiKey(models.Model):
    """What a program shows instead of a session. Only the hash of its secret is kept.

    A key never may more than its owner may now: the owner's roles are asked at every request.
    """

    class Scope(models.TextChoices):
        CAMPAIGNS_READ = "campaigns:read"
        DONORS_READ = "donors:read"
        DONORS_WRITE = "donors:write"
        DONATIONS_READ = "donations:read"
        RECEIPTS_READ = "receipts:read"
        EXPORTS_WRITE = "exports:write"

    prefix = models.CharField(max_length=12, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    owner = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="api_keys")
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "API key"
        constraints = [
            CheckConstraint(condition=Q(prefix__regex=r"^[0-9a-f]{12}$"), name="api_key_prefix_is_hex"),
            CheckConstraint(
                condition=Q(secret_sha256__regex=r"^[0-9a-f]{64}$"),  # noqa: S106  # a shape, no secret
                name="api_key_keeps_only_a_hash",
            ),
            CheckConstraint(
                condition=Q(
                    scopes__contained_by=[
                        "campaigns:read",
                        "donors:read",
                        "donors:write",
                        "donations:read",
                        "receipts:read",
                        "exports:write",
                    ]
                ),
                name="api_key_scopes_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} {self.name}"


class IdempotencyRecord(models.Model):
    """One request that must be carried out once. Stored before the work begins; answered when it is done.

    `work_id` becomes the id of what the request makes, so that doing it again after a crash makes nothing new.
    """

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    target = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    work_id = models.UUIDField(default=uuid.uuid4)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    location = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once_per_actor"),
            CheckConstraint(
                condition=Q(status__isnull=True, answer__isnull=True)
                | Q(status__isnull=False, answer__isnull=False),
                name="idempotency_answer_comes_with_its_status",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.actor} {self.target} {self.status}"

"""Being let in: links that work once, the sessions they begin, and asking for one's own data."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q


class SignInLink(models.Model):
    """A link to the portal, kept as a hash; it works once, on a second press, for a short time.

    In another browser than the one that asked, the six digits of the mail are asked for too.
    """

    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True, db_default="")
    browser_hash = models.CharField(max_length=64, blank=True, db_default="")
    wrong_codes = models.PositiveSmallIntegerField(default=0, db_default=0)
    email_key = models.CharField(max_length=254)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email_key", "requested_at"], name="sign_in_link_by_email")]

    def __str__(self) -> str:
        return f"link for {self.email_key}"


class LinkRequest(models.Model):
    """Somebody asked for a link. Stored for known and unknown addresses alike; a worker answers it.

    `scope` is empty for signing in; another word is what the link opens, and who answers.
    """

    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254)
    address_block = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64, blank=True, db_default="")
    language = models.CharField(max_length=2)
    scope = models.CharField(max_length=12, blank=True, default="", db_default="")
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email_key", "requested_at"], name="link_request_by_email"),
            models.Index(fields=["address_block", "requested_at"], name="link_request_by_address"),
            models.Index(fields=["id"], name="link_request_waiting", condition=Q(answered_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class PortalSession(models.Model):
    """A browser that is signed in to the portal: listed for its owner, ended by one press."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email_key = models.CharField(max_length=254)
    device = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["email_key", "-seen_at"],
                name="portal_session_open",
                condition=Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.device


class DataRequest(models.Model):
    """Somebody asked for everything we keep about them; a worker makes the file.

    The file lies in the row for a week, is fetched only in a session that proved the address, and is then removed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email_key = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    content = models.BinaryField(null=True)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ready_at__isnull=True)
                | Q(expires_at__isnull=False, expires_at__gt=F("ready_at")),
                name="data_request_ready_until_a_time",
            )
        ]
        indexes = [models.Index(fields=["email_key", "-asked_at"], name="data_request_by_email")]

    def __str__(self) -> str:
        return f"asked {self.asked_at:%Y-%m-%d}"

"""Donors, what they agreed to, the messages to them and the links that let them in."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class Donor(models.Model):
    """A person or organization the charity knows.

    `email_key` and `name_key` are normalized for matching: the same pair is the same donor, the same e-mail
    alone is not (couples share one). Merging points at the survivor; nothing is repointed or deleted.
    """

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANIZATION = "organization"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PERSON)
    name = models.CharField(max_length=120)
    local_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    name_key = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="en")
    address = models.TextField(max_length=600, blank=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["email_key", "name_key"],
                condition=Q(merged_into__isnull=True) & ~Q(email_key=""),
                name="donor_unique_by_email_and_name",
            ),
            CheckConstraint(condition=~Q(name=""), name="donor_has_a_name"),
            CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="donor_not_merged_into_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["email_key"], name="donor_by_email"),
            models.Index(fields=["name_key"], name="donor_by_name", opclasses=["text_pattern_ops"]),
            models.Index(fields=["created_at", "id"], name="donor_by_creation"),
        ]

    def __str__(self) -> str:
        return self.name


class Consent(models.Model):
    """One answer to one question, with its wording; the newest answer counts. Only ever added."""

    class Kind(models.TextChoices):
        LETTER = "letter"

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=12, choices=Kind)
    is_given = models.BooleanField()
    wording = models.CharField(max_length=300)
    source = models.CharField(max_length=80)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["donor", "kind", "source"], name="consent_answered_once_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.is_given}"


class Message(models.Model):
    """One e-mail to one person. `cause` makes it unique: the same cause never sends twice."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt"
        RECEIPT_CORRECTED = "receipt_corrected"
        RECEIPT_VOIDED = "receipt_voided"
        PAYMENT_FAILED = "payment_failed"
        PLAN_FAILED = "plan_failed"
        PLAN_ENDED = "plan_ended"
        PLAN_STARTED = "plan_started"
        PLAN_CHANGED = "plan_changed"
        PLAN_CARD_EXPIRING = "plan_card_expiring"
        PLAN_NEEDS_BANK = "plan_needs_bank"
        TRIBUTE = "tribute"
        TRANSFER_CODE = "transfer_code"
        REFUND_MADE = "refund_made"
        STAFF_NOTICE = "staff_notice"
        SIGN_IN = "sign_in"

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind)
    cause = models.CharField(max_length=120)
    to_email = models.EmailField(max_length=254)
    sender = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=20_000)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField()
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["kind", "cause"], name="message_once_per_cause"),
            CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="message_sent_at_only_when_sent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["send_after"], name="message_waiting", condition=Q(status__in=["queued", "sending"])
            ),
            models.Index(fields=["sent_at"], name="message_sent_lately", condition=Q(sent_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"


class Attachment(models.Model):
    """A stored document that goes with a message under a file name without personal words."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=80)

    class Meta:
        constraints = [UniqueConstraint(fields=["message", "document"], name="attachment_once_per_message")]

    def __str__(self) -> str:
        return self.filename


class SignInLink(models.Model):
    """A link to the portal, kept as a hash; it works once, on a second press, for a short time."""

    token_hash = models.CharField(max_length=64, unique=True)
    email_key = models.CharField(max_length=254)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["email_key", "requested_at"], name="sign_in_link_by_email")]

    def __str__(self) -> str:
        return f"link for {self.email_key}"


class LinkRequest(models.Model):
    """Somebody asked for a sign-in link. Stored for known and unknown addresses alike; a worker answers it."""

    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254)
    address_block = models.CharField(max_length=64)
    language = models.CharField(max_length=2)
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

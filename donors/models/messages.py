"""The outbox: messages to donors and staff, what goes with them, and what came back."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from donors.models.people import Donor


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
        YEARLY_SUMMARY = "yearly_summary"
        ACKNOWLEDGMENT = "acknowledgment"
        EMAIL_CHANGE = "email_change"
        PROFILE_NOTICE = "profile_notice"
        DATA_READY = "data_ready"
        GIFT_AID_RECORD = "gift_aid_record"
        PLEDGE_DUE = "pledge_due"

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


class Bounce(models.Model):
    """A mail server's later word that a message did not arrive. Only ever added."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="bounces")
    is_final = models.BooleanField()
    status = models.CharField(max_length=12, blank=True)
    words = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["message", "status"], name="bounce_once_per_status")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.status}"

"""Money promised by bank transfer: a neutral code to write on it, so that the statement's line finds its giver."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q


class TransferPromise(models.Model):
    """Somebody took a code to write on a transfer (F42). It may come, and then it is a Donation; or it may not."""

    class Status(models.TextChoices):
        OPEN = "open"
        RECEIVED = "received"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(max_length=12, unique=True)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    donor_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=2)
    source = models.CharField(max_length=60, blank=True)
    promised_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    donation = models.OneToOneField(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="promise"
    )

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9]{3}-[0-9]{6}$"), name="transfer_code_is_neutral"
            ),
            CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gt=0),
                name="transfer_amount_is_positive",
            ),
            CheckConstraint(
                condition=Q(status="received", donation__isnull=False)
                | (~Q(status="received") & Q(donation__isnull=True)),
                name="transfer_received_has_a_donation",
            ),
        ]
        indexes = [models.Index(fields=["status", "promised_at"], name="transfer_by_status")]

    def __str__(self) -> str:
        return self.code

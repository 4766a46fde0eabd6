"""Money changes its class or its fund: released from what donors asked, moved, or sold. Only ever added."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q


class Release(models.Model):
    """Part of a restricted fund was used as its givers asked, its time came, or a building was opened (B18).

    The document that shows it lies in `paper` and is named by its hash.
    """

    class Kind(models.TextChoices):
        PURPOSE = "purpose"
        TIME = "time"
        PLACED_IN_SERVICE = "placed_in_service"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="releases")
    kind = models.CharField(max_length=17, choices=Kind)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    released_on = models.DateField()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, related_name="+")
    document_name = models.CharField(max_length=200)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    released_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="release_amount_is_positive"),
            CheckConstraint(condition=~Q(reason=""), name="release_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor} {self.currency}"


class FundTransfer(models.Model):
    """Money moves between two funds of one body and of one class: nobody but a donor can restrict (ASU 2016-14)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund_from = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="transfers_out")
    fund_to = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="transfers_in")
    is_restricted = models.BooleanField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    moved_on = models.DateField()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, null=True, related_name="+")
    document_name = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="fund_transfer_amount_is_positive"),
            CheckConstraint(condition=~Q(fund_from=F("fund_to")), name="fund_transfer_between_two_funds"),
            CheckConstraint(condition=~Q(reason=""), name="fund_transfer_has_a_reason"),
            CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("asked_by")),
                name="fund_transfer_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_from_id} to {self.fund_to_id} {self.amount_minor} {self.currency}"


class SecuritySale(models.Model):
    """Donated securities were sold: what came in, what the broker kept, and so what was won or lost on them."""

    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="sale")
    bank_account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="+")
    sold_on = models.DateField()
    price_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    sold_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(price_minor__gt=0, fee_minor__gte=0, fee_minor__lte=F("price_minor")),
                name="security_sale_brings_something",
            )
        ]

    def __str__(self) -> str:
        return f"sale of {self.donation_id}"

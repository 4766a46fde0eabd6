"""What goes to a tax office instead of, or besides, a receipt: Hometax in Korea, Gift Aid in the United Kingdom."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class HometaxFiling(models.Model):
    """Where a Korean receipt stands with Hometax. The resident number is entered there, never here."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        FILED = "filed"
        TO_CANCEL = "to_cancel"
        CANCELED = "canceled"

    receipt = models.OneToOneField("receipts.Receipt", on_delete=models.PROTECT, related_name="hometax")
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    approval = models.CharField(max_length=40, blank=True)
    filed_on = models.DateField(null=True)
    canceled_on = models.DateField(null=True)
    changed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(status__in=["filed", "to_cancel"]) | Q(filed_on__isnull=False),
                name="hometax_filed_on_a_day",
            ),
            CheckConstraint(
                condition=~Q(status="canceled") | Q(canceled_on__isnull=False),
                name="hometax_canceled_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.status}"


class GiftAidDeclaration(models.Model):
    """A donor's word that Gift Aid may be claimed on donations (UK-01). It changes by its own steps only."""

    class Form(models.TextChoices):
        WRITTEN = "written"
        ONLINE = "online"
        ORAL = "oral"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="declarations")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="declarations")
    title = models.CharField(max_length=4, blank=True)
    first_name = models.CharField(max_length=35)
    last_name = models.CharField(max_length=35)
    home_address = models.TextField(max_length=400)
    house = models.CharField(max_length=40)
    postcode = models.CharField(max_length=8, blank=True)
    scopes = models.JSONField(default=list)
    form = models.CharField(max_length=7, choices=Form)
    wants_gift_aid = models.BooleanField()
    explanation_version = models.PositiveSmallIntegerField(null=True)
    made_on = models.DateField()
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    record_sent_on = models.DateField(null=True)
    cancelled_from = models.DateField(null=True)
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["donor", "entity"], name="declaration_by_donor")]
        constraints = [
            CheckConstraint(
                condition=Q(valid_to__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_to__gte=models.F("valid_from")),
                name="declaration_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.donor_id} {self.made_on}"


class GiftAidClaim(models.Model):
    """One schedule sent to the tax office, with its file."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        FILED = "filed"
        PAID = "paid"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="claims")
    status = models.CharField(max_length=5, choices=Status, default=Status.DRAFT)
    content = models.BinaryField(null=True)
    total_minor = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=40, blank=True)
    made_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    filed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status="draft") | Q(filed_on__isnull=False), name="claim_filed_on_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.status}"


class GiftAidClaimLine(models.Model):
    """A donation claimed once, and adjusted in later claims each time a part of it went back afterwards."""

    claim = models.ForeignKey(GiftAidClaim, on_delete=models.CASCADE, related_name="lines")
    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="claim_lines")
    declaration = models.ForeignKey(GiftAidDeclaration, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    is_adjustment = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["donation"], condition=Q(is_adjustment=False), name="claim_line_once_per_donation"
            ),
            UniqueConstraint(fields=["claim", "donation"], name="claim_line_once_per_claim"),
            CheckConstraint(
                condition=Q(is_adjustment=False, amount_minor__gt=0)
                | Q(is_adjustment=True, amount_minor__lt=0),
                name="claim_line_adjusts_downward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.amount_minor}"

"""How a receipt reached its donor, and letters without meaning for taxes."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class PrintFile(models.Model):
    """Receipts set into one file for the printer, sorted by postcode, and the labels that go with them.

    The files lie in the folder of exports under these names and leave it after their time; they can be made again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(
        "receipts.AnnualRun", on_delete=models.PROTECT, null=True, related_name="print_files"
    )
    receipts_file = models.CharField(max_length=80, blank=True)
    labels_file = models.CharField(max_length=80, blank=True)
    receipts_sha256 = models.CharField(max_length=64, blank=True)
    page_count = models.PositiveIntegerField(default=0)
    receipt_count = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.receipt_count} receipts"


class Delivery(models.Model):
    """One way a receipt goes to its donor. A bounced mail goes on to the post, so there may be two ways."""

    class Channel(models.TextChoices):
        EMAIL = "email"
        POST = "post"
        NONE = "none"

    class Status(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        BOUNCED = "bounced"

    receipt = models.ForeignKey("receipts.Receipt", on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    status = models.CharField(max_length=7, choices=Status, default=Status.WAITING)
    message = models.ForeignKey("donors.Message", on_delete=models.PROTECT, null=True, related_name="+")
    print_file = models.ForeignKey(PrintFile, on_delete=models.PROTECT, null=True, related_name="deliveries")
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["receipt", "channel"], name="delivery_once_per_channel"),
            CheckConstraint(
                condition=~Q(status="sent") | Q(done_at__isnull=False), name="delivery_done_when_sent"
            ),
        ]
        indexes = [
            models.Index(
                fields=["planned_at"], name="delivery_to_print", condition=Q(channel="post", status="waiting")
            ),
            models.Index(
                fields=["message"], name="delivery_under_way", condition=Q(channel="email", status="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.channel} {self.status}"


class Acknowledgment(models.Model):
    """Thanks without meaning for taxes: to the adviser of a fund, to whom a gift is credited. Once for each.

    It goes by `message`, or on paper; with neither, its reader wished to hear nothing.
    """

    class Kind(models.TextChoices):
        ADVISER = "adviser"
        SPONSOR = "sponsor"
        SOFT_CREDIT = "soft_credit"
        MATCH = "match"
        MEMORIAL = "memorial"
        GIFT = "gift"

    donation = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, related_name="acknowledgments"
    )
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="acknowledgments")
    kind = models.CharField(max_length=12, choices=Kind)
    message = models.ForeignKey("donors.Message", on_delete=models.PROTECT, null=True, related_name="+")
    is_on_paper = models.BooleanField(default=False, db_default=False)
    printed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["donation", "donor", "kind"], name="acknowledgment_once_per_person"),
            CheckConstraint(
                condition=Q(printed_at__isnull=True) | Q(is_on_paper=True),
                name="acknowledgment_printed_only_on_paper",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"],
                name="acknowledgment_to_print",
                condition=Q(is_on_paper=True, printed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.kind}"

"""Other ways to give than online: how each body takes cheques, transfers, stock and grants of a donor's fund."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class WayToGive(models.Model):
    """One way of one body. Shown to visitors only when staff have said what to write and where to send it."""

    class Kind(models.TextChoices):
        CHEQUE = "cheque"
        BANK_TRANSFER = "bank_transfer"
        STOCK = "stock"
        DONOR_ADVISED_FUND = "donor_advised_fund"

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="ways_to_give")
    kind = models.CharField(max_length=20, choices=Kind)
    currency = models.CharField(max_length=3)
    position = models.PositiveSmallIntegerField()
    is_shown = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "ways to give"
        constraints = [
            UniqueConstraint(fields=["entity", "kind", "currency"], name="way_to_give_listed_once"),
            CheckConstraint(
                condition=Q(kind__in=["cheque", "bank_transfer", "stock", "donor_advised_fund"]),
                name="way_to_give_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class WayToGiveText(models.Model):
    """What a way says above its details, in one language."""

    way = models.ForeignKey(WayToGive, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    words = models.TextField(max_length=1000)

    class Meta:
        constraints = [UniqueConstraint(fields=["way", "language"], name="way_to_give_text_one_per_language")]

    def __str__(self) -> str:
        return f"{self.way_id} {self.language}"


class WayToGiveDetail(models.Model):
    """One line to copy: an account number, a routing number, the name to pay to."""

    way = models.ForeignKey(WayToGive, on_delete=models.CASCADE, related_name="details")
    language = models.CharField(max_length=2)
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["way", "language", "position"], name="way_to_give_detail_position_once")
        ]

    def __str__(self) -> str:
        return self.label

"""The price of one journey as a dated history: rows are only ever added, a gift keeps the cost of its day."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from campaigns.models.campaigns import Campaign
from ledger import money


class UnitCost(models.Model):
    """What one unit of a campaign costs from a day on. A second look at the same cost is a new row."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="unit_costs")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_from = models.DateField()
    checked_on = models.DateField()
    source_note = models.CharField(max_length=300)
    checked_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["campaign", "effective_from"], name="unit_cost_one_per_day"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="unit_cost_is_positive"),
            CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="unit_cost_currency_is_three_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} from {self.effective_from}"

    @property
    def amount(self) -> money.Money:
        return money.Money(self.amount_minor, self.currency)


class UnitCostHead(models.Model):
    """One part of what a unit cost covers; a cost with parts equals their sum, by a trigger at commit."""

    unit_cost = models.ForeignKey(UnitCost, on_delete=models.PROTECT, related_name="heads")
    position = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["unit_cost", "position"], name="unit_cost_head_position_taken_once"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="unit_cost_head_is_positive"),
        ]

    def __str__(self) -> str:
        return f"part {self.position}: {self.amount_minor}"


class UnitCostHeadText(models.Model):
    head = models.ForeignKey(UnitCostHead, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["head", "language"], name="unit_cost_head_text_one_per_language"),
        ]

    def __str__(self) -> str:
        return self.name

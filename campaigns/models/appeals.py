"""What an appeal cost: printing, postage, an evening. Rows are only ever added; a mistake is taken back by another."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q

from campaigns.models.sites import SourceCode
from ledger.money import Money


class AppealCost(models.Model):
    """What was spent once on the appeal of one code. A row that `reverses` another takes its amount away again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source = models.ForeignKey(SourceCode, on_delete=models.PROTECT, related_name="costs")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    spent_on = models.DateField()
    words = models.CharField(max_length=120)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    recorded_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="appeal_cost_is_positive"),
            CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="appeal_cost_currency_is_three_letters"
            ),
            CheckConstraint(condition=~Q(words=""), name="appeal_cost_says_what_for"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} for {self.source_id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

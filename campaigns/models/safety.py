"""How many people are safe: a number for a quarter, and nothing else.

There is no field for a name, a place, a route, a date of travel or a group, nor for any words: what is not asked for
cannot leak. Whoever reads these rows learns how many, in which three months, and which two colleagues said so.
"""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from campaigns.models.campaigns import Campaign

MOST = 1_000


class SafeCount(models.Model):
    """What one person counted and another approved. Of several approved for a quarter the newest counts."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="safe_counts")
    quarter = models.DateField()
    """Its first day."""
    people = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["campaign", "quarter"],
                condition=Q(status="proposed"),
                name="safe_count_proposed_once_at_a_time",
            ),
            CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]),
                name="safe_count_is_of_a_quarter",
            ),
            CheckConstraint(condition=Q(people__lte=MOST), name="safe_count_is_believable"),
            CheckConstraint(
                condition=Q(status="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | Q(status="withdrawn", decided_by=F("proposed_by"), decided_at__isnull=False)
                | (
                    Q(status__in=["approved", "declined"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
                name="safe_count_is_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people} in the quarter of {self.quarter}, {self.status}"

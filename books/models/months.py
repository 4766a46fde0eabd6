"""Month's end: what was looked at before the books were closed, by whom, and why they were opened again."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class MonthEnd(models.Model):
    """The check list of one month of one body. `month` is its first day."""

    class Status(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="month_ends")
    month = models.DateField()
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    close = models.OneToOneField(
        "ledger.PeriodClose", on_delete=models.PROTECT, null=True, related_name="month_end"
    )
    begun_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "month"], name="month_end_once"),
            CheckConstraint(condition=Q(month__day=1), name="month_end_names_the_first_day"),
            CheckConstraint(
                condition=Q(status="closed", close__isnull=False) | Q(status="open", close__isnull=True),
                name="month_end_closed_by_a_close",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.month:%Y-%m}"


class CheckItem(models.Model):
    """One thing that was looked at: ticked, or left aside for a reason. Only ever added: the last word counts.

    `found` keeps what the program saw at that moment (count, difference by currency).
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        WAIVED = "waived"

    month_end = models.ForeignKey(MonthEnd, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=30)
    state = models.CharField(max_length=6, choices=State)
    found = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    done_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(state="waived") | ~Q(reason=""), name="check_item_waived_for_a_reason"
            )
        ]
        indexes = [models.Index(fields=["month_end", "code", "-id"], name="check_item_last")]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class Reopening(models.Model):
    """Somebody asks that a closed period be opened again; another person decides (E10)."""

    class Status(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    close = models.ForeignKey("ledger.PeriodClose", on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["close"], condition=Q(status="asked"), name="reopening_asked_once"),
            CheckConstraint(condition=~Q(reason=""), name="reopening_has_a_reason"),
            CheckConstraint(
                condition=Q(status="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(status__in=["approved", "declined"], decided_at__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                    & Q(decided_by__isnull=False)
                ),
                name="reopening_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.close_id} {self.status}"

"""The annual run: everybody's receipt of a year, rehearsed, approved by a second person, issued once."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class AnnualRun(models.Model):
    """One year of one entity. `taken_at` is the moment whose facts were rehearsed, `issue_on` the day printed."""

    class Status(models.TextChoices):
        REHEARSING = "rehearsing"
        REHEARSED = "rehearsed"
        APPROVED = "approved"
        ISSUING = "issuing"
        PAUSED = "paused"
        ISSUED = "issued"
        DELIVERED = "delivered"
        CANCELED = "canceled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="annual_runs")
    tax_year = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.REHEARSING)
    figures = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    issue_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entity", "tax_year"],
                condition=~Q(status__in=["delivered", "canceled"]),
                name="annual_run_one_at_a_time",
            ),
            CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="annual_run_approved_by_another",
            ),
            CheckConstraint(
                condition=~Q(status__in=["approved", "issuing", "paused", "issued", "delivered"])
                | Q(approved_by__isnull=False, approved_at__isnull=False, issue_on__isnull=False),
                name="annual_run_issues_only_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.tax_year} {self.status}"


class RunItem(models.Model):
    """One donor in a run: at most one receipt. `figures` are the rehearsed totals by currency."""

    class Status(models.TextChoices):
        READY = "ready"
        BLOCKED = "blocked"
        LEFT_OUT = "left_out"
        NOTHING = "nothing"
        ISSUED = "issued"

    class Channel(models.TextChoices):
        EMAIL = "email"
        POST = "post"
        NONE = "none"

    run = models.ForeignKey(AnnualRun, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=Status)
    channel = models.CharField(max_length=5, choices=Channel)
    line_count = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    words = models.CharField(max_length=300, blank=True)
    receipt = models.OneToOneField(
        "receipts.Receipt", on_delete=models.PROTECT, null=True, related_name="run_item"
    )

    class Meta:
        constraints = [
            UniqueConstraint(fields=["run", "donor"], name="run_item_once_per_donor"),
            UniqueConstraint(fields=["run", "position"], name="run_item_once_per_position"),
            CheckConstraint(
                condition=Q(status="issued", receipt__isnull=False)
                | (~Q(status="issued") & Q(receipt__isnull=True)),
                name="run_item_has_a_receipt_when_issued",
            ),
        ]
        indexes = [models.Index(fields=["run", "status", "position"], name="run_item_by_status")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.position} {self.status}"


class RunException(models.Model):
    """Something about a donor's gifts that a person looks at before the run may be approved."""

    class State(models.TextChoices):
        OPEN = "open"
        SOLVED = "solved"
        LEFT_OUT = "left_out"
        NOTED = "noted"

    item = models.ForeignKey(RunItem, on_delete=models.CASCADE, related_name="exceptions")
    code = models.CharField(max_length=30)
    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    reason = models.CharField(max_length=200, blank=True)
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["item", "code", "donation"], nulls_distinct=False, name="run_exception_once"
            ),
            CheckConstraint(
                condition=~Q(state="left_out") | ~Q(reason=""), name="run_exception_left_out_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

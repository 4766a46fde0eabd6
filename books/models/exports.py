"""Lists that leave the house: a second person for whole lists of donors, and lists that leave on a timetable."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q


class ExportRequest(models.Model):
    """Somebody wants a list of everybody. Another person decides; the file is locked, marked and taken once (T41)."""

    class Status(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"
        EXPIRED = "expired"
        TAKEN = "taken"

    STEPS: ClassVar[dict[str, set[str]]] = {
        Status.ASKED: {Status.APPROVED, Status.DECLINED, Status.EXPIRED},
        Status.APPROVED: {Status.TAKEN, Status.EXPIRED},
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    listing = models.CharField(max_length=30)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    language = models.CharField(max_length=2)
    row_count = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    job = models.OneToOneField("jobs.Job", on_delete=models.PROTECT, null=True, related_name="export_request")
    link_ends_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(reason=""), name="export_request_has_a_reason"),
            CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="export_request_decided_by_another",
            ),
            CheckConstraint(
                condition=~Q(status__in=["approved", "declined", "taken"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="export_request_decided_by_somebody",
            ),
            CheckConstraint(
                condition=Q(status="taken", taken_at__isnull=False)
                | (~Q(status="taken") & Q(taken_at__isnull=True)),
                name="export_request_taken_once",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="export_request_waiting", condition=Q(status="asked"))
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.status}"

    @classmethod
    def advance(cls, *, pk: uuid.UUID, to: Status, **also: object) -> bool:
        """Move one request to a state. This function will return False when that state cannot follow any more."""
        before = [state for state, following in cls.STEPS.items() if to in following]
        return bool(cls.objects.filter(pk=pk, status__in=before).update(status=to, **also))


class ExportSchedule(models.Model):
    """A list that is made again and again for its owner, with the rights its owner has on that day (B22)."""

    class Cadence(models.TextChoices):
        DAILY = "daily"
        WEEKLY = "weekly"
        MONTHLY = "monthly"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="export_schedules")
    name = models.CharField(max_length=120)
    listing = models.CharField(max_length=30)
    format = models.CharField(max_length=8)
    filters = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    language = models.CharField(max_length=2)
    cadence = models.CharField(max_length=7, choices=Cadence)
    next_at = models.DateTimeField()
    last_job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")
    last_words = models.CharField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="export_schedule_due", condition=Q(is_active=True))]

    def __str__(self) -> str:
        return self.name

"""Long work as rows. The row is the promise, the queue only the nudge."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q


class Job(models.Model):
    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELED = "canceled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=40)
    arguments = models.JSONField(default=dict)
    requested_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="jobs")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField()
    run_after = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status__in=["succeeded", "failed", "canceled"], ended_at__isnull=False)
                | Q(status__in=["queued", "running"], ended_at__isnull=True),
                name="job_ended_only_in_final_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_after"], name="job_waiting", condition=Q(status__in=["queued", "running"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_given_up(self) -> bool:
        """It ended without having done its work; somebody may let it begin again."""
        return self.status in {self.Status.FAILED, self.Status.CANCELED}


class Heartbeat(models.Model):
    """When a part of the system was last alive: worker, timetable, self-check."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()
    report = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%F %T}"

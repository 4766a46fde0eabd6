"""Standing agreements: mirrored from the processor, which alone charges; what was asked of them; what failed."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ledger.money import Money


class RecurringPlan(models.Model):
    """A standing agreement, mirrored from the processor, which alone decides when it charges."""

    class Status(models.TextChoices):
        INCOMPLETE = "incomplete"
        ACTIVE = "active"
        PAST_DUE = "past_due"
        PAUSED = "paused"
        ENDED = "ended"

    class EndReason(models.TextChoices):
        """Why nothing more is collected. A card reported stolen or lost is told to nobody but staff."""

        DONOR = "donor"
        STAFF = "staff"
        FINISHED = "finished"
        RETRIES_EXHAUSTED = "retries_exhausted"
        HARD_DECLINE = "hard_decline"
        DEATH = "death"
        PROCESSOR = "processor"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    checkout = models.OneToOneField("donations.Checkout", on_delete=models.PROTECT, related_name="plan")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="plans")
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=10)
    interval_count = models.PositiveSmallIntegerField(default=1)
    charge_day = models.PositiveSmallIntegerField(null=True)
    ends_on = models.DateField(null=True)
    resumes_on = models.DateField(null=True)
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expires_on = models.DateField(null=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)
    processor_ref = models.CharField(max_length=80, unique=True)
    customer_ref = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status)
    started_at = models.DateTimeField()
    next_charge_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    mirrored_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_amount_is_positive"),
            CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False)
                | (~Q(status="ended") & Q(ended_at__isnull=True)),
                name="plan_ended_at_only_when_ended",
            ),
        ]
        indexes = [models.Index(fields=["donor", "status"], name="plan_by_donor")]

    def __str__(self) -> str:
        return f"{self.processor_ref} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class PlanChange(models.Model):
    """Somebody asked to change a plan. Stored before the processor is called; its id is the idempotency key.

    The rows are the plan's history: who asked, when, from where, what it was before and what came of it.
    """

    class Kind(models.TextChoices):
        AMOUNT = "amount"
        FREQUENCY = "frequency"
        DAY = "day"
        FUND = "fund"
        CARD = "card"
        END = "end"
        PAUSE = "pause"
        RESUME = "resume"
        STOP = "stop"
        MISSED = "missed"
        RESTART = "restart"

    class Asker(models.TextChoices):
        DONOR = "donor"
        STAFF = "staff"
        HOUSE = "house"
        """We ourselves, by a rule: a stolen card, the last day reached."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        DONE = "done"
        REFUSED = "refused"

    STEPS = {
        Status.REQUESTED: {Status.DONE, Status.REFUSED},
        Status.DONE: set(),
        Status.REFUSED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    plan = models.ForeignKey(RecurringPlan, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=9, choices=Kind)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    months = models.PositiveSmallIntegerField(null=True)
    charge_day = models.PositiveSmallIntegerField(null=True)
    day = models.DateField(null=True)
    """Of a pause the day it resumes, of an end the last day, of a restart the first day."""
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, null=True, related_name="+")
    invoice_ref = models.CharField(max_length=80, blank=True)
    before = models.CharField(max_length=120, blank=True)
    asker = models.CharField(max_length=6, choices=Asker)
    staff = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_from = models.CharField(max_length=64, blank=True)
    """The block of addresses the press came from, never a whole address."""
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    attempt = models.PositiveSmallIntegerField(default=0)
    look_after = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status="requested", ended_at__isnull=True)
                | (~Q(status="requested") & Q(ended_at__isnull=False)),
                name="plan_change_ended_at_only_when_ended",
            ),
            CheckConstraint(
                condition=(Q(asker="staff") & Q(staff__isnull=False))
                | (~Q(asker="staff") & Q(staff__isnull=True)),
                name="plan_change_by_staff_names_them",
            ),
            CheckConstraint(
                condition=~Q(kind="amount") | Q(amount_minor__isnull=False, amount_minor__gt=0),
                name="plan_change_of_amount_says_how_much",
            ),
            CheckConstraint(
                condition=~Q(kind="day") | Q(charge_day__isnull=False, charge_day__gte=1, charge_day__lte=31),
                name="plan_change_of_day_is_in_a_month",
            ),
            CheckConstraint(
                condition=~Q(kind="frequency") | Q(months__isnull=False, months__in=[1, 3, 12]),
                name="plan_change_of_frequency_is_known",
            ),
            CheckConstraint(
                condition=~Q(kind="fund") | Q(fund__isnull=False), name="plan_change_of_fund_names_it"
            ),
            CheckConstraint(
                condition=~Q(kind="pause") | Q(day__isnull=False), name="plan_change_of_pause_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "asked_at"], name="plan_change_by_plan"),
            models.Index(fields=["look_after"], name="plan_change_waiting", condition=Q(status="requested")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def amount(self) -> Money | None:
        return None if self.amount_minor is None else Money(self.amount_minor, self.currency)

    @classmethod
    def advance(cls, *, pk: uuid.UUID, to: Status, now: datetime, **also: object) -> bool:
        """Move one change to its end. This function will return False when it is there already."""
        before = [state for state, following in cls.STEPS.items() if to in following]
        return bool(cls.objects.filter(pk=pk, status__in=before).update(status=to, ended_at=now, **also))


class PlanFailure(models.Model):
    """One attempt to collect that failed: a fact for the plan's history, never money. Only ever added."""

    plan = models.ForeignKey(RecurringPlan, on_delete=models.PROTECT, related_name="failures")
    invoice_ref = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    failed_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["invoice_ref", "attempt"], name="plan_failure_once_per_attempt"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_failure_amount_is_positive"),
        ]
        indexes = [models.Index(fields=["plan", "failed_at"], name="plan_failure_by_plan")]

    def __str__(self) -> str:
        return f"{self.invoice_ref} attempt {self.attempt}"

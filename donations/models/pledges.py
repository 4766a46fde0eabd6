"""Promises of money: in parts that fall due, kept by donations, given up by a person and never by a clock."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Pledge(models.Model):
    """A promise of an amount. An employer's match is one too: `matches` is the gift it doubles.

    `is_booked` says the books carry it as a receivable: an unconditional promise, if the accountant wants that.
    """

    class Kind(models.TextChoices):
        PLEDGE = "pledge"
        MATCH = "match"
        GRANT = "grant"

    class Status(models.TextChoices):
        OPEN = "open"
        FULFILLED = "fulfilled"
        WRITTEN_OFF = "written_off"
        CANCELED = "canceled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="pledges")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="pledges")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="pledges")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.PLEDGE)
    matches = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="match_claims"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    promised_on = models.DateField()
    is_conditional = models.BooleanField(default=False)
    condition = models.CharField(max_length=300, blank=True)
    is_booked = models.BooleanField(default=False)
    wants_reminders = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=11, choices=Status, default=Status.OPEN)
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="pledge_amount_is_positive"),
            CheckConstraint(
                condition=Q(is_conditional=False) | (Q(is_booked=False) & ~Q(condition="")),
                name="pledge_with_a_condition_is_not_booked",
            ),
            CheckConstraint(
                condition=Q(kind="match", matches__isnull=False)
                | (~Q(kind="match") & Q(matches__isnull=True)),
                name="pledge_match_names_the_gift",
            ),
            CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False)),
                name="pledge_ended_at_only_when_ended",
            ),
            UniqueConstraint(
                fields=["matches", "donor"],
                condition=Q(kind="match") & ~Q(status="canceled"),
                name="pledge_matches_a_gift_once",
            ),
        ]
        indexes = [
            models.Index(fields=["donor", "-promised_on"], name="pledge_by_donor"),
            models.Index(fields=["entity", "status", "-promised_on"], name="pledge_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"


class Instalment(models.Model):
    """One part of a pledge and the day it falls due. The parts of a pledge sum to it."""

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pledge", "number"], name="instalment_number_once"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="instalment_amount_is_positive"),
        ]
        indexes = [models.Index(fields=["due_on"], name="instalment_by_day")]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.number}"


class PledgePayment(models.Model):
    """How much of a donation keeps which instalment. Only ever added; one taken back has a negative amount."""

    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="payments")
    donation = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, related_name="pledge_payments"
    )
    amount_minor = models.BigIntegerField()
    applied_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(amount_minor=0), name="pledge_payment_is_not_zero")]

    def __str__(self) -> str:
        return f"{self.instalment_id} {self.amount_minor}"


class WriteOff(models.Model):
    """What will not come any more of a pledge, and why. A second person agrees. Only ever added."""

    pledge = models.OneToOneField(Pledge, on_delete=models.PROTECT, related_name="write_off")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    written_off_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="write_off_amount_is_positive"),
            CheckConstraint(condition=~Q(reason=""), name="write_off_has_a_reason"),
            CheckConstraint(condition=~Q(asked_by=F("approved_by")), name="write_off_approved_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.amount_minor}"


class WriteOffRequest(models.Model):
    """Somebody asks that a pledge be given up; another person decides."""

    class Status(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"

    pledge = models.ForeignKey(Pledge, on_delete=models.PROTECT, related_name="write_off_requests")
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pledge"], condition=Q(status="asked"), name="write_off_asked_once"),
            CheckConstraint(
                condition=Q(status="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(status__in=["approved", "declined"], decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="write_off_request_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge_id} {self.status}"


class PledgeReminder(models.Model):
    """A letter about an instalment went into the outbox, once for each occasion (before it is due, after)."""

    class Occasion(models.TextChoices):
        SOON = "soon"
        DUE = "due"
        LATE = "late"

    instalment = models.ForeignKey(Instalment, on_delete=models.PROTECT, related_name="reminders")
    occasion = models.CharField(max_length=4, choices=Occasion)
    reminded_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["instalment", "occasion"], name="pledge_reminded_once_per_occasion")
        ]

    def __str__(self) -> str:
        return f"{self.instalment_id} {self.occasion}"

"""What may yet happen. Each intent has a state and a table of the steps allowed; the database holds both."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ledger.money import Money


class WrongStep(Exception):
    """A state was asked for that cannot follow the present one: a mistake in the program, never shown as success."""


class Frequency(models.TextChoices):
    ONCE = "once"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def months(self) -> int:
        """Months from one gift to the next; 0 for a gift given once."""
        return {"once": 0, "monthly": 1, "quarterly": 3, "yearly": 12}[self.value]


class Checkout(models.Model):
    """One supporter's attempt to give online. Its id is made with the form, before anything else happens."""

    class Status(models.TextChoices):
        BEGUN = "begun"
        OPEN = "open"
        CONFIRMING = "confirming"
        PAID = "paid"
        FAILED = "failed"
        EXPIRED = "expired"
        ABANDONED = "abandoned"

    # Money decides: whatever we thought of an attempt, a payment that succeeded makes it paid.
    STEPS = {
        Status.BEGUN: {
            Status.OPEN,
            Status.CONFIRMING,
            Status.PAID,
            Status.FAILED,
            Status.EXPIRED,
            Status.ABANDONED,
        },
        Status.OPEN: {Status.CONFIRMING, Status.PAID, Status.FAILED, Status.EXPIRED},
        Status.CONFIRMING: {Status.PAID, Status.FAILED},
        Status.FAILED: {Status.PAID},
        Status.EXPIRED: {Status.PAID},
        Status.ABANDONED: {Status.OPEN, Status.CONFIRMING, Status.PAID, Status.FAILED, Status.EXPIRED},
        Status.PAID: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    page = models.ForeignKey("campaigns.GivingPage", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    frequency = models.CharField(max_length=9, choices=Frequency)
    # Of a gift that comes again: the day of the month it is charged on (31 means the last), and its last day.
    charge_day = models.PositiveSmallIntegerField(null=True)
    ends_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField()
    cover_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    donor_name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=2)
    is_anonymous = models.BooleanField(default=False)
    wants_letter = models.BooleanField(default=False)
    letter_wording = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)
    employer = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=60, blank=True)
    # Where the giver's clock stood, when the browser said it: shown beside ours, never a reason for a date.
    giver_zone = models.CharField(max_length=60, blank=True, default="", db_default="")
    # The registered web site the giver came from and may be led back to; a code from an address, never a free address.
    site = models.ForeignKey("campaigns.Site", on_delete=models.SET_NULL, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.BEGUN)
    attempt = models.PositiveSmallIntegerField(default=0)
    session_ref = models.CharField(max_length=80, unique=True, null=True)
    session_url = models.TextField(blank=True)
    began_at = models.DateTimeField()
    look_after = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="checkout_amount_is_positive"),
            CheckConstraint(
                condition=Q(cover_minor__gte=0, cover_minor__lt=F("amount_minor")),
                name="checkout_cover_is_part_of_amount",
            ),
            CheckConstraint(
                condition=~Q(status="open") | Q(session_ref__isnull=False), name="checkout_open_has_a_session"
            ),
            CheckConstraint(
                condition=Q(charge_day__isnull=True, ends_on__isnull=True) | ~Q(frequency="once"),
                name="checkout_given_once_has_no_schedule",
            ),
            CheckConstraint(
                condition=Q(charge_day__isnull=True) | Q(charge_day__gte=1, charge_day__lte=31),
                name="checkout_charge_day_is_in_a_month",
            ),
            CheckConstraint(
                condition=Q(status__in=["begun", "open", "confirming"], ended_at__isnull=True)
                | Q(status__in=["paid", "failed", "expired", "abandoned"], ended_at__isnull=False),
                name="checkout_ended_at_only_when_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_after"],
                name="checkout_unfinished",
                condition=Q(status__in=["begun", "open", "confirming"]),
            ),
            models.Index(fields=["began_at", "id"], name="checkout_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @classmethod
    def advance(cls, *, pk: uuid.UUID, to: Status, now: datetime, **also: object) -> bool:
        """Move one attempt to a state. Raises WrongStep when that state cannot follow and is not reached already.

        This function will return False, changing nothing, when the attempt is there already or beyond.
        """
        before = [state for state, following in cls.STEPS.items() if to in following]
        is_end = to not in {cls.Status.BEGUN, cls.Status.OPEN, cls.Status.CONFIRMING}
        moved = cls.objects.filter(pk=pk, status__in=before).update(
            status=to, ended_at=now if is_end else None, **also
        )
        if not moved and not cls.objects.filter(pk=pk).exists():
            raise WrongStep(f"no checkout {pk}")
        return bool(moved)


class RefundRequest(models.Model):
    """Staff asked for money to go back. Stored before the processor is called; its id is the idempotency key."""

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        EXPIRED = "expired"
        REQUESTED = "requested"
        SENT = "sent"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"

    # A proposed one waits for a second person: above the threshold nobody gives money back alone.
    STEPS = {
        Status.PROPOSED: {Status.REQUESTED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED},
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.EXPIRED: set(),
        Status.REQUESTED: {Status.SENT, Status.DONE, Status.REFUSED, Status.FAILED},
        Status.SENT: {Status.DONE, Status.FAILED},
        Status.DONE: {Status.FAILED},
        Status.REFUSED: set(),
        Status.FAILED: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    donation = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, related_name="refund_requests"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300)
    requested_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.REQUESTED)
    attempt = models.PositiveSmallIntegerField(default=0)
    processor_ref = models.CharField(max_length=80, unique=True, null=True)
    look_after = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    happened_on = models.DateField(null=True)
    """Of money that came over the desk: the day it is given back. No processor is asked for it."""

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_request_amount_is_positive"),
            CheckConstraint(
                condition=Q(status__in=["proposed", "requested", "sent"], ended_at__isnull=True)
                | Q(
                    status__in=["declined", "withdrawn", "expired", "done", "refused", "failed"],
                    ended_at__isnull=False,
                ),
                name="refund_request_ended_at_only_when_ended",
            ),
            CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True)
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("requested_by"))),
                name="refund_request_decided_by_another_person",
            ),
            CheckConstraint(
                condition=~Q(status="declined") | Q(decided_by__isnull=False),
                name="refund_request_declined_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_after"],
                name="refund_request_waiting",
                condition=Q(status__in=["requested", "sent"]),
            ),
            models.Index(
                fields=["requested_at"], name="refund_request_proposed", condition=Q(status="proposed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @classmethod
    def advance(cls, *, pk: uuid.UUID, to: Status, now: datetime, **also: object) -> bool:
        """Move one request to a state. This function will return False when it is there already or beyond."""
        before = [state for state, following in cls.STEPS.items() if to in following]
        is_end = to not in {cls.Status.PROPOSED, cls.Status.REQUESTED, cls.Status.SENT}
        return bool(
            cls.objects.filter(pk=pk, status__in=before).update(
                status=to, ended_at=now if is_end else None, **also
            )
        )


class RefundRequestPart(models.Model):
    """How much of a requested refund is to come out of which fund; without parts it is shared as the gift was."""

    refund_request = models.ForeignKey(RefundRequest, on_delete=models.PROTECT, related_name="parts")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_request_part_amount_is_positive"),
            UniqueConstraint(fields=["refund_request", "fund"], name="refund_request_part_once_per_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor}"


class RefundPolicy(models.Model):
    """From which amount on a refund of one body needs a second person, by currency.

    Without a row `refunding.ALONE_UP_TO` decides, and for a currency it does not name: always a second person.
    """

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="refund_policies")
    currency = models.CharField(max_length=3)
    alone_up_to_minor = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "refund policies"
        constraints = [
            CheckConstraint(condition=Q(alone_up_to_minor__gte=0), name="refund_policy_is_not_negative"),
            UniqueConstraint(fields=["entity", "currency"], name="refund_policy_once_per_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} alone up to {self.alone_up_to_minor} {self.currency}"

"""What happened. Rows are only ever added: `donations/migrations/0002_laws.py` refuses anything else."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from ledger.money import Money


class Donation(models.Model):
    """What was given. `given_on` is the tax date, `date_rule` the rule that chose it.

    `amount_minor` of a thing is its value for the books. `giver_zone` is where the giver's clock stood, when known.
    Who gave, the day and what it was may be corrected, and only by a `Correction` in the same transaction.
    """

    class Rail(models.TextChoices):
        PROCESSOR = "processor"
        DESK = "desk"

    class DateRule(models.TextChoices):
        CHARGE_IN_ENTITY_ZONE = "charge_in_entity_zone"
        CHARGE_IN_LATEST_ZONE = "charge_in_latest_us_zone"
        POSTMARK = "postmark"
        HAND = "hand"
        RECEIVED = "received"
        SETTLEMENT = "settlement"
        TRANSFER = "transfer"
        SENT = "sent"
        STAFF = "staff"

    class Kind(models.TextChoices):
        CASH = "cash"
        TICKET = "ticket"
        PROPERTY = "property"
        STOCK = "stock"
        VEHICLE = "vehicle"
        VOLUNTEER_EXPENSES = "volunteer_expenses"

    class Payer(models.TextChoices):
        DONOR = "donor"
        DAF = "daf"
        CHARITY = "charity"
        EMPLOYER = "employer"
        IRA_QCD = "ira_qcd"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="donations")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="donations")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="donations")
    checkout = models.ForeignKey(
        "donations.Checkout", on_delete=models.PROTECT, null=True, related_name="donations"
    )
    plan = models.ForeignKey(
        "donations.RecurringPlan", on_delete=models.PROTECT, null=True, related_name="donations"
    )
    rail = models.CharField(max_length=10, choices=Rail)
    method = models.CharField(max_length=40)
    last4 = models.CharField(max_length=4, blank=True)
    processor_ref = models.CharField(max_length=80, unique=True, null=True)
    payment_ref = models.CharField(max_length=80, unique=True, null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    given_at = models.DateTimeField()
    given_on = models.DateField()
    date_rule = models.CharField(max_length=24, choices=DateRule)
    kind = models.CharField(max_length=18, choices=Kind, default=Kind.CASH, db_default="cash")
    payer = models.CharField(max_length=8, choices=Payer, default=Payer.DONOR, db_default="donor")
    description = models.CharField(max_length=200, blank=True, default="", db_default="")
    is_person_directed = models.BooleanField(default=False, db_default=False)
    giver_zone = models.CharField(max_length=60, blank=True, default="", db_default="")
    language = models.CharField(max_length=2)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=60, blank=True)
    is_live = models.BooleanField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="donation_amount_is_positive"),
            CheckConstraint(
                condition=~Q(rail="processor") | Q(processor_ref__isnull=False),
                name="donation_online_has_a_charge",
            ),
            CheckConstraint(
                condition=~Q(kind__in=["property", "stock", "vehicle", "volunteer_expenses"])
                | ~Q(description=""),
                name="donation_of_a_thing_is_described",
            ),
            UniqueConstraint(
                fields=["checkout"],
                condition=Q(plan__isnull=True),
                name="donation_once_per_one_time_checkout",
            ),
        ]
        indexes = [
            models.Index(fields=["-given_at", "-id"], name="donation_by_time"),
            models.Index(fields=["donor", "-given_at"], name="donation_by_donor"),
            models.Index(fields=["campaign", "-given_at"], name="donation_by_campaign"),
            models.Index(fields=["recorded_at"], name="donation_by_recording"),
            models.Index(fields=["source", "-given_at"], name="donation_by_source", condition=~Q(source="")),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class Designation(models.Model):
    """How much of a donation goes to which fund; the lines of a donation sum to it."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="designations")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="designation_amount_is_positive"),
            UniqueConstraint(fields=["donation", "fund"], name="designation_once_per_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor}"


class Refund(models.Model):
    """Money we gave back, as the processor's balance says."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="refunds")
    request = models.OneToOneField(
        "donations.RefundRequest", on_delete=models.PROTECT, null=True, related_name="refund"
    )
    processor_ref = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60, blank=True)
    refunded_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_is_positive")]
        indexes = [models.Index(fields=["recorded_at"], name="refund_by_recording")]

    def __str__(self) -> str:
        return self.processor_ref


class RefundPart(models.Model):
    """How much of a refund comes out of which fund; the parts of a refund sum to it."""

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_part_amount_is_positive"),
            UniqueConstraint(fields=["refund", "fund"], name="refund_part_once_per_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor}"


class RefundFailure(models.Model):
    """A refund the donor's bank did not take: the money came back to us."""

    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, related_name="failure")
    balance_ref = models.CharField(max_length=80, unique=True)
    failed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.refund_id} failed"


class Dispute(models.Model):
    """The donor's bank questions a payment. Inquiries move no money."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="disputes")
    processor_ref = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_is_positive")]

    def __str__(self) -> str:
        return self.processor_ref


class DisputeMovement(models.Model):
    """Money the card network took or gave back, by the actual line of the balance (settlement currency)."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="movements")
    balance_ref = models.CharField(max_length=80, unique=True)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    moved_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(amount_minor=0), name="dispute_movement_is_not_zero")]

    def __str__(self) -> str:
        return self.balance_ref


class DisputeClosing(models.Model):
    class Outcome(models.TextChoices):
        WON = "won"
        LOST = "lost"
        WITHDRAWN = "withdrawn"

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="closing")
    outcome = models.CharField(max_length=10, choices=Outcome)
    closed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.outcome


class DisputeStep(models.Model):
    """How the processor said a dispute stands, each time it said something new: for people, not for the books."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=40)
    due_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.status


class Review(models.Model):
    """The processor, or a rule of ours there, wants a person to look at a payment; until then it is not receipted."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="reviews")
    processor_ref = models.CharField(max_length=80, unique=True)
    reason = models.CharField(max_length=60, blank=True)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.processor_ref


class ReviewClosing(models.Model):
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="closing")
    outcome = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.outcome


class FraudWarning(models.Model):
    """The card network doubts a payment before its holder disputes it: a reason to look, and perhaps to refund."""

    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="fraud_warnings")
    processor_ref = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=60)
    warned_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.processor_ref

"""Checks, cash and offerings counted together. Nothing in a batch is a gift before the batch is posted."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Batch(models.Model):
    """What two people counted and one entered. Only an open batch changes; a posted one stays as it is (B09).

    `expected_*` is what the counters wrote on the envelope, before anybody typed a row.
    """

    class Status(models.TextChoices):
        OPEN = "open"
        POSTED = "posted"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.PositiveIntegerField()
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="batches")
    bank_account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    expected_count = models.PositiveIntegerField()
    expected_minor = models.BigIntegerField()
    came_on = models.DateField()
    deposit_on = models.DateField()
    event = models.CharField(max_length=120, blank=True)
    counter_one = models.CharField(max_length=120, blank=True)
    counter_two = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    override_reason = models.CharField(max_length=300, blank=True)
    override_asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    override_asked_at = models.DateTimeField(null=True)
    override_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    override_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ended_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints = [
            UniqueConstraint(fields=["entity", "number"], name="batch_number_once"),
            CheckConstraint(
                condition=Q(expected_count__gt=0, expected_minor__gt=0), name="batch_expects_something"
            ),
            CheckConstraint(
                condition=Q(status="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="batch_ended_at_only_when_ended",
            ),
            CheckConstraint(
                condition=Q(counter_one="") | ~Q(counter_one=F("counter_two")),
                name="batch_counted_by_two_people",
            ),
            CheckConstraint(
                condition=~Q(status="posted") | (~Q(counter_one="") & ~Q(counter_two="")),
                name="batch_posted_was_counted",
            ),
            CheckConstraint(
                condition=Q(override_asked_by__isnull=True, override_reason="")
                | (
                    Q(override_asked_by__isnull=False, override_asked_at__isnull=False)
                    & ~Q(override_reason="")
                ),
                name="batch_override_has_a_reason",
            ),
            CheckConstraint(
                condition=Q(override_by__isnull=True)
                | (
                    Q(override_asked_by__isnull=False, override_at__isnull=False)
                    & ~Q(override_by=F("override_asked_by"))
                ),
                name="batch_override_by_another",
            ),
        ]
        indexes = [models.Index(fields=["entity", "status", "-number"], name="batch_by_status")]

    def __str__(self) -> str:
        return f"batch {self.number}"


class BatchRow(models.Model):
    """One piece of a batch: a check, an envelope, a thing, loose cash. `id` is made by the form that saved it.

    Loose cash has no donor and never will; `unknown` waits for somebody to say who gave it (B06). `days` holds what is
    known of when it was given, by `dating.Basis`; `benefit` is what was given in return, of a value if that is known.
    """

    class Giver(models.TextChoices):
        DONOR = "donor"
        UNKNOWN = "unknown"
        NOBODY = "nobody"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    giver = models.CharField(max_length=7, choices=Giver)
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, null=True, related_name="+")
    hint = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=40)
    kind = models.CharField(max_length=18, default="cash")
    payer = models.CharField(max_length=8, default="donor")
    amount_minor = models.BigIntegerField()
    check_number = models.CharField(max_length=20, blank=True)
    account_last4 = models.CharField(max_length=4, blank=True)
    description = models.CharField(max_length=200, blank=True)
    memo = models.CharField(max_length=300, blank=True)
    days = models.JSONField(default=dict)
    credited = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, null=True, related_name="+")
    benefit = models.CharField(max_length=120, blank=True, default="")
    benefit_minor = models.BigIntegerField(null=True)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="+")
    is_anonymous = models.BooleanField(default=False)
    accepts_twin = models.BooleanField(default=False)
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    identified_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    identified_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["batch", "position"], name="batch_row_once_per_position"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="batch_row_amount_is_positive"),
            CheckConstraint(
                condition=Q(giver="donor", donor__isnull=False)
                | Q(giver="unknown", donor__isnull=True)
                | Q(giver="nobody", donor__isnull=True),
                name="batch_row_names_its_giver",
            ),
            CheckConstraint(
                condition=Q(identified_at__isnull=True, identified_by__isnull=True)
                | Q(giver="donor", identified_at__isnull=False, identified_by__isnull=False),
                name="batch_row_identified_has_a_giver",
            ),
            CheckConstraint(
                condition=Q(benefit_minor__isnull=True) | (Q(benefit_minor__gte=0) & ~Q(benefit="")),
                name="batch_row_return_is_described",
            ),
        ]
        indexes = [
            models.Index(
                fields=["batch", "position"], name="batch_row_to_identify", condition=Q(giver="unknown")
            ),
            models.Index(fields=["check_number", "amount_minor"], name="batch_row_by_check"),
            models.Index(
                fields=["account_last4"], name="batch_row_by_account", condition=~Q(account_last4="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.position}"


class BatchRowPart(models.Model):
    """How much of a row goes to which fund, and from whom if one check carries the gifts of several people."""

    row = models.ForeignKey(BatchRow, on_delete=models.CASCADE, related_name="parts")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, null=True, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["row", "fund", "donor"], name="batch_row_part_once", nulls_distinct=False
            ),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="batch_row_part_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor}"


class CashCount(models.Model):
    """So many notes or coins of one denomination, as they go to the bank."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="cash_counts")
    denomination_minor = models.BigIntegerField()
    pieces = models.PositiveIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["batch", "denomination_minor"], name="cash_count_once"),
            CheckConstraint(
                condition=Q(denomination_minor__gt=0, pieces__gt=0), name="cash_count_is_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pieces} x {self.denomination_minor}"


class BatchedGift(models.Model):
    """Which donation a row became: one for each giver named on it. Only ever added."""

    row = models.ForeignKey(BatchRow, on_delete=models.PROTECT, related_name="gifts")
    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="batched")

    def __str__(self) -> str:
        return f"{self.row_id} {self.donation_id}"


class Reversal(models.Model):
    """A gift over the desk was not what the books say: mistyped, bounced, returned. Only ever added.

    The whole gift goes back as a Refund, and what is true is entered anew (`replaced_by`).
    """

    class Kind(models.TextChoices):
        MISTAKE = "mistake"
        BOUNCED = "bounced"
        RETURNED = "returned"

    refund = models.OneToOneField("donations.Refund", on_delete=models.PROTECT, related_name="reversal")
    kind = models.CharField(max_length=8, choices=Kind)
    reason = models.CharField(max_length=300)
    replaced_by = models.OneToOneField(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="replaces"
    )
    reversed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="reversal_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.refund_id}"


class RowReversal(models.Model):
    """Money of a posted row without a giver was not what the books say: mistyped or bounced. Only ever added.

    The whole row goes back; what of a mistake is true is entered anew, fund by fund (`RowTruth`).
    """

    class Kind(models.TextChoices):
        MISTAKE = "mistake"
        BOUNCED = "bounced"

    row = models.OneToOneField(BatchRow, on_delete=models.PROTECT, related_name="reversal")
    kind = models.CharField(max_length=8, choices=Kind)
    reason = models.CharField(max_length=300)
    reversed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="row_reversal_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.row_id}"


class RowTruth(models.Model):
    """What one fund got in fact by a row that was mistyped."""

    reversal = models.ForeignKey(RowReversal, on_delete=models.PROTECT, related_name="truth")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["reversal", "fund"], name="row_truth_once_per_fund"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="row_truth_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor}"


class LeftUnknown(models.Model):
    """Nobody will know who gave it: it stays income of its fund, no gift and no receipt, and nobody is asked again.

    Only ever added. Should the giver turn up all the same, what stands as unidentified is taken back as ever.
    """

    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, related_name="left_unknown")
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "left unknown"
        constraints = [CheckConstraint(condition=~Q(reason=""), name="left_unknown_for_a_reason")]

    def __str__(self) -> str:
        return f"{self.entry_id}"

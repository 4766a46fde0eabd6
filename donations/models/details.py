"""What the law asks about a gift beyond money and day: returns, things, credits, corrections. Only ever added."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Benefit(models.Model):
    """Something the giver got in return. `fair_value` is what it would sell for, `cost` what it cost us.

    A benefit entered by mistake is withdrawn by another row, so that an issued receipt can always be explained.
    """

    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="benefits")
    description = models.CharField(max_length=120)
    fair_value_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    is_token = models.BooleanField(default=False)
    is_intangible_religious = models.BooleanField(default=False)
    is_sold_commercially = models.BooleanField(default=False)
    is_cash_like = models.BooleanField(default=False)
    withdraws = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="withdrawal")
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(fair_value_minor__isnull=True) | Q(fair_value_minor__gte=0),
                name="benefit_value_is_not_negative",
            ),
            CheckConstraint(
                condition=Q(cost_minor__isnull=True) | Q(cost_minor__gte=0),
                name="benefit_cost_is_not_negative",
            ),
            CheckConstraint(
                condition=Q(withdraws__isnull=True) | ~Q(withdraws=F("id")),
                name="benefit_does_not_withdraw_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class GiftDetail(models.Model):
    """What is known of a thing or of money in another currency. `claimed` is what the giver says it is worth.

    The giver's own figure is for a person's eyes: it is never printed on a United States receipt (D6).
    """

    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="detail")
    quantity = models.PositiveIntegerField(default=1)
    unit_value_minor = models.BigIntegerField(null=True)
    fair_value_minor = models.BigIntegerField(null=True)
    claimed_minor = models.BigIntegerField(null=True)
    appraiser_name = models.CharField(max_length=120, blank=True)
    appraiser_address = models.CharField(max_length=300, blank=True)
    equivalent_minor = models.BigIntegerField(null=True)
    equivalent_currency = models.CharField(max_length=3, blank=True)
    rate_on = models.DateField(null=True)
    rate_source = models.CharField(max_length=80, blank=True)
    is_day_known = models.BooleanField(default=True)
    staff_note = models.CharField(max_length=300, blank=True)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(quantity__gte=1), name="gift_detail_counts_something"),
            CheckConstraint(
                condition=Q(equivalent_minor__isnull=True, equivalent_currency="")
                | (Q(equivalent_minor__isnull=False, rate_on__isnull=False) & ~Q(equivalent_currency="")),
                name="gift_detail_equivalent_has_its_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"detail of {self.donation_id}"


class GiftEvent(models.Model):
    """A day that is known about a gift on paper: postmark, hand-over, receipt, settlement, the day written on it."""

    class Basis(models.TextChoices):
        POSTMARK = "postmark"
        HAND = "hand"
        RECEIVED = "received"
        SETTLEMENT = "settlement"
        TRANSFER = "transfer"
        SENT = "sent"
        WRITTEN = "written"

    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="events")
    basis = models.CharField(max_length=10, choices=Basis)
    on = models.DateField()
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["donation", "basis"], name="gift_event_once_per_basis")]

    def __str__(self) -> str:
        return f"{self.basis} {self.on}"


class SoftCredit(models.Model):
    """Thanks to somebody who is not the giver: the adviser of a fund, an employee whose employer matched.

    It never counts for taxes. `matches` is the employee's own gift.
    """

    class Kind(models.TextChoices):
        ADVISER = "adviser"
        MATCH = "match"
        HOUSEHOLD = "household"
        OTHER = "other"

    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="soft_credits")
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="soft_credits")
    kind = models.CharField(max_length=9, choices=Kind)
    amount_minor = models.BigIntegerField()
    matches = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="matched_by"
    )
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["donation", "donor"], name="soft_credit_once_per_person"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="soft_credit_amount_is_positive"),
            CheckConstraint(
                condition=Q(matches__isnull=True) | ~Q(matches=F("donation")),
                name="soft_credit_matches_another_gift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.donor_id} {self.kind}"


class Correction(models.Model):
    """What a gift was said to be and is: who gave, the day, the kind, the description. The only way to change them.

    `before` and `after` hold every correctable field: donor_id, given_on, date_rule, kind, payer, description,
    is_person_directed. The database lets a donation change only to the `after` of its newest correction.
    """

    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="corrections")
    before = models.JSONField()
    after = models.JSONField()
    reason = models.CharField(max_length=200)
    corrected_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(reason=""), name="correction_has_a_reason"),
            CheckConstraint(condition=~Q(before=F("after")), name="correction_changes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.donation_id} {self.corrected_at:%Y-%m-%d}"

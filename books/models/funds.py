"""Money changes its class or its fund: released from what donors asked, moved, or sold. Only ever added."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Q

from ledger.money import Money


class ReleasePolicy(models.Model):
    """When what was given for a building or another lasting thing is released, for one body.

    Without a word of the givers, and without a row here, on the day it is opened, and all that was spent on it (ASU
    2016-14). Where givers asked that it be used for years, in equal parts over `months` of use.
    """

    class Rule(models.TextChoices):
        OPENING_DAY = "opening_day"
        USEFUL_LIFE = "useful_life"

    entity = models.OneToOneField(
        "ledger.LegalEntity", on_delete=models.PROTECT, related_name="release_policy"
    )
    rule = models.CharField(max_length=11, choices=Rule, default=Rule.OPENING_DAY)
    months = models.PositiveSmallIntegerField(default=0)
    changed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "release policies"
        constraints = [
            CheckConstraint(
                condition=Q(rule="opening_day", months=0)
                | Q(rule="useful_life", months__gt=0, months__lte=1200),
                name="release_policy_has_months_only_of_use",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.rule}"


class PlacedAsset(models.Model):
    """A building, or another lasting thing, paid for from a fund: what was spent on it and when it was opened.

    `months` is the policy of the moment it was entered: 0 is all on opening day, more is in equal parts over them. A
    day that lies ahead is waited for. Only ever added.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="placed_assets")
    name = models.CharField(max_length=120)
    opened_on = models.DateField()
    spent_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    months = models.PositiveSmallIntegerField(default=0)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, related_name="+")
    document_name = models.CharField(max_length=200)
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(spent_minor__gt=0), name="placed_asset_cost_is_positive"),
            CheckConstraint(condition=~Q(name=""), name="placed_asset_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.opened_on}"

    @property
    def spent(self) -> Money:
        return Money(self.spent_minor, self.currency)


class Release(models.Model):
    """Part of a restricted fund was used as its givers asked, its time came, or a building was opened (B18).

    The document that shows it lies in `paper` and is named by its hash. A release that was wrong is reversed whole by
    another row.
    """

    class Kind(models.TextChoices):
        PURPOSE = "purpose"
        TIME = "time"
        PLACED_IN_SERVICE = "placed_in_service"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="releases")
    kind = models.CharField(max_length=17, choices=Kind)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    released_on = models.DateField()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, related_name="+")
    document_name = models.CharField(max_length=200)
    asset = models.ForeignKey(PlacedAsset, on_delete=models.PROTECT, null=True, related_name="releases")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    released_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="release_amount_is_positive"),
            CheckConstraint(condition=~Q(reason=""), name="release_has_a_reason"),
            CheckConstraint(
                condition=Q(kind="placed_in_service", asset__isnull=False)
                | (~Q(kind="placed_in_service") & Q(asset__isnull=True)),
                name="release_placed_in_service_names_what",
            ),
            CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reverses=F("id")),
                name="release_does_not_reverse_itself",
            ),
        ]
        indexes = [models.Index(fields=["fund", "-released_on"], name="release_by_fund")]

    def __str__(self) -> str:
        return f"{self.fund_id} {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class TransferRequest(models.Model):
    """Somebody asks that money of one class move from one fund to another; another person decides, always.

    Its id becomes the transfer's.
    """

    class Status(models.TextChoices):
        ASKED = "asked"
        APPROVED = "approved"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    STEPS = {
        Status.ASKED: {Status.APPROVED, Status.DECLINED, Status.WITHDRAWN},
        Status.APPROVED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund_from = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    fund_to = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="+")
    is_restricted = models.BooleanField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    moved_on = models.DateField()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, null=True, related_name="+")
    document_name = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_request_amount_is_positive"),
            CheckConstraint(condition=~Q(fund_from=F("fund_to")), name="transfer_request_between_two_funds"),
            CheckConstraint(condition=~Q(reason=""), name="transfer_request_has_a_reason"),
            CheckConstraint(
                condition=Q(is_restricted=False) | Q(document__isnull=False),
                name="transfer_request_of_restricted_money_is_shown",
            ),
            CheckConstraint(
                condition=Q(status="asked", decided_by__isnull=True, decided_at__isnull=True)
                | Q(status="withdrawn", decided_by=F("asked_by"), decided_at__isnull=False)
                | (
                    Q(status__in=["approved", "declined"], decided_at__isnull=False)
                    & Q(decided_by__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="transfer_request_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.status}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)

    @classmethod
    def advance(cls, *, pk: uuid.UUID, to: Status, by_id: int, now: datetime, answer: str = "") -> bool:
        """This function will move one request to a state, and return False when somebody has decided already."""
        before = [state for state, following in cls.STEPS.items() if to in following]
        moved = cls.objects.filter(pk=pk, status__in=before)
        return bool(moved.update(status=to, decided_by_id=by_id, decided_at=now, answer=answer))


class FundTransfer(models.Model):
    """Money moves between two funds of one body and of one class: nobody but a donor can restrict (ASU 2016-14)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fund_from = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="transfers_out")
    fund_to = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="transfers_in")
    is_restricted = models.BooleanField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    moved_on = models.DateField()
    reason = models.CharField(max_length=300)
    document = models.ForeignKey("paper.Document", on_delete=models.PROTECT, null=True, related_name="+")
    document_name = models.CharField(max_length=200, blank=True)
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(amount_minor__gt=0), name="fund_transfer_amount_is_positive"),
            CheckConstraint(condition=~Q(fund_from=F("fund_to")), name="fund_transfer_between_two_funds"),
            CheckConstraint(condition=~Q(reason=""), name="fund_transfer_has_a_reason"),
            CheckConstraint(
                condition=~Q(approved_by=F("asked_by")), name="fund_transfer_approved_by_another"
            ),
            CheckConstraint(
                condition=Q(is_restricted=False) | Q(document__isnull=False),
                name="fund_transfer_of_restricted_money_is_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund_from_id} to {self.fund_to_id} {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


class SecuritySale(models.Model):
    """Donated securities were sold: what came in, what the broker kept, and so what was won or lost on them."""

    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="sale")
    bank_account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="+")
    sold_on = models.DateField()
    price_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    sold_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(price_minor__gt=0, fee_minor__gte=0, fee_minor__lte=F("price_minor")),
                name="security_sale_brings_something",
            )
        ]

    def __str__(self) -> str:
        return f"sale of {self.donation_id}"

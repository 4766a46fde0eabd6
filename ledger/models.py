"""The books. Entries and lines are only ever added; the laws are in `migrations/0002_laws.py`."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower

from ledger import money


class LegalEntity(models.Model):
    """A body that receives money, keeps books and signs receipts. The law follows it, not the donor."""

    class Paper(models.TextChoices):
        LETTER = "letter"
        A4 = "a4"

    class DateRule(models.TextChoices):
        """Which clock turns the instant of a charge into the day for tax (C1)."""

        ORGANIZATION = "org_zone"
        LATEST_US = "latest_us_zone"

    code = models.CharField(max_length=12, unique=True)
    legal_name = models.CharField(max_length=200)
    local_name = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2)
    address = models.TextField(max_length=600)
    registration = models.CharField(max_length=80)
    status_line = models.CharField(max_length=200)
    signatory = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=60)
    base_currency = models.CharField(max_length=3)
    paper = models.CharField(max_length=6, choices=Paper)
    date_rule = models.CharField(
        max_length=14, choices=DateRule, default=DateRule.ORGANIZATION, db_default="org_zone"
    )
    founded_on = models.DateField(null=True)
    is_religious = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "legal entities"

    def __str__(self) -> str:
        return self.legal_name

    def day_of(self, moment: datetime) -> date:
        """This function will return the day it is at the body's place."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def noon(self, day: date) -> datetime:
        """A day without an hour stands at noon of the body's clock: the same day in every zone it may be shown in."""
        return datetime.combine(day, time(12), tzinfo=ZoneInfo(self.zone))


class Account(models.Model):
    class Kind(models.TextChoices):
        ASSET = "asset"
        LIABILITY = "liability"
        NET_ASSETS = "net_assets"
        INCOME = "income"
        EXPENSE = "expense"
        EXCHANGE = "exchange"

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Fund(models.Model):
    """An accounting pot. Its code is neutral (RSC, SAF): it is printed on card statements."""

    class Restriction(models.TextChoices):
        NONE = "none"
        PURPOSE = "purpose"
        TIME = "time"
        PERPETUAL = "perpetual"

    code = models.CharField(max_length=8)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="funds")
    restriction = models.CharField(max_length=10, choices=Restriction)
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            UniqueConstraint("entity", Lower("code"), name="fund_code_unique_in_entity"),
            CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9]{2,8}$"), name="fund_code_is_neutral_letters"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_restricted(self) -> bool:
        return self.restriction != self.Restriction.NONE


class FundText(models.Model):
    """What a fund is called, by language."""

    fund = models.ForeignKey(Fund, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["fund", "language"], name="fund_text_one_per_language")]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """One balanced record. `source` names the fact it comes from, and a fact is posted once."""

    class Kind(models.TextChoices):
        DONATION = "donation"
        PROCESSOR_FEE = "processor_fee"
        REFUND = "refund"
        REFUND_RETURNED = "refund_returned"
        DISPUTE_MOVEMENT = "dispute_movement"
        DISPUTE_LOST = "dispute_lost"
        PAYOUT = "payout"
        PAYOUT_RETURNED = "payout_returned"
        ADJUSTMENT = "adjustment"
        OFFERING = "offering"
        UNIDENTIFIED = "unidentified"
        IDENTIFIED = "identified"
        DEPOSIT = "deposit"
        REVERSAL = "reversal"
        SALE = "sale"
        PLEDGE = "pledge"
        PLEDGE_PAYMENT = "pledge_payment"
        WRITE_OFF = "write_off"
        RELEASE = "release"
        FUND_TRANSFER = "fund_transfer"
        BANK_CHARGE = "bank_charge"
        BANK_INTEREST = "bank_interest"
        ROUNDING = "rounding"
        CONVERSION = "conversion"

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind)
    source = models.CharField(max_length=120)
    happened_at = models.DateTimeField()
    booked_on = models.DateField()
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    line_count = models.PositiveSmallIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            UniqueConstraint(fields=["source"], name="entry_posted_once_per_source"),
            CheckConstraint(condition=Q(line_count__gte=2), name="entry_has_two_lines_or_more"),
        ]
        indexes = [models.Index(fields=["entity", "booked_on", "id"], name="entry_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class Line(models.Model):
    """One side of an entry: debit positive, credit negative. `segment` is a free analysis tag."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="lines")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    segment = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [CheckConstraint(condition=~Q(amount_minor=0), name="line_is_not_zero")]
        indexes = [
            models.Index(
                fields=["account", "fund", "currency"], include=["amount_minor"], name="line_by_account"
            ),
            models.Index(fields=["segment", "currency"], include=["amount_minor"], name="line_by_segment"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"

    @property
    def amount(self) -> money.Money:
        return money.Money(self.amount_minor, self.currency)


class PeriodClose(models.Model):
    """The books of an entity are closed up to and including a day; the checksum proves they stay so.

    A close is never taken away: it is reopened by two people, and then another close may follow.
    """

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="closes")
    through_on = models.DateField()
    checksum = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=200)
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    reopening_approved_by = models.CharField(max_length=200, blank=True, default="", db_default="")
    reopening_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entity", "through_on"],
                condition=Q(reopened_at__isnull=True),
                name="period_closed_once",
            ),
            CheckConstraint(
                condition=Q(
                    reopened_at__isnull=True, reopened_by="", reopening_approved_by="", reopening_reason=""
                )
                | (
                    Q(reopened_at__isnull=False)
                    & ~Q(reopened_by="")
                    & ~Q(reopening_approved_by="")
                    & ~Q(reopening_reason="")
                    & ~Q(reopened_by=F("reopening_approved_by"))
                ),
                name="period_reopened_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} closed through {self.through_on}"

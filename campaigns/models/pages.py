"""The public page to give on: which body receives, in which currencies, the suggested amounts and funds."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint, Value
from django.db.models.functions import Cast
from django.db.models.lookups import Regex

from campaigns.models.campaigns import Campaign
from ledger import money


class GivingPage(models.Model):
    """`has_fee_cover` says whether the form offers to add the card fee; the box itself is never ticked (F24)."""

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="giving_page")
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="giving_pages")
    is_open = models.BooleanField(default=True)
    has_fee_cover = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"giving page {self.pk}"


class PageCurrency(models.Model):
    """A currency that may be given on a page. The smallest gift deters those who test stolen cards (F43)."""

    page = models.ForeignKey(GivingPage, on_delete=models.CASCADE, related_name="currencies")
    currency = models.CharField(max_length=3)
    minimum_minor = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name_plural = "page currencies"
        constraints = [
            UniqueConstraint(fields=["page", "currency"], name="page_currency_listed_once"),
            UniqueConstraint(fields=["page", "position"], name="page_currency_position_taken_once"),
            CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="page_currency_is_three_letters"
            ),
            CheckConstraint(condition=Q(minimum_minor__gt=0), name="page_minimum_is_positive"),
        ]

    def __str__(self) -> str:
        return self.currency

    @property
    def minimum(self) -> money.Money:
        return money.Money(self.minimum_minor, self.currency)


class PresetAmount(models.Model):
    """One suggested amount: round (F09), at most six in a list (F07), at most one chosen beforehand (F10)."""

    class Frequency(models.TextChoices):
        ONCE = "once"
        MONTHLY = "monthly"

    page_currency = models.ForeignKey(PageCurrency, on_delete=models.CASCADE, related_name="presets")
    frequency = models.CharField(max_length=7, choices=Frequency)
    amount_minor = models.BigIntegerField()
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["page_currency", "frequency", "position"], name="preset_position_taken_once"
            ),
            UniqueConstraint(
                fields=["page_currency", "frequency", "amount_minor"], name="preset_amount_listed_once"
            ),
            UniqueConstraint(
                fields=["page_currency", "frequency"],
                condition=Q(is_default=True),
                name="preset_at_most_one_default",
            ),
            # Places one to six, each taken once, are what keeps a list at six amounts.
            CheckConstraint(condition=Q(position__gte=1, position__lte=6), name="preset_at_most_six_amounts"),
            CheckConstraint(condition=Q(frequency__in=["once", "monthly"]), name="preset_frequency_is_known"),
            CheckConstraint(condition=Q(amount_minor__gt=0), name="preset_amount_is_positive"),
            CheckConstraint(
                condition=Regex(Cast("amount_minor", models.TextField()), Value(r"^[0-9]{1,2}0*$")),
                name="preset_amount_is_round",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.frequency} {self.amount_minor}"


class PageFund(models.Model):
    """A fund the giver may choose on a page; the first in order is offered first."""

    page = models.ForeignKey(GivingPage, on_delete=models.CASCADE, related_name="funds")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="page_choices")
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["page", "fund"], name="page_fund_listed_once"),
            UniqueConstraint(fields=["page", "position"], name="page_fund_position_taken_once"),
        ]

    def __str__(self) -> str:
        return f"choice {self.position}"

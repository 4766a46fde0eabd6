"""Issuers: what the receipts of a legal entity stand on. Every receipt freezes what it used."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class Issuer(models.Model):
    """A legal entity as the law of its country knows it. The law follows the entity, never the donor.

    `registered_*` is what the authority has on record, compared with what is printed. `gift_code` is the code of
    Korean law for this body's gifts (41 religious, 40 general). `facsimile_conditions` holds the Canadian conditions
    that a printed signature meets.
    """

    class Law(models.TextChoices):
        UNITED_STATES = "US"
        CANADA = "CA"
        KOREA = "KR"
        UNITED_KINGDOM = "UK"
        AUSTRALIA = "AU"

    class Rhythm(models.TextChoices):
        EACH = "each"
        ANNUAL = "annual"

    entity = models.OneToOneField("ledger.LegalEntity", on_delete=models.PROTECT, related_name="issuer")
    law = models.CharField(max_length=2, choices=Law)
    prefix = models.CharField(max_length=4, blank=True)
    is_tax_exempt = models.BooleanField(default=True)
    is_exclusively_religious = models.BooleanField(default=False)
    registered_name = models.CharField(max_length=200, blank=True)
    registered_address = models.TextField(max_length=600, blank=True)
    place = models.CharField(max_length=80, blank=True)
    legal_basis = models.CharField(max_length=120, blank=True)
    legal_basis_code = models.CharField(max_length=12, blank=True)
    gift_code = models.CharField(max_length=2, blank=True)
    form = models.CharField(max_length=8, blank=True)
    facsimile_conditions = models.JSONField(default=list)
    fiscal_year_end_month = models.PositiveSmallIntegerField(default=12)
    default_rhythm = models.CharField(max_length=6, choices=Rhythm, default=Rhythm.EACH)
    is_open = models.BooleanField(default=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["prefix"], condition=~Q(prefix=""), name="issuer_prefix_belongs_to_one"),
            CheckConstraint(condition=Q(prefix__regex=r"^[A-Z]{0,4}$"), name="issuer_prefix_is_letters"),
            CheckConstraint(
                condition=Q(fiscal_year_end_month__gte=1, fiscal_year_end_month__lte=12),
                name="issuer_fiscal_year_ends_in_a_month",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.law}"


class PriorTotal(models.Model):
    """What an issuer receipted in a year before we issued for it, as its books say (KR-11)."""

    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="prior_totals")
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["issuer", "year", "currency"], name="prior_total_once_per_year"),
            CheckConstraint(condition=Q(total_minor__gte=0), name="prior_total_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.total_minor} {self.currency}"


class FigureConfirmation(models.Model):
    """An accountant's word that a figure of the law is right for a year. Only ever added."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="confirmations")
    figure = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    confirmed_by = models.CharField(max_length=120)
    entered_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    confirmed_on = models.DateField()
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["issuer", "figure", "year"], name="figure_confirmed_once_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.year}"

"""Journals for accountants: what our accounts are called over there, and what was handed over already."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class Target(models.TextChoices):
    GENERIC = "generic"
    QUICKBOOKS_ONLINE = "qbo"
    QUICKBOOKS_DESKTOP = "iif"
    XERO = "xero"
    SAGE_50 = "sage50"
    INTACCT = "intacct"
    CIVICRM = "civicrm"
    BEANCOUNT = "beancount"


class AccountMap(models.Model):
    """What an account is called by an accountant's program; a row with a fund wins over the one without."""

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="account_maps")
    target = models.CharField(max_length=10, choices=Target)
    account = models.ForeignKey("ledger.Account", on_delete=models.PROTECT, related_name="+")
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=120, blank=True)
    class_name = models.CharField(max_length=120, blank=True)
    location = models.CharField(max_length=120, blank=True)
    tax = models.CharField(max_length=60, blank=True)
    changed_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["entity", "target", "account", "fund"],
                name="account_map_once",
                nulls_distinct=False,
            ),
            CheckConstraint(condition=~Q(code=""), name="account_map_has_a_code"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.account_id} {self.code}"


class JournalExport(models.Model):
    """Entries handed over once. `map_used` freezes the names, so that the same bytes can be made again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="journal_exports")
    target = models.CharField(max_length=10, choices=Target)
    number = models.PositiveIntegerField()
    booked_from = models.DateField()
    booked_to = models.DateField()
    grouping = models.CharField(max_length=7)
    with_names = models.BooleanField(default=False)
    map_used = models.JSONField(default=dict)
    format_version = models.PositiveSmallIntegerField(default=1)
    entry_count = models.PositiveIntegerField()
    line_count = models.PositiveIntegerField()
    sums = models.JSONField(default=dict)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.BigIntegerField()
    exported_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    exported_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "target", "number"], name="journal_export_number_once"),
            CheckConstraint(condition=Q(booked_to__gte=F("booked_from")), name="journal_export_runs_forward"),
            CheckConstraint(
                condition=Q(grouping__in=["entry", "day", "payout"]),
                name="journal_export_groups_by_a_known_unit",
            ),
            CheckConstraint(
                condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"), name="journal_export_hash_is_hexadecimal"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.number}"


class ExportedEntry(models.Model):
    """An entry went out to one target, once (B20).

    What was known of it on that day and may change later is kept: the payout that carried it, its giver's id (a gift
    can be corrected to another giver) and what its currency was worth. So the same bytes can be made again.
    """

    export = models.ForeignKey(JournalExport, on_delete=models.PROTECT, related_name="entries")
    target = models.CharField(max_length=10, choices=Target)
    entry = models.ForeignKey("ledger.Entry", on_delete=models.PROTECT, related_name="+")
    payout_ref = models.CharField(max_length=80, blank=True, default="", db_default="")
    counterparty = models.UUIDField(null=True)
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)

    class Meta:
        verbose_name_plural = "exported entries"
        constraints = [UniqueConstraint(fields=["target", "entry"], name="entry_exported_once_per_target")]

    def __str__(self) -> str:
        return f"{self.target} {self.entry_id}"

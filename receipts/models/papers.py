"""Receipts: numbered without gaps, frozen when issued, corrected only by new rows."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ledger.money import Money


class Series(models.Model):
    """A row of numbers of one entity and tax year. The counter is taken in the transaction that uses the number."""

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=4, blank=True, db_default="")
    next_number = models.PositiveIntegerField(default=1)
    last_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "series"
        constraints = [UniqueConstraint(fields=["entity", "year"], name="series_once_per_entity_and_year")]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.year}"


class SpoiledNumber(models.Model):
    """A number that will never stand on a receipt, because a lost paper may bear it. Only ever added."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="spoiled")
    number = models.PositiveIntegerField()
    words = models.CharField(max_length=200)
    spoiled_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["series", "number"], name="spoiled_number_once_per_series")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.number}"


class Receipt(models.Model):
    """One numbered receipt: a frozen snapshot, chained to the one before it. Only ever added.

    `currency`, `total_minor` and `eligible_minor` are those of its first total; a receipt over gifts in several
    currencies has one `ReceiptTotal` for each and never a mixed sum. Things without a value count nothing.
    """

    class Kind(models.TextChoices):
        SINGLE = "single"
        ANNUAL = "annual"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    serial = models.CharField(max_length=30)
    donor = models.ForeignKey("donors.Donor", on_delete=models.PROTECT, related_name="receipts")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.SINGLE, db_default="single")
    tax_year = models.PositiveSmallIntegerField()
    law = models.CharField(max_length=2)
    rules_version = models.CharField(max_length=20)
    run = models.ForeignKey(
        "receipts.AnnualRun", on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    eligible_minor = models.BigIntegerField()
    snapshot = models.TextField()
    snapshot_sha256 = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_on = models.DateField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["series", "number"], name="receipt_number_once_per_series"),
            CheckConstraint(condition=Q(number__gte=1), name="receipt_number_starts_at_one"),
            CheckConstraint(condition=Q(total_minor__gte=0), name="receipt_total_is_not_negative"),
            CheckConstraint(
                condition=Q(eligible_minor__gte=0, eligible_minor__lte=F("total_minor")),
                name="receipt_eligible_within_total",
            ),
            CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="receipt_not_its_own_replacement",
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="receipt_by_time"),
            models.Index(fields=["donor", "-issued_at"], name="receipt_by_donor"),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class ReceiptTotal(models.Model):
    """What a receipt is for in one currency: what we hold, and what of it the law lets the giver claim."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="totals")
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    eligible_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["receipt", "currency"], name="receipt_total_once_per_currency"),
            CheckConstraint(
                condition=Q(total_minor__gte=0, eligible_minor__gte=0, eligible_minor__lte=F("total_minor")),
                name="receipt_total_holds_its_eligible_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total_minor} {self.currency}"

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class ReceiptLine(models.Model):
    """One donation on a receipt, with what of it was already given back when the receipt was issued.

    `amount_minor` is what the receipt says; of a thing without a printed value it is what the books say, and
    `is_valued` is false. `facts_hash` is the SHA-256 of everything the receipt says about the gift: when the gift's
    facts no longer hash to it, the paper is no longer true.
    """

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="lines")
    donation = models.ForeignKey("donations.Donation", on_delete=models.PROTECT, related_name="receipt_lines")
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    is_valued = models.BooleanField(default=True, db_default=True)
    facts_hash = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["receipt", "donation"], name="receipt_line_once_per_donation"),
            CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lt=F("amount_minor")),
                name="receipt_line_refund_below_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.donation_id}"


class Coverage(models.Model):
    """Which valid receipt covers a donation now: at most one. Moves with voids and replacements."""

    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="coverage")
    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="covers")

    def __str__(self) -> str:
        return f"{self.donation_id} on {self.receipt_id}"


class Exclusion(models.Model):
    """A donation that gets no receipt, and why: by the law (its reason codes) or by a person's word."""

    class Reason(models.TextChoices):
        REFUNDED = "refunded"
        DISPUTE_LOST = "dispute_lost"
        SPONSOR_IS_DONOR = "daf"
        SERVICES = "services"
        PLEDGE = "pledge"
        PURCHASE = "purchase"
        VEHICLE = "vehicle_1098c"
        NOT_TAX_EXEMPT = "not_501c3"
        NOT_REGISTERED = "not_registered"
        NOT_DESIGNATED = "entity_not_designated"
        ADVANTAGE_TOO_LARGE = "advantage_over_80pct"
        IN_HOMETAX = "already_in_hometax"
        NO_PAPER_IN_THIS_LAW = "no_receipt_in_law"
        UNKNOWN_GIVER = "unknown_giver"
        BY_STAFF = "by_staff"

    donation = models.OneToOneField("donations.Donation", on_delete=models.PROTECT, related_name="exclusion")
    reason = models.CharField(max_length=30, choices=Reason)
    words = models.CharField(max_length=200, blank=True, db_default="")
    decided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class Obstacle(models.Model):
    """What keeps a gift from its receipt until a person mends it: no address, a benefit of unknown value."""

    donation = models.OneToOneField("donations.Donation", on_delete=models.CASCADE, related_name="obstacle")
    code = models.CharField(max_length=30)
    words = models.CharField(max_length=300)
    noticed_at = models.DateTimeField()
    try_after = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.donation_id} {self.code}"


class Voiding(models.Model):
    """A receipt that no longer stands. Its number and bytes stay. Only ever added."""

    class Reason(models.TextChoices):
        REFUNDED = "refunded"
        REFUND_RETURNED = "refund_returned"
        DISPUTE_LOST = "dispute_lost"
        CORRECTED = "corrected"
        IN_ERROR = "in_error"

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="voiding")
    reason = models.CharField(max_length=20, choices=Reason)
    words = models.CharField(max_length=200, blank=True, db_default="")
    voided_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField()
    voided_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.reason}"


class SealKey(models.Model):
    """A public key that ever sealed a receipt: kept for as long as there are papers. Only ever added."""

    id = models.CharField(primary_key=True, max_length=16)
    public_key = models.BinaryField(max_length=32)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.id


class SigningCertificate(models.Model):
    """A certificate that ever signed a file, by the SHA-256 of its bytes. Only ever added."""

    fingerprint = models.CharField(primary_key=True, max_length=64)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    pem = models.TextField(max_length=20_000)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.fingerprint


class Seal(models.Model):
    """The signature over a receipt's snapshot that its paper carries in the QR code. Only ever added."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="seal")
    key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="+")
    signature = models.BinaryField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"seal of {self.receipt_id}"


class Rendering(models.Model):
    """The finished file of a receipt: rendered once, kept by its hash. Only ever added."""

    receipt = models.OneToOneField(Receipt, on_delete=models.PROTECT, related_name="rendering")
    document = models.OneToOneField("paper.Document", on_delete=models.PROTECT, related_name="+")
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.receipt_id}"


class RenderingTrouble(models.Model):
    """A receipt whose file could not be made (a name with letters no font has): a person must look."""

    receipt = models.OneToOneField(Receipt, on_delete=models.CASCADE, related_name="trouble")
    words = models.CharField(max_length=300)
    attempts = models.PositiveSmallIntegerField(default=1)
    try_after = models.DateTimeField()

    def __str__(self) -> str:
        return self.words

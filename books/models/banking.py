"""What the bank and the processors' own report files say: a second witness beside our books."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint


class Statement(models.Model):
    """One file of a bank, read once. `rejects` names the rows that could not be read: row, column, reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    bank_account = models.ForeignKey(
        "payments.BankAccount", on_delete=models.PROTECT, related_name="statements"
    )
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=8)
    row_count = models.PositiveIntegerField()
    new_count = models.PositiveIntegerField()
    known_count = models.PositiveIntegerField()
    skipped_count = models.PositiveIntegerField(default=0)
    rejects = models.JSONField(default=list)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    imported_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["bank_account", "file_sha256"], name="statement_read_once"),
            CheckConstraint(
                condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"), name="statement_hash_is_hexadecimal"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class StatementDraft(models.Model):
    """A file on its way in: uploaded, read into staging, looked at, and then taken in as a Statement with its id.

    `summary` holds counts, sums and reasons, never words of a payer; those lie in StagedLine until it is over.
    """

    class Status(models.TextChoices):
        UPLOADED = "uploaded"
        READING = "reading"
        READ = "read"
        REFUSED = "refused"
        TAKING_IN = "taking_in"
        TAKEN_IN = "taken_in"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    bank_account = models.ForeignKey("payments.BankAccount", on_delete=models.PROTECT, related_name="drafts")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    byte_count = models.PositiveBigIntegerField()
    mapping = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.UPLOADED)
    refusal = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status__in=["uploaded", "dropped", "refused"]) | Q(job__isnull=False),
                name="statement_draft_at_work_has_a_job",
            ),
            CheckConstraint(
                condition=~Q(status="refused") | ~Q(refusal={}), name="statement_draft_refused_for_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="statement_draft_by_age")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.status}"


class StagedLine(models.Model):
    """One row of a file as it was read, or why it could not be. For a day only; the table is not logged."""

    draft = models.ForeignKey(
        StatementDraft,
        on_delete=models.DO_NOTHING,
        related_name="staged",
        db_constraint=False,
        db_index=False,
    )
    position = models.PositiveIntegerField()
    booked_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    payer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    bank_ref = models.CharField(max_length=80, blank=True)
    checksum = models.CharField(max_length=64, blank=True)
    column = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=20, blank=True)
    original = models.TextField(max_length=4000, blank=True)

    class Meta:
        indexes = [models.Index(fields=["draft", "position"], name="staged_line_of_a_draft")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.position}"


class PayerMark(models.Model):
    """Who a payer turned out to be, without the payer's name: a keyed mark of it that only suggests.

    The key is derived from the installation's secret, so a copy of the tables alone tells no name. Losing the key
    loses suggestions and nothing else. It goes with its donor.
    """

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=64)
    donor = models.ForeignKey("donors.Donor", on_delete=models.CASCADE, related_name="payer_marks")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "mark", "donor"], name="payer_mark_once_for_a_giver")
        ]

    def __str__(self) -> str:
        return f"{self.mark[:8]} {self.donor_id}"


class BankLine(models.Model):
    """One line of a bank account. `checksum` keeps a line from coming twice, also after its words are blanked (B15).

    `occurrence` counts lines of one day that say the same: the second cup of coffee is another cup.
    """

    class State(models.TextChoices):
        NEW = "new"
        NO_MATCH = "no_match"
        MATCHED = "matched"
        DISCARDED = "discarded"

    # Whose line it is is asked of all lines of a file at once, by a trigger (`bank_line_is_of_its_statement`).
    statement = models.ForeignKey(
        Statement, on_delete=models.PROTECT, related_name="lines", db_constraint=False, db_index=False
    )
    bank_account = models.ForeignKey(
        "payments.BankAccount",
        on_delete=models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
    )
    position = models.PositiveIntegerField()
    booked_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    payer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    bank_ref = models.CharField(max_length=80, blank=True)
    checksum = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.NEW)
    reason = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            UniqueConstraint(fields=["bank_account", "checksum"], name="bank_line_comes_once"),
            UniqueConstraint(fields=["statement", "position"], name="bank_line_once_per_position"),
            CheckConstraint(condition=~Q(amount_minor=0), name="bank_line_is_not_zero"),
            CheckConstraint(
                condition=Q(state__in=["new", "no_match"], settled_at__isnull=True)
                | Q(state__in=["matched", "discarded"], settled_at__isnull=False),
                name="bank_line_settled_at_only_when_settled",
            ),
            CheckConstraint(
                condition=~Q(state="matched") | Q(payer="", reference=""),
                name="bank_line_forgets_its_words_when_matched",
            ),
            CheckConstraint(
                condition=~Q(state="discarded") | ~Q(reason=""), name="bank_line_discarded_for_a_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["bank_account", "booked_on", "id"],
                name="bank_line_open",
                condition=Q(state__in=["new", "no_match"]),
            ),
            models.Index(fields=["bank_account", "-booked_on", "-id"], name="bank_line_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount_minor} {self.currency}"


class BankMatch(models.Model):
    """What a line of the bank is: a payout, a deposit of a batch, a gift by transfer, a charge. Only ever added.

    The matches of a line sum to it. A wrong match is undone by another row (`undoes`) with the amount reversed. A batch
    that was put right after its deposit was seen has a second match over the difference, when the bank corrects it too.
    """

    class Kind(models.TextChoices):
        PAYOUT = "payout"
        PAYOUT_RETURNED = "payout_returned"
        DEPOSIT = "deposit"
        SALE = "sale"
        GIFT = "gift"
        RETURNED = "returned"
        CHARGE = "charge"
        INTEREST = "interest"
        OTHER = "other"

    line = models.ForeignKey(BankLine, on_delete=models.PROTECT, related_name="matches")
    kind = models.CharField(max_length=15, choices=Kind)
    payout = models.ForeignKey(
        "payments.Payout", on_delete=models.PROTECT, null=True, related_name="bank_matches"
    )
    batch = models.ForeignKey(
        "donations.Batch", on_delete=models.PROTECT, null=True, related_name="bank_matches"
    )
    donation = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="bank_matches"
    )
    amount_minor = models.BigIntegerField()
    score = models.PositiveSmallIntegerField()
    is_automatic = models.BooleanField()
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undoing")
    reason = models.CharField(max_length=200, blank=True)
    matched_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, null=True, related_name="+")
    matched_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(amount_minor=0), name="bank_match_is_not_zero"),
            CheckConstraint(condition=Q(score__lte=100), name="bank_match_score_up_to_100"),
            CheckConstraint(
                condition=Q(
                    kind__in=["payout", "payout_returned"],
                    payout__isnull=False,
                    batch__isnull=True,
                    donation__isnull=True,
                )
                | Q(kind="deposit", payout__isnull=True, batch__isnull=False, donation__isnull=True)
                | Q(
                    kind__in=["gift", "returned", "sale"],
                    payout__isnull=True,
                    batch__isnull=True,
                    donation__isnull=False,
                )
                | Q(
                    kind__in=["charge", "interest", "other"],
                    payout__isnull=True,
                    batch__isnull=True,
                    donation__isnull=True,
                ),
                name="bank_match_names_what_it_is",
            ),
            CheckConstraint(
                condition=Q(is_automatic=True) | Q(matched_by__isnull=False),
                name="bank_match_by_somebody_or_by_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.kind}"


class ProcessorReport(models.Model):
    """A report file of a processor or another donation system, read once and compared with our books.

    `ties` holds the sums the file must meet by itself: what a payout or a footer says beside the sum of the rows.
    """

    class Source(models.TextChoices):
        STRIPE = "stripe"
        PAYPAL = "paypal"
        DONORBOX = "donorbox"
        CHARIOT = "chariot"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=8, choices=Source)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    row_count = models.PositiveIntegerField()
    skipped_count = models.PositiveIntegerField(default=0)
    rejects = models.JSONField(default=list)
    ties = models.JSONField(default=list)
    imported_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "source", "file_sha256"], name="processor_report_read_once"),
            CheckConstraint(
                condition=Q(file_sha256__regex=r"^[0-9a-f]{64}$"),
                name="processor_report_hash_is_hexadecimal",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ProcessorReportRow(models.Model):
    """One row of such a file, with what it turned out to be. Its identity is the processor's own id.

    `settled_*` and `rate` keep what a conversion made of it; `books_*` what our books had when it was read. `words` are
    the columns nobody asked for, and never those that name a person.
    """

    class Verdict(models.TextChoices):
        AGREES = "agrees"
        DIFFERS = "differs"
        MISSING = "missing"
        GIFT = "gift"
        UNKNOWN = "unknown"
        FEE = "fee"
        CONVERSION = "conversion"
        REFUND = "refund"
        DISPUTE = "dispute"
        PAYOUT = "payout"
        ROUNDING = "rounding"
        SKIPPED = "skipped"

    report = models.ForeignKey(ProcessorReport, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    gross_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    happened_at = models.DateTimeField()
    source_ref = models.CharField(max_length=80, blank=True)
    payout_ref = models.CharField(max_length=80, blank=True)
    settled_minor = models.BigIntegerField(null=True)
    settled_currency = models.CharField(max_length=3, blank=True)
    rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    books_gross_minor = models.BigIntegerField(null=True)
    books_fee_minor = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict)
    reason = models.CharField(max_length=300, blank=True)
    donation = models.ForeignKey(
        "donations.Donation", on_delete=models.PROTECT, null=True, related_name="report_rows"
    )
    words = models.JSONField(default=dict)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["report", "position"], name="report_row_once_per_position"),
            CheckConstraint(
                condition=Q(settled_minor__isnull=True, settled_currency="")
                | (Q(settled_minor__isnull=False) & ~Q(settled_currency="")),
                name="report_row_settled_in_a_currency",
            ),
        ]
        indexes = [models.Index(fields=["ref"], name="report_row_by_ref")]

    def __str__(self) -> str:
        return f"{self.ref} {self.verdict}"

"""What the processor told us: notices that wait to be settled, lines of its balance, payouts."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class ProcessorEvent(models.Model):
    """A notice of the processor, kept once. It only says which object to fetch; no personal words are kept."""

    class Status(models.TextChoices):
        RECEIVED = "received"
        SETTLED = "settled"
        IGNORED = "ignored"
        PARKED = "parked"

    ref = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    object_ref = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    api_version = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    settle_after = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status="received", settled_at__isnull=True)
                | (~Q(status="received") & Q(settled_at__isnull=False)),
                name="event_settled_at_only_when_dealt_with",
            )
        ]
        indexes = [
            models.Index(fields=["settle_after", "id"], name="event_waiting", condition=Q(status="received")),
            models.Index(fields=["object_ref"], name="event_by_object"),
            # How the last payments went: asked for at each press of the giving form.
            models.Index(
                fields=["received_at"],
                name="event_payment_outcome",
                condition=Q(kind__in=["charge.failed", "charge.succeeded"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_ref}"


class BalanceTransaction(models.Model):
    """One line of the processor's balance. Only ever added."""

    ref = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=60)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source_ref = models.CharField(max_length=80, blank=True)
    exchange_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    created_at = models.DateTimeField()
    available_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(net_minor=F("amount_minor") - F("fee_minor")),
                name="balance_line_net_is_amount_less_fee",
            )
        ]
        indexes = [models.Index(fields=["source_ref"], name="balance_line_by_source")]

    def __str__(self) -> str:
        return f"{self.kind} {self.net_minor} {self.currency}"


class Payout(models.Model):
    """A transfer of a processor to our bank, whose lines sum to it. Only ever added.

    What a payout made by hand, or one of a processor that only sends files, holds is not told: it has no lines.
    """

    class Processor(models.TextChoices):
        STRIPE = "stripe"
        PAYPAL = "paypal"
        CHARIOT = "chariot"

    ref = models.CharField(max_length=80, unique=True)
    processor = models.CharField(
        max_length=8, choices=Processor, default=Processor.STRIPE, db_default="stripe"
    )
    is_by_hand = models.BooleanField(default=False, db_default=False)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    arrives_on = models.DateField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.ref


class PayoutLine(models.Model):
    """Which line of the balance a payout carried; a line is carried once."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    balance_transaction = models.OneToOneField(
        BalanceTransaction, on_delete=models.PROTECT, related_name="payout_line"
    )

    def __str__(self) -> str:
        return f"{self.payout_id} {self.balance_transaction_id}"


class PayoutFailure(models.Model):
    """A payout that came back, even after it was said to be paid. Only ever added."""

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="failure")
    balance_ref = models.CharField(max_length=80, unique=True)
    failed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["payout"], name="payout_fails_once")]

    def __str__(self) -> str:
        return f"{self.payout_id} failed"


class PayoutTrouble(models.Model):
    """A payout the books could not take, with what was found, until they can. It says how things stand: no fact."""

    class Code(models.TextChoices):
        BY_HAND = "by_hand"
        LINES = "lines"
        BOOKS = "books"
        BODIES = "bodies"
        NOBODY = "nobody"
        GENERAL = "general"
        RETURNED = "returned"

    ref = models.CharField(max_length=80, unique=True)
    code = models.CharField(max_length=8, choices=Code)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lines_minor = models.BigIntegerField(null=True)
    books_minor = models.BigIntegerField(null=True)
    unexplained = models.JSONField(default=list)
    words = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    arrives_on = models.DateField()
    seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["seen_at"], name="payout_trouble_open", condition=Q(mended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.code}"


class BankAccount(models.Model):
    """An account at a bank where deposits arrive. `mapping` says how that bank's files are read, saved for next time.

    Only the last digits of its number are kept: nobody can draw on what is not here.
    """

    class Format(models.TextChoices):
        CSV = "csv"
        CAMT = "camt053"
        MT940 = "mt940"

    entity = models.ForeignKey("ledger.LegalEntity", on_delete=models.PROTECT, related_name="bank_accounts")
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    last4 = models.CharField(max_length=4, blank=True)
    format = models.CharField(max_length=8, choices=Format, default=Format.CSV)
    mapping = models.JSONField(default=dict)
    is_open = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["entity", "name"], name="bank_account_name_once"),
            CheckConstraint(
                condition=Q(last4="") | Q(last4__regex=r"^[0-9A-Z]{2,4}$"),
                name="bank_account_shows_last_digits",
            ),
        ]

    def __str__(self) -> str:
        return self.name

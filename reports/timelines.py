"""The history of one donation: what happened to it, in the order it happened, and its lines in the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from donations.models import Donation, RefundRequest
from donors.models import Attachment
from ledger.models import Entry
from ledger.money import Money
from payments.models import BalanceTransaction, PayoutLine
from receipts.models import Receipt


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `kind` names it for the words on the page; the rest fills them in."""

    at: datetime
    kind: str
    amount: Money | None = None
    ref: str = ""
    words: str = ""


SOURCES = ("charge", "balance", "refund", "refund_failure", "dispute", "dispute_lost")
"""What stands before the colon in `Entry.source` for entries that belong to a donation."""


def of(*, donation: Donation) -> list[Moment]:
    """This function will return all moments of a donation, oldest first."""
    moments = [
        *_giving(donation),
        *_refunds(donation),
        *_disputes(donation),
        *_receipts(donation),
        *_payouts(donation),
    ]
    # The processor tells whole seconds: within one, the order in which things follow from each other counts.
    return sorted(moments, key=lambda moment: moment.at.replace(microsecond=0))


def _giving(donation: Donation) -> Iterator[Moment]:
    checkout = donation.checkout
    if checkout is not None:
        yield Moment(checkout.began_at, "begun", checkout.amount)
    yield from _failures(donation)
    yield Moment(donation.given_at, "paid", donation.amount, donation.processor_ref or "")
    yield Moment(donation.recorded_at, "recorded")


def _failures(donation: Donation) -> Iterator[Moment]:
    """The attempts that failed since the plan's gift before this one: they led here, and no money moved."""
    if donation.plan is None:
        return
    before = (
        donation.plan.donations.filter(given_at__lt=donation.given_at).order_by("-given_at", "-id").first()
    )
    failures = donation.plan.failures.filter(failed_at__lt=donation.given_at).order_by("failed_at", "id")
    if before is not None:
        failures = failures.filter(failed_at__gt=before.given_at)
    for failure in failures:
        amount = Money(failure.amount_minor, failure.currency)
        yield Moment(failure.failed_at, "collection_failed", amount, failure.invoice_ref, failure.code)


def _refunds(donation: Donation) -> Iterator[Moment]:
    requests = RefundRequest.objects.filter(donation=donation).select_related("requested_by")
    for request in requests.order_by("requested_at", "id"):
        yield Moment(
            request.requested_at,
            "refund_requested",
            request.amount,
            words=f"{request.requested_by.name}: {request.reason}",
        )
        if request.ended_at and request.status in {RefundRequest.Status.REFUSED, RefundRequest.Status.FAILED}:
            yield Moment(request.ended_at, f"refund_{request.status}", request.amount, words=request.answer)
    for refund in donation.refunds.select_related("failure").order_by("refunded_at", "id"):
        amount = Money(refund.amount_minor, donation.currency)
        yield Moment(refund.refunded_at, "refunded", amount, refund.processor_ref)
        failure = getattr(refund, "failure", None)
        if failure is not None:
            yield Moment(failure.failed_at, "refund_returned", amount, refund.processor_ref)


def _disputes(donation: Donation) -> Iterator[Moment]:
    for dispute in (
        donation.disputes.select_related("closing").prefetch_related("movements").order_by("opened_at", "id")
    ):
        amount = Money(dispute.amount_minor, donation.currency)
        yield Moment(dispute.opened_at, "disputed", amount, dispute.processor_ref, dispute.reason)
        for movement in dispute.movements.all():
            moved = Money(movement.amount_minor, movement.currency)
            yield Moment(movement.moved_at, "dispute_moved", moved, movement.balance_ref)
        closing = getattr(dispute, "closing", None)
        if closing is not None:
            yield Moment(closing.closed_at, f"dispute_{closing.outcome}", amount, dispute.processor_ref)


def _receipts(donation: Donation) -> Iterator[Moment]:
    receipts = Receipt.objects.filter(lines__donation=donation).select_related("rendering", "voiding")
    documents = []
    for receipt in receipts.order_by("issued_at", "id"):
        yield Moment(receipt.issued_at, "receipt_issued", receipt.total, receipt.serial)
        rendering, voiding = getattr(receipt, "rendering", None), getattr(receipt, "voiding", None)
        if rendering is not None:
            yield Moment(rendering.rendered_at, "receipt_rendered", ref=receipt.serial)
            documents.append(rendering.document_id)
        if voiding is not None:
            yield Moment(voiding.voided_at, "receipt_voided", ref=receipt.serial, words=voiding.reason)
    for attachment in (
        Attachment.objects.filter(document_id__in=documents).select_related("message").order_by("id")
    ):
        message = attachment.message
        if message.sent_at:
            yield Moment(message.sent_at, "mail_sent", ref=attachment.filename)
        elif message.status == message.Status.REFUSED:
            yield Moment(message.send_after, "mail_refused", ref=attachment.filename, words=message.error)
        else:
            yield Moment(message.queued_at, "mail_waiting", ref=attachment.filename)


def _payouts(donation: Donation) -> Iterator[Moment]:
    lines = PayoutLine.objects.filter(balance_transaction__source_ref=donation.processor_ref)
    for line in lines.select_related("payout").order_by("id"):
        payout = line.payout
        yield Moment(payout.created_at, "paid_out", Money(payout.amount_minor, payout.currency), payout.ref)


def entries(*, donation: Donation) -> list[Entry]:
    """This function will return every entry of the books that belongs to a donation, with its lines."""
    facts = [donation.processor_ref or ""]
    facts += donation.refunds.values_list("processor_ref", flat=True)
    facts += donation.disputes.values_list("processor_ref", flat=True)
    balance = BalanceTransaction.objects.filter(source_ref__in=facts).values_list("ref", flat=True)
    refs = [*facts, *balance]
    sources = [f"{source}:{ref}" for source in SOURCES for ref in refs]
    return list(
        Entry.objects.filter(source__in=sources)
        .prefetch_related("lines__account", "lines__fund")
        .order_by("booked_on", "id")
    )

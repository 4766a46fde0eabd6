"""The history of one donation: what happened to it, in the order it happened, and its lines in the books."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from donations import alerting, pausing, splitting
from donations.models import Dispute, Donation, RefundRequest
from donors.models import Message
from ledger.models import Entry
from ledger.money import Money
from payments import pointing
from payments.models import BalanceTransaction
from receipts.models import Receipt
from reports import movements
from reports.movements import Movement


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. `kind` names it for the words on the page; the rest fills them in.

    `target` says what it is made of: ("entry", number), ("receipt", id), ("payout", id), ("proposal", id),
    ("elsewhere", address) or nothing.
    """

    at: datetime
    kind: str
    amount: Money | None = None
    ref: str = ""
    words: str = ""
    target: tuple[str, object] | None = None
    code: str = ""
    """A key of the page's `table` of words: a status, a kind of message, a reason."""
    table: str = ""


SOURCES = (
    "charge",
    "balance",
    "refund",
    "refund_failure",
    "dispute",
    "dispute_lost",
    "dispute_appeal",
    "exchange",
    "identified",
    "unidentified",
)
"""What stands before the colon in `Entry.source` for entries that belong to a donation."""
Status = RefundRequest.Status


class _Story:
    """Everything about one donation, read once; `entry` finds what a thing was booked as."""

    def __init__(self, donation: Donation, entries: Sequence[Entry]) -> None:
        self.donation = donation
        self.booked = {entry.source: entry.pk for entry in entries}
        self.requests = list(
            donation.refund_requests.select_related("requested_by", "decided_by").order_by(
                "requested_at", "id"
            )
        )
        self.refunds = list(
            donation.refunds.select_related("failure", "request", "reversal__reversed_by")
            .prefetch_related("parts__fund")
            .order_by("refunded_at", "id")
        )
        self.disputes = list(
            donation.disputes.select_related("closing")
            .prefetch_related("movements", "steps")
            .order_by("opened_at", "id")
        )
        self.warnings = list(donation.fraud_warnings.order_by("warned_at", "id"))
        self.reviews = list(donation.reviews.select_related("closing").order_by("opened_at", "id"))
        self.receipts = list(
            Receipt.objects.filter(lines__donation=donation)
            .select_related("rendering", "voiding", "replaces")
            .order_by("issued_at", "id")
        )

    def entry(self, source: str) -> tuple[str, object] | None:
        found = self.booked.get(source)
        return None if found is None else ("entry", found)


def of(
    *, donation: Donation, entries: Sequence[Entry], moved: Sequence[Movement] | None = None
) -> list[Moment]:
    """All that happened to a donation; `entries` are its own in the books, `moved` its movements if they are known.

    This function will return the moments, oldest first.
    """
    story = _Story(donation, entries)
    moments = [
        *_giving(story),
        *_told_later(donation, story),
        *_fees(story, entries),
        *_requests(story),
        *_refunds(story),
        *_disputes(story),
        *_doubts(story),
        *_receipts(story),
        *_messages(story),
        *_payouts(movements.of(donation=donation) if moved is None else moved),
    ]
    # The processor tells whole seconds: within one, the order in which things follow from each other counts.
    return sorted(moments, key=lambda moment: moment.at.replace(microsecond=0))


def _giving(story: _Story) -> Iterator[Moment]:
    donation, checkout = story.donation, story.donation.checkout
    if donation.rail == Donation.Rail.DESK:
        booked = story.entry(f"hand:{donation.pk}")
        yield Moment(donation.given_at, "given", donation.amount, code=donation.date_rule, table="date_rule")
        yield Moment(donation.recorded_at, "entered", donation.amount, target=booked)
        return
    ref = donation.processor_ref or ""
    if checkout is not None:
        yield Moment(checkout.began_at, "begun", checkout.amount)
        # A monthly gift's form was ended by its first month; that says nothing about this one.
        if checkout.ended_at is not None and donation.plan_id is None:
            yield Moment(checkout.ended_at, "form_ended", code=checkout.status, table="checkout")
    yield from _failures(donation)
    yield Moment(donation.given_at, "paid", donation.amount, ref, target=("elsewhere", pointing.page_of(ref)))
    yield Moment(donation.recorded_at, "recorded", donation.amount, target=story.entry(f"charge:{ref}"))


def _told_later(donation: Donation, story: _Story) -> Iterator[Moment]:
    """What people here said about the gift afterwards: corrections, returns, thanks to others."""
    for row in donation.corrections.select_related("corrected_by").order_by("corrected_at", "id"):
        booked = story.entry(f"restated:{row.pk}")
        yield Moment(
            row.corrected_at, "corrected", words=f"{row.corrected_by.name}: {row.reason}", target=booked
        )
    for benefit in donation.benefits.order_by("id"):
        kind = "benefit_added" if benefit.withdraws_id is None else "benefit_withdrawn"
        value = benefit.fair_value_minor
        amount = None if value is None else Money(value, donation.currency)
        yield Moment(benefit.entered_at, kind, amount, words=benefit.description)
    for credit in donation.soft_credits.select_related("donor").order_by("id"):
        amount = Money(credit.amount_minor, donation.currency)
        yield Moment(credit.entered_at, "credited", amount, words=credit.donor.name)


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


def _fees(story: _Story, entries: Sequence[Entry]) -> Iterator[Moment]:
    """The fee of the charge and whatever else the balance said, each as it stands in the books."""
    for entry in entries:
        if entry.kind != Entry.Kind.PROCESSOR_FEE:
            continue
        fees = [line for line in entry.lines.all() if line.account.code in {"5100", "5150"}]
        if fees:
            amount = Money(sum(line.amount_minor for line in fees), fees[0].currency)
            yield Moment(entry.happened_at, "fee", amount, target=("entry", entry.pk))


_ENDS = {
    Status.DECLINED: "refund_declined",
    Status.WITHDRAWN: "refund_withdrawn",
    Status.EXPIRED: "refund_expired",
    Status.REFUSED: "refund_refused",
    Status.FAILED: "refund_failed",
}


def _requests(story: _Story) -> Iterator[Moment]:
    for request in story.requests:
        target, amount = ("proposal", request.pk), request.amount
        decided_by = request.decided_by.name if request.decided_by else ""
        was_proposed = bool(request.decided_at) or request.status in {
            Status.PROPOSED,
            Status.WITHDRAWN,
            Status.EXPIRED,
        }
        kind = "refund_proposed" if was_proposed else "refund_requested"
        said = f"{request.requested_by.name}: {request.reason}"
        yield Moment(request.requested_at, kind, amount, words=said, target=target)
        if request.decided_at and request.status != Status.DECLINED:
            yield Moment(request.decided_at, "refund_approved", amount, words=decided_by, target=target)
        ended = _ENDS.get(Status(request.status))
        if ended and request.ended_at:
            words = f"{decided_by}: {request.answer}" if ended == "refund_declined" else request.answer
            yield Moment(request.ended_at, ended, amount, words=words, target=target)


def _refunds(story: _Story) -> Iterator[Moment]:
    currency = story.donation.currency
    for refund in story.refunds:
        amount, ref = Money(refund.amount_minor, currency), refund.processor_ref
        parts = list(refund.parts.all())
        told = ", ".join(
            f"{part.fund.code} {Money(part.amount_minor, currency).plain}" for part in parts if len(parts) > 1
        )
        booked = story.entry(f"refund:{ref}")
        reversal = getattr(refund, "reversal", None)
        if reversal is not None:
            words = f"{reversal.reversed_by.name}: {reversal.reason}"
            kind = f"reversed_{reversal.kind}"
            yield Moment(reversal.recorded_at, kind, amount, words=words, target=booked)
            continue
        yield Moment(refund.refunded_at, "refunded", amount, ref, told, target=booked)
        failure = getattr(refund, "failure", None)
        if failure is not None:
            back = story.entry(f"refund_failure:{ref}")
            yield Moment(failure.failed_at, "refund_returned", amount, ref, told, target=back)


def _disputes(story: _Story) -> Iterator[Moment]:
    for dispute in story.disputes:
        amount, ref = Money(dispute.amount_minor, story.donation.currency), dispute.processor_ref
        page = ("elsewhere", pointing.page_of(ref))
        movements = sorted(dispute.movements.all(), key=lambda movement: (movement.moved_at, movement.pk))
        kind = "disputed" if movements else "inquired"
        yield Moment(dispute.opened_at, kind, amount, ref, dispute.reason, target=page)
        for step in sorted(dispute.steps.all(), key=lambda step: step.pk)[1:]:
            yield Moment(
                step.recorded_at, "dispute_step", ref=ref, target=page, code=step.status, table="dispute"
            )
        for movement in movements:
            moved = Money(movement.amount_minor, movement.currency)
            booked = story.entry(f"dispute:{movement.balance_ref}")
            yield Moment(movement.moved_at, "dispute_moved", moved, movement.balance_ref, target=booked)
        yield from _dispute_end(story, dispute, amount)


def _dispute_end(story: _Story, dispute: Dispute, amount: Money) -> Iterator[Moment]:
    closing, ref = getattr(dispute, "closing", None), dispute.processor_ref
    if closing is not None:
        booked = story.entry(f"dispute_lost:{ref}")
        yield Moment(closing.closed_at, f"dispute_{closing.outcome}", amount, ref, target=booked)
    appeal = story.entry(f"dispute_appeal:{ref}")
    back = [movement.moved_at for movement in dispute.movements.all() if movement.amount_minor > 0]
    if appeal is not None and back:
        yield Moment(max(back), "dispute_appealed", amount, ref, target=appeal)


def _doubts(story: _Story) -> Iterator[Moment]:
    for warning in story.warnings:
        words = warning.kind.replace("_", " ")
        yield Moment(warning.warned_at, "warned", ref=warning.processor_ref, words=words)
    for review in story.reviews:
        page = ("elsewhere", pointing.page_of(review.processor_ref))
        closing = getattr(review, "closing", None)
        if review.reason == pausing.REASON:
            yield Moment(review.recorded_at, "import_paused")
            if closing is not None:
                yield Moment(closing.recorded_at, "import_resumed")
            continue
        yield Moment(
            review.opened_at, "review_opened", ref=review.processor_ref, words=review.reason, target=page
        )
        if closing is not None:
            yield Moment(
                closing.recorded_at,
                "review_closed",
                ref=review.processor_ref,
                words=closing.outcome,
                target=page,
            )


def _receipts(story: _Story) -> Iterator[Moment]:
    for receipt in story.receipts:
        rendering, voiding = getattr(receipt, "rendering", None), getattr(receipt, "voiding", None)
        target = ("receipt", receipt.pk) if rendering is not None else None
        yield Moment(receipt.issued_at, "receipt_issued", receipt.total, receipt.serial, target=target)
        if rendering is not None:
            yield Moment(rendering.rendered_at, "receipt_rendered", ref=receipt.serial, target=target)
        if voiding is not None:
            yield Moment(
                voiding.voided_at,
                "receipt_voided",
                ref=receipt.serial,
                target=target,
                code=voiding.reason,
                table="voiding",
            )


def _messages(story: _Story) -> Iterator[Moment]:
    """Every mail about the gift: to its giver, and to the people here who were to act."""
    serials = {f"receipt:{receipt.pk}": receipt for receipt in story.receipts}
    for message in Message.objects.filter(_told(story)).order_by("queued_at", "id"):
        receipt = serials.get(message.cause)
        ref = receipt.serial if receipt is not None else ""
        target = ("receipt", receipt.pk) if receipt is not None and hasattr(receipt, "rendering") else None
        words = message.to_email if message.kind == Message.Kind.STAFF_NOTICE else ""
        at, kind = message.queued_at, "mail_waiting"
        if message.sent_at:
            at, kind = message.sent_at, "mail_sent"
        elif message.status == Message.Status.REFUSED:
            at, kind, words = message.send_after, "mail_refused", message.error
        yield Moment(at, kind, ref=ref, words=words, target=target, code=message.kind, table="mail")


def _told(story: _Story) -> Q:
    donation = story.donation
    own = [f"receipt:{receipt.pk}" for receipt in story.receipts]
    own += [f"refund:{refund.processor_ref}" for refund in story.refunds]
    if donation.checkout_id is not None and donation.plan_id is None:
        own.append(f"checkout:{donation.checkout_id}")
    told = Q(cause__in=own, kind__in=[kind for kind in Message.Kind if kind != Message.Kind.STAFF_NOTICE])
    keys = [
        *(f"{key}:{one.pk}" for one in story.requests for key in ("refund_proposed", "refund_decided")),
        *(f"refund_failed:{refund.processor_ref}" for refund in story.refunds),
        *(f"{key}:{one.processor_ref}" for one in story.disputes for key in _DISPUTE_NOTICES),
        *(f"fraud_warning:{warning.processor_ref}" for warning in story.warnings),
    ]
    if keys:
        told |= Q(kind=Message.Kind.STAFF_NOTICE, cause__in=alerting.causes(keys=keys))
    return told


_DISPUTE_NOTICES = (
    "inquiry_opened",
    "dispute_opened",
    "dispute_won",
    "dispute_lost",
    "dispute_withdrawn",
    "dispute_appealed",
)


def _payouts(moved: Sequence[Movement]) -> Iterator[Moment]:
    """In which payout each movement of the gift's money went: the charge, what went back, what was disputed."""
    for movement in moved:
        if movement.payout is not None:
            paid = movement.payout
            kind = "paid_out" if movement.kind in {"charge", "payment"} else "movement_paid_out"
            yield Moment(paid.created_at, kind, movement.net, paid.ref, target=("payout", paid.pk))


def entries(*, donation: Donation) -> list[Entry]:
    """This function will return every entry of the books that belongs to a donation, with its lines."""
    facts = [donation.processor_ref or ""]
    facts += donation.refunds.values_list("processor_ref", flat=True)
    facts += donation.disputes.values_list("processor_ref", flat=True)
    balance = BalanceTransaction.objects.filter(source_ref__in=facts).values_list("ref", flat=True)
    refs = [*facts, *balance]
    sources = [f"{source}:{ref}" for source in SOURCES for ref in refs]
    sources += [f"hand:{donation.pk}", f"deposit:{donation.pk}", f"sale:{donation.pk}"]
    sources += splitting.sources(donation=donation)
    sources += [f"restated:{pk}" for pk in donation.corrections.values_list("pk", flat=True)]
    return list(
        Entry.objects.filter(source__in=sources)
        .prefetch_related("lines__account", "lines__fund")
        .order_by("booked_on", "id")
    )

"""Refunding: staff ask, the processor does, the fact is written from its own balance."""

import uuid
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from donations import postings, recording, retrying
from donations.models import Donation, Refund, RefundFailure, RefundPart, RefundRequest
from donations.postings import Share
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure, RefundState, StoredFailure
from staff import auditing
from staff.models import User

LOOK_AFTER = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=48)


class UnableToRefund(Exception):
    """The refund cannot be asked for; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def lock(donation_id: uuid.UUID) -> None:
    """Refunds of one donation take turns until the transaction ends; the trigger on refunds takes the same lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 7210002))", [str(donation_id)]
        )


def refunded(*, donation: Donation) -> Money:
    """What went back and stayed back."""
    back = donation.refunds.filter(failure__isnull=True).aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(back or 0, donation.currency)


def refundable(*, donation: Donation) -> Money:
    """What may still be refunded: the gift less refunds made and asked for, nothing while it is disputed."""
    open_disputes = donation.disputes.filter(closing__isnull=True, movements__isnull=False)
    lost = donation.disputes.filter(closing__outcome="lost", movements__isnull=False)
    if open_disputes.exists() or lost.exists():
        return Money(0, donation.currency)
    asked = donation.refund_requests.filter(
        status__in=[RefundRequest.Status.REQUESTED, RefundRequest.Status.SENT], refund__isnull=True
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    return donation.amount - refunded(donation=donation) - Money(asked or 0, donation.currency)


def request(
    *, donation_id: uuid.UUID, amount: Money, reason: str, actor: User, request_id: uuid.UUID, now: datetime
) -> RefundRequest:
    """Give money back: commit the request, then ask the processor with the request's id as key.

    The same `request_id` is one refund however often it is sent. Raises UnableToRefund when the amount is not
    positive, in another currency or more than what is left, and when the processor refuses.
    This function will return the request as it stands after the processor's answer, if one came.
    """
    kept, is_new = retrying.again(
        lambda: _write_request(
            donation_id=donation_id, amount=amount, reason=reason, actor=actor, request_id=request_id, now=now
        )
    )
    if is_new:
        _send(refund_request=kept, now=now)
        kept.refresh_from_db()
    if kept.status == RefundRequest.Status.REFUSED:
        raise UnableToRefund("processor", kept.answer)
    return kept


def _write_request(
    *, donation_id: uuid.UUID, amount: Money, reason: str, actor: User, request_id: uuid.UUID, now: datetime
) -> tuple[RefundRequest, bool]:
    with transaction.atomic():
        lock(donation_id)
        donation = Donation.objects.get(pk=donation_id)
        known = RefundRequest.objects.filter(pk=request_id).first()
        if known is not None:
            if (known.donation_id, known.amount) != (donation_id, amount):
                raise UnableToRefund("other", _("This form was used for another refund."))
            return known, False
        if amount.currency != donation.currency:
            raise UnableToRefund(
                "currency", _("The gift is in %(currency)s.") % {"currency": donation.currency}
            )
        left = refundable(donation=donation)
        if amount.minor <= 0 or left < amount:
            raise UnableToRefund("amount", _("At most %(left)s can be given back.") % {"left": left.shown()})
        auditing.record(
            actor=actor,
            action="request refund",
            target=f"donation:{donation_id}",
            details={"request": str(request_id), "amount": amount.plain, "currency": amount.currency},
            now=now,
        )
        made = RefundRequest.objects.create(
            id=request_id,
            donation=donation,
            amount_minor=amount.minor,
            currency=amount.currency,
            reason=reason[:300],
            requested_by=actor,
            requested_at=now,
            look_after=now + LOOK_AFTER,
        )
    return made, True


def _send(*, refund_request: RefundRequest, now: datetime) -> None:
    donation = refund_request.donation
    try:
        state = gateway.connect().send_refund(
            reference=str(refund_request.pk),
            attempt=refund_request.attempt,
            charge_ref=donation.processor_ref or "",
            amount=refund_request.amount,
        )
    except StoredFailure:
        _look_after_failure(refund_request=refund_request, now=now)
        return
    except ProcessorUnsure:
        return  # nobody knows: the sweeper looks first and asks again with the same key
    except ProcessorRefused as error:
        RefundRequest.advance(
            pk=refund_request.pk, to=RefundRequest.Status.REFUSED, now=now, answer=str(error)[:200]
        )
        return
    take_in(donation=donation, state=state, now=now)


def _look_after_failure(*, refund_request: RefundRequest, now: datetime) -> None:
    """The processor answers this key with its failure for ever: take a new one, once nothing is found."""
    try:
        found = _find(refund_request)
    except (ProcessorUnsure, ProcessorRefused):
        return  # without having looked no other key may be taken
    if found is not None:
        take_in(donation=refund_request.donation, state=found, now=now)
        return
    known = RefundRequest.objects.filter(pk=refund_request.pk, attempt=refund_request.attempt)
    known.update(attempt=refund_request.attempt + 1)


def _find(refund_request: RefundRequest) -> RefundState | None:
    for state in gateway.connect().refunds_of(refund_request.donation.processor_ref or ""):
        if state.reference == str(refund_request.pk):
            return state
    return None


def resume(*, refund_request: RefundRequest, now: datetime) -> None:
    """This function will finish a request whose answer never came: look first, then ask again with the same key."""
    state = _find(refund_request)
    if state is not None:
        take_in(donation=refund_request.donation, state=state, now=now)
    elif now - refund_request.requested_at > GIVE_UP_AFTER:
        RefundRequest.advance(
            pk=refund_request.pk,
            to=RefundRequest.Status.FAILED,
            now=now,
            answer="The processor never confirmed it; please look there.",
        )
    else:
        _send(refund_request=refund_request, now=now)


def take_in(*, donation: Donation, state: RefundState, now: datetime) -> None:
    """This function will write down one refund in a transaction of its own."""

    def write() -> None:
        with transaction.atomic():
            apply(donation=donation, state=state, now=now)

    retrying.again(write)


def apply(*, donation: Donation, state: RefundState, now: datetime) -> None:
    """Write a refund as the processor's balance has it; must run inside a transaction.

    Money counts as given back when the balance shows it gone, and as returned when the balance shows it again.
    """
    lock(donation.pk)
    fact = Refund.objects.filter(processor_ref=state.ref).first()
    if fact is None and state.balance is not None:
        fact = _write_fact(donation=donation, state=state, now=now)
    if fact is not None and state.failure_balance is not None:
        _write_failure(donation=donation, fact=fact, state=state, now=now)
    _move_request(state=state, has_fact=fact is not None, now=now)
    if fact is None and state.status == "succeeded":
        raise ProcessorUnsure(f"refund {state.ref} succeeded without a balance line")


def _write_fact(*, donation: Donation, state: RefundState, now: datetime) -> Refund:
    request_id = _uuid(state.reference)
    known = RefundRequest.objects.filter(pk=request_id, donation=donation).first() if request_id else None
    fact = Refund.objects.create(
        donation=donation,
        request=known,
        processor_ref=state.ref,
        amount_minor=state.amount.minor,
        reason=state.reason[:60],
        refunded_at=state.created_at,
        recorded_at=now,
    )
    parts = _parts(donation=donation, amount=state.amount)
    RefundPart.objects.bulk_create(
        RefundPart(refund=fact, fund_id=part.fund_id, amount_minor=part.amount.minor) for part in parts
    )
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.REFUND,
        source=f"refund:{state.ref}",
        happened_at=state.created_at,
        postings=postings.refund(parts),
        now=now,
    )
    if state.balance is not None:
        recording.post_settlement(
            entity=donation.entity, line=state.balance, gross=-state.amount, shares=parts, now=now
        )
    return fact


def refunded_by_fund(*, donation: Donation) -> dict[int, int]:
    """Minor units that went back and stayed back, by the id of the fund they came out of."""
    standing = RefundPart.objects.filter(refund__donation=donation, refund__failure__isnull=True)
    sums = standing.values_list("fund_id").annotate(sum=Sum("amount_minor")).order_by("fund_id")
    return dict(sums)


def _parts(*, donation: Donation, amount: Money) -> list[Share]:
    """A refund over the funds of its gift, in proportion to what is left of each.

    Shares of the running total would not do: by largest remainder a fund's share can shrink while the total
    grows, and a part below zero is refused.
    """
    shares, taken = recording.shares_of(donation), refunded_by_fund(donation=donation)
    left = [share.amount.minor - taken.get(share.fund_id, 0) for share in shares]
    parts = [
        Share(share.fund_id, share.is_restricted, part, share.segment)
        for share, part in zip(shares, amount.split(left), strict=True)
    ]
    return [part for part in parts if part.amount]


def parts_of(fact: Refund) -> list[Share]:
    """How a recorded refund was divided over funds."""
    donation = fact.donation
    by_fund = {share.fund_id: share for share in recording.shares_of(donation)}
    return [
        Share(
            part.fund_id,
            by_fund[part.fund_id].is_restricted,
            Money(part.amount_minor, donation.currency),
            by_fund[part.fund_id].segment,
        )
        for part in fact.parts.order_by("id")
    ]


def _write_failure(*, donation: Donation, fact: Refund, state: RefundState, now: datetime) -> None:
    line = state.failure_balance
    if line is None or RefundFailure.objects.filter(refund=fact).exists():
        return
    RefundFailure.objects.create(
        refund=fact, balance_ref=line.ref, failed_at=line.created_at, recorded_at=now
    )
    parts = parts_of(fact)
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.REFUND_RETURNED,
        source=f"refund_failure:{state.ref}",
        happened_at=line.created_at,
        postings=postings.donation(parts),
        reverses=f"refund:{state.ref}",
        now=now,
    )
    recording.post_settlement(entity=donation.entity, line=line, gross=state.amount, shares=parts, now=now)


def _move_request(*, state: RefundState, has_fact: bool, now: datetime) -> None:
    request_id = _uuid(state.reference)
    if request_id is None:
        return
    RefundRequest.objects.filter(pk=request_id, processor_ref__isnull=True).update(processor_ref=state.ref)
    if state.status in {"failed", "canceled"}:
        answer = "The donor's bank did not take the money; it is back with the processor."
        RefundRequest.advance(pk=request_id, to=RefundRequest.Status.FAILED, now=now, answer=answer)
    elif has_fact:
        RefundRequest.advance(pk=request_id, to=RefundRequest.Status.DONE, now=now)
    else:
        RefundRequest.advance(pk=request_id, to=RefundRequest.Status.SENT, now=now)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

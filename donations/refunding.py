"""Refunding: staff ask, the processor does, the fact is written from its own balance."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from donations import alerting, dividing, holding, postings, recording, retrying, splitting, taking_turns
from donations.models import (
    Donation,
    Refund,
    RefundFailure,
    RefundPart,
    RefundPolicy,
    RefundRequest,
    RefundRequestPart,
)
from ledger import money, posting
from ledger.models import Entry, LegalEntity
from ledger.money import Money
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure, RefundState, StoredFailure
from staff import auditing
from staff.models import User

LOOK_AFTER = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=48)
ALONE_UP_TO = {"USD": 500_00, "KRW": 500_000}
"""Minor units one person may give back of one gift alone, where the entity has no policy of its own."""


class UnableToRefund(Exception):
    """The refund cannot be asked for; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


class RefundDoesNotFit(Exception):
    """A refund the processor tells of cannot be one of this donation."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: an amount, and how much of it out of which fund if that was said."""

    donation_id: uuid.UUID
    amount: Money
    parts: Mapping[int, Money] | None
    reason: str
    request_id: uuid.UUID


def lock(donation_id: uuid.UUID) -> None:
    """Refunds of one donation take turns until the transaction ends; the trigger on refunds takes the same lock."""
    taking_turns.take([donation_id])


def refunded(*, donation: Donation) -> Money:
    """What went back and stayed back."""
    back = donation.refunds.filter(failure__isnull=True).aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(back or 0, donation.currency)


def refundable(*, donation: Donation) -> Money:
    """What may still be refunded: the gift less refunds made, asked for and proposed, nothing while it is disputed.

    The processor gives back only what came through it.
    """
    if donation.rail != Donation.Rail.PROCESSOR:
        return Money(0, donation.currency)
    if holding.is_disputed(donation=donation):
        return Money(0, donation.currency)
    return donation.amount - refunded(donation=donation) - _held(donation=donation)


def refundable_by_fund(*, donation: Donation) -> dict[int, Money]:
    """This function will return what may still be refunded out of each fund of the gift."""
    left = dividing.left_by_fund(donation=donation)
    if holding.is_disputed(donation=donation):
        return {fund_id: Money(0, donation.currency) for fund_id in left}
    return left


def shared(*, amount: Money, left: Mapping[int, Money]) -> dict[int, Money]:
    """This function will return how an amount nobody divided is shared over what is left of each fund."""
    minors = {fund_id: part.minor for fund_id, part in left.items()}
    divided = dividing.fitted(amount=amount, left=minors, wanted={})
    return {fund_id: Money(minor, amount.currency) for fund_id, minor in divided.items()}


def _held(*, donation: Donation) -> Money:
    held = donation.refund_requests.filter(status__in=dividing.HOLDING, refund__isnull=True)
    return Money(held.aggregate(sum=Sum("amount_minor"))["sum"] or 0, donation.currency)


def alone_up_to(*, entity: LegalEntity, currency: str) -> Money:
    """Up to which sum of refunds of one gift a person may decide alone; nothing where nobody has said."""
    policy = RefundPolicy.objects.filter(entity=entity, currency=currency).first()
    minor = ALONE_UP_TO.get(currency, 0) if policy is None else policy.alone_up_to_minor
    return Money(minor, currency)


def needs_second(*, donation: Donation, amount: Money) -> bool:
    """Whether somebody else must approve: what went back, waits and is asked for now counts together."""
    together = refunded(donation=donation) + _held(donation=donation) + amount
    return alone_up_to(entity=donation.entity, currency=donation.currency) < together


def request(
    *,
    donation_id: uuid.UUID,
    amount: Money,
    reason: str,
    actor: User,
    request_id: uuid.UUID,
    now: datetime,
    parts: Mapping[int, Money] | None = None,
) -> RefundRequest:
    """Give money back: commit the request, then ask the processor with the request's id as key.

    The same `request_id` is one refund however often it is sent. `parts` say how much comes out of which fund;
    without them it is divided by what is left of each. Above the entity's threshold the request is only proposed
    and waits for somebody else (`approving`). Raises UnableToRefund when the amount is not positive, in another
    currency or more than what is left, also of a fund, and when the processor refuses.
    This function will return the request as it stands after the processor's answer, if one came.
    """
    wanted = Wanted(donation_id, amount, parts, reason, request_id)
    kept, is_new = retrying.again(lambda: _write_request(wanted=wanted, actor=actor, now=now))
    if is_new and kept.status == RefundRequest.Status.REQUESTED:
        return send(refund_request=kept, now=now)
    if kept.status == RefundRequest.Status.REFUSED:
        raise UnableToRefund("processor", kept.answer)
    return kept


def _write_request(*, wanted: Wanted, actor: User, now: datetime) -> tuple[RefundRequest, bool]:
    with transaction.atomic():
        lock(wanted.donation_id)
        donation = Donation.objects.select_related("entity").get(pk=wanted.donation_id)
        known = RefundRequest.objects.filter(pk=wanted.request_id).first()
        if known is not None:
            _refuse_other(known=known, wanted=wanted)
            return known, False
        if donation.rail != Donation.Rail.PROCESSOR:
            raise UnableToRefund(
                "desk", _("This gift did not come through the processor: give it back by the bank.")
            )
        divided = _divide(donation=donation, wanted=wanted)
        made = _store(donation=donation, wanted=wanted, divided=divided, actor=actor, now=now)
        if made.status == RefundRequest.Status.PROPOSED:
            alerting.refund_proposed(refund_request=made, now=now)
    return made, True


def _store(
    *, donation: Donation, wanted: Wanted, divided: Mapping[int, int], actor: User, now: datetime
) -> RefundRequest:
    is_proposal = needs_second(donation=donation, amount=wanted.amount)
    auditing.record(
        actor=actor,
        action="propose refund" if is_proposal else "request refund",
        target=f"donation:{donation.pk}",
        details={
            "request": str(wanted.request_id),
            "amount": wanted.amount.plain,
            "currency": wanted.amount.currency,
        },
        now=now,
    )
    made = RefundRequest.objects.create(
        id=wanted.request_id,
        donation=donation,
        amount_minor=wanted.amount.minor,
        currency=wanted.amount.currency,
        reason=wanted.reason[:300],
        requested_by=actor,
        requested_at=now,
        status=RefundRequest.Status.PROPOSED if is_proposal else RefundRequest.Status.REQUESTED,
        look_after=now + LOOK_AFTER,
    )
    if len(divided) > 1:
        RefundRequestPart.objects.bulk_create(
            RefundRequestPart(refund_request=made, fund_id=fund_id, amount_minor=minor)
            for fund_id, minor in divided.items()
            if minor
        )
    return made


def _refuse_other(*, known: RefundRequest, wanted: Wanted) -> None:
    kept = {part.fund_id: part.amount_minor for part in known.parts.all()}
    asked = {fund_id: part.minor for fund_id, part in (wanted.parts or {}).items() if part}
    is_same = (known.donation_id, known.amount) == (wanted.donation_id, wanted.amount)
    if not is_same or (kept and asked and kept != asked):
        raise UnableToRefund("other", _("This form was used for another refund."))


def _divide(*, donation: Donation, wanted: Wanted) -> dict[int, int]:
    """How the request is divided over the funds of its gift. Raises UnableToRefund when that cannot be."""
    if wanted.amount.currency != donation.currency:
        raise UnableToRefund("currency", _("The gift is in %(currency)s.") % {"currency": donation.currency})
    whole = refundable(donation=donation)
    if wanted.amount.minor <= 0 or whole < wanted.amount:
        raise UnableToRefund("amount", _("At most %(left)s can be given back.") % {"left": whole.shown()})
    left = refundable_by_fund(donation=donation)
    if wanted.parts is None:
        return {fund_id: part.minor for fund_id, part in shared(amount=wanted.amount, left=left).items()}
    for fund_id, part in wanted.parts.items():
        if fund_id not in left:
            raise UnableToRefund("fund", _("This gift was not for that fund."))
        if part.minor < 0 or left[fund_id] < part:
            raise UnableToRefund(
                "part", _("At most %(left)s can be given back of one fund.") % {"left": left[fund_id].shown()}
            )
    if money.total(wanted.parts.values(), currency=donation.currency) != wanted.amount:
        raise UnableToRefund("sum", _("The amounts of the funds do not add up."))
    return {fund_id: wanted.parts[fund_id].minor if fund_id in wanted.parts else 0 for fund_id in left}


def send(*, refund_request: RefundRequest, now: datetime) -> RefundRequest:
    """Ask the processor for a request that is committed. Raises UnableToRefund when it refuses.

    This function will return the request as it stands after the answer, if one came.
    """
    _send(refund_request=refund_request, now=now)
    refund_request.refresh_from_db()
    if refund_request.status == RefundRequest.Status.REFUSED:
        raise UnableToRefund("processor", refund_request.answer)
    return refund_request


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
    elif now - (refund_request.decided_at or refund_request.requested_at) > GIVE_UP_AFTER:
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
    if state.amount.currency != donation.currency:
        raise RefundDoesNotFit(f"refund {state.ref} is in {state.amount.currency}")
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
    parts = dividing.parts(donation=donation, amount=state.amount, request=known)
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
    splitting.follow(donation_id=donation.pk, happened_at=state.created_at, now=now)
    return fact


def _write_failure(*, donation: Donation, fact: Refund, state: RefundState, now: datetime) -> None:
    line = state.failure_balance
    if line is None or RefundFailure.objects.filter(refund=fact).exists():
        return
    RefundFailure.objects.create(
        refund=fact, balance_ref=line.ref, failed_at=line.created_at, recorded_at=now
    )
    parts = dividing.parts_of(fact)
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
    splitting.follow(donation_id=donation.pk, happened_at=line.created_at, now=now)
    alerting.refund_failed(donation=donation, refund=fact, now=now)


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

"""Approving: above a threshold one person proposes to give money back and another decides.

Who may propose and who may approve, the doors say; that they are two people, the database says too.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from donations import alerting, giving_back, holding, refunding, reversing
from donations.models import Donation, RefundPolicy, RefundRequest
from ledger.models import LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

EXPIRES_AFTER = timedelta(days=7)
BATCH = 100
Status = RefundRequest.Status
REACHED = {
    Status.REQUESTED: {Status.REQUESTED, Status.SENT, Status.DONE},
    Status.DECLINED: {Status.DECLINED},
}
"""Where a decision has led to when its press is repeated."""


class UnableToDecide(Exception):
    """The proposal cannot be decided so; `words` say why to the person who pressed."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def approve(*, request_id: uuid.UUID, actor: User, now: datetime, is_at_bank: bool = False) -> RefundRequest:
    """Let a proposed refund go out. The approval is committed before the processor is asked.

    Money that came over the desk is given back in the books at once, and no processor is asked; `is_at_bank` says that
    it was matched with a line of the bank.
    Raises UnableToDecide when somebody has decided already, when the actor proposed it, when it is older than
    seven days, or when its gift was disputed or refunded meanwhile; UnableToRefund when the processor refuses.
    This function will return the request as it stands after the processor's answer, if one came.
    """

    def still_possible(proposal: RefundRequest) -> None:
        donation = proposal.donation
        if donation.rail == Donation.Rail.DESK:
            _check_return(proposal, now)
            return
        if holding.is_disputed(donation=donation):
            raise UnableToDecide("disputed", _("The payment is disputed now; nothing can be given back."))
        if refunding.refundable(donation=donation).minor < 0:
            raise UnableToDecide("amount", _("Less than that is left of the gift by now."))

    approved, is_new = _decide(
        request_id=request_id, to=Status.REQUESTED, actor=actor, now=now, action="approve refund",
        check=still_possible, deed=partial(_give_back, is_at_bank=is_at_bank, actor=actor, now=now),
    )  # fmt: skip
    is_to_be_sent = is_new and approved.status == Status.REQUESTED
    return refunding.send(refund_request=approved, now=now) if is_to_be_sent else approved


def _check_return(proposal: RefundRequest, now: datetime) -> None:
    try:
        reversing.check(donation=proposal.donation, wrong=giving_back.wrong(proposal), now=now)
    except reversing.UnableToReverse as error:
        raise UnableToDecide(error.code, _("This gift went back already.")) from error


def _give_back(approved: RefundRequest, *, is_at_bank: bool, actor: User, now: datetime) -> None:
    if approved.donation.rail == Donation.Rail.DESK:
        giving_back.give_back(approved=approved, is_at_bank=is_at_bank, actor=actor, now=now)


def decline(*, request_id: uuid.UUID, actor: User, reason: str, now: datetime) -> RefundRequest:
    """Refuse a proposed refund, with the reason for its proposer. Raises UnableToDecide.

    This function will return the declined request; what it held can be asked for again.
    """
    if not reason.strip():
        raise UnableToDecide("reason", _("Please say why."))
    declined, _is_new = _decide(
        request_id=request_id, to=Status.DECLINED, actor=actor, now=now, action="decline refund",
        answer=reason.strip()[:200],
    )  # fmt: skip
    return declined


def _decide(
    *,
    request_id: uuid.UUID,
    to: Status,
    actor: User,
    now: datetime,
    action: str,
    answer: str = "",
    check: Callable[[RefundRequest], None] = lambda proposal: None,
    deed: Callable[[RefundRequest], None] = lambda decided: None,
) -> tuple[RefundRequest, bool]:
    with transaction.atomic():
        proposal = _locked(request_id)
        if proposal.status in REACHED[to] and proposal.decided_by_id == actor.pk:
            return proposal, False  # the same person pressed twice
        _refuse_decided(proposal)
        if proposal.requested_by_id == actor.pk:
            raise UnableToDecide("self", _("Somebody else must decide about what you proposed."))
        if proposal.requested_at + EXPIRES_AFTER <= now:
            raise UnableToDecide("expired", _("This proposal is older than 7 days; please propose it again."))
        check(proposal)
        RefundRequest.advance(
            pk=proposal.pk, to=to, now=now, decided_by=actor, decided_at=now, answer=answer,
            look_after=now + refunding.LOOK_AFTER,
        )  # fmt: skip
        proposal.refresh_from_db()
        _write_down(proposal=proposal, actor=actor, action=action, now=now)
        deed(proposal)
        alerting.refund_decided(refund_request=proposal, now=now)
    return proposal, True


def _locked(request_id: uuid.UUID) -> RefundRequest:
    """The request as it stands, held until the transaction ends."""
    found = RefundRequest.objects.select_related("donation__entity", "requested_by").get(pk=request_id)
    refunding.lock(found.donation_id)
    found.refresh_from_db(fields=["status", "decided_by", "decided_at", "answer", "ended_at"])
    return found


def _refuse_decided(proposal: RefundRequest) -> None:
    if proposal.status != Status.PROPOSED:
        raise UnableToDecide("decided", _("This has been decided already."))


def _write_down(*, proposal: RefundRequest, actor: User | str, action: str, now: datetime) -> None:
    details: dict[str, object] = {
        "request": str(proposal.pk),
        "amount": proposal.amount.plain,
        "currency": proposal.currency,
    }
    if proposal.answer:
        details["reason"] = proposal.answer
    auditing.record(
        actor=actor, action=action, target=f"donation:{proposal.donation_id}", details=details, now=now
    )


def withdraw(*, request_id: uuid.UUID, actor: User, now: datetime) -> RefundRequest:
    """Take back one's own proposal. Raises UnableToDecide when it is somebody else's or decided already.

    This function will return the withdrawn request.
    """
    with transaction.atomic():
        proposal = _locked(request_id)
        if proposal.requested_by_id != actor.pk:
            raise UnableToDecide("other", _("Only the person who proposed it can take it back."))
        if proposal.status == Status.WITHDRAWN:
            return proposal
        _refuse_decided(proposal)
        RefundRequest.advance(pk=proposal.pk, to=Status.WITHDRAWN, now=now)
        proposal.refresh_from_db()
        _write_down(proposal=proposal, actor=actor, action="withdraw refund", now=now)
    return proposal


def expire_due(*, now: datetime) -> int:
    """End proposals nobody decided about within seven days; their proposers are told.

    This function will return how many expired.
    """
    waiting = RefundRequest.objects.filter(status=Status.PROPOSED, requested_at__lte=now - EXPIRES_AFTER)
    expired = 0
    for request_id in list(waiting.order_by("requested_at", "id").values_list("pk", flat=True)[:BATCH]):
        try:
            _expire(request_id=request_id, now=now)
        except UnableToDecide:
            continue  # somebody withdrew it in the meantime
        expired += 1
    return expired


def _expire(*, request_id: uuid.UUID, now: datetime) -> None:
    with transaction.atomic():
        proposal = _locked(request_id)
        _refuse_decided(proposal)
        RefundRequest.advance(pk=request_id, to=Status.EXPIRED, now=now)
        proposal.refresh_from_db()
        _write_down(proposal=proposal, actor="sweep", action="expire refund", now=now)
        alerting.refund_decided(refund_request=proposal, now=now)


def set_policy(*, entity: LegalEntity, alone_up_to: Money, actor: User, now: datetime) -> None:
    """Say up to which sum of refunds of one gift a person may decide alone, in one currency.

    Raises ValueError below zero. This function will write down who changed it, from what and to what.
    """
    if alone_up_to.minor < 0:
        raise ValueError("a threshold is not negative")
    with transaction.atomic():
        LegalEntity.objects.select_for_update().get(pk=entity.pk)
        before = refunding.alone_up_to(entity=entity, currency=alone_up_to.currency)
        RefundPolicy.objects.update_or_create(
            entity=entity,
            currency=alone_up_to.currency,
            defaults={"alone_up_to_minor": alone_up_to.minor},
        )
        auditing.record(
            actor=actor,
            action="set refund policy",
            target=f"entity:{entity.pk}",
            details={
                "currency": alone_up_to.currency,
                "before": before.plain,
                "after": alone_up_to.plain,
            },
            now=now,
        )

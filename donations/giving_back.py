"""Giving back: money that came over the desk goes back when a second person agrees, whatever the sum.

A card gets its own money back; a check of ours may be made out to anybody. So one person proposes and another decides
(`approving`), as for refunds above the threshold; the books and the receipt follow on the day it was given back.
"""

import uuid
from datetime import date, datetime

from django.db import transaction

from donations import alerting, refunding, reversing
from donations.models import Donation, RefundRequest, Reversal
from donations.reversing import UnableToReverse, Wrong
from staff import auditing
from staff.models import User

Status = RefundRequest.Status


def propose(
    *,
    donation_id: uuid.UUID,
    request_id: uuid.UUID,
    happened_on: date | None,
    reason: str,
    actor: User,
    now: datetime,
) -> RefundRequest:
    """Propose to give the whole of a gift over the desk back; the same `request_id` is one proposal.

    Raises UnableToReverse, also with `waits` when somebody has proposed it already. This function will return the
    proposal, which waits for somebody else.
    """
    asked = Wrong(
        donation_id=donation_id,
        kind=Reversal.Kind.RETURNED,
        reason=reason,
        gift_id=request_id,
        happened_on=happened_on,
    )
    words = reversing.checked(asked)
    with transaction.atomic():
        refunding.lock(donation_id)
        known = RefundRequest.objects.filter(pk=request_id, donation=donation_id).first()
        if known is not None:
            return known
        donation = Donation.objects.select_related("entity").filter(pk=donation_id).first()
        if donation is None:
            raise UnableToReverse("unknown")
        reversing.check(donation=donation, wrong=asked, now=now)
        if donation.refund_requests.filter(status__in=[Status.PROPOSED, Status.REQUESTED]).exists():
            raise UnableToReverse("waits")
        made = _store(donation, asked, words, actor=actor, now=now)
        alerting.refund_proposed(refund_request=made, now=now)
    return made


def _store(donation: Donation, asked: Wrong, words: str, *, actor: User, now: datetime) -> RefundRequest:
    made = RefundRequest.objects.create(
        id=asked.gift_id,
        donation=donation,
        amount_minor=donation.amount_minor,
        currency=donation.currency,
        reason=words,
        requested_by=actor,
        requested_at=now,
        status=Status.PROPOSED,
        happened_on=asked.happened_on,
        look_after=now + refunding.LOOK_AFTER,
    )
    auditing.record(
        actor=actor,
        action="propose refund",
        target=f"donation:{donation.pk}",
        details={"request": str(made.pk), "amount": made.amount.plain, "currency": made.currency},
        now=now,
    )
    return made


def wrong(proposal: RefundRequest, *, is_at_bank: bool = False) -> Wrong:
    """This function will return what a proposal of money over the desk says, as reversing asks for it."""
    return Wrong(
        donation_id=proposal.donation_id,
        kind=Reversal.Kind.RETURNED,
        reason=proposal.reason,
        gift_id=proposal.pk,
        happened_on=proposal.happened_on,
        is_at_bank=is_at_bank,
        request=proposal,
    )


def give_back(*, approved: RefundRequest, is_at_bank: bool, actor: User, now: datetime) -> None:
    """Take the gift back in the books and end the proposal; runs in the transaction of the decision.

    `is_at_bank` says that a line of the bank was this gift. This function will have the reversal written in the name of
    the one who agreed.
    """
    reversing.reverse(wrong=wrong(approved, is_at_bank=is_at_bank), actor=actor, now=now)
    RefundRequest.advance(pk=approved.pk, to=Status.DONE, now=now)
    approved.refresh_from_db()

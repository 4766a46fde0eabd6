"""Giving up: what will not come any more of a promise is written off, by one who asks and another who agrees."""

import uuid
from datetime import datetime

from django.db import transaction

from donations import pledging, postings
from donations.models import Pledge, WriteOff, WriteOffRequest
from donations.pledging import UnableToPledge
from donors import refusing
from ledger import posting
from ledger.models import Entry
from staff.models import User

LENGTH = 300


def ask(*, pledge_id: uuid.UUID, reason: str, actor: User, now: datetime) -> WriteOffRequest:
    """Ask that the rest of a promise be given up. Raises UnableToPledge: `reason`, `resident_number`, `ended`, `asked`.

    This function will return the question.
    """
    words = " ".join(reason.split())[:LENGTH]
    if code := refusing.wrong_reason(words):
        raise UnableToPledge(code, "reason")
    with transaction.atomic():
        pledge = pledging.locked(pledge_id)
        if pledge.status != Pledge.Status.OPEN:
            raise UnableToPledge("ended")
        if pledge.write_off_requests.filter(status=WriteOffRequest.Status.ASKED).exists():
            raise UnableToPledge("asked")
        asked = WriteOffRequest.objects.create(pledge=pledge, reason=words, asked_by=actor, asked_at=now)
        pledging.note(pledge, actor, "pledge.write_off_asked", {"reason": words}, now)
    return asked


def decide(*, request_id: int, is_agreed: bool, actor: User, now: datetime) -> WriteOffRequest:
    """Agree that what is left of a promise is given up, or decline. Nobody decides about their own question.

    Raises UnableToPledge: `decided`, `own`, `ended`. This function will return the question with its answer.
    """
    with transaction.atomic():
        asked = WriteOffRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
        if asked.status != WriteOffRequest.Status.ASKED:
            raise UnableToPledge("decided")
        if asked.asked_by_id == actor.pk:
            raise UnableToPledge("own")
        asked.status = WriteOffRequest.Status.APPROVED if is_agreed else WriteOffRequest.Status.DECLINED
        asked.decided_by, asked.decided_at = actor, now
        asked.save(update_fields=["status", "decided_by", "decided_at"])
        pledge = pledging.locked(asked.pledge_id)
        if is_agreed:
            _write_off(pledge, asked, actor, now)
        pledging.note(pledge, actor, f"pledge.write_off_{asked.status}", {"reason": asked.reason}, now)
    return asked


def _write_off(pledge: Pledge, asked: WriteOffRequest, actor: User, now: datetime) -> None:
    rest = pledging.left(pledge)
    if pledge.status != Pledge.Status.OPEN or not rest:
        raise UnableToPledge("ended")
    day = pledge.entity.day_of(now)
    WriteOff.objects.create(
        pledge=pledge,
        amount_minor=rest.minor,
        reason=asked.reason,
        asked_by_id=asked.asked_by_id,
        approved_by=actor,
        written_off_on=day,
        recorded_at=now,
    )
    if pledge.is_booked:
        posting.post(
            entity=pledge.entity,
            kind=Entry.Kind.WRITE_OFF,
            source=f"write_off:{pledge.pk}",
            happened_at=pledge.entity.noon(day),
            postings=postings.pledge_given_up(rest, fund=pledge.fund),
            now=now,
        )
    pledging.end(pledge, Pledge.Status.WRITTEN_OFF, now)

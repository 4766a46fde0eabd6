"""Overriding: count or total of a batch do not agree, and it is posted all the same. One asks, another approves (B08).

Who may ask and who may approve, the doors say; that they are two people, the database says too. It holds for the
numbers it was asked for: any change of the batch takes it back (`batching`).
"""

import uuid
from datetime import datetime

from django.db import transaction

from donations import batching, counting_batches, judging_rows
from donations.models import Batch
from donors import refusing
from staff import auditing
from staff.models import User


class UnableToOverride(ValueError):
    """`code` is `ended`, `agrees`, `reason`, `resident_number`, `asked`, `self`, `nothing` or `other`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(*, batch_id: uuid.UUID, reason: str, actor: User, now: datetime) -> Batch:
    """Ask that a batch may be posted although it does not agree. Raises UnableToOverride.

    This function will return the batch, which now waits for a second person.
    """
    words = " ".join(reason.split())[:300]
    if code := refusing.wrong_reason(words):
        raise UnableToOverride(code)
    with transaction.atomic():
        batch = _locked(batch_id)
        if counting_batches.of(batch=batch).agrees:
            raise UnableToOverride("agrees")
        if batch.override_by_id is not None:
            raise UnableToOverride("asked")
        Batch.objects.filter(pk=batch.pk).update(
            override_reason=words, override_asked_by=actor, override_asked_at=now
        )
        _note(batch, "batch.override_asked", actor, now, reason=words)
    return Batch.objects.get(pk=batch_id)


def approve(*, batch_id: uuid.UUID, actor: User, now: datetime) -> Batch:
    """Agree to what somebody else asked for; the same person again changes nothing. Raises UnableToOverride.

    This function will return the batch, which may now be posted as it is.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.override_by_id == actor.pk:
            return batch
        if batch.override_asked_by_id is None or batch.override_by_id is not None:
            raise UnableToOverride("nothing")
        if batch.override_asked_by_id == actor.pk:
            raise UnableToOverride("self")
        Batch.objects.filter(pk=batch.pk).update(override_by=actor, override_at=now)
        _note(batch, "batch.override_approved", actor, now, reason=batch.override_reason)
    return Batch.objects.get(pk=batch_id)


def withdraw(*, batch_id: uuid.UUID, actor: User, now: datetime) -> Batch:
    """Take back what was asked for, by whoever asked or declined by another; without a request nothing happens.

    Raises UnableToOverride. This function will return the batch.
    """
    with transaction.atomic():
        batch = _locked(batch_id)
        if batch.override_asked_by_id is not None:
            _note(batch, "batch.override_withdrawn", actor, now, reason=batch.override_reason)
            batching.take_back_override(batch)
    return Batch.objects.get(pk=batch_id)


def _locked(batch_id: uuid.UUID) -> Batch:
    try:
        return batching.locked(batch_id)
    except judging_rows.UnableToBatch as error:
        raise UnableToOverride(error.code) from error


def _note(batch: Batch, action: str, actor: User, now: datetime, *, reason: str) -> None:
    count = counting_batches.of(batch=batch)
    auditing.record(
        actor=actor,
        action=action,
        target=f"batch:{batch.pk}",
        details={
            "number": batch.number,
            "reason": reason,
            "asked_by": batch.override_asked_by_id or actor.pk,
            "missing": count.missing,
            "difference": count.difference.plain,
        },
        now=now,
    )

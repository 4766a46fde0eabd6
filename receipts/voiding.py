"""Voiding: a receipt stops standing. Its number, its bytes and its place in the register stay.

By itself this happens when a gift changed (`correcting`); a person voids with a reason, and the gifts either wait for
a new paper or are excluded.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from django.db import transaction

from donors import refusing
from receipts import gathering, issuing, mailing, replacing
from receipts.models import Coverage, Exclusion, Receipt, Voiding
from staff import auditing
from staff.models import User

Then = Literal["reissue", "wait", "exclude"]


class AlreadyVoid(ValueError):
    """The receipt does not stand any more."""


class ReasonMissing(ValueError):
    """A person says why."""


def mark(
    *, receipt: Receipt, reason: Voiding.Reason, words: str, actor_id: int | None, now: datetime
) -> Voiding:
    """This function will write down that a receipt no longer stands, on the day of the body that issued it."""
    return Voiding.objects.create(
        receipt=receipt,
        reason=reason,
        words=words,
        voided_by_id=actor_id,
        voided_at=now,
        voided_on=receipt.series.entity.day_of(now),
    )


def void(
    *,
    receipt_id: uuid.UUID,
    words: str,
    actor: User,
    now: datetime,
    then: Then = "reissue",
) -> Receipt | None:
    """A person says that a receipt was wrong, and why.

    `then` its gifts go on a new paper at once that names the void number (reissue), or wait for the next look or the
    annual run (wait), or get none, for the same reason (exclude). Raises `ReasonMissing`,
    `refusing.ResidentNumberRefused` and `AlreadyVoid`. This
    function will return the receipt that replaces it, if there is one.
    """
    if not words.strip():
        raise ReasonMissing
    refusing.refuse([words])
    with transaction.atomic():
        receipt = Receipt.objects.select_related("series__entity", "donor").get(pk=receipt_id)
        gifts = gathering.gather(
            list(receipt.lines.order_by("id").values_list("donation_id", flat=True)), is_locking=True
        )
        if Voiding.objects.filter(receipt=receipt).exists():
            raise AlreadyVoid(receipt.serial)
        mark(
            receipt=receipt,
            reason=Voiding.Reason.IN_ERROR,
            words=words.strip()[:200],
            actor_id=actor.pk,
            now=now,
        )
        auditing.record(
            actor=actor,
            action="receipt.voided",
            target=f"receipt:{receipt.pk}",
            details={"serial": receipt.serial, "reason": words.strip()[:200], "gifts": len(gifts)},
            now=now,
        )
        made = replacing.replace(receipt=receipt, gifts=gifts, now=now) if then == "reissue" else None
        if then != "reissue":
            Coverage.objects.filter(receipt=receipt).delete()
        if then == "exclude":
            _exclude(gifts, words=words.strip(), actor=actor, now=now)
        if made is None:
            mailing.tell_voided(receipt=receipt, donations=[one.donation for one in gifts.values()], now=now)
    return made


def _exclude(gifts: Iterable[uuid.UUID], *, words: str, actor: User, now: datetime) -> None:
    reason = Exclusion.Reason.BY_STAFF
    for pk in gifts:
        issuing.exclude(donation_id=pk, reason=reason, words=words, actor_id=actor.pk, now=now)

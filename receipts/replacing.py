"""Replacing: what becomes of the gifts of a void receipt: a new paper, a reason for none, or another's paper."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from receipts import drafting, issuing, obstructing, writing
from receipts.drafting import Ask, Draft
from receipts.gathering import Gift
from receipts.models import Coverage, Exclusion, Receipt


def replace(*, receipt: Receipt, gifts: Mapping[uuid.UUID, Gift], now: datetime) -> Receipt | None:
    """Put what is left of a void receipt on a new one that names its number; the caller's transaction holds the gifts.

    Gifts that left it (another donor, another year) are decided by themselves. What the law leaves out is excluded,
    what a person must mend waits. This function will return the new receipt, or None when nothing is left.
    """
    left = _remaining(receipt, gifts, now=now)
    Coverage.objects.filter(receipt=receipt).delete()
    return _settle(left, gifts, now=now)


@dataclass(frozen=True, slots=True)
class _Left:
    """What becomes of the gifts of a void receipt: `paper` is what replaces it; `first` was drafted over all."""

    first: Draft
    paper: Draft | None


def _remaining(receipt: Receipt, gifts: Mapping[uuid.UUID, Gift], *, now: datetime) -> _Left:
    ask = Ask(
        donor_id=receipt.donor_id,
        entity=receipt.series.entity,
        tax_year=receipt.tax_year,
        donation_ids=list(gifts),
        kind=receipt.kind,
        replaces=receipt,
    )
    first = drafting.draft_gathered(asks=[ask], gifts=gifts, now=now)[0]
    if not first.lines or first.is_ready:
        return _Left(first, first if first.is_ready else None)
    hindered = {one.donation_id for one in first.obstacles}
    rest = [one.gift.id for one in first.lines if one.gift.id not in hindered]
    if not rest or None in hindered:
        return _Left(first, None)
    ask = Ask(
        donor_id=ask.donor_id,
        entity=ask.entity,
        tax_year=ask.tax_year,
        donation_ids=rest,
        kind=ask.kind,
        replaces=receipt,
    )
    second = drafting.draft_gathered(asks=[ask], gifts=gifts, now=now)[0]
    return _Left(first, second if second.is_ready else None)


def _settle(left: _Left, gifts: Mapping[uuid.UUID, Gift], *, now: datetime) -> Receipt | None:
    """Write down what becomes of every gift that stood on the void receipt."""
    made: Receipt | None = None
    if left.paper is not None:
        made = writing.write(drafts=[left.paper], run=None, issued_on=None, now=now)[0]
    for one in left.first.exclusions:
        # The mail about the receipt tells of the money too.
        Exclusion.objects.create(donation_id=one.donation_id, reason=one.reason, decided_at=now)
    for hindrance in left.first.obstacles:
        # What hinders the whole paper hinders each gift that was to stand on it.
        whole = [one.gift.id for one in left.first.lines]
        for pk in [hindrance.donation_id] if hindrance.donation_id else whole:
            obstructing.obstruct(donation_id=pk, code=hindrance.code, words=hindrance.words, now=now)
    for pk in left.first.others:
        issuing.again(donation_id=pk, now=now)
    return made

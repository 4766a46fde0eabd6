"""Obstructing: a gift that cannot be receipted yet says why, is tried again later, and is shown to staff till then."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from receipts.models import Obstacle

SOONEST, LATEST = timedelta(minutes=10), timedelta(hours=24)


def obstruct(*, donation_id: uuid.UUID, code: str, words: str, now: datetime) -> None:
    """Write down what keeps a gift from its receipt; the longer it has, the later it is tried again.

    This function will keep one row for each gift, with the moment it was first noticed under this code.
    """
    known = Obstacle.objects.filter(donation_id=donation_id).first()
    since = known.noticed_at if known is not None and known.code == code else now
    pause = min(max(now - since, SOONEST), LATEST)
    Obstacle.objects.update_or_create(
        donation_id=donation_id,
        defaults={"code": code, "words": words[:300], "noticed_at": since, "try_after": now + pause},
    )


def try_again(
    *,
    donation_ids: Iterable[uuid.UUID] = (),
    donor_id: uuid.UUID | None = None,
    entity_id: int | None = None,
    now: datetime,
) -> int:
    """Somebody mended something: an address, an issuer, a figure. The gifts it held are tried at the next look.

    This function will return how many gifts that are.
    """
    held = Obstacle.objects.filter(try_after__gt=now)
    if donor_id is not None:
        held = held.filter(donation__donor_id=donor_id)
    elif entity_id is not None:
        held = held.filter(donation__entity_id=entity_id)
    else:
        held = held.filter(donation_id__in=list(donation_ids))
    return held.update(try_after=now)

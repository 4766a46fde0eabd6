"""Troubling: a payout the books cannot take is kept for a person, with what was found, until they can."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from payments.gateway import PayoutState
from payments.models import PayoutTrouble, ProcessorEvent

if TYPE_CHECKING:
    from donations.paying_out import DoesNotAddUp

Code = PayoutTrouble.Code


def keep(*, state: PayoutState, error: DoesNotAddUp, now: datetime) -> None:
    """This function will write down what is the matter with a payout, in place of what was said before."""
    found = {
        "code": error.code,
        "amount_minor": state.amount.minor,
        "currency": state.amount.currency,
        "lines_minor": error.lines_minor,
        "books_minor": error.books_minor,
        "unexplained": error.unexplained,
        "words": str(error)[:300],
        "created_at": state.created_at,
        "arrives_on": state.arrives_on,
        "last_seen_at": now,
        "mended_at": None,
    }
    PayoutTrouble.objects.update_or_create(
        ref=state.ref, defaults=found, create_defaults={**found, "seen_at": now}
    )


def mend(*, ref: str, now: datetime) -> None:
    """The payout is in the books. This function will close its trouble, and the notices that were parked over it."""
    if not PayoutTrouble.objects.filter(ref=ref, mended_at__isnull=True).update(mended_at=now):
        return
    ProcessorEvent.objects.filter(
        object_ref=ref, kind__startswith="payout.", status=ProcessorEvent.Status.PARKED
    ).update(status=ProcessorEvent.Status.SETTLED, settled_at=now, reason="")


def waiting() -> QuerySet[PayoutTrouble]:
    """This function will return the payouts that wait for a person, the oldest first."""
    return PayoutTrouble.objects.filter(mended_at__isnull=True).order_by("created_at", "id")

"""Doubting: what the card network or the processor thinks of a payment before anybody disputes it."""

from datetime import datetime

from django.db import transaction

from donations import alerting
from donations.models import Donation, FraudWarning, Review, ReviewClosing
from payments.gateway import FraudWarningState, ReviewState


def warn(*, state: FraudWarningState, donation: Donation, now: datetime) -> None:
    """Write down an early fraud warning and tell finance, once; whether to give the money back a person decides.

    This function will post nothing: no money has moved.
    """
    with transaction.atomic():
        fresh = FraudWarning(
            donation=donation,
            processor_ref=state.ref,
            kind=state.kind[:60],
            warned_at=state.created_at,
            recorded_at=now,
        )
        FraudWarning.objects.bulk_create([fresh], ignore_conflicts=True)
        warning = FraudWarning.objects.get(processor_ref=state.ref)
        if state.is_actionable:
            alerting.warned(warning=warning, donation=donation, now=now)


def review(*, state: ReviewState, donation: Donation, now: datetime) -> None:
    """Write down that the processor looks at a payment, and that it has finished; until then no receipt goes out.

    This function will write the opening once and the closing once.
    """
    with transaction.atomic():
        fresh = Review(
            donation=donation,
            processor_ref=state.ref,
            reason=state.reason[:60],
            opened_at=state.created_at,
            recorded_at=now,
        )
        Review.objects.bulk_create([fresh], ignore_conflicts=True)
        if not state.is_open:
            known = Review.objects.get(processor_ref=state.ref)
            closing = ReviewClosing(review=known, outcome=state.outcome[:60] or "closed", recorded_at=now)
            ReviewClosing.objects.bulk_create([closing], ignore_conflicts=True)

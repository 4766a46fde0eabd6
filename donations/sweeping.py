"""Sweeping: what stopped halfway is driven to its end. Each deed looks before it asks again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from donations import (
    approving,
    changing_plans,
    depositing,
    draining,
    paying_out,
    refunding,
    retrying,
    settling,
)
from donations.models import Checkout, RefundRequest
from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure

logger = logging.getLogger(__name__)

BATCH = 100
GIVE_UP_AFTER = timedelta(hours=2)
"""An attempt without a payment page is given up; a payment that came all the same would still be recorded."""
LONGEST_PAUSE = timedelta(hours=1)
LOOKS_BACK = timedelta(days=3)


@dataclass
class Swept:
    """What one sweep did."""

    looked_at: int = 0
    unsure: int = 0
    parked: int = 0
    failed: int = 0


def _claim_checkouts(now: datetime) -> list[Checkout]:
    waiting: QuerySet[Checkout] = Checkout.objects.filter(
        status__in=[Checkout.Status.BEGUN, Checkout.Status.OPEN, Checkout.Status.CONFIRMING],
        look_after__lte=now,
    )
    with transaction.atomic():
        claimed = list(waiting.select_for_update(skip_locked=True).order_by("look_after", "id")[:BATCH])
        for checkout in claimed:
            # Each look waits longer than the last: a quarter of its age, an hour at most.
            pause = max(timedelta(minutes=1), min((now - checkout.began_at) / 4, LONGEST_PAUSE))
            Checkout.objects.filter(pk=checkout.pk).update(look_after=now + pause)
    return claimed


def _look_at_checkout(checkout: Checkout, now: datetime) -> None:
    connected = gateway.connect()
    if checkout.session_ref:
        settling.apply_session(state=connected.session(checkout.session_ref), now=now)
        return
    found = connected.find_session(reference=str(checkout.pk), since=checkout.began_at)
    if found is not None:
        settling.apply_session(state=found, now=now)
    elif now - checkout.began_at > GIVE_UP_AFTER:
        Checkout.advance(pk=checkout.pk, to=Checkout.Status.ABANDONED, now=now)


def _claim_refund_requests(now: datetime) -> list[RefundRequest]:
    waiting = RefundRequest.objects.filter(
        status__in=[RefundRequest.Status.REQUESTED, RefundRequest.Status.SENT], look_after__lte=now
    )
    with transaction.atomic():
        claimed = list(waiting.select_for_update(skip_locked=True).order_by("look_after", "id")[:BATCH])
        for refund_request in claimed:
            pause = max(timedelta(minutes=2), min((now - refund_request.requested_at) / 4, LONGEST_PAUSE))
            RefundRequest.objects.filter(pk=refund_request.pk).update(look_after=now + pause)
    return claimed


def run(*, now: datetime) -> Swept:
    """Look at every attempt and refund request that has waited, and settle every notice that is due.

    This function will return what it did; what stays unsure is looked at again later.
    """
    swept = Swept()
    for checkout in _claim_checkouts(now):
        _try(swept, partial(_look_at_checkout, checkout, now))
    for refund_request in _claim_refund_requests(now):
        _try(swept, partial(refunding.resume, refund_request=refund_request, now=now))
    for change in changing_plans.claim(now=now, most=BATCH):
        _try(swept, partial(changing_plans.resume, change=change, now=now))
    approving.expire_due(now=now)
    swept.looked_at += draining.drain(now=now)
    return swept


def reconcile(*, now: datetime) -> Swept:
    """Read the processor's own balance of the last days and settle whatever our books do not explain.

    This finds gifts whose every notice was lost. This function will return what it did.
    """
    swept = Swept()
    connected = gateway.connect()
    for line in list(connected.balance_lines(since=now - LOOKS_BACK)):
        if line.kind == paying_out.PAYOUT:
            _try(swept, partial(settling.payout, line.source_ref, now))
        else:
            _try(
                swept,
                partial(depositing.explain, lines=[line], settle_source=settling.settle_source, now=now),
            )
    return swept


def _try(swept: Swept, deed: Callable[[], None]) -> None:
    swept.looked_at += 1
    try:
        retrying.again(deed)
    except ProcessorUnsure as error:
        swept.unsure += 1
        logger.info("still unsure: %s", error)
    except (ProcessorRefused, *settling.PARKING) as error:
        swept.parked += 1
        logger.warning("needs a person: %s: %s", type(error).__name__, error)
    except Exception:
        # A mistake of ours over one row: told with its trace, looked at again later; it must not stop the others.
        swept.failed += 1
        logger.exception("a row could not be swept")

"""Doors for the queue: each task makes one call. The row was the promise; a task may run twice or never."""

from celery import shared_task
from django.utils import timezone

from donations import (
    draining,
    dunning,
    funding,
    guarding,
    keeping_pledges,
    promising,
    rebuilding,
    reminding_pledges,
    settling,
    splitting,
    sweeping,
)
from jobs import beating, ringing
from payments import catching_up


@shared_task(name="donations.settle")
def settle(event_id: int) -> None:
    settling.settle(event_id=event_id, now=timezone.now())


@shared_task(name="donations.settle_waiting")
def settle_waiting() -> None:
    """For a while, so that receipts and letters are not kept waiting; then it rings for the rest."""
    if draining.drain_for_now(now=timezone.now()):
        ringing.ring("donations.settle_waiting", "receipts.follow_up", "donors.send_due")


@shared_task(name="donations.sweep")
def sweep() -> None:
    swept = sweeping.run(now=timezone.now())
    beating.beat(name="sweep", now=timezone.now(), report=vars(swept))


@shared_task(name="donations.reconcile")
def reconcile() -> None:
    swept = sweeping.reconcile(now=timezone.now())
    beating.beat(name="reconcile", now=timezone.now(), report=vars(swept))


@shared_task(name="donations.catch_up")
def catch_up() -> None:
    for event_id in catching_up.run(now=timezone.now()):
        settling.settle(event_id=event_id, now=timezone.now())


@shared_task(name="donations.remind_plans")
def remind_plans() -> None:
    dunning.remind(now=timezone.now())


@shared_task(name="donations.forget_counts")
def forget_counts() -> None:
    guarding.forget(now=timezone.now())


@shared_task(name="donations.close_groups")
def close_groups() -> None:
    funding.close_groups(now=timezone.now())


@shared_task(name="donations.split_tickets")
def split_tickets() -> None:
    splitting.catch_up(now=timezone.now())


@shared_task(name="donations.lapse_promises")
def lapse_promises() -> None:
    promising.lapse(now=timezone.now())


@shared_task(name="donations.follow_pledges")
def follow_pledges() -> None:
    keeping_pledges.follow_refunds(now=timezone.now())
    reminding_pledges.remind(now=timezone.now())


@shared_task(name="donations.fold")
def fold() -> None:
    """Figures are right without it; folded, they are read quickly."""
    rebuilding.keep_up()

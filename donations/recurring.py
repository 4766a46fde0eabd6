"""Standing gifts: the processor's schedule, mirrored. Nothing here charges anybody."""

import uuid
from datetime import datetime

from django.db import transaction

from donations import introducing, scheduling
from donations.models import Checkout, RecurringPlan
from payments.gateway import PlanState

STATUS = {
    "incomplete": RecurringPlan.Status.INCOMPLETE,
    "trialing": RecurringPlan.Status.ACTIVE,
    "active": RecurringPlan.Status.ACTIVE,
    "past_due": RecurringPlan.Status.PAST_DUE,
    "unpaid": RecurringPlan.Status.PAST_DUE,
    "paused": RecurringPlan.Status.PAUSED,
    "canceled": RecurringPlan.Status.ENDED,
    "incomplete_expired": RecurringPlan.Status.ENDED,
}


class UnknownPlan(Exception):
    """A plan the processor knows and we do not, with no attempt of ours behind it."""


def status_of(state: PlanState) -> RecurringPlan.Status:
    """This function will return our word for where the processor says a plan is."""
    status = STATUS.get(state.status, RecurringPlan.Status.PAST_DUE)
    if status == RecurringPlan.Status.ACTIVE and state.is_paused:
        return RecurringPlan.Status.PAUSED
    return status


def mirror(*, state: PlanState, fetched_at: datetime, now: datetime) -> RecurringPlan:
    """Copy what the processor says of a plan, making ours if it is new.

    `fetched_at` is when the state was asked for: an older answer never overwrites a newer one. A plan that ended and
    was begun again goes on under its new name; what is told of the old name then changes nothing.
    This function will return our plan. Raises UnknownPlan.
    """
    with transaction.atomic():
        known = _known(state)
        if known is None:
            _make(state=state, told=_told(state, None, fetched_at), now=now)
            known = _known(state)
        if known is None:
            raise UnknownPlan(state.ref)
        if known.processor_ref == state.ref and known.mirrored_at <= fetched_at:
            told = _told(state, known, fetched_at)
            RecurringPlan.objects.filter(pk=known.pk, mirrored_at__lte=fetched_at).update(**told)
        return of(pk=known.pk)


def of(*, pk: uuid.UUID) -> RecurringPlan:
    """This function will return a plan with everything that belongs to it."""
    return RecurringPlan.objects.select_related("checkout", "donor", "entity", "campaign", "fund").get(pk=pk)


def _known(state: PlanState) -> RecurringPlan | None:
    known = RecurringPlan.objects.select_for_update().filter(processor_ref=state.ref).first()
    if known is not None:
        return known
    reference = _uuid(state.reference)
    former = (
        RecurringPlan.objects.select_for_update().filter(checkout_id=reference).first() if reference else None
    )
    if former is not None and _is_begun_again(former, state):
        former.processor_ref = state.ref
        former.end_reason, former.ends_on, former.failed_attempts = "", None, 0
        former.save(update_fields=["processor_ref", "end_reason", "ends_on", "failed_attempts"])
    return former


def _is_begun_again(former: RecurringPlan, state: PlanState) -> bool:
    is_live = status_of(state) != RecurringPlan.Status.ENDED
    return former.status == RecurringPlan.Status.ENDED and is_live and state.started_at >= former.started_at


def _told(state: PlanState, known: RecurringPlan | None, fetched_at: datetime) -> dict[str, object]:
    status = status_of(state)
    is_ended = status == RecurringPlan.Status.ENDED
    told: dict[str, object] = {
        "amount_minor": state.amount.minor,
        "currency": state.amount.currency,
        "interval": "month",
        "interval_count": state.months or 1,
        "charge_day": state.charge_day,
        "customer_ref": state.customer_ref,
        "status": status,
        "next_charge_at": None if is_ended else state.next_charge_at,
        "resumes_on": scheduling.resumes_on(state.resumes_at) if state.resumes_at else None,
        "ended_at": (state.ended_at or fetched_at) if is_ended else None,
        "mirrored_at": fetched_at,
        **_card(state),
    }
    if status == RecurringPlan.Status.ACTIVE:
        told["failed_attempts"] = 0
    if state.ends_at is None and not is_ended:
        told["ends_on"] = None
    if is_ended:
        told["end_reason"] = _why_ended(state, known)
    return told


def _card(state: PlanState) -> dict[str, object]:
    card = state.card or state.kept_card
    if card is None:
        return {}
    return {"card_brand": card.brand, "card_last4": card.last4, "card_expires_on": card.expires_on}


def _why_ended(state: PlanState, known: RecurringPlan | None) -> str:
    """What was asked of us was noted when it was asked; the rest the processor knows."""
    if known is not None and known.end_reason:
        return known.end_reason
    if state.end_reason == "payment_failed":
        return RecurringPlan.EndReason.RETRIES_EXHAUSTED
    if known is not None and known.ends_on and state.ended_at and state.ended_at.date() >= known.ends_on:
        return RecurringPlan.EndReason.FINISHED
    return RecurringPlan.EndReason.PROCESSOR


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _make(*, state: PlanState, told: dict[str, object], now: datetime) -> None:
    reference = _uuid(state.reference)
    known = Checkout.objects.select_related("campaign", "entity", "fund", "giver")
    checkout = known.filter(pk=reference).first() if reference else None
    if checkout is None:
        raise UnknownPlan(state.ref)
    donor_id = introducing.introduce(checkout=checkout, now=now)
    plan = RecurringPlan(
        checkout=checkout,
        donor_id=donor_id,
        entity=checkout.entity,
        campaign=checkout.campaign,
        fund=checkout.fund,
        processor_ref=state.ref,
        started_at=state.started_at,
        **told,
    )
    RecurringPlan.objects.bulk_create([plan], ignore_conflicts=True)

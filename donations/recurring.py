"""Monthly giving: the processor's schedule, mirrored. Nothing here charges anybody."""

import uuid
from datetime import datetime

from django.db import transaction

from donations.models import Checkout, RecurringPlan
from donors import matching
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


def mirror(*, state: PlanState, fetched_at: datetime, now: datetime) -> RecurringPlan:
    """Copy what the processor says of a plan, making ours if it is new.

    `fetched_at` is when the state was asked for: an older answer never overwrites a newer one.
    This function will return our plan. Raises UnknownPlan.
    """
    status = STATUS.get(state.status, RecurringPlan.Status.PAST_DUE)
    ended = status == RecurringPlan.Status.ENDED
    told = {
        "amount_minor": state.amount.minor,
        "currency": state.amount.currency,
        "interval": state.interval,
        "customer_ref": state.customer_ref,
        "status": status,
        "next_charge_at": None if ended else state.next_charge_at,
        "ended_at": (state.ended_at or fetched_at) if ended else None,
        "mirrored_at": fetched_at,
    }
    with transaction.atomic():
        known = RecurringPlan.objects.filter(processor_ref=state.ref)
        if not known.exists():
            _make(state=state, told=told, now=now)
        known.filter(mirrored_at__lte=fetched_at).update(**told)
        return known.select_related("checkout", "donor", "entity", "campaign", "fund").get()


def _make(*, state: PlanState, told: dict[str, object], now: datetime) -> None:
    try:
        checkout = Checkout.objects.select_related("campaign", "entity", "fund").get(
            pk=uuid.UUID(state.reference)
        )
    except (ValueError, Checkout.DoesNotExist) as error:
        raise UnknownPlan(state.ref) from error
    donor_id = matching.match(
        name=checkout.donor_name, email=checkout.email, language=checkout.language, now=now
    )
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

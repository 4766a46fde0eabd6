"""Following: a notice about a plan, its customer or its card is looked up, and ours follows."""

from datetime import datetime

from donations import changing_plans, dunning, recurring, telling
from donations.models import RecurringPlan
from payments import gateway


def plan(ref: str, now: datetime) -> None:
    """This function will mirror a plan, and tell the giver once when it began and when it ended."""
    ours = recurring.mirror(state=gateway.connect().plan(ref), fetched_at=now, now=now)
    if ours.status == RecurringPlan.Status.ENDED:
        if ours.processor_ref == ref:
            telling.ended(plan=ours, now=now)
        return
    dunning.begun(plan=ours, now=now)


def customer(ref: str, now: datetime) -> None:
    """This function will look whether a customer of ours was given another card."""
    changing_plans.card_given(customer_ref=ref, now=now)
    for known in RecurringPlan.objects.filter(customer_ref=ref, ended_at__isnull=True).order_by("id"):
        plan(known.processor_ref, now)


def card(ref: str, now: datetime) -> None:
    """This function will take over what the card network told of a kept card."""
    owner = gateway.connect().card(ref).customer_ref
    if owner:
        customer(owner, now)

"""Dunning: what failed of a standing gift is kept as facts, its giver told once, and a lost card never tried again."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from donations import changing_plans, recurring, telling
from donations.models import PlanChange, PlanFailure, RecurringPlan
from donations.wishing import UnableToChange, Wish
from payments import gateway
from payments.gateway import ChargeState, InvoiceState, PlanState

HARD = frozenset({"stolen_card", "lost_card", "pickup_card"})
"""Codes after which a card is never tried again, by anybody."""
EXPIRY_STEPS = (30, 7)
"""Days before a card's last one on which its giver is told."""
RESUMES_WITHIN = timedelta(days=7)
_STOPS = uuid.UUID("5f0c1d0a-3c8e-5d5e-9d2f-2f6b5a1c7e10")


def begun(*, plan: RecurringPlan, now: datetime) -> None:
    """A plan is seen for the first time: its giver is told once, and its last day is asked of the processor.

    This function will call nobody; the sweep carries the wish out.
    """
    if plan.status not in {RecurringPlan.Status.ACTIVE, RecurringPlan.Status.PAUSED}:
        return
    telling.started(plan=plan, now=now)
    last_day = plan.checkout.ends_on
    if last_day is None or plan.changes.filter(kind__in=["end", "restart"]).exists():
        return
    try:
        changing_plans.note(
            plan_id=plan.pk,
            change_id=uuid.uuid5(_STOPS, f"end:{plan.pk}"),
            wish=Wish(kind=PlanChange.Kind.END, day=last_day),
            asker=changing_plans.HOUSE,
            now=now,
        )
    except UnableToChange as error:
        raise NeedsAPerson(f"plan {plan.processor_ref} cannot end on {last_day}: {error.words}") from error


class NeedsAPerson(Exception):
    """A plan's schedule does not fit what its giver asked for."""


def failed(*, state: InvoiceState, now: datetime) -> None:
    """Keep every failed attempt of an invoice, and act on the last one while it is open.

    This function will fetch the plan and the attempts first, then write.
    """
    connected = gateway.connect()
    plan_state = connected.plan(state.plan_ref)
    charges = list(connected.failed_charges(payment_ref=state.payment_ref)) if state.payment_ref else []
    attempts = sorted(charges, key=lambda charge: (charge.created_at, charge.ref))
    plan = _keep(plan_state=plan_state, state=state, attempts=attempts, now=now)
    if state.is_first or plan.processor_ref != state.plan_ref:
        return
    if state.status == "open" and plan.status != RecurringPlan.Status.ENDED:
        _act(plan=plan, state=state, attempts=attempts, now=now)


def _keep(
    *, plan_state: PlanState, state: InvoiceState, attempts: list[ChargeState], now: datetime
) -> RecurringPlan:
    with transaction.atomic():
        plan = recurring.mirror(state=plan_state, fetched_at=now, now=now)
        PlanFailure.objects.bulk_create(
            [
                PlanFailure(
                    plan=plan,
                    invoice_ref=state.ref,
                    attempt=number,
                    code=charge.decline_code[:60],
                    amount_minor=charge.amount.minor,
                    currency=charge.amount.currency,
                    failed_at=charge.created_at,
                    next_attempt_at=state.next_attempt_at if charge is attempts[-1] else None,
                    recorded_at=now,
                )
                for number, charge in enumerate(attempts, start=1)
            ],
            ignore_conflicts=True,
        )
        if plan.status == RecurringPlan.Status.PAST_DUE:
            RecurringPlan.objects.filter(pk=plan.pk).update(failed_attempts=len(attempts))
    return plan


def _act(*, plan: RecurringPlan, state: InvoiceState, attempts: list[ChargeState], now: datetime) -> None:
    if attempts and attempts[-1].decline_code in HARD:
        _stop(plan=plan, invoice_ref=state.ref, now=now)
    elif state.needs_bank:
        telling.bank_asks(plan=plan, invoice_ref=state.ref, page_url=state.page_url, now=now)
    else:
        telling.payment_failed(plan=plan, invoice_ref=state.ref, next_at=state.next_attempt_at, now=now)


def _stop(*, plan: RecurringPlan, invoice_ref: str, now: datetime) -> None:
    """No second try: the plan is ended at the processor at once, its invoice voided."""
    change, _ = changing_plans.note(
        plan_id=plan.pk,
        change_id=uuid.uuid5(_STOPS, invoice_ref),
        wish=Wish(kind=PlanChange.Kind.STOP),
        asker=changing_plans.HOUSE,
        reason=RecurringPlan.EndReason.HARD_DECLINE,
        now=now,
    )
    if change.status == PlanChange.Status.REQUESTED:
        changing_plans.carry_on(change=change, now=now)


def remind(*, now: datetime) -> int:
    """Tell of cards about to expire and of pauses about to end, each once.

    This function will return how many plans it looked at.
    """
    today = now.date()
    running = RecurringPlan.objects.exclude(
        status__in=[RecurringPlan.Status.ENDED, RecurringPlan.Status.INCOMPLETE]
    ).select_related("checkout", "entity", "fund")
    latest = today + timedelta(days=max(EXPIRY_STEPS))
    looked_at = 0
    for plan in running.filter(card_expires_on__gte=today, card_expires_on__lte=latest).order_by("id"):
        left = (plan.card_expires_on - today).days if plan.card_expires_on else 0
        telling.card_expires(plan=plan, step=min(step for step in EXPIRY_STEPS if left <= step), now=now)
        looked_at += 1
    resuming = running.filter(
        status=RecurringPlan.Status.PAUSED, resumes_on__gt=today, resumes_on__lte=today + RESUMES_WITHIN
    )
    for plan in resuming.order_by("id"):
        telling.resumes_soon(plan=plan, now=now)
        looked_at += 1
    return looked_at

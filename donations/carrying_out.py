"""Carrying out: one change of a plan at the processor. It looks first whether what was asked is so already."""

from collections.abc import Callable
from datetime import datetime

from donations import recurring, scheduling, wishing
from donations.models import PlanChange, RecurringPlan
from payments import gateway
from payments.gateway import (
    CardState,
    InvoiceState,
    PlanRequest,
    PlanState,
    PlanTerms,
    ProcessorRefused,
    ProcessorUnsure,
)

Kind = PlanChange.Kind


def look(*, change: PlanChange) -> PlanState:
    """This function will return the plan as the processor has it now."""
    return gateway.connect().plan(change.plan.processor_ref)


def is_done(*, change: PlanChange, state: PlanState) -> bool:
    """This function will return whether what was asked is so already."""
    return IS_DONE[change.kind](change, state)


def carry_out(*, change: PlanChange, state: PlanState) -> PlanState | None:
    """Ask the processor, with a key that is the change's id and attempt. Raises ProcessorUnsure, ProcessorRefused.

    This function will return the plan as it is afterwards, or None when there is nothing to carry out yet.
    """
    return DEEDS[change.kind](change, state, key_of(change))


def key_of(change: PlanChange) -> str:
    """This function will return the idempotency key of a change's present attempt."""
    return f"plan-change-{change.pk}-{change.attempt}"


def _is_over(state: PlanState) -> bool:
    return recurring.status_of(state) == RecurringPlan.Status.ENDED


def _unpaid(state: PlanState) -> list[InvoiceState]:
    return list(gateway.connect().unpaid_invoices(state.ref))


def _void_all(*, state: PlanState, key: str) -> None:
    """What is open is no longer collected. One that was paid or voided meanwhile is no mistake."""
    for invoice in _unpaid(state):
        try:
            gateway.connect().void_invoice(key=f"{key}-{invoice.ref}", invoice_ref=invoice.ref)
        except ProcessorRefused as error:
            if gateway.connect().invoice(invoice.ref).status == "open":
                raise ProcessorUnsure(f"{invoice.ref} is still open: {error}") from error


# What the terms become


def _terms(change: PlanChange, state: PlanState) -> PlanTerms:
    terms = {
        Kind.AMOUNT: lambda: PlanTerms(change.amount or state.amount, state.months, state.label, None),
        Kind.FREQUENCY: lambda: PlanTerms(state.amount, change.months or 1, state.label, _first(change)),
        Kind.DAY: lambda: PlanTerms(state.amount, state.months, state.label, _first(change)),
        Kind.FUND: lambda: PlanTerms(
            state.amount, state.months, change.fund.code if change.fund else state.label, None
        ),
    }
    return terms[Kind(change.kind)]()


def _first(change: PlanChange) -> datetime | None:
    return scheduling.moment(change.day) if change.day else None


def _has_terms(change: PlanChange, state: PlanState) -> bool:
    wanted = _terms(change, state)
    is_alike = (wanted.amount, wanted.months, wanted.label) == (state.amount, state.months, state.label)
    return is_alike and wanted.first_at in (None, state.anchored_at)


def _change_terms(change: PlanChange, state: PlanState, key: str) -> PlanState:
    return gateway.connect().change_terms(key=key, plan=state, terms=_terms(change, state))


# The end


def _end_at(change: PlanChange, state: PlanState) -> datetime | None:
    if change.day is None:
        return None
    if state.anchored_at is None or state.next_charge_at is None:
        raise ProcessorUnsure(f"{state.ref} tells no schedule")
    return scheduling.after_last_day(
        last_day=change.day,
        anchored_at=state.anchored_at,
        charge_day=state.charge_day,
        months=state.months,
        next_at=state.next_charge_at,
    )


def _ends_then(change: PlanChange, state: PlanState) -> bool:
    return _is_over(state) or state.ends_at == _end_at(change, state)


def _end(change: PlanChange, state: PlanState, key: str) -> PlanState:
    return gateway.connect().end_plan_at(key=key, plan_ref=state.ref, at=_end_at(change, state))


def _is_stopped(change: PlanChange, state: PlanState) -> bool:
    return _is_over(state) and not _unpaid(state)


def _stop(change: PlanChange, state: PlanState, key: str) -> PlanState:
    if not _is_over(state):
        state = gateway.connect().stop_plan(key=key, plan_ref=state.ref)
    _void_all(state=state, key=key)
    return state


# Pauses


def _is_paused(change: PlanChange, state: PlanState) -> bool:
    return bool(change.day) and state.is_paused and state.resumes_at == _lifted(change) and not _unpaid(state)


def _lifted(change: PlanChange) -> datetime:
    assert change.day is not None  # noqa: S101  # a constraint of the table says so
    return scheduling.lifted_at(change.day)


def _pause(change: PlanChange, state: PlanState, key: str) -> PlanState:
    state = gateway.connect().pause_plan(key=key, plan_ref=state.ref, until=_lifted(change))
    _void_all(state=state, key=key)
    return state


def _is_running(change: PlanChange, state: PlanState) -> bool:
    return not state.is_paused


def _resume(change: PlanChange, state: PlanState, key: str) -> PlanState:
    return gateway.connect().resume_plan(key=key, plan_ref=state.ref)


# Cards, missed months, beginning again


def _new_card(change: PlanChange, state: PlanState) -> CardState | None:
    """The card that was not there when the change was asked for."""
    former = change.before.split()
    return next(
        (card for card in (state.kept_card, state.card) if card is not None and card.ref not in former), None
    )


def cards_of(state: PlanState) -> str:
    """This function will return the names of the cards a plan knows, to tell a new one by."""
    return " ".join(card.ref for card in (state.kept_card, state.card) if card is not None)


def _has_new_card(change: PlanChange, state: PlanState) -> bool:
    card = _new_card(change, state)
    return card is not None and not _is_over(state) and state.card is not None and state.card.ref == card.ref


def _use_card(change: PlanChange, state: PlanState, key: str) -> PlanState | None:
    card = _new_card(change, state)
    if card is None:
        return None
    if _is_over(state):
        return _begin_again(change, state, key, card)
    told = gateway.connect().use_card(key=key, plan_ref=state.ref, method_ref=card.ref)
    _collect(change, card, key)
    return told


def _collect(change: PlanChange, card: CardState, key: str) -> None:
    """The failed month too, if its giver ticked it. A decline is told by the processor's own notice."""
    if not change.invoice_ref or gateway.connect().invoice(change.invoice_ref).status == "paid":
        return
    try:
        gateway.connect().pay_invoice(
            key=f"{key}-collect", invoice_ref=change.invoice_ref, method_ref=card.ref
        )
    except ProcessorRefused:
        return


def _is_paid(change: PlanChange, state: PlanState) -> bool:
    return gateway.connect().invoice(change.invoice_ref).status == "paid"


def _pay(change: PlanChange, state: PlanState, key: str) -> PlanState:
    paid = gateway.connect().pay_invoice(
        key=key, invoice_ref=change.invoice_ref, method_ref=_some_card(state).ref
    )
    if paid.status != "paid":
        raise ProcessorUnsure(f"{paid.ref} is {paid.status}")
    return state


def _some_card(state: PlanState) -> CardState:
    card = state.kept_card or state.card
    if card is None:
        raise ProcessorRefused("no_card", "no card is kept")
    return card


def _goes_on(change: PlanChange, state: PlanState) -> bool:
    return not _is_over(state)


def _restart(change: PlanChange, state: PlanState, key: str) -> PlanState:
    return _begin_again(change, state, key, _some_card(state))


def _begin_again(change: PlanChange, state: PlanState, key: str, card: CardState) -> PlanState:
    """A new plan at the processor for the same agreement; one made by an attempt whose answer was lost is found."""
    plan, connected = change.plan, gateway.connect()
    for other in connected.plans_of(plan.customer_ref):
        if other.reference == str(plan.checkout_id) and not _is_over(other):
            return connected.plan(other.ref)
    day = change.day
    if day is None:
        raise ProcessorRefused("no_day", "no day to begin on")
    return connected.open_plan(
        key=key,
        request=PlanRequest(
            reference=str(plan.checkout_id),
            customer_ref=plan.customer_ref,
            method_ref=card.ref,
            amount=plan.amount,
            months=wishing.months_of(plan),
            label=plan.fund.code,
            first_at=scheduling.moment(day),
            charge_day=plan.charge_day or day.day,
        ),
    )


IS_DONE: dict[str, Callable[[PlanChange, PlanState], bool]] = {
    Kind.AMOUNT: _has_terms,
    Kind.FREQUENCY: _has_terms,
    Kind.DAY: _has_terms,
    Kind.FUND: _has_terms,
    Kind.CARD: _has_new_card,
    Kind.END: _ends_then,
    Kind.PAUSE: _is_paused,
    Kind.RESUME: _is_running,
    Kind.STOP: _is_stopped,
    Kind.MISSED: _is_paid,
    Kind.RESTART: _goes_on,
}
DEEDS: dict[str, Callable[[PlanChange, PlanState, str], PlanState | None]] = {
    Kind.AMOUNT: _change_terms,
    Kind.FREQUENCY: _change_terms,
    Kind.DAY: _change_terms,
    Kind.FUND: _change_terms,
    Kind.CARD: _use_card,
    Kind.END: _end,
    Kind.PAUSE: _pause,
    Kind.RESUME: _resume,
    Kind.STOP: _stop,
    Kind.MISSED: _pay,
    Kind.RESTART: _restart,
}

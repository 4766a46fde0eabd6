"""Renewals: each period drafts an invoice, an hour later charges it, and retries as `tables.timing` says."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import anchoring, errors, instruments, invoicing, paying, subscribing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import cards, timing
from stripe_sandbox.world import World

OVER = ("canceled", "incomplete_expired")


def renew(world: World, identity: str) -> None:
    """This function will begin the next period and draft its invoice, or end the subscription if asked to."""
    subscription = world.get("subscription", identity)
    if subscription["status"] in OVER:
        return
    clock = subscription["test_clock"]
    now = world.now(clock)
    if subscription["cancel_at_period_end"] or (subscription["cancel_at"] or now + 1) <= now:
        subscribing.end(world, subscription, reason="cancellation_requested")
        return
    if subscription["status"] == "trialing":
        world.change(subscription, status="active")
    start, end = _next_period(world, subscription)
    world.wake(identity, "renew", end, clock)
    _resume(world, subscription, now)
    customer = world.get("customer", subscription["customer"])
    invoice = invoicing.draft(
        world, subscription, customer, reason="subscription_cycle", period=(start, end), now=now
    )
    before = {"latest_invoice": subscription["latest_invoice"]}
    world.change(subscription, latest_invoice=invoice["id"])
    world.emit("customer.subscription.updated", subscription, before=before, now=now)
    pause = subscription["pause_collection"]
    if pause and pause["behavior"] == "keep_as_draft":
        world.change(invoice, auto_advance=False)
        return
    world.change(invoice, automatically_finalizes_at=now + timing.DRAFT_LASTS)
    world.wake(invoice["id"], "finalize_invoice", now + timing.DRAFT_LASTS, clock)


def _next_period(world: World, subscription: Obj) -> tuple[int, int]:
    rows = subscription["items"]["data"]
    count = world.note(subscription["id"])["period"] + 1
    start, end = rows[0]["current_period_end"], anchoring.end_of(world, subscription, count)
    world.note(subscription["id"], period=count, previous_start=rows[0]["current_period_start"])
    moved = [{**row, "current_period_start": start, "current_period_end": end} for row in rows]
    world.change(subscription, items={**subscription["items"], "data": moved})
    return start, end


def _resume(world: World, subscription: Obj, now: int) -> None:
    pause = subscription["pause_collection"]
    if pause and pause["resumes_at"] and pause["resumes_at"] <= now:
        world.change(subscription, pause_collection=None)


def finalize_when_due(world: World, identity: str) -> None:
    """This function will make a draft payable and try to collect it, or shut it while paused."""
    invoice = world.get("invoice", identity)
    subscription = world.get("subscription", world.note(identity)["subscription"])
    if invoice["status"] != "draft" or subscription["status"] in OVER:
        return
    invoicing.finalize(world, invoice, now=world.now(invoice["test_clock"]))
    pause = subscription["pause_collection"]
    if pause:
        shut = invoicing.void if pause["behavior"] == "void" else invoicing.give_up
        shut(world, {}, identity)
        return
    collect(world, invoice, subscription)


def retry_when_due(world: World, identity: str) -> None:
    """This function will try once more to collect an open invoice."""
    invoice = world.get("invoice", identity)
    subscription = world.get("subscription", world.note(identity)["subscription"])
    if invoice["status"] == "open" and subscription["status"] not in OVER:
        collect(world, invoice, subscription)


def collect(world: World, invoice: Obj, subscription: Obj, method: Obj | None = None) -> str:
    """This function will try to collect an open invoice by the subscription's payment method, once."""
    now = world.now(invoice["test_clock"])
    method = method or world.get("payment_method", subscription["default_payment_method"])
    intent = world.get("payment_intent", world.note(invoice["id"])["intent"])
    world.change(invoice, attempt_count=invoice["attempt_count"] + 1, attempted=True)
    result = paying.attempt(world, intent, method, now=now, off_session=True)
    if result == "requires_action":
        world.emit("invoice.payment_action_required", invoice, now=now)
        _failed(world, invoice, subscription, intent, now=now)
    else:
        follow_payment(world, intent, now=now)
    return result


def follow_payment(world: World, intent: Obj, *, now: int) -> None:
    """This function will let the invoice and the subscription follow what became of the intent."""
    invoice = world.get("invoice", world.note(intent["id"])["invoice"])
    subscription = world.get("subscription", world.note(invoice["id"])["subscription"])
    if invoice["status"] not in ("open", "uncollectible"):
        return
    if intent["status"] == "succeeded":
        world.silence(invoice["id"], "retry_invoice")
        invoicing.mark_paid(world, invoice, now=now)
        if subscription["status"] in ("past_due", "incomplete", "unpaid"):
            subscribing.set_status(world, subscription, "active", now=now)
    elif intent["status"] == "requires_payment_method":
        _failed(world, invoice, subscription, intent, now=now)


def _failed(world: World, invoice: Obj, subscription: Obj, intent: Obj, *, now: int) -> None:
    attempts = max(invoice["attempt_count"], 1)
    hard = ((intent["last_payment_error"] or {}).get("decline_code")) in cards.HARD_DECLINES
    exhausted = attempts > len(timing.DUNNING)
    again = None if hard or exhausted else now + timing.DUNNING[attempts - 1]
    world.change(invoice, attempt_count=attempts, next_payment_attempt=again)
    world.emit("invoice.payment_failed", invoice, now=now)
    if subscription["status"] in OVER:
        return
    subscribing.set_status(world, subscription, "past_due", now=now)
    if again:
        world.wake(invoice["id"], "retry_invoice", again, invoice["test_clock"])
    elif exhausted:
        subscribing.end(world, subscription, reason="payment_failed")
        invoicing.give_up(world, {}, invoice["id"])


def pay(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/invoices/{id}/pay; a decline is a 402."""
    invoice = world.get("invoice", identity)
    if invoice["status"] not in ("open", "uncollectible"):
        raise errors.invalid(f"Invoice is {invoice['status']}", code="invoice_not_editable")
    subscription = world.get("subscription", world.note(identity)["subscription"])
    method = None
    if params.get("payment_method"):
        method = instruments.from_token(world, params["payment_method"], now=world.now(invoice["test_clock"]))
    if collect(world, invoice, subscription, method) == "declined":
        error = world.get("payment_intent", world.note(identity)["intent"])["last_payment_error"]
        raise errors.ApiError(
            402,
            error["message"],
            kind="card_error",
            code=error["code"],
            decline_code=error.get("decline_code"),
        )
    return invoice

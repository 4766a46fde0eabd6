"""PaymentIntents used directly, without Checkout: create, confirm with a test payment method, cancel."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import errors, instruments, paying, pricing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

KEPT = ("metadata", "description", "receipt_email", "statement_descriptor_suffix", "setup_future_usage")
UNDERSTOOD = frozenset(KEPT) | {
    "amount",
    "currency",
    "customer",
    "confirm",
    "payment_method",
    "off_session",
    "return_url",
    "automatic_payment_methods",
    "allowed_payment_method_types",
    "confirmation_method",
}


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/payment_intents; a decline is a 402 that carries the intent."""
    foreign = set(params) - UNDERSTOOD
    if foreign:
        raise errors.invalid(
            f"The sandbox does not imitate this parameter: {min(foreign)}", param=min(foreign)
        )
    currency = pricing.checked_currency(params["currency"])
    pricing.check_total(params["amount"], currency, param="amount")
    customer = world.get("customer", params["customer"], param="customer") if params.get("customer") else None
    intent = paying.open_intent(
        world,
        amount=params["amount"],
        currency=currency,
        customer=customer["id"] if customer else None,
        method_types=params.get("allowed_payment_method_types") or ["card"],
        now=world.now(customer["test_clock"] if customer else None),
        extra={name: params[name] for name in KEPT if name in params},
    )
    if params.get("confirm"):
        return confirm(world, params, intent["id"])
    return intent


def confirm(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/payment_intents/{id}/confirm."""
    intent = world.get("payment_intent", identity)
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        raise errors.invalid(
            f"This PaymentIntent's status is {intent['status']}.", code="payment_intent_unexpected_state"
        )
    if not params.get("payment_method"):
        raise errors.invalid(
            "You must provide a payment method.", param="payment_method", code="parameter_missing"
        )
    now = world.now()
    method = instruments.from_token(world, params["payment_method"], now=now)
    if paying.attempt(world, intent, method, now=now) == "declined":
        error = intent["last_payment_error"]
        raise errors.ApiError(
            402,
            error["message"],
            kind="card_error",
            code=error["code"],
            decline_code=error.get("decline_code"),
            charge=intent["latest_charge"],
            payment_intent=intent,
        )
    return intent


def cancel(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/payment_intents/{id}/cancel."""
    intent = world.get("payment_intent", identity)
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise errors.invalid(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    reason = params.get("cancellation_reason")
    world.change(
        intent, status="canceled", canceled_at=world.now(), cancellation_reason=reason, next_action=None
    )
    world.emit("payment_intent.canceled", intent)
    return intent

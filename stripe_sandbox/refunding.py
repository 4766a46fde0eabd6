"""Refunds: part or all of a charge back, never more; some wait, some fail later and bring the money back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from stripe_sandbox import balances, doubting, errors
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.customers import merged
from stripe_sandbox.tables import cards, currencies, fees, timing
from stripe_sandbox.world import World

REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/refunds."""
    charge = _charge_of(world, params)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    _check(charge, amount)
    number = world.note(charge["payment_method"]).get("number", "")
    behavior = cards.card(number).refund if charge["payment_method_details"]["type"] == "card" else ""
    status = "pending" if behavior == "pending" else world.settings.refund_status
    refund = world.make(
        "refund",
        amount=amount,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        customer=charge["customer"],
        reason=params.get("reason"),
        metadata=params.get("metadata") or {},
        status=status,
        pending_reason="processing" if status == "pending" else None,
        destination_details=_destination(charge),
    )
    line = _line(world, charge, refund, -amount, "refund")
    world.change(refund, balance_transaction=line["id"])
    _count(world, charge)
    world.emit("refund.created", refund)
    world.emit("charge.refunded", charge)
    doubting.follow(world, charge)
    if behavior == "fails":
        world.wake(refund["id"], "fail_refund", world.clock() + timing.REFUND_FAILS_AFTER)
    return refund


def _charge_of(world: World, params: dict[str, Any]) -> Obj:
    if params.get("reason") not in (None, *REASONS):
        raise errors.invalid("Invalid reason", param="reason")
    if params.get("charge"):
        return world.get("charge", params["charge"], param="charge")
    if not params.get("payment_intent"):
        raise errors.invalid("One of the following params should be provided: payment_intent or charge.")
    intent = world.get("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        raise errors.invalid(
            "This PaymentIntent does not have a successful charge to refund.", param="payment_intent"
        )
    return world.get("charge", intent["latest_charge"])


def _check(charge: Obj, amount: int) -> None:
    if charge["status"] != "succeeded":
        raise errors.invalid(
            f"Charge {charge['id']} has not succeeded and cannot be refunded.", param="charge"
        )
    if charge["disputed"]:
        raise errors.invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise errors.invalid(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            param="charge",
        )
    if amount <= 0:
        raise errors.invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        asked, rest = (currencies.shown(value, charge["currency"]) for value in (amount, left))
        raise errors.invalid(
            f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount"
        )


def _destination(charge: Obj) -> Obj:
    kind = charge["payment_method_details"]["type"]
    if kind == "card":
        card = catalogue.part(
            "refund",
            "DestinationDetails.Card",
            type="refund",
            reference_status="pending",
            reference_type="acquirer_reference_number",
        )
        return {"type": "card", "card": card}
    return {"type": kind}


def _line(world: World, charge: Obj, refund: Obj, amount: int, line_type: str) -> Obj:
    """The refund settles at the rate of its charge: a full refund takes back what the charge brought."""
    own = world.get("balance_transaction", charge["balance_transaction"])
    rate = own["exchange_rate"]
    settled = amount
    if rate is not None:
        _, exact = world.settings.settle.get(charge["currency"], ("", None))
        settled = fees.converted(amount, charge["currency"], own["currency"], exact or Decimal(str(rate)))
    if line_type == "refund" and own["type"] == "payment":
        line_type = "payment_refund"
    return balances.post(
        world,
        line_type=line_type,
        amount=settled,
        currency=own["currency"],
        source=refund["id"],
        exchange_rate=rate,
        description=f"REFUND FOR {'PAYMENT' if own['type'] == 'payment' else 'CHARGE'}",
        now=world.now(),
        available_on=world.now(),
    )


def _count(world: World, charge: Obj) -> None:
    """Keeps `amount_refunded` equal to the refunds that stand."""
    standing = sum(
        refund["amount"]
        for refund in world.kinds["refund"].values()
        if refund["charge"] == charge["id"] and refund["status"] not in ("failed", "canceled")
    )
    assert 0 <= standing <= charge["amount"], "refunds above the charge"
    world.change(charge, amount_refunded=standing, refunded=standing == charge["amount"])


def settle(world: World, identity: str) -> Obj:
    """This function will make a pending refund succeed."""
    refund = world.get("refund", identity)
    if refund["status"] != "pending":
        raise errors.invalid("This refund is not pending.")
    world.change(refund, status="succeeded", pending_reason=None)
    world.emit("refund.updated", refund, before={"status": "pending"})
    return refund


def fail(world: World, identity: str, *, reason: str = "lost_or_stolen_card") -> Obj:
    """This function will make a refund fail: the money comes back by a line of its own."""
    refund = world.get("refund", identity)
    if refund["status"] not in ("pending", "succeeded"):
        raise errors.invalid(f"This refund is {refund['status']} and cannot fail.")
    charge = world.get("charge", refund["charge"])
    line = _line(world, charge, refund, refund["amount"], "refund_failure")
    before = {"status": refund["status"]}
    world.change(
        refund,
        status="failed",
        failure_reason=reason,
        pending_reason=None,
        failure_balance_transaction=line["id"],
    )
    _count(world, charge)
    world.emit("refund.updated", refund, before=before)
    world.emit("refund.failed", refund)
    world.emit("charge.refund.updated", refund)
    world.emit("charge.updated", charge)
    return refund


def fail_when_due(world: World, identity: str) -> None:
    """This function will fail the refund of the test card 4000000000005126."""
    if world.get("refund", identity)["status"] in ("pending", "succeeded"):
        fail(world, identity)


def update(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/refunds/{id}: metadata only."""
    refund = world.get("refund", identity)
    world.change(refund, metadata=merged(refund["metadata"], params.get("metadata")))
    world.emit("refund.updated", refund)
    return refund


def refunds_of(world: World, charge: str) -> list[Obj]:
    """This function will return the refunds of a charge, the newest first."""
    return [refund for refund in world.newest_first("refund") if refund["charge"] == charge]

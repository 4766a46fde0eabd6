"""Doubts before a dispute: early fraud warnings of the card's bank, and reviews of a payment by a person."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

FRAUD_TYPES = (
    "card_never_received",
    "fraudulent_card_application",
    "made_with_counterfeit_card",
    "made_with_lost_card",
    "made_with_stolen_card",
    "misc",
    "unauthorized_use_of_card",
)
OUTCOMES = ("approved", "refunded", "refunded_as_fraud", "disputed", "acknowledged")


def warn(world: World, charge_id: str, *, fraud_type: str = "made_with_stolen_card") -> Obj:
    """This function will let the card's bank warn of a charge, once."""
    charge = world.get("charge", charge_id, param="charge")
    if fraud_type not in FRAUD_TYPES:
        raise errors.invalid("Invalid fraud_type", param="fraud_type")
    if charge["status"] != "succeeded" or _warning_of(world, charge_id):
        raise errors.invalid("Only a charge that succeeded can be warned of, and once.")
    warning = world.make(
        "radar.early_fraud_warning",
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        fraud_type=fraud_type,
        actionable=_is_actionable(charge),
    )
    world.emit("radar.early_fraud_warning.created", warning)
    return warning


def warn_when_due(world: World, charge_id: str) -> None:
    """This function will warn of a charge by the test card 4000000000005423."""
    if not _warning_of(world, charge_id):
        warn(world, charge_id)


def follow(world: World, charge: Obj) -> None:
    """This function will tell that a warning can no longer be acted upon: the charge was refunded or disputed."""
    warning = _warning_of(world, charge["id"])
    if warning is None or warning["actionable"] == _is_actionable(charge):
        return
    before = {"actionable": warning["actionable"]}
    world.change(warning, actionable=_is_actionable(charge))
    world.emit("radar.early_fraud_warning.updated", warning, before=before)


def _is_actionable(charge: Obj) -> bool:
    return not charge["disputed"] and not charge["refunded"]


def _warning_of(world: World, charge_id: str) -> Obj | None:
    warnings = world.kinds["radar.early_fraud_warning"].values()
    return next((one for one in warnings if one["charge"] == charge_id), None)


def review(world: World, charge_id: str) -> Obj:
    """This function will have a person look at a charge."""
    charge = world.get("charge", charge_id, param="charge")
    if any(one["charge"] == charge_id and one["open"] for one in world.kinds["review"].values()):
        raise errors.invalid("This charge is being reviewed already.")
    made = world.make(
        "review",
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        open=True,
        opened_reason="rule",
        reason="rule",
    )
    world.change(charge, review=made["id"])
    world.emit("review.opened", made)
    return made


def close_review(world: World, identity: str, *, outcome: str = "approved") -> Obj:
    """This function will end a review."""
    found = world.get("review", identity)
    if not found["open"]:
        raise errors.invalid("This review is closed already.")
    if outcome not in OUTCOMES:
        raise errors.invalid(f"outcome must be one of {', '.join(OUTCOMES)}", param="outcome")
    world.change(found, open=False, reason=outcome, closed_reason=outcome)
    world.change(world.get("charge", found["charge"]), review=None)
    world.emit("review.closed", found)
    return found


def approve(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/reviews/{id}/approve."""
    return close_review(world, identity, outcome="approved")

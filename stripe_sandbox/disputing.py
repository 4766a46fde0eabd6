"""Disputes: the card network takes the money back; an inquiry only asks.

A dispute that is won brings its money by a line of its own; its fee is not returned (see `tables.fees`).
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox import balances, doubting, errors
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.customers import merged
from stripe_sandbox.tables import fees, timing
from stripe_sandbox.world import World

APPEALED = ("appeal_needs_response", "appeal_under_review")
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review", *APPEALED)
# Stripe's documented evidence texts that decide a dispute in test mode.
VERDICTS = {"winning_evidence": "won", "losing_evidence": "lost"}


def open_when_due(world: World, charge: str) -> None:
    """This function will open the dispute of a test card's charge."""
    notes = world.note(charge)
    found = world.get("charge", charge)
    if found["disputed"] or found["refunded"]:  # a fully refunded card charge cannot be disputed
        return
    create(world, charge, inquiry=bool(notes.get("inquiry")), reason=notes["dispute_reason"])


def create(world: World, charge_id: str, *, inquiry: bool = False, reason: str = "fraudulent") -> Obj:
    """This function will open a dispute (money leaves at once) or an inquiry (nothing moves) on a charge."""
    charge = world.get("charge", charge_id, param="charge")
    left = charge["amount"] - charge["amount_refunded"]
    if charge["status"] != "succeeded" or charge["disputed"] or left <= 0:
        raise errors.invalid(
            "Only a charge that succeeded, is not refunded and not disputed can be disputed."
        )
    now = world.now()
    dispute = world.make(
        "dispute",
        amount=left,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        reason=reason,
        status="warning_needs_response" if inquiry else "needs_response",
        is_charge_refundable=inquiry,
        evidence=_evidence(),
        evidence_details=_evidence_details(now),
        payment_method_details=_method_details(charge, inquiry=inquiry),
        created=now,
    )
    world.change(charge, disputed=True)
    world.emit("charge.dispute.created", dispute, now=now)
    if not inquiry:
        _withdraw(world, dispute, charge)
    world.emit("charge.updated", charge, before={"disputed": False}, now=now)
    doubting.follow(world, charge)
    return dispute


def _evidence() -> Obj:
    return catalogue.part(
        "dispute", "Evidence", enhanced_evidence=catalogue.part("dispute", "Evidence.EnhancedEvidence")
    )


def _evidence_details(now: int) -> Obj:
    return catalogue.part(
        "dispute",
        "EvidenceDetails",
        due_by=now + timing.DISPUTE_ANSWER_WITHIN,
        submission_method="not_submitted",
        enhanced_eligibility={},
    )


def _method_details(charge: Obj, *, inquiry: bool) -> Obj | None:
    if charge["payment_method_details"]["type"] != "card":
        return None
    brand = charge["payment_method_details"]["card"]["brand"]
    card = {
        "brand": brand,
        "network": brand,
        "case_type": "inquiry" if inquiry else "chargeback",
        "network_reason_code": "10.4",
    }
    return {"type": "card", "card": card}


def _settled(world: World, dispute: Obj, charge: Obj) -> tuple[int, str, float | None]:
    own = world.get("balance_transaction", charge["balance_transaction"])
    if dispute["amount"] == charge["amount"]:
        return own["amount"], own["currency"], own["exchange_rate"]
    return balances.settlement(world, dispute["amount"], dispute["currency"])


def _line(world: World, dispute: Obj, charge: Obj, *, sign: int, fee: int, category: str) -> None:
    amount, currency, rate = _settled(world, dispute, charge)
    words = "Chargeback withdrawal" if sign < 0 else "Chargeback reversal"
    line = balances.post(
        world,
        line_type="adjustment",
        category=category,
        amount=sign * amount,
        currency=currency,
        source=dispute["id"],
        fee=fee,
        fee_for="Dispute fee",
        exchange_rate=rate,
        description=f"{words} for {charge['id']}",
        now=world.now(),
        available_on=world.now(),
    )
    world.change(dispute, balance_transactions=[*dispute["balance_transactions"], dict(line)])


def _withdraw(world: World, dispute: Obj, charge: Obj) -> None:
    currency = world.get("balance_transaction", charge["balance_transaction"])["currency"]
    _line(world, dispute, charge, sign=-1, fee=fees.of_dispute(currency), category="dispute")
    world.emit("charge.dispute.funds_withdrawn", dispute)


def close(world: World, identity: str, outcome: str) -> Obj:
    """`outcome` is won, lost or prevented; an inquiry just closes. This function will decide an open dispute."""
    dispute = world.get("dispute", identity)
    if dispute["status"] not in OPEN:
        raise errors.invalid(f"This dispute is already closed: {dispute['status']}.")
    if outcome not in ("won", "lost", "prevented"):
        raise errors.invalid("outcome must be won, lost or prevented", param="outcome")
    charge = world.get("charge", dispute["charge"])
    before = {"status": dispute["status"]}
    if dispute["status"].startswith("warning_") and outcome != "prevented":
        world.change(dispute, status="warning_closed")
        world.change(charge, disputed=False)
    else:
        world.change(dispute, status=outcome)
    if outcome == "prevented" and not dispute["balance_transactions"]:
        world.change(charge, disputed=False)
    elif dispute["status"] in ("won", "prevented"):
        fee = (
            -fees.of_dispute(dispute["balance_transactions"][0]["currency"])
            if fees.DISPUTE_FEE_RETURNED_WHEN_WON
            else 0
        )
        _line(world, dispute, charge, sign=1, fee=fee, category="dispute_reversal")
        world.change(charge, disputed=False)
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.closed", dispute, before=before)
    return dispute


def appeal(world: World, identity: str) -> Obj:
    """This function will take a lost dispute further: the money stays away until the appeal is decided."""
    dispute = world.get("dispute", identity)
    if dispute["status"] != "lost":
        raise errors.invalid("Only a lost dispute can be appealed.")
    details = {**dispute["evidence_details"], "due_by": world.now() + timing.DISPUTE_ANSWER_WITHIN}
    before = {"status": "lost"}
    world.change(dispute, status="appeal_needs_response", evidence_details=details)
    world.emit("charge.dispute.updated", dispute, before=before)
    return dispute


def escalate(world: World, identity: str) -> Obj:
    """This function will turn an inquiry into a dispute: now the money leaves."""
    dispute = world.get("dispute", identity)
    if dispute["status"] not in ("warning_needs_response", "warning_under_review"):
        raise errors.invalid("Only an open inquiry can become a dispute.")
    world.change(dispute, status="needs_response", is_charge_refundable=False)
    _withdraw(world, dispute, world.get("charge", dispute["charge"]))
    world.emit("charge.dispute.updated", dispute)
    return dispute


def accept(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/disputes/{id}/close: the business accepts the loss."""
    return close(world, identity, "lost")


def update(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/disputes/{id}: evidence, and its submission."""
    dispute = world.get("dispute", identity)
    given = params.get("evidence") or {}
    details = {
        **dispute["evidence_details"],
        "has_evidence": bool(given) or dispute["evidence_details"]["has_evidence"],
    }
    submitted = params.get("submit", True) and bool(given)
    if submitted:
        details.update(submission_count=details["submission_count"] + 1, submission_method="manual")
    status = dispute["status"]
    if submitted and status.endswith("needs_response"):
        status = status.replace("needs_response", "under_review")
    world.change(
        dispute,
        evidence={**dispute["evidence"], **given},
        evidence_details=details,
        metadata=merged(dispute["metadata"], params["metadata"])
        if "metadata" in params
        else dispute["metadata"],
        status=status,
    )
    world.emit("charge.dispute.updated", dispute)
    verdict = VERDICTS.get(given.get("uncategorized_text", ""))
    return close(world, identity, verdict) if submitted and verdict else dispute

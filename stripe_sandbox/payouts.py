"""Payouts: the lines that are available leave together for the bank.

An automatic payout holds every open line of its currency, and afterwards its own negative line: the sum of
the other nets is its amount. A manual payout takes an amount and Stripe cannot say which lines it holds.
"""

from __future__ import annotations

from typing import Any

from stripe_sandbox import balances, errors
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import currencies, timing
from stripe_sandbox.world import World


def _make(world: World, *, amount: int, currency: str, automatic: bool, extra: Obj) -> Obj:
    now = world.now()
    payout = world.make(
        "payout",
        amount=amount,
        currency=currency,
        automatic=automatic,
        status="pending",
        method="standard",
        source_type="card",
        type="bank_account",
        arrival_date=now + timing.PAYOUT_ARRIVES_AFTER,
        reconciliation_status="in_progress" if automatic else "not_applicable",
        statement_descriptor="SANDBOX",
        description="STRIPE PAYOUT",
        destination="ba_sandbox",
        created=now,
        **extra,
    )
    line = balances.post(
        world,
        line_type="payout",
        amount=-amount,
        currency=currency,
        source=payout["id"],
        description="STRIPE PAYOUT",
        now=now,
        available_on=now,
    )
    world.note(line["id"], payout=payout["id"])
    world.change(payout, balance_transaction=line["id"])
    return payout


def make_automatic(world: World, currency: str, *, only_available: bool = False, pay: bool = True) -> Obj:
    """Unless `only_available`, pending lines are taken as if their days had passed.

    This function will group every open line of a currency into a payout and, with `pay`, let it arrive.
    """
    balances.ripen(world, everything=not only_available)
    lines = balances.open_lines(world, currency)
    amount = sum(line["net"] for line in lines)
    if amount <= 0:
        raise errors.invalid(f"There is nothing to pay out in {currency}: {amount}.", param="currency")
    payout = _make(world, amount=amount, currency=currency, automatic=True, extra={})
    for line in lines:
        world.note(line["id"], payout=payout["id"])
    assert sum(line["net"] for line in lines) == payout["amount"], "a payout is the sum of its lines"
    world.emit("payout.created", payout)
    world.change(payout, status="in_transit")
    world.emit("payout.updated", payout, before={"status": "pending"})
    return arrive(world, payout["id"]) if pay else payout


def arrive(world: World, identity: str) -> Obj:
    """This function will let a payout reach the bank and finish its reconciliation."""
    payout = world.get("payout", identity)
    if payout["status"] not in ("pending", "in_transit"):
        raise errors.invalid(f"This payout is {payout['status']}.")
    before = {"status": payout["status"]}
    world.change(
        payout, status="paid", trace_id={"status": "supported", "value": f"SBX{payout['id'][-8:].upper()}"}
    )
    world.emit("payout.paid", payout, before=before)
    if payout["automatic"]:
        world.change(payout, reconciliation_status="completed")
        world.emit("payout.reconciliation_completed", payout)
    return payout


def fail(world: World, identity: str, *, code: str = "account_closed") -> Obj:
    """This function will fail a payout, even one that was paid: a line brings the money back."""
    payout = world.get("payout", identity)
    if payout["status"] not in ("pending", "in_transit", "paid"):
        raise errors.invalid(f"This payout is {payout['status']} and cannot fail.")
    _give_back(world, payout, status="failed", event="payout.failed", code=code)
    return payout


def _give_back(world: World, payout: Obj, *, status: str, event: str, code: str | None) -> None:
    line = balances.post(
        world,
        line_type="payout_failure",
        amount=payout["amount"],
        currency=payout["currency"],
        source=payout["id"],
        description="STRIPE PAYOUT FAILURE" if code else "STRIPE PAYOUT CANCELED",
        now=world.now(),
        available_on=world.now(),
    )
    before = {"status": payout["status"]}
    world.change(
        payout,
        status=status,
        failure_code=code,
        failure_message="The bank account has been closed." if code else None,
        failure_balance_transaction=line["id"],
    )
    world.emit(event, payout, before=before)


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/payouts: a manual payout of an available amount."""
    currency, amount = params["currency"].lower(), params["amount"]
    balances.ripen(world)
    available = balances.totals(world)["available"].get(currency, 0)
    if amount <= 0 or amount > available:
        raise errors.invalid(
            f"You have insufficient funds for this payout: {currencies.shown(available, currency)}.",
            code="balance_insufficient",
        )
    extra = {"metadata": params.get("metadata") or {}}
    payout = _make(world, amount=amount, currency=currency, automatic=False, extra=extra)
    world.emit("payout.created", payout)
    return payout


def cancel(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/payouts/{id}/cancel."""
    payout = world.get("payout", identity)
    if payout["status"] != "pending":
        raise errors.invalid("Payouts can be canceled only while they are pending.")
    _give_back(world, payout, status="canceled", event="payout.canceled", code=None)
    return payout

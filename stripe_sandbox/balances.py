"""The account's balance: lines that add up, and what they add up to.

Every movement of money is one balance transaction. `amount - fee = net` by construction; the balance is
nothing but the sum of the nets.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import fees
from stripe_sandbox.world import World

# type of line -> reporting category, as Stripe's balance reports name it
CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "adjustment": "dispute",
    "payout": "payout",
    "payout_failure": "payout_reversal",
}


def settlement(world: World, amount: int, currency: str) -> tuple[int, str, float | None]:
    """This function will return what an amount settles as: minor units, currency, exchange rate or None."""
    if currency not in world.settings.settle:
        return amount, currency, None
    target, rate = world.settings.settle[currency]
    return fees.converted(amount, currency, target, rate), target, float(rate)


def post(
    world: World,
    *,
    line_type: str,
    amount: int,
    currency: str,
    source: str,
    now: int,
    available_on: int,
    fee: int = 0,
    fee_for: str = "Stripe processing fees",
    category: str | None = None,
    exchange_rate: float | None = None,
    description: str | None = None,
) -> Obj:
    """This function will write one line; amounts are minor units of the settlement currency, signed."""
    detail = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": fee_for,
        "type": "stripe_fee",
    }
    return world.make(
        "balance_transaction",
        type=line_type,
        reporting_category=category or CATEGORIES[line_type],
        amount=amount,
        currency=currency,
        fee=fee,
        fee_details=[detail] if fee else [],
        net=amount - fee,
        source=source,
        created=now,
        available_on=available_on,
        status="pending" if available_on > now else "available",
        balance_type="payments",
        exchange_rate=exchange_rate,
        description=description,
    )


def ripen(world: World, *, everything: bool = False) -> None:
    """This function will make pending lines available whose time has come (or all of them)."""
    now = world.now()
    for line in world.kinds["balance_transaction"].values():
        if line["status"] == "pending" and (everything or line["available_on"] <= now):
            world.change(line, status="available")


def open_lines(world: World, currency: str) -> list[Obj]:
    """This function will return the available lines of a currency that no payout holds yet, oldest first."""
    return [
        line
        for line in world.kinds["balance_transaction"].values()
        if line["currency"] == currency
        and line["status"] == "available"
        and not world.notes[line["id"]].get("payout")
    ]


def totals(world: World) -> dict[str, dict[str, int]]:
    """This function will return {"available": {currency: net}, "pending": {...}} from the lines."""
    found: dict[str, dict[str, int]] = {"available": defaultdict(int), "pending": defaultdict(int)}
    for line in world.kinds["balance_transaction"].values():
        found[line["status"]][line["currency"]] += line["net"]
    return {name: dict(per_currency) for name, per_currency in found.items()}


def retrieve(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer GET /v1/balance."""
    ripen(world)
    found = totals(world)
    currencies = sorted({*found["available"], *found["pending"]}) or ["usd"]
    balance = catalogue.blank("balance")
    for column in ("available", "pending"):
        balance[column] = [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency in currencies
            for amount in [found[column].get(currency, 0)]
        ]
    return balance


def breaches(world: World) -> list[str]:
    """This function will return every law of the money that does not hold; empty is the only good answer."""
    found = []
    for line in world.kinds["balance_transaction"].values():
        if line["amount"] - line["fee"] != line["net"]:
            found.append(f"{line['id']}: amount - fee is not net")
    for charge in world.kinds["charge"].values():
        refunds = [r for r in world.kinds["refund"].values() if r["charge"] == charge["id"]]
        given_back = sum(r["amount"] for r in refunds if r["status"] not in ("failed", "canceled"))
        if given_back != charge["amount_refunded"] or given_back > charge["amount"]:
            found.append(
                f"{charge['id']}: refunds of {given_back}, amount_refunded {charge['amount_refunded']}"
            )
    for payout in world.kinds["payout"].values():
        held = [
            line
            for line in world.kinds["balance_transaction"].values()
            if world.notes[line["id"]].get("payout") == payout["id"] and line["type"] != "payout"
        ]
        if payout["automatic"] and sum(line["net"] for line in held) != payout["amount"]:
            found.append(f"{payout['id']}: its lines do not add up to {payout['amount']}")
    return found

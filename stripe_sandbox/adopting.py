"""Subscriptions made by the API for a customer whose card is kept already: brought from elsewhere, or begun again."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import anchoring, errors, instruments, pricing, subscribing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

UNDERSTOOD = (
    "customer items metadata description default_payment_method billing_cycle_anchor_config cancel_at "
    "billing_cycle_anchor proration_behavior off_session collection_method payment_behavior expand"
)


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/subscriptions: only with a first charge that lies ahead."""
    foreign = set(params) - set(UNDERSTOOD.split())
    if foreign:
        raise errors.invalid(
            f"The sandbox does not imitate this parameter: {min(foreign)}", param=min(foreign)
        )
    customer = world.get("customer", params["customer"], param="customer")
    now = world.now(customer["test_clock"])
    anchored = anchoring.wanted(params, now, at="subscription")
    if anchored is None:
        raise errors.invalid(
            "The sandbox makes only subscriptions that are charged later: give an anchor.",
            param="billing_cycle_anchor",
        )
    items = [_item(world, given, position) for position, given in enumerate(params["items"])]
    subscription = subscribing.write(
        world,
        customer=customer,
        method=_method(world, customer, params),
        items=items,
        data=params,
        period=anchoring.first_period(now, items[0]["price"]["recurring"], anchored),
        anchored=anchored,
        now=now,
    )
    if params.get("cancel_at"):
        world.change(subscription, **anchoring.set_end(world, subscription, params["cancel_at"]))
    anchoring.bill_nothing(world, subscription, reason="subscription_create", now=now)
    world.change(subscription, status="active")
    world.emit("customer.subscription.created", subscription, now=now)
    return subscription


def _method(world: World, customer: Obj, params: dict[str, Any]) -> Obj:
    given = params.get("default_payment_method") or customer["invoice_settings"]["default_payment_method"]
    if not given:
        raise errors.invalid(
            "This customer has no attached payment source or default payment method.",
            code="resource_missing",
            param="default_payment_method",
        )
    method = world.get("payment_method", given, param="default_payment_method")
    if method.get("customer") != customer["id"]:
        raise errors.invalid(
            "The customer does not have a payment method with this ID.", param="default_payment_method"
        )
    return method


def _item(world: World, given: dict[str, Any], position: int) -> Obj:
    at = f"items[{position}]"
    if given.get("price_data"):
        price = pricing.make_price(world, given["price_data"], at=f"{at}[price_data]", active=False)
    else:
        price = world.get("price", given.get("price"), param=f"{at}[price]")
    if not price["recurring"]:
        raise errors.invalid("The price must recur.", param=at)
    quantity = given.get("quantity", 1)
    pricing.check_total(price["unit_amount"] * quantity, price["currency"], param=at)
    return {"price": price, "quantity": quantity, "currency": price["currency"]}


def attach(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/payment_methods/{id}/attach."""
    customer = world.get("customer", params["customer"], param="customer")
    now = world.now(customer["test_clock"])
    method = instruments.from_token(world, identity, now=now)
    if method.get("customer") not in (None, customer["id"]):
        raise errors.invalid("The payment method you provided has already been attached to a customer.")
    return instruments.attach(world, method, customer, now=now)


def renew_card(world: World, identity: str, *, month: int, year: int, number: str = "") -> Obj:
    """The card network told of a new date or number. This function will take it over and say so."""
    method = world.get("payment_method", identity)
    card = {**method["card"], "exp_month": month, "exp_year": year}
    if number:
        instruments.refuse_impossible(number)
        card |= {"last4": number[-4:], "fingerprint": instruments.fingerprint(number)}
        world.note(identity, number=number)
    before = {"card": method["card"]}
    world.change(method, card=card)
    customer = world.kinds["customer"].get(method.get("customer") or "")
    now = world.now(customer["test_clock"] if customer else None)
    world.emit("payment_method.automatically_updated", method, before=before, now=now)
    return method

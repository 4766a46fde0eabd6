"""Customers: create, update, delete, and the payment method their renewals use."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import instruments
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.instruments import Typed
from stripe_sandbox.world import World

FIELDS = ("email", "name", "phone", "description", "metadata", "preferred_locales")


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/customers."""
    clock = params.get("test_clock")
    if clock:
        world.get("test_helpers.test_clock", clock, param="test_clock")
    customer = world.make(
        "customer",
        **{name: params[name] for name in FIELDS if params.get(name) is not None},
        balance=0,
        delinquent=False,
        invoice_settings=catalogue.part("customer", "InvoiceSettings"),
        next_invoice_sequence=1,
        tax_exempt="none",
        test_clock=clock,
        created=world.now(clock),
    )
    customer["invoice_prefix"] = customer["id"][-8:].upper()
    world.emit("customer.created", customer, now=customer["created"])
    return customer


def update(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/customers/{id}."""
    customer = world.get("customer", identity)
    changed = {name: params[name] for name in FIELDS if name in params}
    if "metadata" in changed:
        changed["metadata"] = merged(customer["metadata"], changed["metadata"])
    settings = params.get("invoice_settings") or {}
    if settings.get("default_payment_method"):
        method = world.get("payment_method", settings["default_payment_method"], param="invoice_settings")
        changed["invoice_settings"] = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    before = {name: customer[name] for name in changed}
    world.change(customer, **changed)
    world.emit("customer.updated", customer, before=before, now=world.now(customer["test_clock"]))
    return customer


def merged(before: dict[str, str], given: Any) -> dict[str, str]:
    """This function will return metadata after an update: an empty value removes a key, an empty text all."""
    if not given:
        return {}
    return {key: value for key, value in {**before, **given}.items() if value != ""}


def delete(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer DELETE /v1/customers/{id}."""
    customer = world.get("customer", identity)
    world.change(customer, deleted=True)
    world.emit("customer.deleted", customer)
    return {"id": identity, "object": "customer", "deleted": True}


def keep_card(world: World, customer: Obj, number: str) -> Obj:
    """This function will make a card the customer's default; subscriptions with a card of their own keep it."""
    instruments.refuse_impossible(number)
    now = world.now(customer["test_clock"])
    method = instruments.make(world, Typed("card", number, customer["email"], customer["name"]), now=now)
    instruments.attach(world, method, customer, now=now)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    before = {"invoice_settings": customer["invoice_settings"]}
    world.change(customer, invoice_settings=settings)
    world.emit("customer.updated", customer, before=before, now=now)
    return method


def use_card(world: World, customer: Obj, number: str) -> Obj:
    """This function will make a card the one that this customer's subscriptions are paid with."""
    method = keep_card(world, customer, number)
    now = world.now(customer["test_clock"])
    for subscription in list(world.newest_first("subscription")):
        if subscription["customer"] == customer["id"] and subscription["status"] not in (
            "canceled",
            "incomplete_expired",
        ):
            before = {"default_payment_method": subscription["default_payment_method"]}
            world.change(subscription, default_payment_method=method["id"])
            world.emit("customer.subscription.updated", subscription, before=before, now=now)
    return method

"""Every URL of the API that the sandbox answers: method, pattern, class of parameters, deed."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe_sandbox import (
    adopting,
    balances,
    checkout,
    clocks,
    customers,
    disputing,
    doubting,
    errors,
    instruments,
    intents,
    invoicing,
    listing,
    payouts,
    portal,
    pricing,
    refunding,
    renewing,
    subscribing,
)
from stripe_sandbox.contracts import parsing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.customers import merged
from stripe_sandbox.world import World

Deed = Callable[..., Obj]

# Parameters that Stripe removed, with the code of its refusal.
REMOVED = {"payment_method_types": "payment_method_types_no_longer_supported"}


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    params: tuple[str, str]
    deed: Deed

    def parser(self) -> parsing.ObjectParse:
        """This function will return the parser of this route's parameters."""
        return parsing.parser(*self.params)


def _route(method: str, pattern: str, params: str, deed: Deed) -> Route:
    """`params` is `folder/snake_name` of the module under stripe.params; its class has that name."""
    folder, _, name = params.rpartition("/")
    module = ".".join(filter(None, ("stripe.params", folder, f"_{name}_params")))
    class_name = "".join(word.title() for word in name.split("_")) + "Params"
    expression = re.compile("/v1/" + pattern.replace("{id}", r"([\w-]+)"))
    return Route(method, expression, (module, class_name), deed)


def _read(kind: str, url: str, params: str) -> list[Route]:
    """Retrieve one, list many."""

    def retrieve(world: World, given: dict[str, Any], identity: str) -> Obj:
        found = world.get(kind, identity)
        if found.get("deleted"):
            return {"id": identity, "object": kind, "deleted": True}
        return found

    def many(world: World, given: dict[str, Any]) -> Obj:
        return listing.answer(world, kind, given, f"/v1/{url}")

    return [
        _route("GET", url, f"{params}_list", many),
        _route("GET", f"{url}/{{id}}", f"{params}_retrieve", retrieve),
    ]


def _describe(kind: str, fields: tuple[str, ...], event: str) -> Deed:
    """An update that touches only words and metadata."""

    def update(world: World, given: dict[str, Any], identity: str) -> Obj:
        thing = world.get(kind, identity)
        foreign = set(given) - {"metadata", *fields}
        if foreign:
            raise errors.invalid(
                f"The sandbox does not imitate this parameter: {min(foreign)}", param=min(foreign)
            )
        changed = {name: given[name] for name in fields if name in given}
        if "metadata" in given:
            changed["metadata"] = merged(thing["metadata"], given["metadata"])
        before = {name: thing[name] for name in changed}
        world.change(thing, **changed)
        if event:
            world.emit(event, thing, before=before)
        return thing

    return update


def _balance_transaction(world: World, given: dict[str, Any], identity: str) -> Obj:
    balances.ripen(world)
    return world.get("balance_transaction", identity)


def _methods_of_customer(world: World, given: dict[str, Any], identity: str) -> Obj:
    world.get("customer", identity)
    rows = instruments.listed_for(world, identity)
    return listing.all_rows(rows, f"/v1/customers/{identity}/payment_methods")


def _refunds_of_charge(world: World, given: dict[str, Any], identity: str) -> Obj:
    world.get("charge", identity)
    return listing.all_rows(refunding.refunds_of(world, identity), f"/v1/charges/{identity}/refunds")


ROUTES: list[Route] = [
    _route("POST", "checkout/sessions", "checkout/session_create", checkout.create),
    _route("POST", "checkout/sessions/{id}/expire", "checkout/session_expire", checkout.expire),
    _route(
        "GET", "checkout/sessions/{id}/line_items", "checkout/session_line_item_list", checkout.line_items
    ),
    _route("POST", "checkout/sessions/{id}", "checkout/session_update", checkout.update),
    *_read("checkout.session", "checkout/sessions", "checkout/session"),
    _route("POST", "payment_intents", "payment_intent_create", intents.create),
    _route("POST", "payment_intents/{id}/confirm", "payment_intent_confirm", intents.confirm),
    _route("POST", "payment_intents/{id}/cancel", "payment_intent_cancel", intents.cancel),
    _route(
        "POST",
        "payment_intents/{id}",
        "payment_intent_update",
        _describe("payment_intent", ("description", "receipt_email"), ""),
    ),
    *_read("payment_intent", "payment_intents", "payment_intent"),
    _route("GET", "charges/{id}/refunds", "charge_list_refunds", _refunds_of_charge),
    _route(
        "POST",
        "charges/{id}",
        "charge_update",
        _describe("charge", ("description", "receipt_email"), "charge.updated"),
    ),
    *_read("charge", "charges", "charge"),
    _route("GET", "balance", "balance_retrieve", balances.retrieve),
    _route("GET", "balance_transactions/{id}", "balance_transaction_retrieve", _balance_transaction),
    *_read("balance_transaction", "balance_transactions", "balance_transaction"),
    _route("POST", "refunds", "refund_create", refunding.create),
    _route("POST", "refunds/{id}", "refund_update", refunding.update),
    *_read("refund", "refunds", "refund"),
    _route("POST", "disputes/{id}/close", "dispute_close", disputing.accept),
    _route("POST", "disputes/{id}", "dispute_update", disputing.update),
    *_read("dispute", "disputes", "dispute"),
    *_read("radar.early_fraud_warning", "radar/early_fraud_warnings", "radar/early_fraud_warning"),
    _route("POST", "reviews/{id}/approve", "review_approve", doubting.approve),
    *_read("review", "reviews", "review"),
    _route("POST", "payouts", "payout_create", payouts.create),
    _route("POST", "payouts/{id}/cancel", "payout_cancel", payouts.cancel),
    *_read("payout", "payouts", "payout"),
    _route("POST", "customers", "customer_create", customers.create),
    _route("GET", "customers/{id}/payment_methods", "customer_payment_method_list", _methods_of_customer),
    _route("POST", "customers/{id}", "customer_update", customers.update),
    _route("DELETE", "customers/{id}", "customer_delete", customers.delete),
    *_read("customer", "customers", "customer"),
    _route("POST", "payment_methods/{id}/attach", "payment_method_attach", adopting.attach),
    *_read("payment_method", "payment_methods", "payment_method"),
    _route("POST", "products", "product_create", pricing.make_product),
    *_read("product", "products", "product"),
    _route("POST", "prices", "price_create", pricing.make_price),
    *_read("price", "prices", "price"),
    _route("POST", "subscriptions", "subscription_create", adopting.create),
    _route("POST", "subscriptions/{id}", "subscription_update", subscribing.update),
    _route("DELETE", "subscriptions/{id}", "subscription_cancel", subscribing.cancel),
    *_read("subscription", "subscriptions", "subscription"),
    _route("GET", "subscription_items", "subscription_item_list", subscribing.items),
    _route("POST", "invoices/{id}/pay", "invoice_pay", renewing.pay),
    _route("POST", "invoices/{id}/void", "invoice_void_invoice", invoicing.void),
    _route("POST", "invoices/{id}/mark_uncollectible", "invoice_mark_uncollectible", invoicing.give_up),
    *_read("invoice", "invoices", "invoice"),
    *_read("invoice_payment", "invoice_payments", "invoice_payment"),
    _route("POST", "billing_portal/sessions", "billing_portal/session_create", portal.create),
    _route("POST", "test_helpers/test_clocks", "test_helpers/test_clock_create", clocks.create),
    _route(
        "POST", "test_helpers/test_clocks/{id}/advance", "test_helpers/test_clock_advance", clocks.advance
    ),
    *_read("test_helpers.test_clock", "test_helpers/test_clocks", "test_helpers/test_clock"),
    *_read("event", "events", "event"),
]


@functools.lru_cache(maxsize=4096)
def _matching(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groups()
    return None


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """This function will return the route of a request and the ids in its path; raises the 404 of Stripe."""
    matching = _matching(method, path)
    if matching is None:
        raise errors.ApiError(
            404, f"Unrecognized request URL ({method}: {path}). The sandbox does not imitate it."
        )
    return matching

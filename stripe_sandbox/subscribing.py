"""Subscriptions: begin, change the amount, pause the collection, end. Renewals are in `renewing`."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import anchoring, errors, invoicing, listing, pricing
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.customers import merged
from stripe_sandbox.world import World

Params = dict[str, Any]

UNDERSTOOD = (
    "items cancel_at_period_end pause_collection metadata default_payment_method description "
    "proration_behavior cancellation_details payment_behavior off_session cancel_at trial_end"
)


def begin(
    world: World,
    *,
    customer: Obj,
    method: Obj,
    intent: Obj | None,
    items: list[Obj],
    data: Params,
    now: int,
) -> Obj:
    """`intent` is None when nothing is due before the anchor.

    This function will start a subscription whose first payment has succeeded or is processing.
    """
    anchored = anchoring.wanted(data, now, at="subscription_data")
    period = anchoring.first_period(now, items[0]["price"]["recurring"], anchored)
    subscription = write(
        world,
        customer=customer,
        method=method,
        items=items,
        data=data,
        period=period,
        anchored=anchored,
        now=now,
    )
    if intent is None:
        anchoring.bill_nothing(world, subscription, reason="subscription_create", now=now)
        world.emit("customer.subscription.created", subscription, now=now)
        set_status(world, subscription, "active", now=now)
        return subscription
    invoice = invoicing.draft(
        world, subscription, customer, reason="subscription_create", period=period, now=now
    )
    world.change(subscription, latest_invoice=invoice["id"])
    world.emit("customer.subscription.created", subscription, now=now)
    invoicing.finalize(world, invoice, now=now, intent=intent)
    if intent["status"] == "succeeded":
        invoicing.mark_paid(world, invoice, now=now)
    set_status(world, subscription, "active", now=now)
    return subscription


def write(
    world: World,
    *,
    customer: Obj,
    method: Obj,
    items: list[Obj],
    data: Params,
    period: tuple[int, int],
    anchored: tuple[int, int | None] | None,
    now: int,
) -> Obj:
    """This function will make a subscription that is not begun yet, and have it renewed when its period ends."""
    config = data.get("billing_cycle_anchor_config")
    subscription = world.make(
        "subscription",
        customer=customer["id"],
        currency=items[0]["currency"],
        status="incomplete",
        billing_cycle_anchor=anchored[0] if anchored else now,
        billing_cycle_anchor_config={"hour": None, "minute": None, "month": None, "second": None, **config}
        if config
        else None,
        start_date=now,
        created=now,
        collection_method="charge_automatically",
        default_payment_method=method["id"],
        description=data.get("description"),
        metadata=data.get("metadata") or {},
        **_constants(now),
        test_clock=customer["test_clock"],
    )
    rows = [_item(subscription, line["price"], line["quantity"], period, now) for line in items]
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    world.change(subscription, items={"object": "list", "data": rows, "has_more": False, "url": url})
    world.note(subscription["id"], period=0 if anchored else 1)
    world.wake(subscription["id"], "renew", period[1], customer["test_clock"])
    return subscription


def _constants(now: int) -> Obj:
    ending = {"missing_payment_method": "create_invoice", "billing_cycle_anchor": None}
    issuer = {"type": "self", "account": None}
    return {
        "automatic_tax": catalogue.part("subscription", "AutomaticTax"),
        "billing_mode": {
            "type": "flexible",
            "flexible": {"proration_discounts": "included"},
            "updated_at": now,
        },
        "invoice_settings": catalogue.part("subscription", "InvoiceSettings", issuer=issuer),
        "payment_settings": catalogue.part(
            "subscription", "PaymentSettings", save_default_payment_method="off"
        ),
        "trial_settings": {"end_behavior": ending},
    }


def _item(subscription: Obj, price: Obj, quantity: int, period: tuple[int, int], now: int) -> Obj:
    return {
        **catalogue.blank("subscription_item"),
        "created": now,
        "current_period_start": period[0],
        "current_period_end": period[1],
        "plan": _plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription["id"],
        "tax_rates": [],
    }


def _plan(price: Obj) -> Obj:
    return {
        **catalogue.blank("plan"),
        "id": price["id"],
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "created": price["created"],
        "currency": price["currency"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "product": price["product"],
        "usage_type": "licensed",
    }


def set_status(world: World, subscription: Obj, status: str, *, now: int) -> None:
    """This function will change the status of a subscription and say so, if it changes."""
    if subscription["status"] == status:
        return
    before = {"status": subscription["status"]}
    world.change(subscription, status=status)
    world.emit("customer.subscription.updated", subscription, before=before, now=now)


def update(world: World, params: Params, identity: str) -> Obj:
    """This function will answer POST /v1/subscriptions/{id}; amounts change from the next period on."""
    subscription = world.get("subscription", identity)
    foreign = set(params) - set(UNDERSTOOD.split())
    if foreign:
        raise errors.invalid(
            f"The sandbox does not imitate this parameter: {min(foreign)}", param=min(foreign)
        )
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise errors.invalid("A canceled subscription can only update its cancellation_details and metadata.")
    changed = _changes(world, subscription, params)
    before = {name: subscription[name] for name in changed}
    world.change(subscription, **changed)
    if "trial_end" in changed:
        now = world.now(subscription["test_clock"])
        anchoring.bill_nothing(world, subscription, reason="subscription_update", now=now)
    world.emit(
        "customer.subscription.updated",
        subscription,
        before=before,
        now=world.now(subscription["test_clock"]),
    )
    return subscription


def _changes(world: World, subscription: Obj, params: Params) -> Obj:
    changed: Obj = {name: params[name] for name in ("description", "cancel_at_period_end") if name in params}
    if params.get("default_payment_method"):
        method = world.get("payment_method", params["default_payment_method"], param="default_payment_method")
        changed["default_payment_method"] = method["id"]
    if "metadata" in params:
        changed["metadata"] = merged(subscription["metadata"], params["metadata"])
    if "pause_collection" in params:
        pause = params["pause_collection"] or None
        changed["pause_collection"] = {"resumes_at": None, **pause} if pause else None
        _resume_later(world, subscription, pause)
    if "cancel_at_period_end" in params:
        changed.update(_cancel_at_end(world, subscription, params))
    if "cancel_at" in params:
        changed.update(anchoring.set_end(world, subscription, params["cancel_at"]))
    if params.get("items"):
        changed["items"] = _new_items(world, subscription, params)
    if "trial_end" in params:
        changed.update(_trial(world, {**subscription, **changed}, params))
    return changed


def _resume_later(world: World, subscription: Obj, pause: Params | None) -> None:
    if pause and pause.get("resumes_at"):
        world.wake(subscription["id"], "resume_collection", pause["resumes_at"], subscription["test_clock"])
    else:
        world.silence(subscription["id"], "resume_collection")


def _trial(world: World, subscription: Obj, params: Params) -> Obj:
    if params.get("proration_behavior") != "none" or not isinstance(params["trial_end"], int):
        raise errors.invalid(
            "The sandbox begins trials only until a moment, with proration_behavior=none.", param="trial_end"
        )
    return anchoring.begin_trial(
        world, subscription, params["trial_end"], world.now(subscription["test_clock"])
    )


def _cancel_at_end(world: World, subscription: Obj, params: Params) -> Obj:
    wanted = params["cancel_at_period_end"]
    details = catalogue.part(
        "subscription", "CancellationDetails", **(params.get("cancellation_details") or {})
    )
    return {
        "cancel_at": subscription["items"]["data"][0]["current_period_end"] if wanted else None,
        "canceled_at": world.now(subscription["test_clock"]) if wanted else None,
        "cancellation_details": {**details, "reason": "cancellation_requested" if wanted else None},
    }


def _new_items(world: World, subscription: Obj, params: Params) -> Obj:
    if params.get("proration_behavior") != "none":
        raise errors.invalid(
            "The sandbox changes amounts only with proration_behavior=none.", param="proration_behavior"
        )
    rows = {item["id"]: item for item in subscription["items"]["data"]}
    for position, given in enumerate(params["items"]):
        at = f"items[{position}]"
        item = rows.get(given.get("id", ""))
        if item is None:
            raise errors.invalid("The sandbox changes existing items only: give their id.", param=f"{at}[id]")
        price = item["price"]
        if given.get("price_data"):
            price = pricing.make_price(world, given["price_data"], at=f"{at}[price_data]", active=False)
        elif given.get("price"):
            price = world.get("price", given["price"], param=f"{at}[price]")
        if not price["recurring"] or price["currency"] != item["price"]["currency"]:
            raise errors.invalid("The price must recur, in the currency of the subscription.", param=at)
        if price["recurring"] != item["price"]["recurring"] and "trial_end" not in params:
            raise errors.invalid(
                "Another interval would be charged at once: the sandbox changes it only with trial_end.",
                param=at,
            )
        quantity = given.get("quantity", item["quantity"])
        pricing.check_total(price["unit_amount"] * quantity, price["currency"], param=at)
        rows[item["id"]] = {**item, "price": price, "plan": _plan(price), "quantity": quantity}
    return {**subscription["items"], "data": list(rows.values())}


def cancel(world: World, params: Params, identity: str) -> Obj:
    """This function will answer DELETE /v1/subscriptions/{id}: end it now, with nothing prorated."""
    subscription = world.get("subscription", identity)
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise errors.no_such("subscription", identity)
    return end(
        world, subscription, reason="cancellation_requested", details=params.get("cancellation_details") or {}
    )


def end(world: World, subscription: Obj, *, reason: str, details: Params | None = None) -> Obj:
    """This function will end a subscription; its unpaid invoices are no longer collected."""
    now = world.now(subscription["test_clock"])
    for invoice in invoicing.of_subscription(world, subscription["id"]):
        if invoice["status"] in ("draft", "open"):
            world.silence(invoice["id"], "retry_invoice")
            world.silence(invoice["id"], "finalize_invoice")
            world.change(invoice, auto_advance=False, next_payment_attempt=None)
    for deed in ("renew", "end_subscription", "resume_collection"):
        world.silence(subscription["id"], deed)
    world.change(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or now,
        ended_at=now,
        cancel_at_period_end=False,
        cancellation_details=catalogue.part(
            "subscription", "CancellationDetails", **{**(details or {}), "reason": reason}
        ),
    )
    world.emit("customer.subscription.deleted", subscription, now=now)
    return subscription


def items(world: World, params: Params) -> Obj:
    """This function will answer GET /v1/subscription_items."""
    subscription = world.get("subscription", params["subscription"], param="subscription")
    return listing.all_rows(subscription["items"]["data"], "/v1/subscription_items")

"""Invoices of subscriptions, as since basil: a parent and invoice payments, no `payment_intent`."""

from __future__ import annotations

from typing import Any

from stripe_sandbox import errors, listing, paying
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

TOTALS = (
    "amount_due",
    "amount_remaining",
    "subtotal",
    "subtotal_excluding_tax",
    "total",
    "total_excluding_tax",
)


def draft(
    world: World,
    subscription: Obj,
    customer: Obj,
    *,
    reason: str,
    period: tuple[int, int],
    now: int,
    is_free: bool = False,
) -> Obj:
    """`period` is what the lines are for. This function will draft the invoice of one period and say so."""
    items = subscription["items"]["data"]
    if is_free:
        items = [{**item, "price": {**item["price"], "unit_amount": 0}} for item in items]
    total = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    first = reason == "subscription_create"
    invoice = world.make(
        "invoice",
        **dict.fromkeys(TOTALS, total),
        **_of_customer(customer),
        currency=subscription["currency"],
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        status="draft",
        account_country="US",
        account_name="Sandbox",
        automatic_tax=catalogue.part("invoice", "AutomaticTax"),
        issuer={"type": "self", "account": None},
        parent=_parent(subscription),
        payment_settings=catalogue.part("invoice", "PaymentSettings"),
        status_transitions=catalogue.part("invoice", "StatusTransitions"),
        period_start=period[0] if first else _before(world, subscription, period[0]),
        period_end=period[0],
        created=now,
    )
    lines = [_line(invoice, subscription, item, period) for item in items]
    world.change(invoice, lines=listing.all_rows(lines, f"/v1/invoices/{invoice['id']}/lines"))
    world.note(invoice["id"], subscription=subscription["id"])
    world.emit("invoice.created", invoice, now=now)
    return invoice


def _of_customer(customer: Obj) -> Obj:
    return {
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
        "test_clock": customer["test_clock"],
    }


def _parent(subscription: Obj) -> Obj:
    details = {
        "subscription": subscription["id"],
        "metadata": subscription["metadata"],
        "subscription_proration_date": None,
    }
    return {"type": "subscription_details", "quote_details": None, "subscription_details": details}


def _before(world: World, subscription: Obj, start: int) -> int:
    return int(world.note(subscription["id"]).get("previous_start", start))


def _line(invoice: Obj, subscription: Obj, item: Obj, period: tuple[int, int]) -> Obj:
    price = item["price"]
    amount = price["unit_amount"] * item["quantity"]
    details = catalogue.part(
        "line_item",
        "Parent.SubscriptionItemDetails",
        subscription=subscription["id"],
        subscription_item=item["id"],
    )
    return {
        **catalogue.blank("line_item"),
        "amount": amount,
        "subtotal": amount,
        "currency": price["currency"],
        "description": f"{item['quantity']} x subscription",
        "discountable": True,
        "invoice": invoice["id"],
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": details,
        },
        "period": {"start": period[0], "end": period[1]},
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "quantity_decimal": str(item["quantity"]),
        "subscription": subscription["id"],
        "taxes": [],
    }


def finalize(world: World, invoice: Obj, *, now: int, intent: Obj | None = None) -> Obj:
    """`intent` is the one that Checkout already collects. This function will make a draft payable."""
    customer = world.get("customer", invoice["customer"])
    sequence = customer["next_invoice_sequence"]
    world.change(customer, next_invoice_sequence=sequence + 1)
    world.change(
        invoice,
        status="open",
        number=f"{customer['invoice_prefix']}-{sequence:04d}",
        effective_at=now,
        hosted_invoice_url=f"{world.settings.base_url()}/i/{invoice['id']}",
        status_transitions={**invoice["status_transitions"], "finalized_at": now},
        auto_advance=True,
    )
    if intent is None:
        intent = paying.open_intent(
            world,
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            method_types=["card", "us_bank_account"],
            now=now,
            extra={"description": "Subscription update", "setup_future_usage": None},
        )
    world.note(intent["id"], invoice=invoice["id"])
    payment = world.make(
        "invoice_payment",
        invoice=invoice["id"],
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        is_default=True,
        status="open",
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status_transitions={"canceled_at": None, "paid_at": None},
        created=now,
    )
    world.note(invoice["id"], intent=intent["id"], payment=payment["id"])
    world.emit("invoice.finalized", invoice, now=now)
    return invoice


def close_empty(world: World, invoice: Obj, *, now: int) -> None:
    """This function will close an invoice over nothing: there is no payment behind it."""
    customer = world.get("customer", invoice["customer"])
    sequence = customer["next_invoice_sequence"]
    world.change(customer, next_invoice_sequence=sequence + 1)
    stamps = {**invoice["status_transitions"], "finalized_at": now, "paid_at": now}
    world.change(
        invoice,
        status="paid",
        number=f"{customer['invoice_prefix']}-{sequence:04d}",
        effective_at=now,
        hosted_invoice_url=f"{world.settings.base_url()}/i/{invoice['id']}",
        attempted=True,
        status_transitions=stamps,
    )
    for event in ("invoice.finalized", "invoice.paid", "invoice.payment_succeeded"):
        world.emit(event, invoice, now=now)


def mark_paid(world: World, invoice: Obj, *, now: int) -> None:
    """This function will close an invoice whose intent has succeeded."""
    payment = world.get("invoice_payment", world.note(invoice["id"])["payment"])
    world.change(
        invoice,
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        attempted=True,
        attempt_count=max(invoice["attempt_count"], 1),
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], "paid_at": now},
    )
    world.change(
        payment,
        status="paid",
        amount_paid=invoice["amount_due"],
        status_transitions={"canceled_at": None, "paid_at": now},
    )
    world.emit("invoice.paid", invoice, now=now)
    world.emit("invoice.payment_succeeded", invoice, now=now)
    world.emit("invoice_payment.paid", payment, now=now)


def _shut(world: World, invoice: Obj, status: str, stamp: str, event: str) -> Obj:
    if invoice["status"] not in ("open", "uncollectible", "draft"):
        raise errors.invalid(f"This invoice is {invoice['status']}.", code="invoice_not_editable")
    now = world.now(invoice["test_clock"])
    notes = world.note(invoice["id"])
    payment = world.kinds["invoice_payment"].get(notes.get("payment", ""))
    if payment and payment["status"] == "open" and status == "void":
        world.change(payment, status="canceled", status_transitions={"canceled_at": now, "paid_at": None})
        intent = world.get("payment_intent", notes["intent"])
        if intent["status"] in ("requires_payment_method", "requires_action"):
            world.change(
                intent,
                status="canceled",
                canceled_at=now,
                cancellation_reason="void_invoice",
                next_action=None,
            )
            world.emit("payment_intent.canceled", intent, now=now)
    world.silence(invoice["id"], "retry_invoice")
    world.silence(invoice["id"], "finalize_invoice")
    stamps = {**invoice["status_transitions"], stamp: now}
    world.change(
        invoice, status=status, auto_advance=False, next_payment_attempt=None, status_transitions=stamps
    )
    world.emit(event, invoice, now=now)
    return invoice


def void(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/invoices/{id}/void."""
    return _shut(world, world.get("invoice", identity), "void", "voided_at", "invoice.voided")


def give_up(world: World, params: dict[str, Any], identity: str) -> Obj:
    """This function will answer POST /v1/invoices/{id}/mark_uncollectible."""
    invoice = world.get("invoice", identity)
    return _shut(world, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")


def of_subscription(world: World, identity: str) -> list[Obj]:
    """This function will return the invoices of a subscription, the newest first."""
    return [
        one for one in world.newest_first("invoice") if world.note(one["id"]).get("subscription") == identity
    ]

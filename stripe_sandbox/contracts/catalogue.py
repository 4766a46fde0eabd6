"""Which class of the `stripe` package describes which object, and the blank of every object.

A blank carries all documented fields, null where nothing is known, so that nothing the real service always
sends is missing here.
"""

from __future__ import annotations

import copy
import functools
import secrets
from dataclasses import dataclass
from typing import Any

from stripe_sandbox.contracts import checking, reading

Obj = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    module: str
    class_name: str
    prefix: str
    absent: frozenset[str] = frozenset()  # documented as absent unless asked for, rather than null


def _kind(module: str, class_name: str, prefix: str, *absent: str) -> Kind:
    return Kind(f"stripe.{module}", class_name, prefix, frozenset(absent))


KINDS: dict[str, Kind] = {
    "checkout.session": _kind(
        "checkout._session", "Session", "cs_test_", "line_items", "presentment_details"
    ),
    "item": _kind("_line_item", "LineItem", "li_"),
    "payment_intent": _kind("_payment_intent", "PaymentIntent", "pi_", "presentment_details", "hooks"),
    "charge": _kind(
        "_charge", "Charge", "ch_", "refunds", "presentment_details", "level3", "authorization_code"
    ),
    "balance_transaction": _kind("_balance_transaction", "BalanceTransaction", "txn_"),
    "balance": _kind("_balance", "Balance", "", "connect_reserved", "instant_available", "issuing"),
    "refund": _kind(
        "_refund",
        "Refund",
        "re_",
        "presentment_details",
        "next_action",
        "instructions_email",
        "failure_reason",
    ),
    "dispute": _kind("_dispute", "Dispute", "du_"),
    "radar.early_fraud_warning": _kind("radar._early_fraud_warning", "EarlyFraudWarning", "issfr_"),
    "review": _kind("_review", "Review", "prv_"),
    "payout": _kind("_payout", "Payout", "po_"),
    "customer": _kind(
        "_customer",
        "Customer",
        "cus_",
        "deleted",
        "sources",
        "subscriptions",
        "tax_ids",
        "tax",
        "cash_balance",
    ),
    "payment_method": _kind("_payment_method", "PaymentMethod", "pm_"),
    "product": _kind("_product", "Product", "prod_", "deleted"),
    "price": _kind("_price", "Price", "price_", "deleted", "tiers", "currency_options"),
    "plan": _kind("_plan", "Plan", "plan_", "deleted", "tiers"),
    "subscription": _kind("_subscription", "Subscription", "sub_", "presentment_details"),
    "subscription_item": _kind("_subscription_item", "SubscriptionItem", "si_", "deleted"),
    "invoice": _kind("_invoice", "Invoice", "in_", "deleted", "payments"),
    "line_item": _kind("_invoice_line_item", "InvoiceLineItem", "il_"),
    "invoice_payment": _kind("_invoice_payment", "InvoicePayment", "inpay_"),
    "test_helpers.test_clock": _kind("test_helpers._test_clock", "TestClock", "clock_", "deleted"),
    "billing_portal.session": _kind("billing_portal._session", "Session", "bps_"),
    "event": _kind("_event", "Event", "evt_", "account", "context"),
}

BLANKS: dict[str, Any] = {"int": 0, "str": "", "bool": False, "float": 0, "Decimal": "0"}


@functools.cache
def documented(kind: str) -> dict[str, reading.Field]:
    """This function will return the documented fields of an object."""
    return reading.fields(reading.find(KINDS[kind].module, KINDS[kind].class_name))


@functools.cache
def _blank(kind: str) -> Obj:
    fields = documented(kind)
    blank = {name: _blank_of(field.shape) for name, field in fields.items() if name not in KINDS[kind].absent}
    blank["object"] = kind
    if "metadata" in fields:
        blank["metadata"] = {}
    return blank


def _blank_of(shape: reading.Shape) -> Any:
    match shape:
        case reading.Scalar():
            return BLANKS[shape.name]
        case reading.Many():
            return []
        case reading.Mapping():
            return {}
        case _:
            return None


def blank(kind: str) -> Obj:
    """This function will return a fresh object of a kind, with a new id and every documented field."""
    fresh = copy.copy(_blank(kind))
    for name, value in fresh.items():
        if value is not None and isinstance(value, dict | list):
            fresh[name] = type(value)()
    if KINDS[kind].prefix:
        fresh["id"] = KINDS[kind].prefix + secrets.token_hex(12)
    return fresh


@functools.cache
def _blank_part(kind: str, part: str) -> Obj:
    place = reading.find(KINDS[kind].module, f"{KINDS[kind].class_name}.{part}")
    return {name: _blank_of(field.shape) for name, field in reading.fields(place).items()}


def part(kind: str, name: str, /, **values: Any) -> Obj:
    """This function will return a filled-in part of a kind, such as `part("charge", "BillingDetails")`."""
    return {**copy.deepcopy(_blank_part(kind, name)), **values}


@functools.cache
def _check(kind: str) -> checking.Check:
    return checking.compiled(reading.find(KINDS[kind].module, KINDS[kind].class_name))


def compile_kind(kind: str) -> None:
    """This function will compile the validator of a kind ahead of its first use."""
    check = _check(kind)
    if isinstance(check, checking.ObjectCheck):
        check.compile()


def hold_to_contract(value: Any) -> None:
    """This function will raise `ContractBroken` unless an object, or each row of a list, is as documented."""
    rows = value["data"] if value.get("object") == "list" else [value]
    for row in rows:
        if row.get("deleted") is True and len(row) == 3:
            continue  # {"id", "object", "deleted"}: what is left of a deleted object
        complaints = _check(row["object"])(row)
        if complaints:
            raise checking.ContractBroken(f"{row['object']} {row.get('id', '')}{'; '.join(complaints[:8])}")


def hold_all(values: list[Any]) -> None:
    """This function will hold several objects to the contract."""
    for value in values:
        hold_to_contract(value)

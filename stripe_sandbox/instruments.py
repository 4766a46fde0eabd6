"""Payment methods: what a visitor typed, kept as an object. The number itself stays in the notes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from stripe_sandbox import errors
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import cards
from stripe_sandbox.world import World

REDIRECTS = ("kakao_pay", "naver_pay", "kr_card", "payco", "samsung_pay")
EXPIRES = (12, 2034)
# Test tokens of the API, as documented: payment method ids that stand for a card.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_authenticationRequired": "4000002760003184",
}


@dataclass(frozen=True)
class Typed:
    """What a visitor chose on a page."""

    method: str  # card, us_bank_account or one of the redirects
    number: str = ""  # card or account number, digits only
    email: str | None = None
    name: str | None = None


def fingerprint(number: str) -> str:
    """This function will return the stable mark by which equal numbers are recognized."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def make(world: World, typed: Typed, *, now: int) -> Obj:
    """This function will create the payment method for what was typed."""
    billing = catalogue.part(
        "payment_method",
        "BillingDetails",
        address=catalogue.part("payment_method", "BillingDetails.Address"),
        email=typed.email,
        name=typed.name,
    )
    fresh = world.make("payment_method", type=typed.method, created=now, billing_details=billing)
    for unused in [
        name for name in fresh if fresh[name] is None and name not in ("customer", "customer_account")
    ]:
        del fresh[unused]  # as on the wire: only the hash of its own type is present
    fresh[typed.method] = _details(typed)
    world.note(fresh["id"], number=typed.number)
    return fresh


def _details(typed: Typed) -> Obj:
    if typed.method == "card":
        return _card_details(typed.number)
    if typed.method == "us_bank_account":
        return catalogue.part(
            "payment_method",
            "UsBankAccount",
            account_holder_type="individual",
            account_type="checking",
            bank_name="STRIPE TEST BANK",
            fingerprint=fingerprint(typed.number),
            last4=typed.number[-4:],
            networks={"preferred": "ach", "supported": ["ach"]},
            routing_number=cards.GOOD_ROUTING_NUMBER,
        )
    if typed.method == "kr_card":
        return {"brand": "shinhan", "last4": "4242"}
    return {"funding": "card"} if typed.method == "naver_pay" else {}


def _card_details(number: str) -> Obj:
    card = cards.card(number)
    return catalogue.part(
        "payment_method",
        "Card",
        brand=card.brand,
        country=card.country,
        checks={"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        exp_month=EXPIRES[0],
        exp_year=EXPIRES[1],
        fingerprint=fingerprint(number),
        funding=card.funding,
        last4=number[-4:],
        networks={"available": [card.brand], "preferred": None},
        three_d_secure_usage={"supported": True},
        display_brand=card.brand,
    )


def charge_details(method: Obj, *, authenticated: bool) -> dict[str, Any]:
    """This function will return `payment_method_details` of a charge by this payment method."""
    kind = method["type"]
    if kind == "card":
        own = method["card"]
        known = {
            name: own[name]
            for name in ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        }
        secured = None
        if authenticated:
            secured = catalogue.part(
                "charge",
                "PaymentMethodDetails.Card.ThreeDSecure",
                authentication_flow="challenge",
                result="authenticated",
                version="2.2.0",
            )
        details = catalogue.part(
            "charge", "PaymentMethodDetails.Card", **known, network=own["brand"], three_d_secure=secured
        )
        return {"type": kind, kind: {**details, "checks": own["checks"]}}
    name = "".join(word.title() for word in kind.split("_"))
    details = catalogue.part("charge", f"PaymentMethodDetails.{name}")
    details.update({field: value for field, value in method[kind].items() if field in details})
    return {"type": kind, kind: details}


def attach(world: World, method: Obj, customer: Obj, *, now: int) -> Obj:
    """This function will keep a payment method on a customer."""
    world.change(method, customer=customer["id"])
    world.emit("payment_method.attached", method, now=now)
    return method


def from_token(world: World, token: str, *, now: int) -> Obj:
    """This function will return a payment method by id, making one for a documented test token."""
    if token in TOKENS:
        return make(world, Typed("card", TOKENS[token]), now=now)
    return world.get("payment_method", token, param="payment_method")


def listed_for(world: World, customer: str) -> list[Obj]:
    """This function will return a customer's payment methods, the newest first."""
    return [method for method in world.newest_first("payment_method") if method.get("customer") == customer]


def digits(text: str) -> str:
    """This function will return a typed number without its blanks and dashes."""
    return text.replace(" ", "").replace("-", "")


def refuse_impossible(number: str) -> None:
    """This function will refuse a card number that fails its check digit, before any charge is tried."""
    if cards.card(number).code == "incorrect_number":
        raise errors.ApiError(
            402,
            cards.message("incorrect_number", None),
            kind="card_error",
            code="incorrect_number",
            param="number",
        )

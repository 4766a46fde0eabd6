"""Open a Checkout Session, expire it, list what it sells. Completing one is in `completing`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox import anchoring, errors, instruments, listing, pricing
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import timing
from stripe_sandbox.world import World

Params = dict[str, Any]

KOREAN = instruments.REDIRECTS
# Methods a subscription cannot be paid with (Stripe's Korea table; naver_pay is unverified and allowed).
NOT_RECURRING = frozenset(("payco", "samsung_pay"))
MOST = {"samsung_pay": 2_000_000, "payco": 2_000_000, "kakao_pay": 2_000_000}  # KRW
# Parameters that mean something here. A documented one that does not is refused instead of being ignored.
UNDERSTOOD = (
    "mode submit_type line_items success_url cancel_url client_reference_id metadata "
    "payment_intent_data subscription_data customer customer_email customer_creation customer_update "
    "locale expires_at ui_mode currency allowed_payment_method_types excluded_payment_method_types "
    "billing_address_collection name_collection phone_number_collection payment_method_collection "
    "adaptive_pricing redirect_on_completion custom_text consent_collection payment_method_options "
    "branding_settings "
)
ONLY_IN = {
    "payment_intent_data": "payment",
    "customer_creation": "payment",
    "subscription_data": "subscription",
    "payment_method_collection": "subscription",
}


def create(world: World, params: Params) -> Obj:
    """This function will answer POST /v1/checkout/sessions."""
    _check_shape(params)
    now = world.now()
    mode = params["mode"]
    customer = world.get("customer", params["customer"], param="customer") if params.get("customer") else None
    items = [_line_item(world, given, n, mode) for n, given in enumerate(params["line_items"])]
    currency = items[0]["currency"]
    if any(item["currency"] != currency for item in items):
        raise errors.invalid("All line items must use the same currency.", param="line_items")
    total = sum(item["amount_total"] for item in items)
    pricing.check_total(total, currency, param="line_items")
    if anchoring.wanted(params.get("subscription_data") or {}, now, at="subscription_data"):
        total = 0  # the time until the anchor is free
    session = world.make(
        "checkout.session",
        **_plain_fields(params),
        created=now,
        expires_at=_expiry(params, now),
        currency=currency,
        amount_total=total,
        amount_subtotal=total,
        customer=customer["id"] if customer else None,
        payment_method_types=_methods(params, currency, mode, total),
        total_details={"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        **_constants(mode),
    )
    session["url"] = f"{world.settings.base_url()}/c/pay/{session['id']}"
    world.note(
        session["id"],
        items=[item["id"] for item in items],
        intent_data=params.get("payment_intent_data") or {},
        subscription_data=params.get("subscription_data") or {},
    )
    world.wake(session["id"], "expire_session", session["expires_at"])
    return session


def _constants(mode: str) -> Obj:
    return {
        "status": "open",
        "payment_status": "unpaid",
        "ui_mode": "hosted_page",
        "payment_method_collection": "always" if mode == "subscription" else "if_required",
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "adaptive_pricing": {"enabled": False},
        "phone_number_collection": {"enabled": False},
        "payment_method_options": {},
    }


def _plain_fields(params: Params) -> Obj:
    names = (
        "mode submit_type success_url cancel_url client_reference_id customer_email locale customer_creation "
        "allowed_payment_method_types excluded_payment_method_types billing_address_collection"
    )
    plain = {name: params[name] for name in names.split() if name in params}
    if params["mode"] == "payment" and not params.get("customer"):
        plain.setdefault("customer_creation", "if_required")
    return {**plain, "metadata": params.get("metadata") or {}}


def _check_shape(params: Params) -> None:
    for name in ("mode", "line_items", "success_url"):
        if not params.get(name):
            raise errors.invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    for name in params:
        if name not in UNDERSTOOD.split():
            raise errors.invalid(f"The sandbox does not imitate this parameter: {name}", param=name)
    for name in ("success_url", "cancel_url"):
        if name in params and urlsplit(params[name]).scheme not in ("http", "https"):
            raise errors.invalid("Not a valid URL", param=name, code="url_invalid")
    _check_combination(params)


def _check_combination(params: Params) -> None:
    mode = params["mode"]
    if mode == "setup" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise errors.invalid("The sandbox imitates only hosted pages that pay or subscribe.", param="mode")
    for name, needed in ONLY_IN.items():
        if name in params and mode != needed:
            raise errors.invalid(f"You can only use `{name}` in `{needed}` mode.", param=name)
    for other in ("customer_email", "customer_creation"):
        if params.get("customer") and other in params:
            raise errors.invalid(
                f"You may only specify one of these parameters: customer, {other}.", param="customer"
            )
    suffix = (params.get("payment_intent_data") or {}).get("statement_descriptor_suffix", "")
    if len(suffix) > 22:
        raise errors.invalid(
            "The statement descriptor suffix must be at most 22 characters.",
            param="payment_intent_data[statement_descriptor_suffix]",
        )


def _expiry(params: Params, now: int) -> int:
    wanted: int = params.get("expires_at", now + timing.SESSION_LONGEST)
    slack = timing.EXPIRY_SLACK
    if not now + timing.SESSION_SHORTEST - slack <= wanted <= now + timing.SESSION_LONGEST + slack:
        raise errors.invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.",
            param="expires_at",
        )
    return wanted


def _line_item(world: World, given: Params, position: int, mode: str) -> Obj:
    at = f"line_items[{position}]"
    if given.get("price_data"):
        price = pricing.make_price(world, given["price_data"], at=f"{at}[price_data]", active=False)
    elif given.get("price"):
        price = world.get("price", given["price"], param=f"{at}[price]")
    else:
        raise errors.invalid(
            "You must specify either price or price_data.", param=at, code="parameter_missing"
        )
    if bool(price["recurring"]) != (mode == "subscription"):
        raise errors.invalid(
            "A recurring price needs `subscription` mode; the sandbox takes no one-time price there.",
            param="mode",
        )
    quantity = given.get("quantity", 1)
    if quantity < 1:
        raise errors.invalid("Invalid positive integer", param=f"{at}[quantity]")
    amount = price["unit_amount"] * quantity
    return world.make(
        "item",
        price=price,
        quantity=quantity,
        currency=price["currency"],
        amount_subtotal=amount,
        amount_total=amount,
        description=world.get("product", price["product"])["name"],
    )


def _methods(params: Params, currency: str, mode: str, total: int) -> list[str]:
    possible = ["card"]
    if currency == "usd":
        possible.append("us_bank_account")
    if currency == "krw":
        possible += [method for method in KOREAN if total <= MOST.get(method, total)]
    if mode == "subscription":
        possible = [method for method in possible if method not in NOT_RECURRING]
    allowed = params.get("allowed_payment_method_types")
    excluded = params.get("excluded_payment_method_types") or []
    left = [
        method for method in possible if (allowed is None or method in allowed) and method not in excluded
    ]
    if not left:
        raise errors.invalid(
            "No payment method types are left for this session.", param="allowed_payment_method_types"
        )
    return left


def expire(world: World, params: Params, identity: str) -> Obj:
    """This function will answer POST /v1/checkout/sessions/{id}/expire."""
    session = world.get("checkout.session", identity)
    if session["status"] != "open":
        raise errors.invalid(
            f"Only Checkout Sessions that are open can be expired. This one is {session['status']}."
        )
    return close(world, session)


def expire_when_due(world: World, identity: str) -> None:
    """This function will expire a session whose `expires_at` has come, unless it is complete."""
    session = world.get("checkout.session", identity)
    if session["status"] == "open":
        close(world, session)


def close(world: World, session: Obj) -> Obj:
    """This function will expire an open session and cancel an intent that was begun."""
    intent = world.kinds["payment_intent"].get(world.note(session["id"]).get("intent", ""))
    if intent and intent["status"] in ("requires_payment_method", "requires_action"):
        world.change(
            intent,
            status="canceled",
            canceled_at=world.now(),
            cancellation_reason="expired",
            next_action=None,
        )
        world.emit("payment_intent.canceled", intent)
    world.silence(session["id"], "expire_session")
    world.change(session, status="expired", url=None)
    world.emit("checkout.session.expired", session)
    return session


def update(world: World, params: Params, identity: str) -> Obj:
    """This function will answer POST /v1/checkout/sessions/{id}: metadata only."""
    session = world.get("checkout.session", identity)
    if set(params) - {"metadata", "expand"}:
        raise errors.invalid("The sandbox updates only the metadata of a session.")
    return world.change(session, metadata={**session["metadata"], **(params.get("metadata") or {})})


def items_of(world: World, identity: str) -> list[Obj]:
    """This function will return the line items of a session."""
    return [world.objects[item] for item in world.note(identity)["items"]]


def line_items(world: World, params: Params, identity: str) -> Obj:
    """This function will answer GET /v1/checkout/sessions/{id}/line_items."""
    world.get("checkout.session", identity)
    return listing.all_rows(items_of(world, identity), f"/v1/checkout/sessions/{identity}/line_items")


def address() -> Obj:
    """This function will return an empty address of a session's customer."""
    return catalogue.part("checkout.session", "CustomerDetails.Address")

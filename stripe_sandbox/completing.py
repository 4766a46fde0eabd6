"""A visitor submits the hosted page: attempt the payment, then complete the session."""

from __future__ import annotations

from stripe_sandbox import checkout, customers, errors, instruments, paying, renewing, subscribing
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.instruments import Typed
from stripe_sandbox.tables import cards
from stripe_sandbox.world import World


def submit(world: World, session: Obj, typed: Typed) -> str:
    """`typed` is what the visitor chose. Returns the outcome as `paying.attempt` does.

    This function will attempt the payment of an open session; raises ApiError (402) for an impossible card
    number.
    """
    if session["status"] != "open":
        raise errors.invalid("This Checkout Session is no longer open.")
    if typed.method not in session["payment_method_types"]:
        raise errors.invalid("This payment method is not offered here.", param="method")
    if typed.method == "card":
        instruments.refuse_impossible(typed.number)
    customer = _customer(world, session, typed)
    now = world.now(customer["test_clock"] if customer else None)
    if session["mode"] == "subscription" and not session["amount_total"]:
        return _keep_for_later(world, session, customer, typed, now)
    intent = _intent(world, session, customer, typed, now)
    method = instruments.make(world, typed, now=now)
    result = paying.attempt(world, intent, method, now=now)
    if result in ("succeeded", "processing"):
        complete(world, session, intent, now=now)
    return result


def _keep_for_later(world: World, session: Obj, customer: Obj | None, typed: Typed, now: int) -> str:
    """Nothing is due yet: the method is kept for the first charge. A card that cannot be kept is declined."""
    card = cards.card(typed.number)
    if typed.method == "card" and card.code and typed.number not in cards.KEPT_BUT_DECLINE:
        raise errors.ApiError(
            402, cards.message(card.code, card.decline_code), kind="card_error", code=card.code
        )
    method = instruments.make(world, typed, now=now)
    complete(world, session, None, method=method, customer=customer, now=now)
    return "kept"


def _customer(world: World, session: Obj, typed: Typed) -> Obj | None:
    notes = world.note(session["id"])
    known = session["customer"] or notes.get("customer")
    if known:
        return world.get("customer", known)
    if session["mode"] == "payment" and session["customer_creation"] != "always":
        return None
    customer = customers.create(world, {"email": typed.email, "name": typed.name})
    world.note(session["id"], customer=customer["id"])
    return customer


def _intent(world: World, session: Obj, customer: Obj | None, typed: Typed, now: int) -> Obj:
    notes = world.note(session["id"])
    if notes.get("intent"):
        return world.get("payment_intent", notes["intent"])
    extra = {name: value for name, value in notes["intent_data"].items() if name in INTENT_FIELDS}
    if session["mode"] == "subscription":
        extra = {"description": "Subscription creation", "setup_future_usage": "off_session"}
    intent = paying.open_intent(
        world,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer["id"] if customer else None,
        method_types=session["payment_method_types"],
        now=now,
        extra=extra,
    )
    world.note(intent["id"], session=session["id"])
    world.note(session["id"], intent=intent["id"])
    if session["mode"] == "payment":
        world.change(session, payment_intent=intent["id"])
    return intent


INTENT_FIELDS = frozenset(
    ("metadata", "description", "statement_descriptor_suffix", "receipt_email", "setup_future_usage")
)


def complete(
    world: World,
    session: Obj,
    intent: Obj | None,
    *,
    method: Obj | None = None,
    customer: Obj | None = None,
    now: int,
) -> None:
    """This function will complete a session whose intent succeeded or is processing, or that needs none yet."""
    if intent is not None:
        customer = world.kinds["customer"].get(intent["customer"] or "")
    method = method or world.get("payment_method", intent["payment_method"] if intent else "")
    paid = intent is not None and intent["status"] == "succeeded"
    world.change(
        session,
        status="complete",
        payment_status="paid" if paid else "unpaid" if intent else "no_payment_required",
        url=None,
        customer=customer["id"] if customer else None,
        customer_details=_details(session, method),
    )
    world.silence(session["id"], "expire_session")
    if customer and (session["mode"] == "subscription" or (intent and intent["setup_future_usage"])):
        instruments.attach(world, method, customer, now=now)
    if session["mode"] == "subscription" and customer:
        subscription = subscribing.begin(
            world,
            customer=customer,
            method=method,
            intent=intent,
            items=checkout.items_of(world, session["id"]),
            data=world.note(session["id"])["subscription_data"],
            now=now,
        )
        world.change(session, subscription=subscription["id"], invoice=subscription["latest_invoice"])
    world.emit("checkout.session.completed", session, now=now)


def _details(session: Obj, method: Obj) -> Obj:
    return catalogue.part(
        "checkout.session",
        "CustomerDetails",
        address=checkout.address(),
        email=session["customer_email"] or method["billing_details"]["email"],
        name=method["billing_details"]["name"],
        tax_exempt="none",
        tax_ids=[],
    )


def payer_answered(world: World, intent: Obj, *, agreed: bool) -> str:
    """The payer came back from the bank's or wallet's page.

    This function will go on with the payment, or note the refusal, and return the outcome as `paying.attempt`
    does.
    """
    if intent["status"] != "requires_action":
        raise errors.invalid("This payment does not wait for the payer.")
    customer = world.kinds["customer"].get(intent["customer"] or "")
    now = world.now(customer["test_clock"] if customer else None)
    method = world.get("payment_method", intent["payment_method"])
    if agreed:
        result = paying.attempt(world, intent, method, now=now, authenticated=True)
    else:
        code = "payment_intent_authentication_failure"
        if method["type"] in instruments.REDIRECTS:
            code = "payment_method_provider_decline"
        paying.fail_intent(world, intent["id"], code=code, decline_code=None, now=now)
        result = "declined"
    session = _session_of(world, intent)
    if session and session["status"] == "open" and result == "succeeded":
        complete(world, session, intent, now=now)
    elif world.note(intent["id"]).get("invoice"):
        renewing.follow_payment(world, intent, now=now)
    return result


def settle_bank_debit(world: World, charge: Obj, *, succeeds: bool | None = None) -> None:
    """`succeeds` None: as the test account number says. This function will settle a pending bank debit."""
    if charge["status"] != "pending":
        raise errors.invalid("This charge is not pending.", param="charge")
    world.silence(charge["id"], "settle_bank_debit")
    customer = world.kinds["customer"].get(charge["customer"] or "")
    now = world.now(customer["test_clock"] if customer else None)
    failure = paying.bank_failure(world, charge)
    succeeds = failure is None if succeeds is None else succeeds
    if succeeds:
        paying.collect(world, charge, now=now)
    else:
        code, message = failure or ("debit_not_authorized", None)
        paying.reject(world, charge, code=code, decline_code=None, now=now, message=message)
    intent = world.get("payment_intent", charge["payment_intent"])
    if world.note(intent["id"]).get("invoice"):
        renewing.follow_payment(world, intent, now=now)
    session = _session_of(world, intent)
    if session:
        _tell_session(world, session, succeeds=succeeds, now=now)
    if succeeds and paying.bank_rule(world, charge).dispute:
        paying.dispute_soon(world, charge, reason="bank_cannot_process")


def _session_of(world: World, intent: Obj) -> Obj | None:
    return world.kinds["checkout.session"].get(world.note(intent["id"]).get("session", ""))


def _tell_session(world: World, session: Obj, *, succeeds: bool, now: int) -> None:
    """Once: what a subscription's later attempts bring is told by its invoices."""
    if session["payment_status"] != "unpaid" or world.note(session["id"]).get("told"):
        return
    world.note(session["id"], told=True)
    if succeeds:
        world.change(session, payment_status="paid")
    outcome = "succeeded" if succeeds else "failed"
    world.emit(f"checkout.session.async_payment_{outcome}", session, now=now)

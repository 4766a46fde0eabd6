"""Try to collect a PaymentIntent with a payment method, and settle what is collected later.

One intent may see several charges: each attempt makes one. What follows from the outcome (a Checkout Session
completes, an invoice is paid) is done by the follower that the intent's notes name, see `following`.
"""

from __future__ import annotations

from stripe_sandbox import balances, instruments
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import cards, fees, timing
from stripe_sandbox.world import World


def open_intent(
    world: World,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    method_types: list[str],
    now: int,
    extra: Obj | None = None,
) -> Obj:
    """This function will create a PaymentIntent and say so."""
    intent = world.make(
        "payment_intent",
        amount=amount,
        currency=currency,
        customer=customer,
        payment_method_types=method_types,
        capture_method="automatic_async",
        confirmation_method="automatic",
        status="requires_payment_method",
        amount_details={"tip": {}},
        created=now,
        **(extra or {}),
    )
    world.change(intent, client_secret=f"{intent['id']}_secret_sandbox")
    world.emit("payment_intent.created", intent, now=now)
    return intent


def attempt(
    world: World,
    intent: Obj,
    method: Obj,
    *,
    now: int,
    authenticated: bool = False,
    off_session: bool = False,
) -> str:
    """Returns `succeeded`, `processing`, `requires_action` or `declined`.

    This function will try to collect the intent once, recording a charge unless the payer must first
    authenticate.
    """
    world.change(intent, payment_method=method["id"])
    if not authenticated and _must_authenticate(world, method, off_session=off_session):
        return _ask_payer(world, intent, now=now)
    if method["type"] == "us_bank_account":
        return _debit_bank(world, intent, method, now=now)
    rule = cards.card(world.note(method["id"])["number"]) if method["type"] == "card" else cards.Card()
    charge = _charge(world, intent, method, now=now, authenticated=authenticated)
    if rule.code:
        reject(world, charge, code=rule.code, decline_code=rule.decline_code, now=now)
        return "declined"
    if authenticated:
        world.note(method["id"], authenticated=True)
    collect(world, charge, now=now, at_once=rule.at_once)
    if rule.dispute:
        dispute_soon(world, charge, reason=rule.dispute, inquiry=rule.inquiry)
    if rule.warning:
        world.wake(charge["id"], "warn_of_fraud", world.clock() + timing.FRAUD_WARNING_AFTER)
    return "succeeded"


def dispute_soon(world: World, charge: Obj, *, reason: str, inquiry: bool = False) -> None:
    """This function will have a dispute opened on a charge shortly after it succeeded."""
    world.note(charge["id"], dispute_reason=reason, inquiry=inquiry)
    world.wake(charge["id"], "open_dispute", world.clock() + timing.DISPUTE_OPENS_AFTER)


def _must_authenticate(world: World, method: Obj, *, off_session: bool) -> bool:
    if method["type"] in instruments.REDIRECTS:
        return not off_session
    if method["type"] != "card":
        return False
    notes = world.note(method["id"])
    wanted = cards.card(notes["number"]).authenticate
    return wanted == "always" or (wanted == "setup" and not notes.get("authenticated"))


def _ask_payer(world: World, intent: Obj, *, now: int) -> str:
    url = f"{world.settings.base_url()}/c/3ds/{intent['id']}"
    action = {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}}
    world.change(intent, status="requires_action", next_action=action, last_payment_error=None)
    world.emit("payment_intent.requires_action", intent, now=now)
    return "requires_action"


def _charge(world: World, intent: Obj, method: Obj, *, now: int, authenticated: bool = False) -> Obj:
    billing = catalogue.part("charge", "BillingDetails")
    billing.update({name: method["billing_details"][name] for name in ("address", "email", "name", "phone")})
    suffix = intent["statement_descriptor_suffix"]
    charge = world.make(
        "charge",
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=instruments.charge_details(method, authenticated=authenticated),
        billing_details=billing,
        receipt_email=intent["receipt_email"],
        statement_descriptor_suffix=suffix,
        calculated_statement_descriptor=f"SANDBOX* {suffix}"[:22] if suffix else "SANDBOX",
        fraud_details={},
        radar_options={},
        status="pending",
        created=now,
    )
    charge["fraud_details"] = catalogue.part("charge", "FraudDetails")
    charge["radar_options"] = catalogue.part("charge", "RadarOptions")
    world.change(intent, latest_charge=charge["id"], next_action=None)
    return charge


def _debit_bank(world: World, intent: Obj, method: Obj, *, now: int) -> str:
    charge = _charge(world, intent, method, now=now)
    world.change(intent, status="processing", last_payment_error=None)
    world.emit("charge.pending", charge, now=now)
    world.emit("payment_intent.processing", intent, now=now)
    rule = cards.BANK_ACCOUNTS.get(world.note(method["id"])["number"], cards.BankAccount())
    if world.settings.bank_debit_seconds > 0 and not rule.waits:
        world.wake(charge["id"], "settle_bank_debit", world.clock() + world.settings.bank_debit_seconds)
    return "processing"


def collect(world: World, charge: Obj, *, now: int, at_once: bool = False) -> None:
    """This function will make a pending charge succeed: the line with its fee, then the events."""
    method = charge["payment_method_details"]["type"]
    amount, currency, rate = balances.settlement(world, charge["amount"], charge["currency"])
    line = balances.post(
        world,
        line_type="charge" if method == "card" else "payment",
        amount=amount,
        currency=currency,
        source=charge["id"],
        fee=fees.of_charge(amount, currency, method),
        exchange_rate=rate,
        description=charge["description"],
        now=now,
        available_on=now if at_once else now + timing.available_after(method),
    )
    world.change(
        charge,
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=charge["amount"],
        balance_transaction=line["id"],
        outcome=_outcome("authorized", "approved_by_network", "Payment complete.", None),
        receipt_url=f"{world.settings.base_url()}/r/{charge['id']}",
    )
    intent = world.get("payment_intent", charge["payment_intent"])
    world.change(intent, status="succeeded", amount_received=charge["amount"], last_payment_error=None)
    world.emit("charge.succeeded", charge, now=now)
    world.emit("payment_intent.succeeded", intent, now=now)


def reject(
    world: World, charge: Obj, *, code: str, decline_code: str | None, now: int, message: str | None = None
) -> None:
    """This function will make a pending charge fail, and the intent ask for another payment method."""
    words = message or cards.message(code, decline_code)
    blocked = decline_code == "fraudulent"
    world.change(
        charge,
        status="failed",
        failure_code=code,
        failure_message=words,
        outcome=_outcome(
            "blocked" if blocked else "issuer_declined",
            "not_sent_to_network" if blocked else "declined_by_network",
            words,
            decline_code or code,
        ),
    )
    fail_intent(
        world,
        charge["payment_intent"],
        code=code,
        decline_code=decline_code,
        now=now,
        charge=charge,
        message=words,
    )


def fail_intent(
    world: World,
    identity: str,
    *,
    code: str,
    decline_code: str | None,
    now: int,
    charge: Obj | None = None,
    message: str | None = None,
) -> None:
    """This function will put an intent back to `requires_payment_method` with its last error."""
    intent = world.get("payment_intent", identity)
    error = catalogue.part(
        "payment_intent",
        "LastPaymentError",
        type="card_error",
        code=code,
        decline_code=decline_code,
        message=message or cards.message(code, decline_code),
        charge=charge["id"] if charge else None,
    )
    known = {name: value for name, value in error.items() if value is not None}
    world.change(
        intent,
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=known,
    )
    if charge:
        world.emit("charge.failed", charge, now=now)
    world.emit("payment_intent.payment_failed", intent, now=now)


def _outcome(kind: str, network: str, words: str, reason: str | None) -> Obj:
    return catalogue.part(
        "charge",
        "Outcome",
        type=kind,
        network_status=network,
        seller_message=words,
        reason=reason,
        risk_level="normal",
        risk_score=12,
    )


def bank_failure(world: World, charge: Obj) -> tuple[str, str | None] | None:
    """This function will return why the test account of a bank debit fails, or None when it succeeds."""
    rule = bank_rule(world, charge)
    return (rule.failure_code, rule.failure_message) if rule.failure_code else None


def bank_rule(world: World, charge: Obj) -> cards.BankAccount:
    """This function will return what the test account of a bank debit does."""
    return cards.BANK_ACCOUNTS.get(world.note(charge["payment_method"])["number"], cards.BankAccount())

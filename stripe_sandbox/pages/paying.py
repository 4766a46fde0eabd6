"""The Checkout page at /c/pay/{session}, and the bank's or wallet's page at /c/3ds/{intent}.

Field names are stable, for drivers: `email`, `name`, `method`, `card` (number), `account` and `routing` (bank
debit) on the Checkout page; `result` (`complete` or `fail`) on the other.
"""

from __future__ import annotations

import re

from stripe_sandbox import checkout, completing, errors, instruments
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.doors import calling
from stripe_sandbox.instruments import Typed
from stripe_sandbox.pages import layout, words
from stripe_sandbox.pages.layout import text
from stripe_sandbox.tables import cards, currencies
from stripe_sandbox.world import World

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}")
Fields = dict[str, str]


def show(
    world: World, session: Obj, *, trouble: str = "", typed: Fields | None = None, status: int = 200
) -> calling.Answer:
    """This function will show the Checkout page of a session, or that it is over."""
    if session["status"] != "open":
        return _over(session)
    locale = session["locale"]
    say = words.words(locale)
    items = checkout.items_of(world, session["id"])
    known = typed or {}
    email = _known_email(world, session)
    parts = [
        f'<p class="amount">{text(_amount(session, items, say))}</p>',
        *(f'<p class="soft">{text(item["description"])}</p>' for item in items[1:]),
        layout.alert(trouble),
        f'<form method="post" action="/c/pay/{text(session["id"])}">',
        layout.field(
            "email",
            say["email"],
            kind="email",
            value=email or known.get("email", ""),
            extra=f'required autocomplete="email"{" readonly" if email else ""}',
        ),
        layout.field("name", say["name"], value=known.get("name", ""), extra='autocomplete="name"'),
        _methods(session, say, known.get("method") or session["payment_method_types"][0]),
        '<div class="only-card">',
        layout.field(
            "card",
            say["card_number"],
            hint=say["card_hint"],
            extra='inputmode="numeric" autocomplete="cc-number"',
        ),
        "</div>",
        _bank_fields(session, say),
        f'<button class="main">{text(_verb(session, say))}</button></form>',
        _back(session, say),
    ]
    title = items[0]["description"]
    return layout.page(title, "".join(parts), locale=locale, status=status)


def _known_email(world: World, session: Obj) -> str:
    if session["customer"]:
        return str(world.get("customer", session["customer"])["email"] or "")
    return session["customer_email"] or ""


def _amount(session: Obj, items: list[Obj], say: dict[str, str]) -> str:
    shown = currencies.shown(session["amount_total"], session["currency"])
    recurring = items[0]["price"]["recurring"]
    if not recurring:
        return shown
    if not session["amount_total"]:  # due later: what it will be, not what is due now
        shown = currencies.shown(items[0]["amount_total"], session["currency"])
    count = recurring["interval_count"]
    number = f"{count} " if count > 1 else ""
    return f"{shown} / {say['per']} {number}{say[recurring['interval']]}"


def _verb(session: Obj, say: dict[str, str]) -> str:
    if session["submit_type"] == "donate":
        return say["donate"]
    return say["subscribe"] if session["mode"] == "subscription" else say["pay"]


def _methods(session: Obj, say: dict[str, str], chosen: str) -> str:
    rows = "".join(
        f'<label><input type="radio" name="method" value="{method}"{" checked" if method == chosen else ""}>'
        f"{text(say[method])}</label>"
        for method in session["payment_method_types"]
    )
    return f"<fieldset><legend>{text(say['method'])}</legend>{rows}</fieldset>"


def _bank_fields(session: Obj, say: dict[str, str]) -> str:
    if "us_bank_account" not in session["payment_method_types"]:
        return ""
    routing = layout.field(
        "routing", say["routing"], value=cards.GOOD_ROUTING_NUMBER, extra='inputmode="numeric"'
    )
    account = layout.field("account", say["account"], hint=say["bank_hint"], extra='inputmode="numeric"')
    return f'<div class="only-bank">{routing}{account}</div>'


def _back(session: Obj, say: dict[str, str]) -> str:
    if not session["cancel_url"]:
        return ""
    return f'<p><a href="{text(session["cancel_url"])}">{text(say["back"])}</a></p>'


def _over(session: Obj) -> calling.Answer:
    say = words.words(session["locale"])
    if session["status"] == "complete":
        url = text(success_url(session))
        body = f'<p><a href="{url}">{text(say["continue"])}</a></p>'
        return layout.page(say["done"], body, locale=session["locale"])
    body = f"<p>{text(say['gone_why'])}</p>{_back(session, say)}"
    return layout.page(say["gone"], body, locale=session["locale"], status=410)


def success_url(session: Obj) -> str:
    """This function will return where a payer goes after paying."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def submit(world: World, session: Obj, fields: Fields) -> calling.Answer:
    """This function will take the filled-in Checkout page."""
    if session["status"] == "complete":  # a double click, or Back and again
        return layout.away(success_url(session))
    say = words.words(session["locale"])
    email = _known_email(world, session) or fields.get("email", "").strip()
    method = fields.get("method", "card")
    number = instruments.digits(fields.get("account" if method == "us_bank_account" else "card", ""))
    trouble = _misfilled(say, email, method, number, fields)
    if trouble or session["status"] != "open":
        return show(world, session, trouble=trouble, typed=fields, status=400)
    typed = Typed(method, number, email, fields.get("name", "").strip() or None)
    try:
        with world.work():
            result = completing.submit(world, session, typed)
    except errors.ApiError as refusal:
        return show(
            world,
            session,
            trouble=words.decline(refusal.message, session["locale"]),
            typed=fields,
            status=402,
        )
    if result == "kept":
        return layout.away(success_url(session))
    intent = world.get("payment_intent", world.note(session["id"])["intent"])
    if result == "requires_action":
        return layout.away(intent["next_action"]["redirect_to_url"]["url"])
    if result == "declined":
        return declined(world, session, intent, fields)
    return layout.away(success_url(session))


def _misfilled(say: dict[str, str], email: str, method: str, number: str, fields: Fields) -> str:
    if not EMAIL.fullmatch(email):
        return say["bad_email"]
    routing = instruments.digits(fields.get("routing", cards.GOOD_ROUTING_NUMBER))
    if method == "us_bank_account" and (routing != cards.GOOD_ROUTING_NUMBER or not number.isdecimal()):
        return say["bad_account"]
    return ""


def declined(world: World, session: Obj, intent: Obj, fields: Fields) -> calling.Answer:
    """This function will show the Checkout page again with the reason of the decline."""
    message = words.decline(intent["last_payment_error"]["message"], session["locale"])
    return show(world, session, trouble=message, typed=fields, status=402)


def ask(world: World, intent: Obj) -> calling.Answer:
    """This function will show the page on which the payer confirms or refuses."""
    session = _session_of(world, intent)
    locale = session["locale"] if session else None
    say = words.words(locale)
    if intent["status"] != "requires_action":
        return layout.page(say["gone"], "", locale=locale, status=410)
    amount = currencies.shown(intent["amount"], intent["currency"])
    body = (
        f'<p class="amount">{text(amount)}</p><p>{text(say["authenticate_why"])}</p><form method="post">'
        f'<button class="main" name="result" value="complete">{text(say["complete"])}</button>'
        f'<p><button name="result" value="fail">{text(say["fail"])}</button></p></form>'
    )
    return layout.page(say["authenticate"], body, locale=locale)


def answered(world: World, intent: Obj, fields: Fields) -> calling.Answer:
    """This function will take the payer's answer and go back to where the payment began."""
    session = _session_of(world, intent)
    if intent["status"] != "requires_action":
        return ask(world, intent)
    with world.work():
        result = completing.payer_answered(world, intent, agreed=fields.get("result") == "complete")
    if session is None:
        invoice = world.note(intent["id"]).get("invoice")
        return layout.away(f"/i/{invoice}") if invoice else ask(world, intent)
    if result == "declined":
        return declined(world, session, intent, {})
    return layout.away(success_url(session))


def _session_of(world: World, intent: Obj) -> Obj | None:
    return world.kinds["checkout.session"].get(world.note(intent["id"]).get("session", ""))

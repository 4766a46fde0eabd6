"""The billing portal at /p/session/{id}, an invoice at /i/{id}, a charge's receipt at /r/{id}.

Field names, for drivers: the portal takes `action` = `card` with `card` (number), or `cancel` with
`subscription`; the invoice page takes `card`.
"""

from __future__ import annotations

from stripe_sandbox import customers, errors, instruments, renewing, subscribing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.doors import calling
from stripe_sandbox.instruments import Typed
from stripe_sandbox.pages import layout, words
from stripe_sandbox.pages.layout import text
from stripe_sandbox.tables import currencies
from stripe_sandbox.world import World

Fields = dict[str, str]


def portal(
    world: World, session: Obj, *, trouble: str = "", done: str = "", status: int = 200
) -> calling.Answer:
    """This function will show the portal page: the card, the subscriptions, the way back.

    A session made for changing the card shows only that.
    """
    say = words.words(session["locale"])
    body = [layout.alert(trouble), f'<p class="good" role="status">{text(done)}</p>' if done else ""]
    if not _is_for_card(session):
        rows = [
            one
            for one in world.newest_first("subscription")
            if one["customer"] == session["customer"] and one["status"] not in renewing.OVER
        ]
        body += [_subscription(world, one, say) for one in rows] or [f"<p>{text(say['no_subscription'])}</p>"]
    body.append(
        f"<h2>{text(say['change_card'])}</h2><form method=post>"
        + layout.field(
            "card", say["card_number"], hint=say["card_hint"], extra='inputmode="numeric" required'
        )
        + f'<button class="main" name="action" value="card">{text(say["change_card"])}</button></form>'
    )
    if session["return_url"]:
        body.append(f'<p><a href="{text(session["return_url"])}">{text(say["return"])}</a></p>')
    return layout.page(say["portal"], "".join(body), locale=session["locale"], status=status)


def _is_for_card(session: Obj) -> bool:
    return (session["flow"] or {}).get("type") == "payment_method_update"


def _subscription(world: World, subscription: Obj, say: dict[str, str]) -> str:
    item = subscription["items"]["data"][0]
    amount = currencies.shown(item["price"]["unit_amount"] * item["quantity"], subscription["currency"])
    method = world.get("payment_method", subscription["default_payment_method"])
    last4 = (method.get("card") or method.get("us_bank_account") or {}).get("last4", "")
    end = layout.day(item["current_period_end"])
    ending = subscription["cancel_at_period_end"]
    button = (
        f'<form method="post"><input type="hidden" name="subscription" value="{subscription["id"]}">'
        f'<button name="action" value="cancel">{text(say["cancel_subscription"])}</button></form>'
    )
    return (
        f"<h2>{text(amount)} / {text(say[item['price']['recurring']['interval']])}</h2>"
        f"<p>{text(say['current_card'])}: {text(method['type'])} •••• {text(last4)}<br>"
        f"{text(say['ends'] if ending else say['renews'])}: {text(end)}</p>{'' if ending else button}"
    )


def use_portal(world: World, session: Obj, fields: Fields) -> calling.Answer:
    """This function will change the card, or end a subscription with its period."""
    say = words.words(session["locale"])
    try:
        with world.work():
            if fields.get("action") == "card":
                customer = world.get("customer", session["customer"])
                # Unverified: the flow for one card changes the customer's default and nothing else.
                change = customers.keep_card if _is_for_card(session) else customers.use_card
                change(world, customer, instruments.digits(fields.get("card", "")))
            elif fields.get("action") == "cancel":
                subscription = world.get("subscription", fields.get("subscription"))
                if subscription["customer"] != session["customer"]:
                    raise errors.no_such("subscription", subscription["id"])
                subscribing.update(world, {"cancel_at_period_end": True}, subscription["id"])
    except errors.ApiError as refusal:
        message = words.decline(refusal.message, session["locale"])
        return portal(world, session, trouble=message, status=refusal.status)
    flow = session["flow"] or {}
    redirect = (flow.get("after_completion") or {}).get("redirect")
    return layout.away(redirect["return_url"]) if redirect else portal(world, session, done=say["changed"])


def invoice(world: World, bill: Obj, *, trouble: str = "", status: int = 200) -> calling.Answer:
    """This function will show an invoice, with a form while it is open."""
    say = words.words(None)
    amount = f'<p class="amount">{text(currencies.shown(bill["amount_due"], bill["currency"]))}</p>'
    if bill["status"] not in ("open", "uncollectible"):
        words_of = say["invoice_paid"] if bill["status"] == "paid" else bill["status"]
        return layout.page(f"{say['invoice']} {bill['number'] or ''}", f"{amount}<p>{text(words_of)}</p>")
    body = (
        f"{amount}{layout.alert(trouble)}<form method=post>"
        + layout.field(
            "card", say["card_number"], hint=say["card_hint"], extra='inputmode="numeric" required'
        )
        + f'<button class="main">{text(say["pay"])}</button></form>'
    )
    return layout.page(f"{say['invoice']} {bill['number']}", body, status=status)


def pay_invoice(world: World, bill: Obj, fields: Fields) -> calling.Answer:
    """This function will try to collect an open invoice by the card that was typed."""
    if bill["status"] not in ("open", "uncollectible"):
        return invoice(world, bill)
    number = instruments.digits(fields.get("card", ""))
    try:
        with world.work():
            instruments.refuse_impossible(number)
            subscription = world.get("subscription", world.note(bill["id"])["subscription"])
            typed = Typed("card", number, bill["customer_email"], bill["customer_name"])
            method = instruments.make(world, typed, now=world.now(bill["test_clock"]))
            result = renewing.collect(world, bill, subscription, method)
    except errors.ApiError as refusal:
        return invoice(world, bill, trouble=refusal.message, status=refusal.status)
    intent = world.get("payment_intent", world.note(bill["id"])["intent"])
    if result == "requires_action":
        return layout.away(intent["next_action"]["redirect_to_url"]["url"])
    if result == "declined":
        return invoice(world, bill, trouble=intent["last_payment_error"]["message"], status=402)
    return layout.away(f"/i/{bill['id']}")


def receipt(world: World, charge: Obj) -> calling.Answer:
    """This function will show that a charge was paid."""
    say = words.words(None)
    amount = currencies.shown(charge["amount"], charge["currency"])
    made = layout.day(charge["created"])
    body = f'<p class="amount">{text(amount)}</p><p>{text(made)}</p><p><code>{charge["id"]}</code></p>'
    return layout.page(say["receipt"], body)

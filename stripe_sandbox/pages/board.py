"""The operator page at /_sandbox/: the objects, the events, and a button for each stroke of luck.

Every button is a form that posts to the operator's JSON door (see `doors.operating`) and returns here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from stripe_sandbox import balances, disputing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.delivering import MODES, ORDERS, SIGNATURES
from stripe_sandbox.doors import calling, faults
from stripe_sandbox.pages import layout
from stripe_sandbox.pages.layout import text
from stripe_sandbox.tables import currencies
from stripe_sandbox.world import World

SHOWN = 30  # rows of each kind, the newest first


def drawn(world: World, deliveries: dict[str, Any], armed: list[dict[str, Any]]) -> calling.Answer:
    """This function will draw the operator page."""
    with world.work():
        balances.ripen(world)
        body = "".join(
            [
                _summary(world, deliveries),
                _controls(deliveries, armed),
                *(_section(world, title, kind, heads, row) for title, kind, heads, row in SECTIONS),
            ]
        )
    return layout.page("Operator", body, wide=True)


def button(path: str, label: str, **fields: object) -> str:
    """This function will return a form of one button that posts to the operator's door."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{text(value)}">' for name, value in fields.items()
    )
    return f'<form method="post" action="/_sandbox/{path}">{hidden}<button>{text(label)}</button></form>'


def _choice(path: str, name: str, options: Iterable[str], chosen: str, label: str) -> str:
    rows = "".join(
        f"<option{' selected' if option == chosen else ''}>{text(option)}</option>" for option in options
    )
    return (
        f'<form method="post" action="/_sandbox/{path}"><label>{text(label)}<br>'
        f'<select name="{name}">{rows}</select></label>'
        f'<button aria-label="Set {text(label)}">Set</button></form>'
    )


def _entry(path: str, name: str, label: str, act: str, value: str = "") -> str:
    return (
        f'<form method="post" action="/_sandbox/{path}"><label>{text(label)}<br>'
        f'<input name="{name}" value="{text(value)}" required></label><button>{text(act)}</button></form>'
    )


def _summary(world: World, deliveries: dict[str, Any]) -> str:
    totals = balances.totals(world)
    lines = [
        f"{column}: " + (", ".join(currencies.shown(n, c) for c, n in sorted(sums.items())) or "0")
        for column, sums in totals.items()
    ]
    broken = balances.breaches(world)
    law = layout.alert("; ".join(broken)) if broken else '<p class="good">The money adds up.</p>'
    url = world.settings.webhook_url or "no webhook URL"
    return (
        f"<p>Balance, {text('; '.join(lines))}<br>Clock: {text(layout.moment(world.now()))} UTC<br>"
        f"Events go to {text(url)}: {deliveries['queued']} queued, {deliveries['held']} held</p>{law}"
    )


def _controls(deliveries: dict[str, Any], armed: list[dict[str, Any]]) -> str:
    plan = [
        _choice("deliveries", "mode", MODES, deliveries["mode"], "Deliveries"),
        _choice("deliveries", "order", ORDERS, deliveries["order"], "Order"),
        _choice("deliveries", "signature", SIGNATURES, deliveries["signature"], "Signature"),
        _entry("deliveries", "delay_seconds", "Delay (seconds)", "Set", str(deliveries["delay_seconds"])),
    ]
    deeds = [
        _entry("payouts", "currency", "Currency", "Make payout", "usd"),
        _entry("clock", "seconds", "Seconds", "Advance clock", "86400"),
        _choice("settings", "refund_status", ("succeeded", "pending"), "", "Next refunds"),
        button("keys/expire", "Expire idempotency keys"),
        button("reset", "Forget everything"),
    ]
    listed = ", ".join(f"{fault['mode']} on {fault['path']}" for fault in armed) or "none"
    strikes = [
        _choice("faults", "mode", faults.MODES, "", "Next API call fails by"),
        button("faults/clear", "Disarm"),
    ]
    return (
        f'<h2>Deliveries</h2><div class="row">{"".join(plan)}</div>'
        f'<h2>Money and time</h2><div class="row">{"".join(deeds)}</div>'
        f'<h2>Faults</h2><p class="soft">Armed: {text(listed)}</p><div class="row">{"".join(strikes)}</div>'
    )


def _section(
    world: World, title: str, kind: str, heads: tuple[str, ...], row: Callable[[World, Obj], tuple[str, ...]]
) -> str:
    things = list(itertools.islice(world.newest_first(kind), SHOWN))
    if not things:
        return ""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in ("Id", *heads, ""))
    rows = []
    for thing in things:
        *cells, buttons = row(world, thing)
        shown = "".join(f"<td>{text(cell)}</td>" for cell in cells)
        rows.append(f"<tr><td><code>{thing['id']}</code></td>{shown}<td>{buttons}</td></tr>")
    count = len(world.kinds[kind])
    return (
        f"<h2>{text(title)} ({count})</h2>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="{text(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _amount(thing: Obj, name: str = "amount") -> str:
    return currencies.shown(thing[name], thing["currency"])


def _event(world: World, event: Obj) -> tuple[str, ...]:
    notes = world.notes[event["id"]]
    tries = ", ".join(str(attempt["status"] or attempt["trouble"]) for attempt in notes["attempts"])
    path = f"events/{event['id']}/deliver"
    again = (
        button(path, "Resend")
        + button(path, "Twice at once", times=2, at_once=1)
        + button(path, "Stale", signature="stale")
        + button(path, "Wrong secret", signature="wrong")
    )
    subject = event["data"]["object"].get("id", "")
    return event["type"], subject, notes["state"], tries, again if world.settings.webhook_url else ""


def _session(world: World, session: Obj) -> tuple[str, ...]:
    link = f'<a href="{text(session["url"])}">Open</a>' if session["url"] else ""
    return (
        session["mode"],
        _amount(session, "amount_total"),
        session["status"],
        session["payment_status"],
        link,
    )


def _charge(world: World, charge: Obj) -> tuple[str, ...]:
    buttons = ""
    if charge["status"] == "pending":
        buttons = button(f"bank_debits/{charge['id']}/settle", "Settle")
        buttons += button(f"bank_debits/{charge['id']}/fail", "Fail")
    elif charge["status"] == "succeeded" and not charge["disputed"] and not charge["refunded"]:
        buttons = button("disputes", "Dispute", charge=charge["id"], kind="dispute")
        buttons += button("disputes", "Inquiry", charge=charge["id"], kind="inquiry")
    if charge["status"] == "succeeded":
        buttons += button("fraud_warnings", "Warn", charge=charge["id"])
        buttons += button("reviews", "Review", charge=charge["id"])
    method = (charge["payment_method_details"] or {}).get("type", "")
    back = currencies.shown(charge["amount_refunded"], charge["currency"])
    return _amount(charge), method, charge["status"], back, buttons


def _refund(world: World, refund: Obj) -> tuple[str, ...]:
    buttons = ""
    if refund["status"] in ("pending", "succeeded"):
        buttons = button(f"refunds/{refund['id']}/fail", "Fail")
    if refund["status"] == "pending":
        buttons += button(f"refunds/{refund['id']}/settle", "Settle")
    return _amount(refund), refund["charge"], refund["status"], buttons


def _dispute(world: World, dispute: Obj) -> tuple[str, ...]:
    path, buttons = f"disputes/{dispute['id']}", ""
    if dispute["status"].startswith("warning_") and dispute["status"] != "warning_closed":
        buttons = button(f"{path}/close", "Close", outcome="won") + button(f"{path}/escalate", "Escalate")
    elif dispute["status"] in ("needs_response", "under_review", *disputing.APPEALED):
        buttons = "".join(
            button(f"{path}/close", outcome.title(), outcome=outcome)
            for outcome in ("won", "lost", "prevented")
        )
    elif dispute["status"] == "lost":
        buttons = button(f"{path}/appeal", "Appeal")
    return _amount(dispute), dispute["charge"], dispute["status"], buttons


def _warning(world: World, warning: Obj) -> tuple[str, ...]:
    return warning["charge"], warning["fraud_type"], "yes" if warning["actionable"] else "no", ""


def _review(world: World, review: Obj) -> tuple[str, ...]:
    buttons = button(f"reviews/{review['id']}/close", "Approve", outcome="approved") if review["open"] else ""
    return review["charge"] or "", review["reason"], buttons


def _payout(world: World, payout: Obj) -> tuple[str, ...]:
    buttons = ""
    if payout["status"] in ("pending", "in_transit"):
        buttons = button(f"payouts/{payout['id']}/pay", "Pay")
    if payout["status"] in ("pending", "in_transit", "paid"):
        buttons += button(f"payouts/{payout['id']}/fail", "Fail")
    return _amount(payout), payout["status"], payout["reconciliation_status"], buttons


def _subscription(world: World, subscription: Obj) -> tuple[str, ...]:
    item = subscription["items"]["data"][0]
    amount = currencies.shown(item["price"]["unit_amount"] * item["quantity"], subscription["currency"])
    card = _entry(f"customers/{subscription['customer']}/card", "number", "Card", "Use", "4242424242424242")
    return amount, subscription["status"], layout.moment(item["current_period_end"]), card


def _invoice(world: World, invoice: Obj) -> tuple[str, ...]:
    buttons = button(f"invoices/{invoice['id']}/collect", "Collect") if invoice["status"] == "open" else ""
    again = invoice["next_payment_attempt"]
    return (
        _amount(invoice, "amount_due"),
        invoice["status"],
        str(invoice["attempt_count"]),
        layout.moment(again) if again else "",
        buttons,
    )


def _line(world: World, line: Obj) -> tuple[str, ...]:
    payout = world.notes[line["id"]].get("payout", "")
    return line["type"], _amount(line), _amount(line, "fee"), _amount(line, "net"), line["status"], payout, ""


def _clock(world: World, clock: Obj) -> tuple[str, ...]:
    path, label = "clock", "A month on"
    return layout.moment(clock["frozen_time"]), button(path, label, clock=clock["id"], seconds=31 * 86400)


SECTIONS: list[tuple[str, str, tuple[str, ...], Callable[[World, Obj], tuple[str, ...]]]] = [
    ("Checkout Sessions", "checkout.session", ("Mode", "Amount", "Status", "Payment"), _session),
    ("Charges", "charge", ("Amount", "Method", "Status", "Refunded"), _charge),
    ("Refunds", "refund", ("Amount", "Charge", "Status"), _refund),
    ("Disputes", "dispute", ("Amount", "Charge", "Status"), _dispute),
    ("Fraud warnings", "radar.early_fraud_warning", ("Charge", "Type", "Actionable"), _warning),
    ("Reviews", "review", ("Charge", "Reason"), _review),
    ("Payouts", "payout", ("Amount", "Status", "Reconciliation"), _payout),
    ("Subscriptions", "subscription", ("Amount", "Status", "Renews"), _subscription),
    ("Invoices", "invoice", ("Amount", "Status", "Attempts", "Next attempt"), _invoice),
    ("Test clocks", "test_helpers.test_clock", ("Shows",), _clock),
    ("Events", "event", ("Type", "Object", "Delivery", "Answers"), _event),
    (
        "Balance transactions",
        "balance_transaction",
        ("Type", "Amount", "Fee", "Net", "Status", "Payout"),
        _line,
    ),
]

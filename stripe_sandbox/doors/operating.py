"""The operator's door: everything that only the outside world, or bad luck, does to a real Stripe account.

JSON in, JSON out. A form from the operator page goes through the same deeds and is sent back to the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from stripe_sandbox import (
    adopting,
    balances,
    clocks,
    completing,
    customers,
    disputing,
    doubting,
    errors,
    instruments,
    payouts,
    refunding,
    renewing,
)
from stripe_sandbox.delivering import Courier
from stripe_sandbox.doors import calling, form
from stripe_sandbox.pages import board
from stripe_sandbox.world import World

Given = dict[str, Any]
Deed = Callable[..., Any]
PREFIX = "/_sandbox"


class Operator:
    """One method for each thing an operator may do; the table of URLs is at the end."""

    def __init__(self, api: calling.Api, courier: Courier) -> None:
        self.api = api
        self.courier = courier

    @property
    def world(self) -> World:
        """The world that is operated."""
        return self.api.world

    def answer(self, call: calling.Call) -> calling.Answer:
        """This function will answer one request under /_sandbox."""
        path = call.path.removeprefix(PREFIX) or "/"
        if call.method == "GET" and path == "/":
            return board.drawn(self.world, self.courier.state(), self.api.faults.shown())
        from_page = "form-urlencoded" in call.headers.get("content-type", "")
        try:
            if call.method != "GET" and not _same_origin(call):
                raise errors.ApiError(403, "Another site may not operate the sandbox.")
            result, status = self._done(call, path, _given(call, from_page)), 200
        except errors.ApiError as refusal:
            result, status = refusal.envelope(), refusal.status
        except (ValueError, TypeError, KeyError) as trouble:
            result, status = {"error": {"message": f"{type(trouble).__name__}: {trouble}"}}, 400
        if from_page and status == 200:
            return calling.Answer(303, b"", {"Location": f"{PREFIX}/"})
        return calling.Answer(status, form.encoded(result))

    def _done(self, call: calling.Call, path: str, given: Given) -> Any:
        for method, pattern, deed in TABLE:
            match = pattern.fullmatch(path)
            if match and method == call.method:
                return deed(self, given, *match.groups())
        raise errors.ApiError(404, f"The operator's door has no {call.method} {call.path}.")

    # -- reading ---------------------------------------------------------------------------------------------

    def record(self, given: Given) -> Any:
        """This function will return every object by kind: the sandbox's own record, for comparisons."""
        with self.world.work():
            balances.ripen(self.world)
            kinds = {kind: list(things.values()) for kind, things in self.world.kinds.items() if things}
            deliveries = {event: dict(self.world.notes[event]) for event in self.world.kinds["event"]}
            held = {
                line: self.world.notes[line].get("payout") for line in self.world.kinds["balance_transaction"]
            }
            answer = {
                "now": self.world.now(),
                "objects": kinds,
                "deliveries": deliveries,
                "payout_of_line": held,
                "balance": balances.totals(self.world),
                "breaches": balances.breaches(self.world),
            }
            return json.loads(json.dumps(answer))

    def audit(self, given: Given) -> Any:
        """This function will return the laws of money that do not hold, and the totals."""
        with self.world.work():
            return {"breaches": balances.breaches(self.world), "balance": balances.totals(self.world)}

    def requests(self, given: Given) -> Any:
        """This function will return the last API requests as received."""
        rows = list(self.api.seen)
        return {"requests": rows[-int(given.get("limit", len(rows)) or 1) :] if rows else []}

    # -- faults and deliveries -------------------------------------------------------------------------------

    def arm(self, given: Given) -> Any:
        """This function will have a fault strike the next matching requests."""
        return self.api.faults.arm(given)

    def armed(self, given: Given) -> Any:
        """This function will return the faults that are armed."""
        return {"faults": self.api.faults.shown()}

    def disarm(self, given: Given) -> Any:
        """This function will disarm every fault."""
        self.api.faults.clear()
        return {"faults": []}

    def deliveries(self, given: Given) -> Any:
        """This function will return the delivery plan and the queue."""
        return self.courier.state()

    def plan(self, given: Given) -> Any:
        """This function will set mode, order, signature or delay of deliveries."""
        if "delay_seconds" in given:
            given["delay_seconds"] = float(given["delay_seconds"])
        return self.courier.change_plan(**given)

    def drain(self, given: Given) -> Any:
        """This function will wait until the queue of deliveries is empty."""
        drained = self.courier.drain(float(given.get("timeout", 10)))
        return {"drained": drained, **self.courier.state()}

    def deliver(self, given: Given, event: str) -> Any:
        """This function will deliver one event again: how often, at once, how signed."""
        statuses = self.courier.send_now(
            event,
            signature=given.get("signature", "good"),
            times=int(given.get("times", 1)),
            at_once=bool(given.get("at_once", False)),
        )
        return {"statuses": statuses}

    def deliver_many(self, given: Given) -> Any:
        """This function will deliver the named events in the order they are named."""
        return {"statuses": [self.courier.send_now(one)[0] for one in given["events"]]}

    def expire_keys(self, given: Given) -> Any:
        """This function will expire the idempotency keys, as Stripe may after a day."""
        return {"expired": self.api.keys.expire()}

    def reset(self, given: Given) -> Any:
        """This function will forget everything: objects, keys, faults, queued deliveries, the clock."""
        self.api.faults.clear()
        self.courier.forget()
        with self.world.lock:
            self.world.clear()
            self.api.keys.known.clear()
            self.api.seen.clear()
            self.world.settings.refund_status = "succeeded"
        return {"reset": True}

    # -- money -----------------------------------------------------------------------------------------------

    def bank_debit(self, given: Given, charge: str, outcome: str) -> Any:
        """This function will settle or fail a pending bank debit."""
        with self.world.work():
            found = self.world.get("charge", charge, param="charge")
            completing.settle_bank_debit(self.world, found, succeeds=outcome == "settle")
            return found

    def dispute(self, given: Given) -> Any:
        """This function will open a dispute or an inquiry on a charge."""
        kind = given.get("kind", "dispute")
        if kind not in ("dispute", "inquiry"):
            raise ValueError("kind must be dispute or inquiry")
        with self.world.work():
            charge, reason = given["charge"], given.get("reason", "fraudulent")
            return disputing.create(self.world, charge, inquiry=kind == "inquiry", reason=reason)

    def close_dispute(self, given: Given, dispute: str) -> Any:
        """This function will decide a dispute: won, lost or prevented."""
        with self.world.work():
            return disputing.close(self.world, dispute, given.get("outcome", "lost"))

    def escalate(self, given: Given, dispute: str) -> Any:
        """This function will turn an inquiry into a dispute."""
        with self.world.work():
            return disputing.escalate(self.world, dispute)

    def fraud_warning(self, given: Given) -> Any:
        """This function will let the card's bank warn of a charge."""
        kind = given.get("fraud_type", "made_with_stolen_card")
        with self.world.work():
            return doubting.warn(self.world, given["charge"], fraud_type=kind)

    def review(self, given: Given) -> Any:
        """This function will have a person look at a charge."""
        with self.world.work():
            return doubting.review(self.world, given["charge"])

    def close_review(self, given: Given, review: str) -> Any:
        """This function will end a review."""
        with self.world.work():
            return doubting.close_review(self.world, review, outcome=given.get("outcome", "approved"))

    def appeal_dispute(self, given: Given, dispute: str) -> Any:
        """This function will take a lost dispute further."""
        with self.world.work():
            return disputing.appeal(self.world, dispute)

    def payout(self, given: Given) -> Any:
        """This function will pay out what a currency holds."""
        with self.world.work():
            return payouts.make_automatic(
                self.world,
                given.get("currency", "usd").lower(),
                only_available=bool(given.get("only_available", False)),
                pay=given.get("status", "paid") == "paid",
            )

    def pay_payout(self, given: Given, payout: str) -> Any:
        """This function will let a payout reach the bank."""
        with self.world.work():
            return payouts.arrive(self.world, payout)

    def fail_payout(self, given: Given, payout: str) -> Any:
        """This function will fail a payout, even a paid one."""
        with self.world.work():
            return payouts.fail(self.world, payout, code=given.get("code", "account_closed"))

    def fail_refund(self, given: Given, refund: str) -> Any:
        """This function will fail a refund."""
        with self.world.work():
            return refunding.fail(self.world, refund, reason=given.get("reason", "lost_or_stolen_card"))

    def settle_refund(self, given: Given, refund: str) -> Any:
        """This function will let a pending refund succeed."""
        with self.world.work():
            return refunding.settle(self.world, refund)

    def settings(self, given: Given) -> Any:
        """This function will set what the next refunds are: {"refund_status": "pending" or "succeeded"}."""
        wanted = given.get("refund_status", self.world.settings.refund_status)
        if wanted not in ("pending", "succeeded") or set(given) - {"refund_status"}:
            raise ValueError("refund_status must be pending or succeeded")
        with self.world.work():
            self.world.settings.refund_status = wanted
            self.world.keep_settings()
        return {"refund_status": wanted}

    # -- supporters and time ---------------------------------------------------------------------------------

    def card(self, given: Given, customer: str) -> Any:
        """This function will change the card that a customer's renewals use."""
        with self.world.work():
            found = self.world.get("customer", customer, param="customer")
            return customers.use_card(self.world, found, instruments.digits(str(given["number"])))

    def renew_card(self, given: Given, method: str) -> Any:
        """This function will have the card network tell a new date, and perhaps number, of a kept card."""
        month, year = int(given["exp_month"]), int(given["exp_year"])
        with self.world.work():
            number = instruments.digits(str(given.get("number", "")))
            return adopting.renew_card(self.world, method, month=month, year=year, number=number)

    def collect(self, given: Given, invoice: str) -> Any:
        """This function will try to collect an open invoice now."""
        with self.world.work():
            found = self.world.get("invoice", invoice)
            subscription = self.world.get("subscription", self.world.note(invoice)["subscription"])
            return {"outcome": renewing.collect(self.world, found, subscription), "invoice": dict(found)}

    def clock(self, given: Given) -> Any:
        """This function will return the own clock's time and offset."""
        return {"now": self.world.clock(), "offset": self.world.offset}

    def advance(self, given: Given) -> Any:
        """This function will move the own clock `to` a moment or by `seconds`, or the test `clock` named."""
        if given.get("set"):
            clocks.set_own(self.world, float(given["set"]))
            return self.clock(given)
        clock = given.get("clock")
        now = self.world.clock(clock)
        target = float(given["to"]) if given.get("to") else now + float(given["seconds"])
        if clock:
            with self.world.work():
                return clocks.advance(self.world, {"frozen_time": int(target)}, clock)
        clocks.advance_own(self.world, target)
        return self.clock(given)


def _given(call: calling.Call, from_page: bool) -> Given:
    if call.method == "GET":
        return dict(parse_qsl(call.query))
    if from_page:
        return {name: value for name, value in parse_qsl(call.body) if value}
    given = json.loads(call.body or "{}")
    if not isinstance(given, dict):
        raise ValueError("expected a JSON object")
    return given


def _same_origin(call: calling.Call) -> bool:
    """Another site open in the same browser must not operate the sandbox."""
    origin = call.headers.get("origin")
    return origin is None or origin.partition("://")[2] == call.headers.get("host")


def _row(method: str, pattern: str, deed: Deed) -> tuple[str, re.Pattern[str], Deed]:
    return method, re.compile(pattern.replace("{id}", r"([\w-]+)")), deed


TABLE: list[tuple[str, re.Pattern[str], Deed]] = [
    _row("GET", "/record", Operator.record),
    _row("GET", "/audit", Operator.audit),
    _row("GET", "/requests", Operator.requests),
    _row("GET", "/faults", Operator.armed),
    _row("POST", "/faults", Operator.arm),
    _row("DELETE", "/faults", Operator.disarm),
    _row("POST", "/faults/clear", Operator.disarm),
    _row("GET", "/deliveries", Operator.deliveries),
    _row("POST", "/deliveries", Operator.plan),
    _row("POST", "/deliveries/drain", Operator.drain),
    _row("POST", "/events/deliver", Operator.deliver_many),
    _row("POST", "/events/{id}/deliver", Operator.deliver),
    _row("POST", "/keys/expire", Operator.expire_keys),
    _row("POST", "/reset", Operator.reset),
    _row("POST", "/bank_debits/{id}/(settle|fail)", Operator.bank_debit),
    _row("POST", "/disputes", Operator.dispute),
    _row("POST", "/disputes/{id}/close", Operator.close_dispute),
    _row("POST", "/disputes/{id}/escalate", Operator.escalate),
    _row("POST", "/disputes/{id}/appeal", Operator.appeal_dispute),
    _row("POST", "/fraud_warnings", Operator.fraud_warning),
    _row("POST", "/reviews", Operator.review),
    _row("POST", "/reviews/{id}/close", Operator.close_review),
    _row("POST", "/payouts", Operator.payout),
    _row("POST", "/payouts/{id}/pay", Operator.pay_payout),
    _row("POST", "/payouts/{id}/fail", Operator.fail_payout),
    _row("POST", "/refunds/{id}/fail", Operator.fail_refund),
    _row("POST", "/refunds/{id}/settle", Operator.settle_refund),
    _row("POST", "/settings", Operator.settings),
    _row("POST", "/customers/{id}/card", Operator.card),
    _row("POST", "/payment_methods/{id}/renew", Operator.renew_card),
    _row("POST", "/invoices/{id}/collect", Operator.collect),
    _row("GET", "/clock", Operator.clock),
    _row("POST", "/clock", Operator.advance),
]

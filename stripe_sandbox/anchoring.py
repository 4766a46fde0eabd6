"""When a subscription is charged: its anchor, a trial that moves it, and its end. Unverified: see `tables.timing`."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox import errors, invoicing, periods, subscribing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.world import World

Params = dict[str, Any]


def wanted(data: Params, now: int, *, at: str) -> tuple[int, int | None] | None:
    """`data` is of a new subscription. Returns the anchor and the day of the month it stands for.

    This function will return when the first full period begins, or None when that is now. The time until then must
    be free, because the sandbox prorates nothing.
    """
    config, moment = data.get("billing_cycle_anchor_config"), data.get("billing_cycle_anchor")
    if config is None and moment is None:
        return None
    if config is not None and moment is not None:
        raise errors.invalid("Give billing_cycle_anchor or billing_cycle_anchor_config, not both.", param=at)
    if data.get("proration_behavior") != "none":
        raise errors.invalid(
            "The sandbox anchors only with proration_behavior=none.", param=f"{at}[proration_behavior]"
        )
    if config is not None:
        return _next(config, now, at=at), int(config["day_of_month"])
    if not moment or moment <= now:
        raise errors.invalid(
            "The billing_cycle_anchor must lie in the future.", param=f"{at}[billing_cycle_anchor]"
        )
    return int(moment), None


def _next(config: Params, now: int, *, at: str) -> int:
    day = config["day_of_month"]
    if not 1 <= day <= 31:
        raise errors.invalid("day_of_month ranges from 1 to 31.", param=f"{at}[billing_cycle_anchor_config]")
    start = datetime.fromtimestamp(now, UTC)
    clock = {name: config.get(name, getattr(start, name)) for name in ("hour", "minute", "second")}
    for months in range(14):
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moment = start.replace(year=year, month=month + 1, day=min(day, last), microsecond=0, **clock)
        if moment.timestamp() > now and config.get("month", month + 1) == month + 1:
            return int(moment.timestamp())
    raise errors.invalid("There is no such day.", param=f"{at}[billing_cycle_anchor_config]")


def first_period(now: int, recurring: Obj, anchored: tuple[int, int | None] | None) -> tuple[int, int]:
    """This function will return the first period of a new subscription: until its anchor, or a whole one."""
    if anchored:
        return now, anchored[0]
    return now, periods.after(now, recurring["interval"], recurring["interval_count"])


def end_of(world: World, subscription: Obj, count: int) -> int:
    """This function will return when the period of this number ends."""
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    return periods.after(
        subscription["billing_cycle_anchor"],
        recurring["interval"],
        count * recurring["interval_count"],
        (subscription["billing_cycle_anchor_config"] or {}).get("day_of_month"),
    )


def begin_trial(world: World, subscription: Obj, until: int, now: int) -> Obj:
    """Nothing is charged until the trial ends, which is when the next period begins: the way to move a date.

    This function will return what changes on the subscription.
    """
    if until <= now:
        raise errors.invalid("Invalid timestamp: trial_end must be in the future.", param="trial_end")
    rows = [
        {**row, "current_period_start": now, "current_period_end": until}
        for row in subscription["items"]["data"]
    ]
    clock = subscription["test_clock"]
    world.note(subscription["id"], period=0, previous_start=now)
    world.wake(subscription["id"], "renew", until, clock)
    return {
        "status": "trialing",
        "trial_start": now,
        "trial_end": until,
        "billing_cycle_anchor": until,
        "billing_cycle_anchor_config": None,
        "items": {**subscription["items"], "data": rows},
    }


def bill_nothing(world: World, subscription: Obj, *, reason: str, now: int) -> Obj:
    """A stretch that costs nothing has an invoice over nothing, paid at once.

    This function will make it the subscription's latest.
    """
    item = subscription["items"]["data"][0]
    customer = world.get("customer", subscription["customer"])
    period = (item["current_period_start"], item["current_period_end"])
    invoice = invoicing.draft(
        world, subscription, customer, reason=reason, period=period, now=now, is_free=True
    )
    world.change(subscription, latest_invoice=invoice["id"])
    invoicing.close_empty(world, invoice, now=now)
    return invoice


def set_end(world: World, subscription: Obj, moment: Any) -> Obj:
    """`moment` empty: no end. This function will return what changes on the subscription."""
    now, clock = world.now(subscription["test_clock"]), subscription["test_clock"]
    if not moment:
        world.silence(subscription["id"], "end_subscription")
        return {"cancel_at": None, "canceled_at": None}
    if not isinstance(moment, int):
        raise errors.invalid("The sandbox takes a moment only.", param="cancel_at")
    if moment <= now:
        raise errors.invalid("Invalid timestamp: cancel_at must be in the future.", param="cancel_at")
    world.wake(subscription["id"], "end_subscription", moment, clock)
    return {"cancel_at": moment, "canceled_at": now}


def end_when_due(world: World, identity: str) -> None:
    """This function will end a subscription whose `cancel_at` has come."""
    subscription = world.get("subscription", identity)
    due = subscription["cancel_at"]
    if subscription["status"] != "canceled" and due and due <= world.now(subscription["test_clock"]):
        subscribing.end(world, subscription, reason="cancellation_requested")


def resume_when_due(world: World, identity: str) -> None:
    """This function will end a pause of the collection whose `resumes_at` has come."""
    subscription = world.get("subscription", identity)
    pause = subscription["pause_collection"]
    now = world.now(subscription["test_clock"])
    if pause and pause["resumes_at"] and pause["resumes_at"] <= now:
        world.change(subscription, pause_collection=None)
        world.emit("customer.subscription.updated", subscription, before={"pause_collection": pause}, now=now)

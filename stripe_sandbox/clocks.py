"""Time that moves on demand: Stripe's test clocks, and the sandbox's own clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_sandbox import anchoring, checkout, completing, disputing, doubting, errors, refunding, renewing
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import timing
from stripe_sandbox.world import World


def _settle(world: World, identity: str) -> None:
    charge = world.get("charge", identity)
    if charge["status"] == "pending":
        completing.settle_bank_debit(world, charge)


DEEDS: dict[str, Callable[[World, str], None]] = {
    "expire_session": checkout.expire_when_due,
    "settle_bank_debit": _settle,
    "open_dispute": disputing.open_when_due,
    "warn_of_fraud": doubting.warn_when_due,
    "fail_refund": refunding.fail_when_due,
    "renew": renewing.renew,
    "finalize_invoice": renewing.finalize_when_due,
    "retry_invoice": renewing.retry_when_due,
    "end_subscription": anchoring.end_when_due,
    "resume_collection": anchoring.resume_when_due,
}


def run_next(
    world: World, clock: str | None, until: float, *, move: Callable[[float], None] | None = None
) -> bool:
    """`move` sets the clock to the alarm's moment first. Returns False when nothing is due.

    This function will do the next thing that is due on a clock, in a unit of work of its own.
    """
    with world.work():
        moment = world.alarms.next_moment(clock)
        if moment is None or moment > until:
            return False
        _, deed, identity = world.alarms.pop(clock)
        set_for = world.notes.get(identity, {}).get("alarms", {}).get(deed)
        if not set_for or set_for[0] != moment:
            return True  # rescheduled or silenced since
        if move:
            move(moment)
        world.silence(identity, deed)
        DEEDS[deed](world, identity)
        return True


def create(world: World, params: dict[str, Any]) -> Obj:
    """This function will answer POST /v1/test_helpers/test_clocks."""
    now = world.now()
    clock = world.make(
        "test_helpers.test_clock",
        frozen_time=params["frozen_time"],
        name=params.get("name"),
        status="ready",
        status_details={"advancing": None},
        deletes_after=now + timing.TEST_CLOCK_LASTS,
        created=now,
    )
    clock["status_details"] = {}
    world.emit("test_helpers.test_clock.created", clock, now=now)
    return clock


def advance(world: World, params: dict[str, Any], identity: str) -> Obj:
    """The work is done before the answer, so the clock is `ready` again at once.

    This function will answer POST /v1/test_helpers/test_clocks/{id}/advance.
    """
    clock = world.get("test_helpers.test_clock", identity)
    target = params["frozen_time"]
    if target <= clock["frozen_time"]:
        raise errors.invalid("Test clocks can only be advanced to a time in the future.", param="frozen_time")
    _refuse_too_far(world, clock, target)
    world.emit("test_helpers.test_clock.advancing", clock)
    while run_next(world, identity, target, move=lambda moment: _set(world, clock, moment)):
        pass
    _set(world, clock, target)
    world.emit("test_helpers.test_clock.ready", clock)
    return clock


def _set(world: World, clock: Obj, moment: float) -> None:
    if moment > clock["frozen_time"]:
        world.change(clock, frozen_time=int(moment))


def _refuse_too_far(world: World, clock: Obj, target: int) -> None:
    lengths = [
        item["current_period_end"] - item["current_period_start"]
        for subscription in world.newest_first("subscription")
        if subscription["test_clock"] == clock["id"] and subscription["status"] not in renewing.OVER
        for item in subscription["items"]["data"]
    ]
    # Three days of grace: two calendar months may be longer than twice the current one.
    if lengths and target > clock["frozen_time"] + 2 * min(lengths) + 3 * timing.DAY + 3 * timing.DAY:
        raise errors.invalid(
            "You can advance a test clock at most two intervals of its shortest subscription.",
            param="frozen_time",
        )


def set_own(world: World, target: float) -> None:
    """This function will set the sandbox's own clock, also back, doing nothing on the way."""
    with world.work():
        world.move_clock(world.offset + target - world.clock())
    world.alarms.changed.set()


def advance_own(world: World, target: float) -> None:
    """This function will move the sandbox's own clock, doing on the way what falls due, at its moment."""
    if target < world.clock():
        raise errors.invalid("The clock can only be moved forward.", param="to")

    def move(moment: float) -> None:
        if moment > world.clock():
            world.move_clock(world.offset + moment - world.clock())

    with world.lock:
        while run_next(world, None, target, move=move):
            pass
        with world.work():
            move(target)

"""Renewing: the day on which everybody's monthly gift is due, and the processor is slow."""

import json
import time
from datetime import timedelta

from faults import serving, steering
from faults.cases import Case
from faults.worlds import World

PLANS, MONTHS = 8, 3
MONTH_SECONDS = 32 * 86400
EACH_WAY_SECONDS = 1.0
PATIENCE = 900.0
PER_MINUTE, ROUNDS = 60, 6


def _renewal_day(world: World) -> None:
    """All notices of all renewals come at once, in a drawn order, while each call takes two seconds."""
    for _ in range(PLANS):
        gift = world.gift()
        world.pay(gift, str(world.must("begin", **gift.fields, monthly=True)))
    world.must_deliver(world.events())
    world.must("settle")
    known = {event["id"] for event in world.events()}
    for _ in range(MONTHS):
        world.ground.processor.operate("POST", "clock", {"seconds": MONTH_SECONDS})
    rush = [event for event in world.events() if event["id"] not in known]
    paid = sum(event["type"] == "invoice.paid" for event in rush)
    world.demand(paid == PLANS * MONTHS, f"{paid} renewals were paid")
    world.rng.shuffle(rush)
    door = world.closing.enter_context(serving.web(world.ground))
    world.closing.enter_context(serving.worker(world.ground))
    world.ground.to_processor.tell(mode="latency", seconds=EACH_WAY_SECONDS)
    secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
    began = time.monotonic()
    for event in rush:
        body = json.dumps(event).encode()
        signed = {"Stripe-Signature": steering.signature(body, secret=secret)}
        answer = serving.ask(door.port, "POST", "/api/webhooks/stripe/", body, signed)
        world.demand(answer.status == 200, f"the door answered {answer.status}")
    _drained(world, until=began + PATIENCE)
    took = time.monotonic() - began
    world.remarks.append(f"{paid} renewals, {len(rush)} notices in {took:.0f} s at 2 s a call")
    world.heal()
    told = world.tell()
    world.demand(len(told["donations"]) == PLANS * (MONTHS + 1), f"{len(told['donations'])} donations")
    world.move_clock(timedelta(seconds=MONTHS * MONTH_SECONDS))


def _drained(world: World, *, until: float) -> None:
    """This function will return when no notice waits; what was put off is rung for by the timetable."""
    left, moved = -1, time.monotonic()
    while True:
        waiting = sum(row["status"] == "received" for row in world.tell()["events"])
        if waiting == 0:
            return
        now = time.monotonic()
        world.demand(now < until, f"{waiting} notices still wait")
        if waiting != left:
            left, moved = waiting, now
        elif now - moved > 20:
            world.do("sweep")
        time.sleep(0.5)


def _mail_rate(world: World) -> None:
    """A rush of letters leaves at the rate that was set, whoever rings how often; a sign-in link goes first."""
    world.must("queue_mails", count=PER_MINUTE * 3)
    for minute in range(1, 4):
        sent = world.must("send_mails", per_minute=PER_MINUTE, rounds=ROUNDS)
        world.demand(len(sent) == PER_MINUTE * minute, f"{len(sent)} letters left in {minute} minutes")
        world.demand("sign_in" in sent, "somebody who waits for a link waits behind the rush")
        world.ahead += timedelta(seconds=61)
    world.converge()


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X50", "mail of a renewal day", _mail_rate),
        Case("X50", "renewal day with a slow processor", _renewal_day, is_slow=True),
    ]

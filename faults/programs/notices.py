"""Notices: they come before their cause, many times, at once, in any order, late, never, or forged."""

from datetime import timedelta
from functools import partial

from faults.cases import Case, Run
from faults.worlds import Gift, World

OF_A_GIFT = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")


def _paid(world: World) -> Gift:
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    return gift


def _before_the_answer(world: World) -> None:
    """The notice of a refund comes and is settled while our own request still waits for its answer."""
    back = world.back(world.given())
    world.fault("hang_after", path="/v1/refunds", method="POST", seconds=3)
    asking = world.ready("refund", **back.fields)
    asking.go()
    while not world.events("refund.created"):  # the processor has done it and has not answered yet
        pass
    world.must_deliver(world.events())
    world.must("settle")
    outcome = world.finish(asking)
    world.demand(outcome.is_ok and outcome.value == "done", f"staff heard {outcome.value} {outcome.words}")
    world.complete_back(back)


def _before_the_page_is_noted(world: World) -> None:
    """The payment page was opened, our process died, and the sweeper adopted it: notices find the attempt."""
    gift = world.gift()
    world.fault("reset", path="/v1/checkout/sessions", method="POST")
    world.must("begin", **gift.fields)
    session = world.ground.processor.record("checkout.session")[0]
    world.pay(gift, str(session["url"]))
    world.must_deliver(world.events())
    world.must("settle")
    world.demand_once(gift)


def _again(world: World, *, at_once: bool) -> None:
    gift = _paid(world)
    events = world.events(*OF_A_GIFT)
    world.demand(len(events) == 3, f"{len(events)} notices of a gift")
    if at_once:
        secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
        call = {"events": events, "secret": secret, "accepted": []}
        outcomes = world.together([("deliver", call)] * 5)
    else:
        outcomes = [world.deliver(events) for _ in range(5)]
    statuses = [status for outcome in outcomes for status in outcome.value or [0]]
    world.demand(statuses == [200] * 15, f"the door answered {statuses}")
    world.demand(len(world.tell()["events"]) == 3, "a notice is stored more than once")
    world.together([("settle", {})] * 3)
    world.converge()
    world.demand_once(gift)


def _two_kinds(world: World) -> None:
    """Every notice of one charge is settled by a worker of its own, all beginning together."""
    gift = _paid(world)
    events = world.events(*OF_A_GIFT)
    world.must_deliver(events)
    outcomes = world.together([("settle_one", {"ref": event["id"]}) for event in events])
    states = [outcome.value or outcome.words for outcome in outcomes]
    world.demand(set(states) <= {"settled", "received"}, f"workers ended in {states}")
    world.converge()
    world.demand_once(gift)


def _any_order(world: World, *, ends: str) -> None:
    """Everything that happened to a gift, told in a drawn order; the laws compare the books with the processor."""
    gift = _paid(world)
    processor = world.ground.processor
    charge = processor.record("charge")[0]["id"]
    if ends == "dispute":
        made = processor.operate("POST", "disputes", {"charge": charge})
        processor.operate(
            "POST", f"disputes/{made['id']}/close", {"outcome": world.rng.choice(["won", "lost"])}
        )
    events = world.events()
    if ends == "refund":
        world.must_deliver(events)
        world.must("settle")
        world.must("refund", **world.back(gift).fields)
        world.must("refund", **world.back(gift).fields)
        events = world.events()
    world.rng.shuffle(events)
    for event in events:
        world.must_deliver([event])
    for _ in range(2):
        world.must("settle")
    world.converge()
    world.demand_once(gift)


def _refund_first(world: World) -> None:
    """Our refund of a gift is told, from last to first, to a house that has heard nothing since the gift."""
    back = world.back(_settled_by_sweep(world))
    world.fault("reset", path="/v1/refunds", method="POST")
    world.do("refund", **back.fields)
    world.heal()
    for event in reversed(world.events()):
        world.must_deliver([event])
        world.must("settle")
    world.complete_back(back)


def _settled_by_sweep(world: World) -> Gift:
    gift = _paid(world)
    world.ahead += timedelta(minutes=3)
    world.must("sweep")
    return gift


def _four_days_down(world: World) -> None:
    """Every delivery failed for four days: the processor's own list of events is enough."""
    gifts = [_paid(world) for _ in range(3)]
    world.ahead += timedelta(days=4)
    found = world.must("catch_up")
    world.demand(found >= 9, f"only {found} notices were found")
    world.demand(world.must("catch_up") == 0, "the second catching up found something again")
    for gift in gifts:
        world.demand_once(gift)


def _forged(world: World) -> None:
    gift = _paid(world)
    outcome = world.deliver(world.events(), secret="whsec_of_somebody_else")
    world.demand(
        outcome.is_ok and set(outcome.value) == {400}, f"forged notices were answered {outcome.value}"
    )
    world.demand(not world.tell()["events"], "a forged notice was stored")
    world.converge()
    world.demand_once(gift)


def _rotated(world: World) -> None:
    """Two secrets are accepted while one is being replaced; afterwards the old one is refused."""
    gift = _paid(world)
    old, new = world.ground.environment["STRIPE_WEBHOOK_SECRETS"], "whsec_the_next_one"
    events = world.events()
    for secret, accepted, status in (
        (old, f"{new},{old}", 200),
        (new, f"{new},{old}", 200),
        (old, new, 400),
        (new, new, 200),
    ):
        answered = world.deliver(events[:2], secret=secret, accepted=accepted)
        world.demand(answered.is_ok and set(answered.value) == {status}, f"{answered.value}, not {status}")
    world.converge()
    world.demand_once(gift)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    told: list[tuple[str, str, Run]] = [
        ("X09", "the notice of a refund before its answer", _before_the_answer),
        ("X09", "the notice of a gift before its page is noted", _before_the_page_is_noted),
        ("X10", "every notice five times, one after the other", partial(_again, at_once=False)),
        ("X10", "every notice five times at once", partial(_again, at_once=True)),
        ("X11", "three kinds of notice of one charge at once", _two_kinds),
        ("X12", "two refunds, backwards", _refund_first),
        ("X14", "the endpoint down for four days", _four_days_down),
        ("X15", "forged notices", _forged),
        ("X16", "the secret of webhooks rotated", _rotated),
    ]
    return [Case(code, name, run) for code, name, run in told] + [
        Case("X12", f"{ends} in a drawn order {number}", partial(_any_order, ends=ends))
        for number in range(1, 5)
        for ends in ("refund", "dispute")
    ]

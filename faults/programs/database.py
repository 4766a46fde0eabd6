"""Database: shot in the middle, read-only, its connections dead, its line silent; and the queue away."""

import signal
from functools import partial
from typing import Any

from faults.cases import Case
from faults.standing import CASE
from faults.worlds import Gift, World
from launcher.postgres import APP

PUBLIC = ("/en/", "/ko/", "/en/give/family/")
SILENT_SECONDS, SHOT_WITHIN = 3.0, 60.0


def _shot(world: World, *, deed: str, at: str, nth: int) -> None:
    """PostgreSQL is stopped at once while a commit is on its way, and started again."""
    gift = world.gift()
    arguments: dict[str, Any] = gift.fields
    if deed != "begin":
        world.pay(gift, str(world.must("begin", **gift.fields)))
        world.must_deliver(world.events())
        arguments = {}
    back = None
    if deed == "refund":
        world.must("settle")
        back = world.back(gift)
        arguments = back.fields
    postgres = world.ground.postgres
    shot = {"text": "COMMIT", "nth": nth, "at": at, "act": "kill", "signal": int(signal.SIGQUIT)}
    running = world.ready(deed, **arguments)
    world.ground.to_database.tell(strike={"pid": postgres.pid, **shot})
    running.go()
    if postgres.process is not None:
        postgres.process.wait(SHOT_WITHIN)
    postgres.start()  # while the deed is still at work: it may well find the server again
    world.finish(running)
    world.ground.to_database.tell(strike=None)
    if deed == "begin":
        world.complete(gift)
        return
    if back is not None and not world.tell()["requests"]:
        world.must("refund", **back.fields)
    world.converge()
    world.demand_once(gift)
    if back is not None:
        world.demand_back_once(back)


def _read_only(world: World) -> None:
    """An intent that cannot be written down is never sent: the processor hears nothing."""
    gift, back = world.gift(), world.back(world.given())
    sent = len(world.keys("/v1/"))
    world.ground.postgres.run_sql(f"ALTER DATABASE {CASE} SET default_transaction_read_only = on")
    begun, asked = world.do("begin", **gift.fields), world.do("refund", **back.fields)
    world.demand(not begun.is_ok and not asked.is_ok, "something was taken that could not be written down")
    world.demand(len(world.keys("/v1/")) == sent, "the processor was asked without an intent in our books")
    door = world.deliver(world.events()[:1])
    world.demand(
        door.is_ok and door.value[0] >= 500, f"a notice that was not stored was answered {door.value}"
    )
    world.ground.postgres.run_sql(f"ALTER DATABASE {CASE} RESET default_transaction_read_only")
    world.must("refund", **back.fields)
    world.complete(gift)
    world.demand_back_once(back)


def _pages_without_writing(world: World) -> None:
    """While nothing can be written, pages are read as before and the form says when to come back."""
    fund = world.must("fund_of_page")
    gift = world.gift()
    sent = len(world.keys("/v1/"))
    world.ground.postgres.run_sql(f"ALTER DATABASE {CASE} SET default_transaction_read_only = on")
    for path in PUBLIC:
        status = world.must("look", path=path)
        world.demand(status == 200, f"{path} answered {status}")
    _rests(world, gift, fund)
    world.demand(len(world.keys("/v1/")) == sent, "the processor was asked without an intent in our books")
    world.ground.postgres.run_sql(f"ALTER DATABASE {CASE} RESET default_transaction_read_only")
    world.complete(gift)


def _too_many_connections(world: World) -> None:
    fund = world.must("fund_of_page")
    gift = world.gift()
    world.ground.postgres.run_sql(f"ALTER ROLE {APP} CONNECTION LIMIT 0")
    try:
        _rests(world, gift, fund)
        door = world.deliver(world.events()[:1] or [{"id": "evt_none", "object": "event"}])
        world.demand(door.is_ok and door.value[0] >= 400, f"the door answered {door.value}")
    finally:
        world.ground.postgres.run_sql(f"ALTER ROLE {APP} CONNECTION LIMIT -1")
    world.complete(gift)


def _rests(world: World, gift: Gift, fund: int) -> None:
    answer = world.must("press", **gift.fields, fund=fund)
    world.demand(answer["status"] == 503, f"the form answered {answer['status']}")
    world.demand("in a few minutes" in answer["page"], "the page does not say what to do")


def _dead_connections(world: World) -> None:
    gift = world.gift()
    outcome = world.do("begin_after_lost_connections", **gift.fields)
    world.demand(outcome.is_ok and outcome.value, f"the supporter saw {outcome.words}")
    world.complete(gift)


def _silent(world: World, *, deed: str) -> None:
    """The line to the database carries nothing for a while: the deed ends, and the next one works."""
    gift = world.given()
    other, back = world.gift(), world.back(gift)
    arguments = other.fields if deed == "begin" else back.fields
    running = world.ready(deed, **arguments)
    world.ground.to_database.tell(mode="blackhole")
    running.go()
    world.rest(SILENT_SECONDS)
    world.ground.to_database.tell(mode="pass")
    outcome = world.finish(running)
    world.demand(outcome.seconds < world.within(20), f"the deed took {outcome.seconds:.0f} s")
    world.complete(other)
    if deed == "refund":
        world.must("refund", **back.fields)
        world.demand_back_once(back)


def _silent_processor(world: World) -> None:
    """Nothing comes back from the processor: time-outs below ten seconds, and one gift in the end."""
    gift = world.gift()
    world.ground.to_processor.tell(mode="blackhole")
    outcome = world.do("begin", **gift.fields)
    world.demand(
        outcome.is_ok and outcome.value is None, f"the supporter saw {outcome.value} {outcome.words}"
    )
    world.demand(outcome.seconds < world.within(10), f"the supporter waited {outcome.seconds:.1f} s")
    world.complete(gift)


def _slow_line(world: World) -> None:
    gift = world.gift()
    world.ground.to_database.tell(mode="latency", seconds=0.02)
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events())
    world.together([("settle", {})] * 3)
    world.converge()
    world.demand_once(gift)


def _no_queue(world: World, *, deed: str) -> None:
    """The queue is away while notices come: each is stored and answered, and the timetable settles it."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
    call: dict[str, Any] = {"events": world.events(), "secret": secret, "accepted": []}
    if deed == "deliver_to_database_queue":
        cut = {"text": "pgmq", "at": "request", "act": "cut"}
        answered = world.struck(world.ground.to_database, deed, strike=cut, **call)
    else:
        answered = world.do(deed, **call)
    world.demand(answered.is_ok and set(answered.value) == {200}, f"{answered.value} {answered.words}")
    world.must("sweep")
    world.demand_once(gift)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    found = [
        Case("X32", f"{deed}, shot at the {at} of commit {nth}", partial(_shot, deed=deed, at=at, nth=nth))
        for deed, nth in (("refund", 2), ("begin", 1), ("settle", 1), ("refund", 1))
        for at in ("request", "answer")
    ]
    return [
        *found,
        Case("X28", "no broker while notices come", partial(_no_queue, deed="deliver_without_broker")),
        Case(
            "X28", "the queue's line cut while ringing", partial(_no_queue, deed="deliver_to_database_queue")
        ),
        Case("X33", "the database is read-only", _read_only),
        Case("X33", "pooled connections are dead", _dead_connections),
        Case("X33", "pages while the database is read-only", _pages_without_writing),
        Case("X33", "too many connections", _too_many_connections, is_slow=True),
        Case("X51", "the database's line is silent: gift", partial(_silent, deed="begin")),
        Case("X51", "the database's line is silent: refund", partial(_silent, deed="refund")),
        Case("X51", "the database's line is slow", _slow_line),
        Case("X51", "the processor is silent", _silent_processor, is_slow=True),
    ]

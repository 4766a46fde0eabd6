"""Locking: PostgreSQL ends a deed for a passing reason, and the same deed is done again with the same result."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from faults.cases import Case
from faults.standing import CASE
from faults.worlds import Back, World

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 7210002))"
ROW = "SELECT 1 FROM donations_refundrequest WHERE id = %s FOR UPDATE"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = %s"
PATIENCE = 180.0
DEADLOCK, TIMEOUT, SERIALIZATION = "DeadlockDetected", "LockNotAvailable", "SerializationFailure"


def _told_refund(world: World) -> Back:
    """A refund that is done at the processor; its request still waits here, its notice is stored."""
    back = world.back(world.given())
    world.fault("reset", path="/v1/refunds", method="POST")
    world.do("refund", **back.fields)
    world.heal()
    world.must_deliver(world.events())
    return back


def _other(world: World) -> psycopg.Connection[tuple[Any, ...]]:
    """A session of somebody else's, straight to the server."""
    socket = str(world.ground.postgres.socket)
    return psycopg.connect(f"host={socket} user=postgres dbname={CASE}")


def _until(world: World, other: psycopg.Connection[tuple[Any, ...]], kind: str) -> None:
    """This function will return when the deed waits for a lock of that kind."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        row = other.execute(WAITING, [kind]).fetchone()
        if row and row[0]:
            return
        time.sleep(0.01)
    world.demand(False, f"nobody came to wait for the {kind} lock")


def _donation(other: psycopg.Connection[tuple[Any, ...]], back: Back) -> str:
    row = other.execute("SELECT id FROM donations_donation WHERE checkout_id = %s", [back.gift.id]).fetchone()
    return str(row[0]) if row else ""


def _tried(world: World, words: str, deed: Callable[[], None]) -> None:
    """This function will do it, and demand that the product's log tells of a second try for that reason."""
    before = world.ground.log.stat().st_size
    deed()
    told = world.ground.log.read_text()[before:]
    world.demand(f"tried 1 times: {words}" in told, f"no second try for {words} is told")


def _settles_once(world: World, back: Back, running: Any) -> None:
    outcome = world.finish(running)
    world.demand(outcome.is_ok and "settled" in outcome.value, f"it came to {outcome.value} {outcome.words}")
    world.demand_back_once(back)  # by this one round, not by a later sweep
    world.converge()
    world.demand_back_once(back)


def _deadlock(world: World) -> None:
    """A settles a refund and B holds its request; B then asks for what A holds. PostgreSQL ends A."""
    back = _told_refund(world)
    # The one that looks for a circle first is ended by it: that shall be the product.
    world.ground.postgres.run_sql(f"ALTER ROLE almoner_app IN DATABASE {CASE} SET deadlock_timeout = '4s'")

    def meet() -> None:
        with _other(world) as other:
            other.execute("SET deadlock_timeout = '10min'")
            other.execute(ROW, [back.id])
            running = world.ready("settle")
            running.go()
            _until(world, other, "transactionid")
            other.execute(LOCK, [_donation(other, back)])
            other.rollback()
        _settles_once(world, back, running)

    _tried(world, DEADLOCK, meet)


def _changed_meanwhile(world: World) -> None:
    """A's picture of the request is older than B's change of it: serialization failure."""
    back = _told_refund(world)
    world.ground.postgres.run_sql(
        f"ALTER DATABASE {CASE} SET default_transaction_isolation = 'repeatable read'"
    )

    def meet() -> None:
        with _other(world) as other:
            other.execute(LOCK, [_donation(other, back)])
            running = world.ready("settle")
            running.go()
            _until(world, other, "advisory")
            other.execute(
                "UPDATE donations_refundrequest SET look_after = look_after WHERE id = %s", [back.id]
            )
            other.commit()
        _settles_once(world, back, running)

    _tried(world, SERIALIZATION, meet)


def _held_too_long(world: World) -> None:
    """Somebody holds the request longer than `lock_timeout`, then lets go."""
    back = _told_refund(world)

    def meet() -> None:
        with _other(world) as other:
            other.execute(ROW, [back.id])
            running = world.ready("settle")
            running.go()
            _until_told(world, f"tried 1 times: {TIMEOUT}", since=world.ground.log.stat().st_size)
            other.rollback()
        _settles_once(world, back, running)

    _tried(world, TIMEOUT, meet)


def _held_for_staff(world: World) -> None:
    """Staff ask for a refund while somebody holds that donation's lock too long: it is asked for once."""
    back = world.back(world.given())

    def meet() -> None:
        with _other(world) as other:
            other.execute(LOCK, [_donation(other, back)])
            running = world.ready("refund", **back.fields)
            running.go()
            _until_told(world, f"tried 1 times: {TIMEOUT}", since=world.ground.log.stat().st_size)
            other.rollback()
        outcome = world.finish(running)
        world.demand(
            outcome.is_ok and outcome.value == "done", f"staff heard {outcome.value} {outcome.words}"
        )
        world.demand_back_once(back)

    _tried(world, TIMEOUT, meet)
    world.converge()
    world.demand_back_once(back)


def _until_told(world: World, words: str, *, since: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if words in world.ground.log.read_text()[since:]:
            return
        time.sleep(0.05)
    world.demand(False, f"the log never said: {words}")


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X34", "a deadlock while a refund is settled", _deadlock),
        Case("X34", "a serialization failure while a refund is settled", _changed_meanwhile),
        Case("X34", "a lock not given in time, settling", _held_too_long, is_slow=True),
        Case("X34", "a lock not given in time, asking for a refund", _held_for_staff, is_slow=True),
    ]

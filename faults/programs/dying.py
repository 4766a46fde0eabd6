"""Dying: the process is killed, or its line cut, at a chosen step of a gift, a refund or a settlement."""

from datetime import timedelta
from functools import partial
from typing import Any

from faults.cases import Case
from faults.worlds import World

SESSIONS, REFUNDS = "POST /v1/checkout/sessions", "POST /v1/refunds"
OPENED = 'UPDATE "donations_checkout"'
COMMIT = "COMMIT"
GIFTS_LEFT = "DELETE FROM donations_giftdelta"


def _begin(world: World, *, line: str, strike: dict[str, Any]) -> None:
    gift = world.gift()
    world.struck(getattr(world.ground, line), "begin", strike=strike, **gift.fields)
    world.complete(gift)
    sessions = [
        row
        for row in world.ground.processor.record("checkout.session")
        if row["client_reference_id"] == gift.id
    ]
    world.demand(len(sessions) == 1, f"{len(sessions)} payment pages of one form")


def _refund(world: World, *, line: str, strike: dict[str, Any]) -> None:
    back = world.back(world.given())
    world.struck(getattr(world.ground, line), "refund", strike=strike, **back.fields)
    if not any(row["id"] == back.id for row in world.tell()["requests"]):
        world.must("refund", **back.fields)  # nothing was written and nothing sent: staff ask again
    world.complete_back(back)


def _settle(world: World, *, line: str, strike: dict[str, Any]) -> None:
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events())
    world.struck(getattr(world.ground, line), "settle", strike=strike)
    world.converge()
    world.demand_once(gift)


def _fold(world: World, *, line: str, strike: dict[str, Any]) -> None:
    """Nothing that waits to be counted is lost or counted twice: the laws of the sums are asked afterwards."""
    back = world.back(world.given())
    world.must("refund", **back.fields)
    world.struck(getattr(world.ground, line), "fold", strike=strike)
    world.complete_back(back)
    world.must("fold")
    world.demand(world.must("fold") == 0, "something waits to be counted for ever")


def _door(world: World, *, at: str, act: str) -> None:
    """The door for webhooks dies around its one insert; the processor then delivers again."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    strike = {"text": "INSERT INTO payments_processorevent", "nth": 2, "at": at, "act": act}
    world.struck(
        world.ground.to_database,
        "deliver",
        strike=strike,
        events=world.events(),
        secret=world.ground.environment["STRIPE_WEBHOOK_SECRETS"],
        accepted=[],
    )
    world.must_deliver(world.events())
    world.must("settle")
    world.demand_once(gift)


def _sweep(world: World, *, line: str, strike: dict[str, Any]) -> None:
    """The sweeper itself is killed while it mends a refund whose answer was lost."""
    back = world.back(world.given())
    world.fault("reset", path="/v1/refunds", method="POST")
    world.do("refund", **back.fields)
    world.ahead += timedelta(minutes=5)
    world.struck(getattr(world.ground, line), "sweep", strike=strike)
    world.complete_back(back)


def _cut_anywhere(world: World, *, deed: str, way: str) -> None:
    """The line to the database is reset after a drawn number of bytes, wherever that is."""
    strike = {"way": way, "after": world.rng.randrange(0, 9000 if way == "c2s" else 5000), "act": "cut"}
    {"begin": _begin, "refund": _refund, "settle": _settle}[deed](world, line="to_database", strike=strike)


def _at(text: str, at: str, act: str = "kill", **more: Any) -> dict[str, Any]:
    return {"text": text, "at": at, "act": act, **more}


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    db, way = "to_database", "to_processor"
    told = [
        ("X01", "refund killed before the processor hears of it", _refund, way, _at(REFUNDS, "request")),
        ("X01", "gift killed before the processor hears of it", _begin, way, _at(SESSIONS, "request")),
        ("X01", "gift killed at the commit of its intent", _begin, db, _at(COMMIT, "request")),
        ("X01", "refund killed at the commit of its request", _refund, db, _at(COMMIT, "request")),
        ("X01", "refund killed after the commit of its request", _refund, db, _at(COMMIT, "answer")),
        ("X02", "refund killed when the processor has said yes", _refund, way, _at(REFUNDS, "answer")),
        ("X02", "gift killed when the processor has said yes", _begin, way, _at(SESSIONS, "answer")),
        ("X02", "refund killed at the commit of its fact", _refund, db, _at(COMMIT, "request", nth=2)),
        ("X02", "gift killed before its page is noted", _begin, db, _at(OPENED, "request")),
        ("X02", "worker killed between fetching and writing", _settle, db, _at(COMMIT, "request")),
        ("X02", "sweeper killed after looking", _sweep, way, _at("GET /v1/refunds", "answer")),
        ("X02", "sweeper killed at the commit of a fact", _sweep, db, _at(COMMIT, "request", nth=3)),
        ("X03", "commit of the fact of a refund unknown", _refund, db, _at(COMMIT, "answer", "cut", nth=2)),
        ("X03", "commit of an intent unknown", _begin, db, _at(COMMIT, "answer", "cut")),
        ("X03", "commit of a refund's request unknown", _refund, db, _at(COMMIT, "answer", "cut")),
        ("X03", "commit of a donation unknown", _settle, db, _at(COMMIT, "answer", "cut")),
        ("X03", "answer to a commit cut after 9 bytes", _settle, db, _at(COMMIT, "answer", "cut", beyond=9)),
        ("X04", "refund killed after its fact is committed", _refund, db, _at(COMMIT, "answer", nth=2)),
        ("X04", "gift killed after its page is noted", _begin, db, _at(OPENED, "answer")),
        ("X04", "worker killed after its commit", _settle, db, _at(COMMIT, "answer")),
        ("X02", "fold killed before it takes what gifts left", _fold, db, _at(GIFTS_LEFT, "request")),
        ("X02", "fold killed between taking and counting givers", _fold, db, _at(GIFTS_LEFT, "answer")),
        ("X02", "fold killed at the commit of the books' sums", _fold, db, _at(COMMIT, "request")),
        ("X02", "fold killed at the commit of the gifts' sums", _fold, db, _at(COMMIT, "request", nth=2)),
        ("X03", "commit of a fold unknown", _fold, db, _at(COMMIT, "answer", "cut", nth=2)),
        ("X04", "fold killed after its commit", _fold, db, _at(COMMIT, "answer", nth=2)),
        (
            "X20",
            "answer to a refund cut after 40 bytes",
            _refund,
            way,
            _at(REFUNDS, "answer", "cut", beyond=40),
        ),
        ("X20", "answer to a refund cut at once", _refund, way, _at(REFUNDS, "answer", "cut")),
        (
            "X20",
            "answer to a gift cut after 300 bytes",
            _begin,
            way,
            _at(SESSIONS, "answer", "cut", beyond=300),
        ),
        ("X20", "answer about a charge cut", _settle, way, _at("GET /v1/", "answer", "cut", beyond=500)),
    ]
    found = [
        Case(code, name, partial(run, line=line, strike=strike)) for code, name, run, line, strike in told
    ]
    found += [
        Case(
            "X03",
            f"line cut after {after} bytes of the database's answers, {deed}",
            partial(run, line=db, strike={"way": "s2c", "after": after, "act": "cut"}),
        )
        for after in range(0, 901, 30)
        for deed, run in (("begin", _begin), ("refund", _refund), ("settle", _settle))
    ]
    found += [
        Case("X03", f"line cut anywhere, {deed} {way} {number}", partial(_cut_anywhere, deed=deed, way=way))
        for number in range(1, 3)
        for deed in ("begin", "refund", "settle")
        for way in ("s2c", "c2s")
    ]  # fmt: skip
    return [
        *found,
        Case("X02", "door killed before its insert", partial(_door, at="request", act="kill")),
        Case("X04", "door killed after its insert", partial(_door, at="answer", act="kill")),
        Case("X03", "insert of a notice unknown", partial(_door, at="answer", act="cut")),
    ]

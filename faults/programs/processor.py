"""Processor: every way in which it, or the way to it, may fail a refund or the opening of a payment page."""

import time
from datetime import timedelta
from functools import partial
from typing import Any

from faults.cases import Case
from faults.programs.notices import OF_A_GIFT
from faults.worlds import World

REFUNDS, SESSIONS = "/v1/refunds", "/v1/checkout/sessions"
ANSWERED_WITHIN = 10.0
BURST_SECONDS = 30.0


def _refund(
    world: World, *, modes: tuple[str, ...], keys: int, expires: bool = False, **options: Any
) -> None:
    """Staff are always answered, never with a success that is none; in the end the money went back once."""
    back = world.back(world.given())
    for mode in modes:
        world.fault(mode, path=REFUNDS, method="POST", **options)
    outcome = world.do("refund", **back.fields)
    world.demand(outcome.is_ok, f"staff saw {outcome.words}")
    world.demand(outcome.value in ("requested", "sent", "done"), f"staff heard {outcome.value}")
    world.demand(outcome.seconds < world.within(ANSWERED_WITHIN), f"staff waited {outcome.seconds:.1f} s")
    if expires:
        world.ground.processor.operate("POST", "keys/expire")
        world.ahead += timedelta(hours=25)
        world.heal()
        world.must("sweep")  # before any notice comes: the key alone would not have protected us
    world.complete_back(back)
    used = len(set(world.keys(REFUNDS)))
    world.demand(used == keys, f"{used} keys were used, not {keys}")


def _gift(world: World, *, modes: tuple[str, ...], keys: int, expires: bool = False, **options: Any) -> None:
    gift = world.gift()
    for mode in modes:
        world.fault(mode, path=SESSIONS, method="POST", **options)
    outcome = world.do("begin", **gift.fields)
    world.demand(outcome.is_ok, f"the supporter saw {outcome.words}")
    world.demand(
        outcome.seconds < world.within(ANSWERED_WITHIN), f"the supporter waited {outcome.seconds:.1f} s"
    )
    if expires:
        world.ground.processor.operate("POST", "keys/expire")
    world.complete(gift)
    used = len(set(world.keys(SESSIONS)))
    world.demand(used == keys, f"{used} keys were used, not {keys}")


def _press(world: World, *, mode: str) -> None:
    """The form itself is answered in time, with a page that says that we are confirming."""
    gift = world.gift()
    world.fault(mode, path=SESSIONS, method="POST")
    outcome = world.do("press", **gift.fields, fund=world.must("fund_of_page"))
    world.demand(
        outcome.is_ok and outcome.value["status"] in (200, 503), f"the form answered {outcome.value}"
    )
    world.demand("confirm" in outcome.value["page"].lower(), "the page does not say that we are confirming")
    world.demand(
        outcome.seconds < world.within(ANSWERED_WITHIN), f"the supporter waited {outcome.seconds:.1f} s"
    )
    world.complete(gift)


def _thirty_seconds(world: World) -> None:
    """429 for half a minute, with the timetable ringing all the while: few calls, no error, and all is there after."""
    gifts = [world.gift() for _ in range(3)]
    for gift in gifts:
        world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events())
    late, fund = world.gift(), world.must("fund_of_page")
    asked = len(world.ground.processor.requests("", "/v1/"))
    world.fault("429", count=None, lasts=BURST_SECONDS)
    began = time.monotonic()
    answer = world.must("press", **late.fields, fund=fund)
    world.demand(answer["status"] == 503 and "confirm" in answer["page"].lower(), f"{answer['status']}")
    while time.monotonic() < began + BURST_SECONDS:
        world.must("sweep")
        world.rest(1.0)
    calls = len(world.ground.processor.requests("", "/v1/")) - asked
    world.remarks.append(f"{calls} calls in {BURST_SECONDS:.0f} s")
    world.demand(calls <= 25 * BURST_SECONDS, f"{calls} calls while we were asked to wait")
    world.complete(late)
    for gift in gifts:
        world.demand_once(gift)


def _blind(world: World) -> None:
    """The request stores its failure for ever, and the look-up after it fails as well: no new key blindly."""
    back = world.back(world.given())
    world.fault("500_before_sticky", path=REFUNDS, method="POST")
    world.fault("html_error", path=REFUNDS, method="GET", count=None)
    outcome = world.do("refund", **back.fields)
    world.demand(
        outcome.is_ok and outcome.value == "requested", f"staff heard {outcome.value} {outcome.words}"
    )
    world.ahead += timedelta(minutes=3)
    world.must("sweep")
    world.demand(len(set(world.keys(REFUNDS))) == 1, "a new key was taken without having looked")
    world.complete_back(back)


def _refused_refund(world: World) -> None:
    """A key used for something else: staff hear of it, no other key is tried, and a new request works."""
    back = world.back(world.given())
    world.fault("idempotency_error", path=REFUNDS, method="POST")
    outcome = world.do("refund", **back.fields)
    world.demand(outcome.kind == "fail", f"staff heard {outcome.value}, {outcome.words}")
    world.heal()
    world.converge()
    world.demand(len(world.keys(REFUNDS)) == 1, "it was tried again blindly")
    again = world.back(back.gift)
    world.must("refund", **again.fields)
    world.converge()
    world.demand_back_once(again)


def _refused_gift(world: World) -> None:
    gift = world.gift()
    world.fault("idempotency_error", path=SESSIONS, method="POST")
    outcome = world.do("begin", **gift.fields)
    world.demand(outcome.kind == "fail" and "GiftRefused" in outcome.words, f"{outcome.kind} {outcome.words}")
    world.heal()
    world.converge()
    world.demand(len(world.keys(SESSIONS)) == 1, "it was tried again blindly")
    world.demand_none(gift)


def _lost_while_settling(world: World, *, mode: str) -> None:
    """The object behind a notice cannot be fetched: the notice waits and is settled later."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events(*OF_A_GIFT))
    world.fault(mode, method="GET", count=None)
    states = world.must("settle")
    world.demand(set(states) == {"received"}, f"notices came to {states}")
    world.demand(not world.tell()["donations"], "a donation was posted that could not be fetched")
    world.converge()
    world.demand_once(gift)


def _skew(world: World, *, patch: dict[str, Any]) -> None:
    """An answer in words we do not know posts nothing wrong; once it is understood again, all is there."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events(*OF_A_GIFT))
    world.fault("skew", path="/v1/charges/", method="GET", count=None, patch=patch)
    world.fault("skew", path="/v1/payment_intents/", method="GET", count=None, patch={"latest_charge": patch})
    nested = {"payment_intent": {"latest_charge": patch}}
    world.fault("skew", path=f"{SESSIONS}/", method="GET", count=None, patch=nested)
    world.must("settle")
    facts = world.tell()["donations"]
    world.demand(all(row["minor"] == gift.minor for row in facts), f"posted {facts}")
    world.converge()
    world.demand_once(gift)


def _unreachable(world: World, *, base: str) -> None:
    """No name, no trust, no answer: fail closed, and nothing is sent any other way."""
    gift, back = world.gift(), world.back(world.given())
    sent = len(world.keys("/v1/"))
    if base:
        world.around = {"STRIPE_API_BASE": base.format(port=world.ground.to_processor.port)}
    else:
        world.ground.to_processor.tell(mode="refuse")
    begun = world.do("begin", **gift.fields)
    world.demand(begun.is_ok and begun.value is None, f"the supporter saw {begun.value} {begun.words}")
    asked = world.do("refund", **back.fields)
    world.demand(asked.is_ok and asked.value == "requested", f"staff heard {asked.value} {asked.words}")
    world.demand(len(world.keys("/v1/")) == sent, "something reached the processor all the same")
    world.complete(gift)
    world.demand_back_once(back)


def _refund_and_gift() -> list[tuple[str, str, tuple[str, ...], int, dict[str, Any]]]:
    """Code, words, modes, how many keys may be used in all, options."""
    return [
        ("X17", "500 after it was done", ("500_after",), 1, {}),
        ("X18", "500 before it was done, for ever", ("500_before_sticky",), 2, {}),
        ("X20", "reset", ("reset",), 1, {}),
        ("X20", "half an answer", ("half_json",), 1, {}),
        ("X21", "a burst of 429", ("429",), 1, {"count": None}),
        ("X22", "409", ("409",), 1, {}),
        ("X23", "done, the answer lost, the key forgotten", ("reset",), 1, {"expires": True}),
        ("X23", "500 after it was done, the key forgotten", ("500_after",), 1, {"expires": True}),
        ("X24", "an HTML page", ("html_error",), 1, {}),
        ("X24", "a code nobody documented", ("odd_error",), 1, {}),
        ("X24", "an empty 200", ("empty_200",), 1, {}),
        ("X24", "a redirect", ("redirect",), 1, {}),
    ]


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    found = [
        Case(code, f"{what}: {words}", partial(run, modes=modes, keys=keys, **options))
        for code, words, modes, keys, options in _refund_and_gift()
        for what, run in (("refund", _refund), ("gift", _gift))
    ]
    found += [
        Case("X18", "refund: stored 500 and the look-up fails too", _blind),
        Case("X22", "refund: the key was used for something else", _refused_refund),
        Case("X22", "gift: the key was used for something else", _refused_gift),
        Case("X21", "thirty seconds of 429", _thirty_seconds, is_slow=True),
        Case("X24", "form: an HTML page", partial(_press, mode="html_error")),
        Case("X19", "form: the processor hangs", partial(_press, mode="hang_after"), is_slow=True),
        Case(
            "X19",
            "refund: the processor hangs",
            # The sandbox writes a request into its log when it has answered, so no key is seen yet.
            partial(_refund, modes=("hang_after",), keys=0),
            is_slow=True,
        ),
    ]
    found += [
        Case("X24", f"fetching: {mode}", partial(_lost_while_settling, mode=mode))
        for mode in ("html_error", "empty_200", "429")
    ]
    patches: list[dict[str, Any]] = [
        {"status": "unheard_of"},
        {"amount": None},
        {"balance_transaction": "__absent__"},
        {"created": "yesterday"},
    ]
    found += [
        Case("X25", f"a charge with {patch}", partial(_skew, patch=patch), parks=OF_A_GIFT)
        for patch in patches
    ]
    return [
        *found,
        Case("X47", "the way to the processor refuses", partial(_unreachable, base="")),
        Case("X47", "no TLS where TLS must be", partial(_unreachable, base="https://127.0.0.1:{port}")),
        Case("X47", "no such host", partial(_unreachable, base="http://processor.invalid")),
    ]

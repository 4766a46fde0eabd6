"""Serving: whole programs under load. They are told to end, flooded with forged notices, or left hanging."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from faults import deeds, serving, steering
from faults.cases import Case
from faults.serving import Answered, Program
from faults.worlds import Gift, World

GIVERS, EACH = 4, 5
FORGERS, FORGED_PER_SECOND, FLOOD_SECONDS = 4, 200, 5.0
PAGE, WEBHOOKS = "/en/", "/api/webhooks/stripe/"


def _form(gift: Gift, fund: int) -> dict[str, str]:
    return deeds.form(checkout_id=gift.id, amount_minor=gift.minor, email=gift.email, fund=fund)


def _persistent(doors: list[Program], fields: dict[str, str], answers: list[Answered]) -> str:
    """A supporter and the proxy before us: where nobody listens the next door is tried, with the same form."""
    until = time.monotonic() + 600
    while time.monotonic() < until:
        for door in list(doors):
            try:
                answer = serving.press(door.port, deeds.SLUG, fields)
            except (OSError, http.client.HTTPException):
                continue
            answers.append(answer)
            if answer.location.startswith("http"):
                return answer.location
        time.sleep(0.05)
    return ""


def _in_threads(calls: list[Callable[[], Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


@dataclass
class Load:
    """Supporters who give all the while: through which doors, and how each of them fared."""

    doors: list[Program]
    gifts: list[Gift]
    fund: int
    answers: list[Answered] = field(default_factory=list)
    urls: dict[str, str] = field(default_factory=dict)

    def begin(self) -> list[threading.Thread]:
        """This function will set the supporters going."""
        shares = [self.gifts[place::GIVERS] for place in range(GIVERS)]
        givers = [threading.Thread(target=self._give, args=(share,)) for share in shares]
        for giver in givers:
            giver.start()
        return givers

    def _give(self, mine: list[Gift]) -> None:
        for gift in mine:
            self.urls[gift.id] = _persistent(self.doors, _form(gift, self.fund), self.answers)

    def demand_all(self, world: World) -> None:
        """This function will raise unless every supporter came to a payment page without an error page."""
        lost = [gift.id for gift in self.gifts if not self.urls.get(gift.id)]
        world.demand(not lost, f"{len(lost)} of {len(self.gifts)} supporters never came to a payment page")
        errors = [answer.status for answer in self.answers if answer.status == 500]
        world.demand(not errors, f"supporters saw {errors}")


def _deploy(world: World, *, kills: bool) -> None:
    """New programs start, old ones are told to end under load (or are killed when their grace is over)."""
    old = world.closing.enter_context(serving.web(world.ground))
    old_worker = world.closing.enter_context(serving.worker(world.ground))
    gifts = [world.gift() for _ in range(GIVERS * EACH)]
    load = Load([old], gifts, world.must("fund_of_page"))
    if kills:  # then something is under way when the grace ends
        world.fault("hang_after", path="/v1/checkout/sessions", method="POST", seconds=20, count=GIVERS)
    givers = load.begin()
    new = world.closing.enter_context(serving.web(world.ground))
    load.doors.append(new)
    world.note("SIGTERM", "web", len(load.urls))
    old.ask_to_end()
    if kills:
        old.kill()
    status = old.wait()
    for giver in givers:
        giver.join()
    world.demand(kills or status == 0, f"the old web server ended with {status}")
    load.demand_all(world)
    world.heal()
    for gift in gifts:
        world.pay(gift, load.urls[gift.id])
    _worker_ends(world, old_worker, new, kills=kills)
    for gift in gifts:
        world.demand_once(gift)
    world.remarks.append(f"{len(gifts)} gifts, none lost")


def _worker_ends(world: World, old: Program, door: Program, *, kills: bool) -> None:
    """Notices come in; the worker is told to end in the middle of them, and its successor goes on."""
    secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
    events = world.events("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")
    for place, event in enumerate(events):
        body = json.dumps(event).encode()
        signed = {"Stripe-Signature": steering.signature(body, secret=secret)}
        answer = serving.ask(door.port, "POST", WEBHOOKS, body, signed)
        world.demand(answer.status == 200, f"the door answered {answer.status}")
        if place == len(events) // 2:
            world.note("SIGTERM", "worker", place)
            old.ask_to_end()
            if kills:
                old.kill()
    status = old.wait()
    world.demand(kills or status == 0, f"the old worker ended with {status}")
    world.closing.enter_context(serving.worker(world.ground))
    # What was rung for and not done is found by the timetable, which rings beside the worker.
    until = time.monotonic() + 600
    while any(row["status"] == "received" for row in world.tell()["events"]):
        world.demand(time.monotonic() < until, "notices were never settled")
        world.must("sweep")


def _flood(world: World) -> None:
    """Forged, malformed and replayed notices at 200 a second; ours come beside them and are answered in time."""
    gifts = [world.gift() for _ in range(3)]
    for gift in gifts:
        world.pay(gift, str(world.must("begin", **gift.fields)))
    events, door = world.events(), world.closing.enter_context(serving.web(world.ground))
    _warm(door)
    ends = time.monotonic() + FLOOD_SECONDS
    results = _in_threads(
        [*[lambda: _forge(world, door, ends=ends)] * FORGERS, lambda: _bring(world, door, events, ends=ends)]
    )
    wrong = [status for answers in results[:FORGERS] for status in answers if status not in (400, 413)]
    sent = sum(len(answers) for answers in results[:FORGERS])
    world.demand(not wrong, f"forged notices were answered {wrong[:5]}")
    ours: list[Answered] = results[FORGERS]
    world.demand(ours and {answer.status for answer in ours} == {200}, "ours were not all answered 200")
    slow = serving.percentile([answer.seconds for answer in ours], 0.99)
    rate = sent / FLOOD_SECONDS
    world.remarks.append(f"{rate:.0f} forged a second, ours p99 {slow:.2f} s")
    world.demand(slow < world.within(1.0), f"our notices waited {slow:.2f} s")
    known = {event["id"] for event in events}
    stored = {row["ref"] for row in world.tell()["events"]}
    world.demand(stored == known, f"{len(stored - known)} forged notices are stored")
    world.must("settle")
    for gift in gifts:
        world.demand_once(gift)


def _warm(door: Program) -> None:
    """A process reads what it needs at its first notice; that is not what is measured here."""
    quick, until = 0, time.monotonic() + 60
    while quick < 8 and time.monotonic() < until:
        quick = quick + 1 if serving.ask(door.port, "POST", WEBHOOKS, b"{}").seconds < 0.1 else 0


def _forge(world: World, door: Program, *, ends: float) -> list[int]:
    """One of several who send what is not ours, as fast as its share of the rate."""
    secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
    event = json.dumps({"id": "evt_forged", "object": "event", "type": "charge.succeeded"}).encode()
    old = steering.signature(event, secret=secret, age=3600)
    tries: tuple[tuple[bytes, dict[str, str]], ...] = (
        (event, {"Stripe-Signature": steering.signature(event, secret="whsec_of_somebody_else")}),
        (event, {"Stripe-Signature": old}),
        (b'{"id": ', {"Stripe-Signature": steering.signature(b'{"id": ', secret=secret)}),
        (event, {}),
        (b"\xff\x00" * 40, {"Stripe-Signature": "t=soon,v1=none"}),
        (b" " * 600_000, {"Stripe-Signature": old}),
    )
    statuses, place, began = [], 0, time.monotonic()
    while time.monotonic() < ends:
        body, headers = tries[place % len(tries)] if place % 50 else tries[-1]
        statuses.append(_status(door, body, headers))
        place += 1
        ahead = began + place * FORGERS / FORGED_PER_SECOND - time.monotonic()
        time.sleep(max(0.0, ahead))
    return [status for status in statuses if status]


def _status(door: Program, body: bytes, headers: dict[str, str]) -> int:
    """0 when the line was closed while too much was sent."""
    try:
        return serving.ask(door.port, "POST", WEBHOOKS, body, headers).status
    except (OSError, http.client.HTTPException):
        return 0


def _bring(world: World, door: Program, events: list[dict[str, Any]], *, ends: float) -> list[Answered]:
    secret = world.ground.environment["STRIPE_WEBHOOK_SECRETS"]
    answers: list[Answered] = []
    while time.monotonic() < ends or len(answers) < len(events):
        body = json.dumps(events[len(answers) % len(events)]).encode()
        signed = {"Stripe-Signature": steering.signature(body, secret=secret)}
        answers.append(serving.ask(door.port, "POST", WEBHOOKS, body, signed))
        time.sleep(0.02)
    return answers


def _hang(world: World) -> None:
    """The processor hangs for 80 s: every supporter is answered in time, and other pages know nothing of it."""
    fund = world.must("fund_of_page")
    gifts = [world.gift() for _ in range(GIVERS * 3)]
    door = world.closing.enter_context(serving.web(world.ground, processes=1, threads=16))
    serving.ask(door.port, "GET", PAGE)
    world.fault("hang_after", path="/v1/checkout/sessions", method="POST", seconds=80, count=None)
    pages: list[float] = []
    is_over = threading.Event()

    def look() -> None:
        while not is_over.is_set():
            answer = serving.ask(door.port, "GET", PAGE)
            pages.append(answer.seconds if answer.status == 200 else 99.0)
            is_over.wait(0.05)

    looker = threading.Thread(target=look)
    looker.start()
    answers = _in_threads(
        [partial(serving.press, door.port, deeds.SLUG, _form(gift, fund)) for gift in gifts]
    )
    is_over.set()
    looker.join()
    statuses = {answer.status for answer in answers}
    world.demand(statuses == {503}, f"the form answered {statuses}")
    told = all("confirm" in answer.page.lower() for answer in answers)
    world.demand(told, "a page does not say that we are confirming")
    longest, slow = max(answer.seconds for answer in answers), serving.percentile(pages, 0.95)
    world.remarks.append(f"answered within {longest:.1f} s, other pages p95 {slow:.2f} s")
    world.demand(longest < world.within(10), f"a supporter waited {longest:.1f} s")
    world.demand(slow < world.within(1.0), f"other pages waited {slow:.2f} s")
    world.heal()
    for gift in gifts:
        world.pay(gift, world.press_until_page(gift))
    world.converge()
    for gift in gifts:
        world.demand_once(gift)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X15", "a flood of forged notices beside ours", _flood, is_slow=True),
        Case("X19", "web: the processor hangs for 80 s", _hang, is_slow=True),
        Case(
            "X44", "programs told to end under load", lambda world: _deploy(world, kills=False), is_slow=True
        ),
        Case("X44", "programs killed under load", lambda world: _deploy(world, kills=True), is_slow=True),
    ]

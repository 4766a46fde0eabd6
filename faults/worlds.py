"""Worlds: what a case sees. It sends deeds into processes, strikes them, heals, drains, and demands.

Phase one is faults and clients; every deed is written into the history as invoke and then ok, fail or info. Phase
two heals everything, delivers and sweeps on a clock moved forward. Then the laws are asked.
"""

import contextlib
import json
import os
import random
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from faults import deeds, forking
from faults.forking import Outcome, Running
from faults.standing import Ground
from faults.steering import Line

ROUNDS_MINUTES = (3, 20, 150)
MOST_MINUTES = 60


class Broken(Exception):
    """What must hold did not hold."""


@dataclass(frozen=True, slots=True)
class Gift:
    """A supporter's form: its id and what is typed into it."""

    id: str
    minor: int
    email: str

    @property
    def fields(self) -> dict[str, Any]:
        return {"checkout_id": self.id, "amount_minor": self.minor, "email": self.email}


@dataclass(frozen=True, slots=True)
class Back:
    """A refund that staff ask for: its id, the gift and how much of it."""

    id: str
    gift: Gift
    minor: int

    @property
    def fields(self) -> dict[str, Any]:
        return {"request_id": self.id, "checkout_id": self.gift.id, "amount_minor": self.minor}


@dataclass
class World:
    """One case's world. `build` are the deeds of the product, or of a build that is wrong on purpose."""

    ground: Ground
    build: dict[str, Callable[..., Any]]
    rng: random.Random
    history: Path
    ahead: timedelta = timedelta()
    around: dict[str, Any] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    is_healed: bool = False
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    steps: int = 0

    def __post_init__(self) -> None:
        self._book = self.closing.enter_context(self.history.open("w"))

    def close(self) -> None:
        """This function will end whatever the case has started, and close the history."""
        self.closing.close()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    # What supporters and staff bring

    def gift(self, minor: int | None = None) -> Gift:
        """This function will return a fresh form of a supporter of their own."""
        mark = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        amount = minor or self.rng.randrange(1000, 90000)
        return Gift(str(mark), amount, f"giver-{mark.hex[:12]}@example.org")

    def back(self, gift: Gift, minor: int | None = None) -> Back:
        """A refund of less than half, so that a second one would not be refused for want of money."""
        mark = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        return Back(str(mark), gift, minor or self.rng.randrange(100, gift.minor // 2))

    # Processes

    def ready(self, deed: str, **arguments: Any) -> Running:
        """This function will return a process that waits for its mark to do the deed."""
        work, now, around = self.build[deed], self.now, dict(self.around)
        self.note("invoke", deed, {key: _brief(value) for key, value in arguments.items()})
        return forking.start(
            deed, lambda: deeds.do(work, arguments, now=now, around=around), log=self.ground.log
        )

    def finish(self, running: Running) -> Outcome:
        outcome = running.finish(within=self.within(forking.PATIENCE))
        self.note(outcome.kind, outcome.deed, outcome.words or _brief(outcome.value))
        return outcome

    def do(self, deed: str, **arguments: Any) -> Outcome:
        """This function will do one deed in a process of its own and return how it ended."""
        running = self.ready(deed, **arguments)
        running.go()
        return self.finish(running)

    def must(self, deed: str, **arguments: Any) -> Any:
        """This function will do a deed that has no reason to fail, and return its value."""
        outcome = self.do(deed, **arguments)
        self.demand(outcome.is_ok, f"{deed} should do: {outcome.words}")
        return outcome.value

    def together(self, calls: Iterable[tuple[str, dict[str, Any]]]) -> list[Outcome]:
        """This function will do deeds in processes that begin at the same mark."""
        waiting = [self.ready(deed, **arguments) for deed, arguments in calls]
        for running in waiting:
            running.go()
        return [self.finish(running) for running in waiting]

    def struck(
        self, line: Line, deed: str, *, strike: dict[str, Any], pid: int = 0, **arguments: Any
    ) -> Outcome:
        """Do a deed with one strike waiting for it on a line; a strike that kills kills it, or `pid`.

        This function will return how it ended; the strike is gone afterwards, whether it happened or not.
        """
        running = self.ready(deed, **arguments)
        line.tell(strike={"pid": pid or running.pid, **strike})
        self.note("strike", deed, {key: value for key, value in strike.items() if key != "pid"})
        running.go()
        outcome = self.finish(running)
        happened = line.tell(strike=None)
        if "after" not in strike:  # how many bytes pass is not ours to know; whether a text passes is
            self.demand(happened == 1, f"the strike at {strike.get('text')} happened {happened} times")
        return outcome

    # The processor

    def fault(self, mode: str, **options: Any) -> None:
        self.note("fault", mode, options)
        self.ground.processor.fault(mode, **options)

    def pay(self, gift: Gift, url: str, *, card: str = "4242424242424242") -> None:
        """This function will have the supporter pay on the hosted page."""
        status = self.ground.processor.pay(url, email=gift.email, card=card)
        self.note("pay", gift.id, status)
        self.demand(status == 303, f"the payment page answered {status}")

    def events(self, *kinds: str) -> list[dict[str, Any]]:
        """This function will return the processor's events of such kinds (all without any), oldest first."""
        return [event for event in self.ground.processor.events() if not kinds or event["type"] in kinds]

    def deliver(self, events: list[dict[str, Any]], *, secret: str = "", accepted: str = "") -> Outcome:
        """This function will bring webhooks through the door, in this order."""
        known = self.ground.environment["STRIPE_WEBHOOK_SECRETS"]
        return self.do(
            "deliver", events=events, secret=secret or known, accepted=accepted.split(",") if accepted else []
        )

    def notify(self) -> None:
        """This function will deliver every event zero, one or three times in a random order, and settle."""
        drawn = [event for event in self.events() for _ in range(self.rng.choice([0, 1, 3]))]
        self.rng.shuffle(drawn)
        if drawn:
            self.deliver(drawn)
        self.do("settle")

    def given(self, minor: int | None = None) -> Gift:
        """This function will return a gift that was made, paid and settled while nothing failed."""
        gift = self.gift(minor)
        self.pay(gift, str(self.must("begin", **gift.fields)))
        self.must_deliver(self.events())
        self.must("settle")
        return gift

    def must_deliver(self, events: list[dict[str, Any]]) -> None:
        outcome = self.deliver(events)
        self.demand(
            outcome.is_ok and set(outcome.value) <= {200}, f"webhooks: {outcome.value} {outcome.words}"
        )

    # The second phase

    def within(self, seconds: float) -> float:
        """This function will return a limit of time as this machine can keep it at the moment, busy as it may be."""
        return seconds * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))

    def rest(self, seconds: float) -> None:
        """This function will let real time pass, for faults that are nothing but time."""
        time.sleep(seconds)

    def heal(self) -> None:
        """This function will end every fault."""
        self.ground.to_database.heal()
        self.ground.to_processor.heal()
        self.ground.processor.heal()
        self.around = {}
        self.is_healed = True
        self.note("heal", "", "")

    def converge(self) -> None:
        """This function will let webhooks come as they do, and the timetable run on a clock moved forward."""
        if not self.is_healed:
            self.heal()
        self.notify()
        began = self.ahead
        for minutes in ROUNDS_MINUTES:
            self.ahead = began + timedelta(minutes=minutes)
            self.must("sweep")
        self.must("catch_up")
        self.must("reconcile")
        self.ahead += timedelta(minutes=40)
        self.must("sweep")
        self.let_post_go()

    def let_post_go(self) -> None:
        """The timetable's letters, minute by minute on the moved clock, for a post office that works again.

        This function will return when no letter that is due waits.
        """
        for _ in range(MOST_MINUTES):
            waiting = self.must("post")
            if not waiting:
                return
            self.ahead += timedelta(seconds=61)
        raise Broken(f"{waiting} letters that are due still wait after {MOST_MINUTES} minutes")

    def move_clock(self, ahead: timedelta) -> None:
        """This function will move the clock on by days: what is due leaves before they pass, and after them."""
        self.let_post_go()
        self.ahead += ahead
        self.must("sweep")
        self.let_post_go()

    def press_until_page(self, gift: Gift) -> str:
        """A supporter who came back with the same form. This function will return the payment page's address."""
        for _ in range(3):
            outcome = self.do("begin", **gift.fields)
            if outcome.value:
                return str(outcome.value)
        raise Broken("pressing again three times brought no payment page")

    def complete(self, gift: Gift) -> None:
        """Phase two of a gift: healed, pressed again, paid once, converged, and there once."""
        self.heal()
        self.pay(gift, self.press_until_page(gift))
        self.converge()
        self.demand_once(gift)

    def complete_back(self, back: Back) -> None:
        """Phase two of a refund: healed, asked for again or not, converged, and there once."""
        self.heal()
        if self.rng.random() < 0.5:
            self.do("refund", **back.fields)
        self.converge()
        self.demand_back_once(back)

    # What must hold

    def demand(self, holds: object, words: str) -> None:
        if not holds:
            raise Broken(words)

    def tell(self) -> dict[str, list[dict[str, Any]]]:
        told: dict[str, list[dict[str, Any]]] = self.must("tell")
        return told

    def demand_once(self, gift: Gift) -> None:
        """This function will raise unless the gift is one charge and one donation of its amount."""
        charges = [
            row
            for row in self.ground.processor.record("charge")
            if row["metadata"].get("reference") == gift.id and row["status"] == "succeeded"
        ]
        self.demand(len(charges) == 1, f"{len(charges)} charges of {gift.id}")
        told = self.tell()
        facts = [row for row in told["donations"] if row["checkout"] == gift.id]
        self.demand(len(facts) == 1, f"{len(facts)} donations of {gift.id}")
        self.demand(facts[0]["minor"] == charges[0]["amount"] == gift.minor, "the amount differs")
        self.demand(facts[0]["charge"] == charges[0]["id"], "the donation is of another charge")
        state = next(row["status"] for row in told["checkouts"] if row["id"] == gift.id)
        self.demand(state == "paid", f"the checkout is {state}")

    def demand_none(self, gift: Gift) -> None:
        """This function will raise if anything was charged or recorded for the gift."""
        charged = [
            c for c in self.ground.processor.record("charge") if c["metadata"].get("reference") == gift.id
        ]
        facts = [row for row in self.tell()["donations"] if row["checkout"] == gift.id]
        self.demand(not charged and not facts, f"{len(charged)} charges, {len(facts)} donations")

    def demand_back_once(self, back: Back) -> None:
        """This function will raise unless the refund is one at the processor and one in our books, and done."""
        theirs = [row for row in self.ground.processor.record("refund") if row["status"] == "succeeded"]
        of_it = [row for row in theirs if row["metadata"].get("reference") == back.id]
        self.demand(len(of_it) == 1, f"{len(of_it)} refunds of {back.id} at the processor")
        self.demand(of_it[0]["amount"] == back.minor, "the refund is over another amount")
        told = self.tell()
        ours = [row for row in told["refunds"] if row["request"] == back.id]
        self.demand(len(ours) == 1 and ours[0]["ref"] == of_it[0]["id"], f"{len(ours)} refunds in the books")
        state = next(row["status"] for row in told["requests"] if row["id"] == back.id)
        self.demand(state == "done", f"the request is {state}")
        self.demand(len(theirs) == len(told["refunds"]), "the processor knows another number of refunds")

    def demand_laws(self, *, allowed_parked: tuple[str, ...] = ()) -> None:
        """This function will raise when a law is broken or a notice is left lying."""
        broken = self.must("check")
        self.demand(not broken, "; ".join(broken))
        breaches = self.ground.processor.operate("GET", "audit")["breaches"]
        self.demand(not breaches, f"the sandbox's own books: {breaches}")
        left = [
            f"{row['kind']} {row['status']}: {row['reason']}"
            for row in self.tell()["events"]
            if row["status"] in ("received", "parked") and row["kind"] not in allowed_parked
        ]
        self.demand(not left, f"notices left: {left}")

    def keys(self, path: str) -> list[str]:
        """This function will return the idempotency keys of the POSTs received at an address, in order."""
        return [str(row["idempotency_key"]) for row in self.ground.processor.requests("POST", path)]

    def note(self, kind: str, deed: str, what: Any) -> None:
        """This function will write one step into the history."""
        step = {"place": self.steps, "kind": kind, "deed": deed, "what": what}
        self._book.write(json.dumps(step, default=str) + "\n")
        self._book.flush()  # whatever happens to the harness, this much is known
        self.steps += 1


def _brief(value: Any) -> Any:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [row.get("type", "row") for row in value]
    text = str(value)
    return value if len(text) < 300 else f"{text[:300]}..."

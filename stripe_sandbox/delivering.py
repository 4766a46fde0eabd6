"""Send events to the one webhook URL: signed, retried with back-off, and troubled on demand.

Events of one unit of work are queued in their order. With one worker they arrive in order; Stripe promises
none, and `order` (reversed, shuffled), `--webhook-workers` or paused deliveries show it.
"""

from __future__ import annotations

import heapq
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.tables import timing
from stripe_sandbox.world import World

MODES = ("normal", "paused", "drop")
ORDERS = ("created", "reversed", "shuffled")
SIGNATURES = ("good", "stale", "wrong", "none")
STALE_SECONDS = 3600


@dataclass
class Plan:
    mode: str = "normal"
    order: str = "created"
    signature: str = "good"
    delay_seconds: float = 0.0


@dataclass
class Courier:
    """The queue and the threads that empty it."""

    world: World
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self) -> None:
        self._queue: list[tuple[float, int, str]] = []
        self._held: list[str] = []
        self._count = 0
        self._busy = 0
        self._stopping = False
        self._condition = threading.Condition()
        self._random = random.Random(20261028)  # shuffles are the same in every run
        self.world.on_events = self.enqueue

    def start(self) -> None:
        """This function will queue what a restart left undelivered, and start the workers."""
        waiting = [
            e["id"]
            for e in self.world.kinds["event"].values()
            if self.world.notes[e["id"]]["state"] == "waiting"
        ]
        self.enqueue(waiting)
        for _ in range(self.world.settings.webhook_workers):
            threading.Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        """This function will stop the workers after what they are sending."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()

    def enqueue(self, identities: list[str]) -> None:
        """This function will queue events for delivery as the plan says."""
        if not self.world.settings.webhook_url or not identities:
            return
        if self.plan.mode == "drop":
            self._drop(identities)
            return
        with self._condition:
            if self.plan.mode == "paused":
                self._held.extend(identities)
                return
            self._push(self._ordered(identities), self.plan.delay_seconds)

    def _ordered(self, identities: list[str]) -> list[str]:
        if self.plan.order == "reversed":
            return identities[::-1]
        if self.plan.order == "shuffled":
            return self._random.sample(identities, len(identities))
        return identities

    def _push(self, identities: list[str], delay: float) -> None:
        due = time.monotonic() + delay
        for identity in identities:
            self._count += 1
            heapq.heappush(self._queue, (due, self._count, identity))
        self._condition.notify_all()

    def _drop(self, identities: list[str]) -> None:
        """As if the endpoint had been down until the last retry: the event stays listed as not delivered."""
        with self.world.work():
            for identity in identities:
                self.world.note(identity, state="dropped")

    def change_plan(self, **values: Any) -> dict[str, Any]:
        """This function will set mode, order, signature or delay; leaving `paused` releases what was held."""
        allowed = {"mode": MODES, "order": ORDERS, "signature": SIGNATURES}
        for name, value in values.items():
            if name != "delay_seconds" and value not in allowed.get(name, ()):
                raise ValueError(f"{name} must be one of {', '.join(allowed.get(name, ('(unknown)',)))}")
        with self._condition:
            for name, value in values.items():
                setattr(self.plan, name, value)
            released: list[str] = []
            if self.plan.mode != "paused":
                released, self._held = self._held, []
        self.enqueue(released)
        return self.state()

    def state(self) -> dict[str, Any]:
        """This function will return the plan and how much is queued, held and being sent."""
        with self._condition:
            return {
                **vars(self.plan),
                "queued": len(self._queue),
                "held": len(self._held),
                "sending": self._busy,
                "idle": not self._queue and not self._busy,
            }

    def forget(self) -> None:
        """This function will empty the queue and return to the plain plan."""
        with self._condition:
            self._queue.clear()
            self._held.clear()
            self.plan = Plan()
            self._condition.notify_all()

    def drain(self, timeout: float) -> bool:
        """This function will wait until nothing is queued or being sent, and say whether that came true."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._queue and not self._busy, timeout)

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._stopping and (not self._queue or self._queue[0][0] > time.monotonic()):
                    wait = self._queue[0][0] - time.monotonic() if self._queue else None
                    self._condition.wait(wait)
                if self._stopping:
                    return
                _, _, identity = heapq.heappop(self._queue)
                self._busy += 1
            try:
                self._deliver(identity)
            finally:
                with self._condition:
                    self._busy -= 1
                    self._condition.notify_all()

    def _deliver(self, identity: str) -> None:
        event = self.world.objects.get(identity)
        if event is None:  # a reset came between
            return
        status, trouble = self._send(event, self.plan.signature)
        failures = self._record(event, status, trouble)
        retries = self.world.settings.webhook_retries
        if failures and failures <= len(retries):
            with self._condition:
                self._push([identity], retries[failures - 1])

    def _record(self, event: Obj, status: int, trouble: str) -> int:
        """Returns how often delivery has failed, 0 once it succeeded."""
        good = 200 <= status < 300
        with self.world.work():
            if event["id"] not in self.world.notes:
                return 0
            notes = self.world.note(event["id"])
            attempts = [
                *notes["attempts"],
                {"at": round(time.time(), 3), "status": status, "trouble": trouble},
            ]
            failed = sum(1 for attempt in attempts if not 200 <= attempt["status"] < 300)
            state = (
                "delivered"
                if good
                else "failed"
                if failed > len(self.world.settings.webhook_retries)
                else "waiting"
            )
            if notes["state"] == "delivered":
                state = "delivered"
            self.world.note(event["id"], attempts=attempts, state=state)
            if good:
                self.world.change(event, pending_webhooks=0)
            return 0 if good else failed

    def send_now(
        self, identity: str, *, signature: str = "good", times: int = 1, at_once: bool = False
    ) -> list[int]:
        """This function will deliver an event again, in a row or all at once, and return the statuses."""
        if signature not in SIGNATURES:
            raise ValueError(f"signature must be one of {', '.join(SIGNATURES)}")
        event = self.world.get("event", identity)
        statuses: list[int] = []

        def once() -> None:
            status, trouble = self._send(event, signature)
            self._record(event, status, trouble)
            statuses.append(status)

        threads = [threading.Thread(target=once) for _ in range(times)]
        for thread in threads:
            thread.start()
            if not at_once:
                thread.join()
        for thread in threads:
            thread.join()
        return statuses

    def _send(self, event: Obj, signature: str) -> tuple[int, str]:
        """Returns the status of the answer, 0 when there was none, and what went wrong."""
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (sandbox)"}
        signed = self._signature(body, signature)
        if signed:
            headers["Stripe-Signature"] = signed
        target = urlsplit(self.world.settings.webhook_url or "")
        kind = http.client.HTTPSConnection if target.scheme == "https" else http.client.HTTPConnection
        connection = kind(target.hostname or "", target.port, timeout=timing.WEBHOOK_TIMEOUT)
        try:
            path = (target.path or "/") + (f"?{target.query}" if target.query else "")
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read(10_000)
            return answer.status, ""
        except (OSError, http.client.HTTPException) as trouble:
            return 0, f"{type(trouble).__name__}: {trouble}"
        finally:
            connection.close()

    def _signature(self, body: bytes, signature: str) -> str:
        from stripe import WebhookSignature

        if signature == "none":
            return ""
        secret = "whsec_of_somebody_else" if signature == "wrong" else self.world.settings.webhook_secret
        moment = int(time.time()) - (STALE_SECONDS if signature == "stale" else 0)
        return str(WebhookSignature.generate_signature_header(body.decode(), secret, timestamp=moment))

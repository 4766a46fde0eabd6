"""Everything the sandbox knows: its objects, its clock, and the unit of work in which they change together.

A deed changes objects only through `make` and `change`. At the end of a unit of work every touched object is
held to the contract and written down; if the deed fails, everything it touched is put back. Events leave
after the commit.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from stripe_sandbox import alarms, errors, storing
from stripe_sandbox.contracts import catalogue
from stripe_sandbox.contracts.catalogue import Obj
from stripe_sandbox.settings import Settings


class World:
    """One account's worth of Stripe."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.shelf = storing.Shelf(settings.state) if settings.state else None
        self.on_events: Callable[[list[str]], None] = lambda identities: None
        self.request: dict[str, str | None] = {"id": None, "idempotency_key": None}
        self.alarms = alarms.Alarms()
        self._forget()
        if self.shelf:
            self._remember(self.shelf)

    def _forget(self) -> None:
        self.objects: dict[str, Obj] = {}
        self.kinds: dict[str, dict[str, Obj]] = {kind: {} for kind in catalogue.KINDS}
        self.notes: dict[str, dict[str, Any]] = {}  # what the sandbox knows of an object and never sends
        self.sequence: dict[str, int] = {}
        self.next_sequence = 0
        self.offset = 0.0
        self.alarms.clear()
        self._touched: set[str] = set()
        self._undo: list[Callable[[], None]] = []
        self._outbox: list[str] = []
        self._facts_changed = False
        self._depth = 0

    def _remember(self, shelf: storing.Shelf) -> None:
        facts = shelf.facts()
        self.offset = facts.get("offset", 0.0)
        self.settings.refund_status = facts.get("refund_status", self.settings.refund_status)
        for seq, body, notes in shelf.things():
            identity = body["id"]
            self.objects[identity] = body
            self.kinds[body["object"]][identity] = body
            self.notes[identity] = notes
            self.sequence[identity] = seq
            self.next_sequence = seq + 1
            for deed, (moment, clock) in notes.get("alarms", {}).items():
                self.alarms.add(clock, moment, deed, identity)

    def clear(self) -> None:
        """This function will forget every object, key and alarm, as after a reset."""
        with self.lock:
            self._forget()
            if self.shelf:
                self.shelf.clear()

    # -- time ------------------------------------------------------------------------------------------------

    def clock(self, test_clock: str | None = None) -> float:
        """This function will return the seconds shown by a test clock, or by the sandbox's own clock."""
        if test_clock:
            return float(self.objects[test_clock]["frozen_time"])
        return time.time() + self.offset

    def now(self, test_clock: str | None = None) -> int:
        """This function will return the time in whole seconds."""
        return int(self.clock(test_clock))

    def move_clock(self, offset: float) -> None:
        """This function will set how far the sandbox's own clock is ahead of real time."""
        self.offset = offset
        self._facts_changed = True

    def keep_settings(self) -> None:
        """This function will have the changeable settings written down with this unit of work."""
        self._facts_changed = True

    def wake(self, identity: str, deed: str, moment: float, test_clock: str | None = None) -> None:
        """This function will have `deed` done to an object at a moment of its clock; the last call counts."""
        notes = self.note(identity)
        self.note(identity, alarms={**notes.get("alarms", {}), deed: [moment, test_clock]})
        self.alarms.add(test_clock, moment, deed, identity)

    def silence(self, identity: str, deed: str) -> None:
        """This function will cancel a deed that was to be done."""
        remaining = {name: at for name, at in self.note(identity).get("alarms", {}).items() if name != deed}
        self.note(identity, alarms=remaining)

    # -- objects ---------------------------------------------------------------------------------------------

    def make(self, kind: str, **values: Any) -> Obj:
        """This function will create an object from its blank and these values."""
        fresh = catalogue.blank(kind)
        if "created" in fresh and "created" not in values:
            values["created"] = self.now()
        fresh.update(values)
        identity = fresh["id"]
        self.objects[identity] = fresh
        self.kinds[kind][identity] = fresh
        self.notes[identity] = {}
        self.sequence[identity] = self.next_sequence
        self.next_sequence += 1
        self._touched.add(identity)
        self._undo.append(lambda: self._unmake(identity, kind))
        return fresh

    def _unmake(self, identity: str, kind: str) -> None:
        del self.objects[identity], self.kinds[kind][identity], self.notes[identity], self.sequence[identity]

    def change(self, thing: Obj, **values: Any) -> Obj:
        """This function will set fields of an object."""
        missing = object()
        before = {name: thing.get(name, missing) for name in values}

        def put_back() -> None:
            for name, value in before.items():
                if value is missing:
                    thing.pop(name, None)
                else:
                    thing[name] = value

        self._undo.append(put_back)
        thing.update(values)
        self._touched.add(thing["id"])
        return thing

    def note(self, identity: str, **values: Any) -> dict[str, Any]:
        """This function will return the private notes of an object, after setting some."""
        notes = self.notes[identity]
        if values:
            before = dict(notes)

            def put_back() -> None:
                notes.clear()
                notes.update(before)

            self._undo.append(put_back)
            notes.update(values)
            self._touched.add(identity)
        return notes

    def get(self, kind: str, identity: Any, *, param: str = "id") -> Obj:
        """This function will return an object of a kind; raises the 404 of Stripe."""
        found = self.kinds[kind].get(identity)
        if found is None:
            raise errors.no_such(kind, str(identity), param=param)
        return found

    def newest_first(self, kind: str) -> Iterator[Obj]:
        """This function will run through the objects of a kind, the newest first."""
        return reversed(self.kinds[kind].values())

    # -- events ----------------------------------------------------------------------------------------------

    def emit(self, name: str, thing: Obj, *, now: int | None = None, before: Obj | None = None) -> Obj:
        """This function will record an event about an object as it is now, and send it after the commit."""
        catalogue.hold_to_contract(thing)
        data: Obj = {"object": json.loads(json.dumps(thing))}
        if before is not None:
            data["previous_attributes"] = before
        event = self.make(
            "event",
            api_version=api_version(),
            type=name,
            data=data,
            created=self.now() if now is None else now,
            pending_webhooks=1 if self.settings.webhook_url else 0,
            request=dict(self.request),
        )
        self.note(event["id"], state="waiting" if self.settings.webhook_url else "no endpoint", attempts=[])
        self._outbox.append(event["id"])
        return event

    # -- units of work ---------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def work(self) -> Iterator[None]:
        """A unit of work: everything or nothing, except that a decline (402) keeps the attempt it reports."""
        with self.lock:
            outbox: list[str] = []
            self._depth += 1
            try:
                yield
                outbox = self._commit()
            except errors.ApiError as refusal:
                if refusal.status == 402:
                    outbox = self._commit()
                else:
                    self._roll_back()
                raise
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._depth -= 1
                if outbox:
                    self.on_events(outbox)

    def _commit(self) -> list[str]:
        """Returns the events that may now leave. Work inside work ends with the outer one."""
        if self._depth > 1:
            return []
        touched = sorted(self._touched, key=self.sequence.__getitem__)
        catalogue.hold_all([self.objects[identity] for identity in touched])
        if self.shelf and (touched or self._facts_changed):
            facts = {"offset": self.offset, "refund_status": self.settings.refund_status}
            self.shelf.save(
                ((one, self.sequence[one], self.objects[one], self.notes[one]) for one in touched), facts
            )
        outbox = self._outbox
        self._settle_down()
        return outbox

    def _roll_back(self) -> None:
        if self._depth > 1:
            return
        for put_back in reversed(self._undo):
            put_back()
        self._settle_down()

    def _settle_down(self) -> None:
        self._touched, self._undo, self._outbox, self._facts_changed = set(), [], [], False


def request_id() -> str:
    """This function will return a fresh id for an answer's Request-Id header."""
    return "req_" + secrets.token_hex(7)


def api_version() -> str:
    """This function will return the API version that the installed `stripe` package pins."""
    from stripe._api_version import _ApiVersion

    return _ApiVersion.CURRENT

"""One API call from its bytes to its answer: authenticate, throttle, replay, execute, expand, check."""

from __future__ import annotations

import collections
import contextlib
import json
import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from stripe_sandbox import errors, expanding, world
from stripe_sandbox.contracts import catalogue, parsing
from stripe_sandbox.doors import faults, form, idempotency, routes

log = logging.getLogger("stripe_sandbox")

BEARER = re.compile(r"Bearer (sk_test_\w+)")
REMEMBERED = 500


@dataclass
class Call:
    method: str
    path: str
    query: str
    body: str
    headers: dict[str, str]  # names in lower case
    request_id: str = field(default_factory=world.request_id)

    @property
    def key(self) -> str | None:
        """The idempotency key, if the request has one that counts."""
        return self.headers.get("idempotency-key") if self.method == "POST" else None


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    cut: str = ""  # "reset" or "half": how the connection breaks instead of a whole answer


class Api:
    """Stripe's API over one world."""

    def __init__(self, inhabited: world.World) -> None:
        self.world = inhabited
        self.keys = idempotency.Keys(inhabited)
        self.faults = faults.Faults()
        self.seen: collections.deque[dict[str, Any]] = collections.deque(maxlen=REMEMBERED)

    def answer(self, call: Call) -> Answer:
        """This function will answer one request under /v1/."""
        started = time.time()
        fault = self.faults.striking(call.method, call.path)
        try:
            given = self._guarded(call, fault)
        except errors.ApiError as refusal:
            given = Answer(refusal.status, form.encoded(refusal.envelope()))
            if refusal.status == 409:
                given.headers["Stripe-Should-Retry"] = "true"
        given.headers.setdefault("Request-Id", call.request_id)
        given.headers["Stripe-Version"] = world.api_version()
        self._remember(call, given, started, fault)
        return given

    def _remember(self, call: Call, given: Answer, started: float, fault: faults.Fault | None) -> None:
        self.seen.append(
            {
                "method": call.method,
                "path": call.path,
                "query": call.query,
                "body": call.body,
                "idempotency_key": call.key,
                "status": given.status,
                "fault": fault.mode if fault else None,
                "replayed": "Idempotent-Replayed" in given.headers,
                "at": round(started, 3),
            }
        )

    def _guarded(self, call: Call, fault: faults.Fault | None) -> Answer:
        _authenticate(call)
        mode = fault.mode if fault else ""
        if mode == "429":
            raise errors.ApiError(429, "Request rate limit exceeded.", code="rate_limit")
        if mode == "html_error":
            return Answer(502, faults.HTML, kind="text/html")
        if mode == "redirect":
            return Answer(302, b"", {"Location": "https://status.example.org/"}, kind="text/html")
        if call.key is None:
            return self._run(call, fault)
        kept = self.keys.begin(call.key, call.path, call.body)
        if kept:
            return Answer(kept.status, kept.body.encode(), {"Idempotent-Replayed": "true"})
        try:
            return self._run(call, fault)
        finally:
            running = self.keys.known.get(call.key)
            if running and not running.status:
                self.keys.release(call.key)

    def _run(self, call: Call, fault: faults.Fault | None) -> Answer:
        if self.world.settings.latency:
            time.sleep(self.world.settings.latency)
        if fault and fault.mode == "hang_before":
            time.sleep(fault.seconds)
            return Answer(0, b"", cut="reset")
        if fault and fault.mode in faults.INSTEAD:
            return self._instead(call, fault)
        route, identity = routes.found(call.method, call.path)
        params = _parsed(route, form.decoded(call.body if call.method == "POST" else call.query))
        given = self._executed(call, route, identity, params)
        if fault and fault.mode == "500_after":
            given = _server_error(call)
        if call.key:
            self.keys.finish(call.key, given.status, given.body.decode())
        return _broken(given, fault)

    def _instead(self, call: Call, fault: faults.Fault) -> Answer:
        status, kind, message, code = faults.INSTEAD[fault.mode]
        error = errors.ApiError(status, message, kind=kind, code=code)
        if status != 500:
            raise error
        given = Answer(status, form.encoded(error.envelope()))
        if fault.mode == "500_before_sticky" and call.key:
            self.keys.finish(call.key, given.status, given.body.decode())
        return given

    def _executed(
        self, call: Call, route: routes.Route, identity: tuple[str, ...], params: dict[str, Any]
    ) -> Answer:
        expand = params.pop("expand", [])
        try:
            with self.world.work(), self._on_behalf_of(call):
                thing = route.deed(self.world, params, *identity)
                thing = expanding.expanded(self.world, thing, expand) if expand else thing
                catalogue.hold_to_contract(thing)
                return Answer(200, form.encoded(thing))
        except errors.ApiError as refusal:
            return Answer(refusal.status, form.encoded(refusal.envelope()))
        except Exception:  # a defect of the sandbox: loud in its log, a 500 on the wire, nothing half done
            log.exception("%s %s failed inside the sandbox", call.method, call.path)
            return _server_error(call)

    @contextlib.contextmanager
    def _on_behalf_of(self, call: Call) -> Any:
        """Events caused by this call name it."""
        self.world.request = {"id": call.request_id, "idempotency_key": call.key}
        try:
            yield
        finally:
            self.world.request = {"id": None, "idempotency_key": None}


def _authenticate(call: Call) -> None:
    header = call.headers.get("authorization", "")
    if BEARER.fullmatch(header):
        return
    shown = header.removeprefix("Bearer ")[:8]
    raise errors.ApiError(401, f"Invalid API Key provided: {shown}*** (the sandbox takes only sk_test_ keys)")


def _parsed(route: routes.Route, given: dict[str, Any]) -> dict[str, Any]:
    """Stops a request before it begins: such a refusal is not stored under its key."""
    try:
        return route.parser()(given, "")
    except parsing.Refused as refused:
        code = routes.REMOVED.get(refused.param, refused.code)
        raise errors.invalid(refused.message, param=refused.param, code=code) from None


def _server_error(call: Call) -> Answer:
    error = errors.ApiError(
        500, f"An unknown error occurred. Quote request ID {call.request_id} to support.", kind="api_error"
    )
    return Answer(500, form.encoded(error.envelope()))


def _broken(given: Answer, fault: faults.Fault | None) -> Answer:
    if fault is None:
        return given
    spoil: dict[str, Callable[[], Answer]] = {
        "reset": lambda: Answer(0, b"", cut="reset"),
        "half_json": lambda: Answer(given.status, given.body, given.headers, cut="half"),
        "empty_200": lambda: Answer(200, b"", given.headers),
        "skew": lambda: Answer(given.status, _skewed(given.body, fault), given.headers),
    }
    if fault.mode == "hang_after":
        time.sleep(fault.seconds)
    return spoil.get(fault.mode, lambda: given)()


def _skewed(body: bytes, fault: faults.Fault) -> bytes:
    return form.encoded(faults.patched(json.loads(body), fault.patch))


def warm_up() -> None:
    """This function will compile the contract ahead of the first call, which would wait half a second."""
    world.api_version()
    for route in routes.ROUTES:
        route.parser().compile()
    for kind in catalogue.KINDS:
        catalogue.compile_kind(kind)

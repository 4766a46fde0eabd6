"""Faults on demand: the ways in which Stripe, or the way to it, may fail a caller.

Where each mode strikes, in the order of a request:

| mode               | executed | stored under the key | the caller sees                                  |
|--------------------|----------|----------------------|--------------------------------------------------|
| 429                | no       | no (sits before it)  | 429 rate_limit                                   |
| 409                | no       | no                   | 409 lock_timeout                                 |
| html_error         | no       | no                   | 502 with an HTML page                            |
| redirect           | no       | no                   | 302 to elsewhere                                 |
| odd_error          | no       | no                   | 400 with a type and a code nobody documented     |
| idempotency_error  | no       | no                   | 400 as for a key used with another body          |
| 500_before         | no       | no                   | 500 api_error                                    |
| 500_before_sticky  | no       | yes: replays the 500 | 500 api_error                                    |
| hang_before        | no       | no                   | nothing for `seconds`, then a closed connection  |
| 500_after          | yes      | yes: replays the 500 | 500 api_error                                    |
| hang_after         | yes      | yes                  | the right answer after `seconds`                 |
| reset              | yes      | yes                  | connection reset                                 |
| half_json          | yes      | yes                  | half of the body, then a closed connection       |
| empty_200          | yes      | yes                  | 200 and no body                                  |
| skew               | yes      | yes, unpatched       | the answer with `patch` merged in (see below)    |

`skew` imitates an API that has moved on: `{"mode": "skew", "patch": {"status": "unheard_of", "fee": null}}`;
the value `"__absent__"` removes a field; the rows of a list are patched one by one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

ABSENT = "__absent__"
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

# What is answered instead of executing: status, type, message, code.
INSTEAD: dict[str, tuple[int, str, str, str | None]] = {
    "409": (409, "invalid_request_error", "This object cannot be accessed right now.", "lock_timeout"),
    "odd_error": (400, "flux_error", "The capacitor is out of flux.", "flux_capacitor_empty"),
    "idempotency_error": (
        400,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        None,
    ),
    "500_before": (500, "api_error", "An unknown error occurred.", None),
    "500_before_sticky": (500, "api_error", "An unknown error occurred.", None),
}
MODES = [
    *INSTEAD,
    *[
        "429",
        "html_error",
        "redirect",
        "hang_before",
        "500_after",
        "hang_after",
        "reset",
        "half_json",
        "empty_200",
        "skew",
    ],
]


@dataclass
class Fault:
    """`count` None: until cleared. `lasts` seconds of real time bound it too (bursts)."""

    mode: str
    path: str = "/v1/"
    method: str = ""
    count: int | None = 1
    seconds: float = 80.0
    lasts: float | None = None
    patch: dict[str, Any] = field(default_factory=dict)
    struck: int = 0
    since: float = field(default_factory=time.monotonic)


OPTIONS = ("path", "method", "count", "seconds", "lasts", "patch")


class BadFault(ValueError):
    """The description of a fault is not understood."""


class Faults:
    """What is to go wrong next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """This function will have a fault strike the next matching requests; raises BadFault."""
        known = {name: wanted[name] for name in OPTIONS if name in wanted}
        if wanted.get("mode") not in MODES or set(wanted) - {"mode", *known}:
            raise BadFault(f"mode must be one of {', '.join(MODES)}; others: {', '.join(OPTIONS)}")
        fault = Fault(mode=str(wanted["mode"]), **known)
        with self._lock:
            self._armed.append(fault)
        return asdict(fault)

    def clear(self) -> None:
        """This function will disarm everything."""
        with self._lock:
            self._armed.clear()

    def shown(self) -> list[dict[str, Any]]:
        """This function will return what is armed."""
        with self._lock:
            return [asdict(fault) for fault in self._armed]

    def striking(self, method: str, path: str) -> Fault | None:
        """This function will return the fault that strikes this request, using up one of its counts."""
        with self._lock:
            now = time.monotonic()
            self._armed = [f for f in self._armed if f.lasts is None or now - f.since < f.lasts]
            for fault in self._armed:
                if path.startswith(fault.path) and fault.method in ("", method):
                    fault.struck += 1
                    if fault.count is not None and fault.struck >= fault.count:
                        self._armed.remove(fault)
                    return fault
        return None


def patched(thing: Any, patch: dict[str, Any]) -> Any:
    """This function will return an answer with a patch merged in, row by row for a list."""
    if isinstance(thing, dict) and thing.get("object") == "list":
        return {**thing, "data": [patched(row, patch) for row in thing["data"]]}
    merged = dict(thing) if isinstance(thing, dict) else {}
    for name, value in patch.items():
        if value == ABSENT:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = patched(merged[name], value)
        else:
            merged[name] = value
    return merged

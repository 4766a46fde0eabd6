"""Steering: what the harness says to a proxy, to the sandbox's operator door, and to the hosted page."""

import hashlib
import hmac
import json
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from faults.proxying import HOST

CARD = "4242424242424242"
PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A proxy process: `port` is where the product connects, `control` where it is told what to do."""

    port: int
    control: int

    def tell(self, **message: Any) -> int:
        """This function will pass on a control message and return how often a strike happened since the last."""
        return int(self._told(message)["struck"])

    def heard(self) -> int:
        """This function will return how many bytes clients have said, after their connection was made."""
        return int(self._told({})["heard"])

    def _told(self, message: dict[str, Any]) -> dict[str, Any]:
        with socket.create_connection((HOST, self.control), timeout=PATIENCE) as door:
            door.sendall(json.dumps(message).encode() + b"\n")
            answer: dict[str, Any] = json.loads(door.makefile().readline())
        return answer

    def heal(self) -> None:
        self.tell(mode="pass", strike=None)


@dataclass(frozen=True, slots=True)
class Processor:
    """The sandbox, reached directly: as its operator, and as a supporter on its payment page."""

    url: str
    key: str

    def operate(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """This function will use the operator's door and return its JSON."""
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            data=json.dumps(body or {}).encode() if method == "POST" else None,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def fault(self, mode: str, **options: Any) -> None:
        """This function will have the next matching request fail in that way."""
        self.operate("POST", "faults", {"mode": mode, **options})

    def heal(self) -> None:
        self.operate("DELETE", "faults")

    def record(self, kind: str) -> list[dict[str, Any]]:
        """This function will return every object of a kind, as the sandbox itself keeps it."""
        objects = self.operate("GET", "record")["objects"].get(kind, [])
        return list(objects.values()) if isinstance(objects, dict) else list(objects)

    def requests(self, method: str, path: str) -> list[dict[str, Any]]:
        """This function will return the requests received with such a beginning, oldest first."""
        rows = self.operate("GET", "requests?limit=500")
        rows = rows["requests"] if isinstance(rows, dict) else rows
        return [row for row in rows if method in ("", row["method"]) and str(row["path"]).startswith(path)]

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
        """This function will call the processor's own API, as somebody at its dashboard would, and return its JSON."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            data=urllib.parse.urlencode(fields or {}).encode() if method == "POST" else None,
            method=method,
            headers={"Authorization": f"Bearer {self.key}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def events(self) -> list[dict[str, Any]]:
        """This function will return every event as its webhook would carry it, oldest first."""
        found: list[dict[str, Any]] = []
        query = {"limit": "100"}
        while True:
            request = urllib.request.Request(
                f"{self.url}/v1/events?{urllib.parse.urlencode(query)}",
                headers={"Authorization": f"Bearer {self.key}"},
            )
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                page = json.loads(answer.read())
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]
            query["starting_after"] = page["data"][-1]["id"]

    def pay(self, url: str, *, email: str, card: str = CARD) -> int:
        """This function will fill in the payment page as a supporter and return the status of the answer."""
        fields = {"email": email, "name": "Grace Kim", "method": "card", "card": card}
        request = urllib.request.Request(url, data=urllib.parse.urlencode(fields).encode())
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=PATIENCE) as page:
                return int(page.status)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


def signature(body: bytes, *, secret: str, age: int = 0) -> str:
    """This function will return the header with which the processor would have signed these bytes `age` seconds ago."""
    stamp = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"

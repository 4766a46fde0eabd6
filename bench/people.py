"""People: supporters who give by the form during an attack, each in a network of their own.

Each opens the form, presses, and does what the page asks: the sum, or one more press after the wait it names. The
sum is made here with an answer that is near: what it costs is the time of the supporter's own machine.
"""

import html
import http.client
import re
import threading
import time
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bench import forms, pairing

TRIES = 4
LONGEST_WAIT = 6.0


@dataclass
class Told:
    """How it went for everybody: what became of each, and the times of their waiting for our answers."""

    ends: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    presses: list[int] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.ends["303"] / sum(self.ends.values()) if self.ends else 0.0

    def row(self) -> dict[str, object]:
        """This function will return the figures for the notes of a measure."""
        return {
            "people": sum(self.ends.values()),
            "ends": dict(self.ends),
            "share_begun": round(self.share, 4),
            "p50_ms": round(1000 * pairing.quantile(self.times, 0.5), 1),
            "p95_ms": round(1000 * pairing.quantile(self.times, 0.95), 1),
            "most_presses": max(self.presses),
        }


def give(base: str, *, rate: float, seconds: float, prefix: str = "honest") -> Told:
    """This function will send people at that rate, wait for the last, and return how it went."""
    told, lock, began = Told(), threading.Lock(), time.perf_counter()
    fund_id = forms.fund()

    def one(number: int) -> None:
        address = f"172.{16 + number // 250 % 16}.{number % 250}.9"
        end, took, presses = _Person(base, address=address, fund_id=fund_id, prefix=prefix).give()
        with lock:
            told.ends[end] += 1
            told.times.append(took)
            told.presses.append(presses)

    people = []
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        people.append(threading.Thread(target=one, args=[number]))
        people[-1].start()
    for person in people:
        person.join()
    return told


class _Person:
    def __init__(self, base: str, *, address: str, fund_id: int, prefix: str) -> None:
        self.base, self.address, self.fund_id, self.prefix = base, address, fund_id, prefix
        self.waited = 0.0

    def give(self) -> tuple[str, float, int]:
        """This function will return how it ended, the seconds spent on our answers, and the presses it took."""
        path = f"/en/give/{forms.SLUG}/"
        status, page, _ = self._ask("GET", path, {})
        if status != "200":
            return f"form {status}", self.waited, 0
        fields: dict[str, str] = {}
        for press in range(1, TRIES + 1):
            fields = self._filled(page, before=fields)
            status, page, wait = self._ask("POST", path, fields)
            if status not in {"428", "429", "503"}:
                return status, self.waited, press
            if 'name="token"' not in page:  # a few words with a link to the form, which now brings the sum
                _, page, wait = self._ask("GET", path, {})
            time.sleep(min(wait, LONGEST_WAIT) if status == "503" else 0)
        return status, self.waited, TRIES

    def _filled(self, page: str, *, before: dict[str, str]) -> dict[str, str]:
        from web.giving import vouching

        found = re.search(r'name="token" value="([^"]+)"', page)
        token = html.unescape(found[1]) if found else before.get("token", "")
        vouched = vouching.read(token, slug=forms.SLUG)
        if vouched is None:
            return before
        email = f"{self.prefix}-{vouched.checkout_id.hex[:12]}@example.org"
        fields = forms.filled(vouched.checkout_id, fund_id=self.fund_id, email=email)
        proof = solved(page, checkout_id=vouched.checkout_id) or before.get("proof", "")
        return fields | {"token": token, "hand": "1", "proof": proof}

    def _ask(self, method: str, path: str, fields: dict[str, str]) -> tuple[str, str, float]:
        address = urlsplit(self.base)
        line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        headers = {"X-Forwarded-For": self.address, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        try:
            line.request(
                method, path, body=urllib.parse.urlencode(fields) if fields else None, headers=headers
            )
            answer = line.getresponse()
            page, wait = answer.read().decode(), float(answer.headers.get("Retry-After") or 0)
            status = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            status, page, wait = type(error).__name__, "", 0.0
        finally:
            line.close()
        self.waited += time.perf_counter() - began
        return status, page, wait


def solved(page: str, *, checkout_id: object) -> str:
    """This function will return the answer to a sum for this form if the page asks for one, else nothing."""
    if 'id="sum-of-browser"' not in page:
        return ""
    import json
    import uuid
    from unittest import mock

    import altcha
    from django.utils import timezone

    from web.giving import proving

    assert isinstance(checkout_id, uuid.UUID)
    with mock.patch.multiple(proving, FEWEST=1, SPREAD=2):
        made = proving.challenge(checkout_id=checkout_id, now=timezone.now())
    challenge = altcha.Challenge.from_dict(json.loads(made))
    solution = altcha.solve_challenge(challenge)
    return str(altcha.Payload(challenge, solution).to_base64()) if solution else ""

"""Loading: a client of HTTP/1.1 with kept connections, in a process of its own, one thread for each connection.

`run` sends requests for some seconds, or a list of them once, and tells rate and times. Standard library only; the
answers are read whole and their status counted.
"""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from bench import pairing


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `body` makes it a POST of a form unless `headers` say otherwise."""

    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Load:
    """`requests` are taken in turn, again and again for `seconds`, or once each when `seconds` is 0."""

    base: str
    requests: Sequence[Asked]
    clients: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a load: answers per second, times in milliseconds, how often each status came."""

    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    statuses: dict[str, int]

    def count(self, status: int) -> int:
        return self.statuses.get(str(status), 0)


def run(load: Load) -> Told:
    """Put the load on a server from another process, so that the client's work is not ours.

    This function will return what the client told.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.loading"],
        input=json.dumps(asdict(load)),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Told(**json.loads(done.stdout))


class _Clients:
    """The threads of one load and what they saw."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self._next = 0
        self._lock = threading.Lock()
        self._until = 0.0

    def run(self) -> Told:
        threads = [threading.Thread(target=self._work) for _ in range(self.load.clients)]
        began = time.perf_counter()
        self._until = began + self.load.seconds
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        p50, p95, p99 = (round(pairing.quantile(self.times, share) * 1000, 1) for share in (0.5, 0.95, 0.99))
        return Told(len(self.times) / took, p50, p95, p99, dict(self.statuses))

    def _take(self) -> Asked | None:
        with self._lock:
            place, self._next = self._next, self._next + 1
        if not self.load.seconds:
            return self.load.requests[place] if place < len(self.load.requests) else None
        if time.perf_counter() >= self._until:
            return None
        return self.load.requests[place % len(self.load.requests)]

    def _work(self) -> None:
        host = urlsplit(self.load.base)
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=30)
        while asked := self._take():
            began = time.perf_counter()
            status = _ask(connection, asked)
            took = time.perf_counter() - began
            with self._lock:
                self.times.append(took)
                self.statuses[status] += 1
        connection.close()


def _ask(connection: http.client.HTTPConnection, asked: Asked) -> str:
    form = {"Content-Type": "application/x-www-form-urlencoded"} if asked.body else {}
    try:
        connection.request(
            "POST" if asked.body else "GET", asked.path, body=asked.body or None, headers=form | asked.headers
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    return str(answer.status)


def _main() -> None:
    given = json.loads(sys.stdin.read())
    given["requests"] = [Asked(**asked) for asked in given["requests"]]
    print(json.dumps(asdict(_Clients(Load(**given)).run())))


if __name__ == "__main__":
    _main()

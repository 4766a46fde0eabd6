"""Pouring: requests at a rate that does not wait for answers, as people and processors send them, from one process.

Each stream has a rate and its own requests. A request has its moment; its time is counted from there, so that a server
that falls behind shows in the times and not in fewer requests (no coordinated omission). One thread, sockets spoken to
directly: a request costs the machine a tenth of a millisecond, little beside the server that is measured.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from urllib.parse import urlsplit

from bench import pairing

MOST_CONNECTIONS = 400
GIVES_UP_AFTER = 30.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `body` makes it a POST of a form unless `headers` say otherwise."""

    path: str
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stream:
    """`requests` in turn, `rate` a second, at `base`. `again` begins anew at the end, else the stream is over.

    With `clients` instead of a rate so many ask one after the other, each as soon as it is answered: what a server can.
    """

    name: str
    base: str
    rate: float
    requests: Sequence[Asked]
    again: bool = False
    clients: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a stream: asked and answered a second, times in milliseconds from the moment meant."""

    asked: int
    rate: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    statuses: dict[str, int]

    def count(self, *statuses: int) -> int:
        return sum(self.statuses.get(str(status), 0) for status in statuses)

    def share(self, *statuses: int) -> float:
        return self.count(*statuses) / self.asked if self.asked else 0.0

    def row(self) -> dict[str, object]:
        """This function will return the figures for the notes of a measure."""
        return asdict(self)


class Pouring:
    """A pouring that has begun. `finish()` waits for it."""

    def __init__(self, streams: Sequence[Stream], *, seconds: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.pouring"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"seconds": seconds, "streams": [asdict(s) for s in streams]}))
        self._process.stdin.close()

    def finish(self) -> dict[str, Told]:
        """This function will return what each stream came to."""
        assert self._process.stdout
        with self._process.stdout as out:
            told = json.loads(out.read())
        self._process.wait()
        return {name: Told(**row) for name, row in told.items()}


def pour(streams: Sequence[Stream], *, seconds: float) -> dict[str, Told]:
    """This function will send the streams for so long and return what each came to."""
    return Pouring(streams, seconds=seconds).finish()


class _Line(asyncio.Protocol):
    """One kept connection, one request at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[str] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        if self._answer and not self._answer.done():
            self._answer.set_result("cut")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end or self._answer is None or self._answer.done():
            return
        lower = head.lower()
        if (at := lower.find(b"content-length:")) >= 0:
            is_whole = len(body) >= int(lower[at + 15 :].split(b"\r\n", 1)[0])
        else:
            is_whole = body.endswith(b"0\r\n\r\n") or b"chunked" not in lower
        if is_whole:
            if b"connection: close" in lower and self.transport:
                self.transport.close()
            self._answer.set_result(head[9:12].decode())

    async def ask(self, request: bytes) -> str:
        assert self.transport
        self._buffer, self._answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        try:
            async with asyncio.timeout(GIVES_UP_AFTER):
                return await self._answer
        except TimeoutError:
            if self.transport:
                self.transport.abort()
            return "late"


class _Run:
    """One stream on its way."""

    def __init__(self, stream: Stream, lines: dict[str, "_Lines"]) -> None:
        self.stream = stream
        self.lines = lines.setdefault(stream.base, _Lines(stream.base))
        self.requests = [_bytes(asked, base=stream.base) for asked in stream.requests]
        self.times: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.tasks: set[asyncio.Task[None]] = set()
        self.asked = 0

    async def run(self, began: float, seconds: float) -> None:
        if self.stream.clients:
            await asyncio.gather(*(self._client(began + seconds) for _ in range(self.stream.clients)))
        else:
            await self._at_rate(began, seconds)

    async def _client(self, until: float) -> None:
        while (now := time.perf_counter()) < until and (self.stream.again or self.asked < len(self.requests)):
            request = self.requests[self.asked % len(self.requests)]
            self.asked += 1
            await self._one(request, now)

    async def _at_rate(self, began: float, seconds: float) -> None:
        """Requests whose moment has come are sent together: timers of a busy machine are coarse."""
        most = int(self.stream.rate * seconds)
        most = most if self.stream.again else min(most, len(self.requests))
        while self.asked < most:
            due = min(most, int((time.perf_counter() - began) * self.stream.rate) + 1)
            while self.asked < due:
                moment = began + self.asked / self.stream.rate
                task = asyncio.create_task(self._one(self.requests[self.asked % len(self.requests)], moment))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
                self.asked += 1
            await asyncio.sleep(max(0.001, began + self.asked / self.stream.rate - time.perf_counter()))
        while self.tasks:
            await asyncio.wait(list(self.tasks))

    async def _one(self, request: bytes, moment: float) -> None:
        status = await self.lines.ask(request)
        self.times.append(time.perf_counter() - moment)
        self.statuses[status] += 1

    def told(self, took: float) -> Told:
        times = self.times or [0.0]
        p50, p95, p99 = (round(pairing.quantile(times, share) * 1000, 1) for share in (0.5, 0.95, 0.99))
        longest = round(max(times) * 1000, 1)
        return Told(self.asked, round(len(self.times) / took, 1), p50, p95, p99, longest, dict(self.statuses))


class _Lines:
    """The connections to one server; as many as are needed at once, up to a bound."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base)
        self.host, self.port = address.hostname or "", address.port or 80
        self.free: deque[_Line] = deque()
        self.places = asyncio.Semaphore(MOST_CONNECTIONS)

    async def ask(self, request: bytes) -> str:
        async with self.places:
            line = await self._line()
            if line is None:
                return "refused"
            status = await line.ask(request)
            if line.transport and not line.transport.is_closing():
                self.free.append(line)
            return status

    async def _line(self) -> _Line | None:
        while self.free:
            line = self.free.pop()
            if line.transport and not line.transport.is_closing():
                return line
        try:
            _, line = await asyncio.get_running_loop().create_connection(_Line, self.host, self.port)
        except OSError:
            return None
        return line


def _bytes(asked: Asked, *, base: str) -> bytes:
    body = asked.body.encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    lines = {"Host": urlsplit(base).netloc, "Content-Length": str(len(body)), **kind, **asked.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{'POST' if body else 'GET'} {asked.path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def _all(streams: list[Stream], *, seconds: float) -> dict[str, Told]:
    lines: dict[str, _Lines] = {}
    runs = [_Run(stream, lines) for stream in streams]
    began = time.perf_counter() + 0.05
    await asyncio.sleep(0.05)
    await asyncio.gather(*(run.run(began, seconds) for run in runs))
    took = time.perf_counter() - began
    return {run.stream.name: run.told(took) for run in runs}


def _main() -> None:
    given = json.loads(sys.stdin.read())
    streams = [
        Stream(**row | {"requests": [Asked(**a) for a in row["requests"]]}) for row in given["streams"]
    ]
    told = asyncio.run(_all(streams, seconds=float(given["seconds"])))
    print(json.dumps({name: asdict(each) for name, each in told.items()}))


if __name__ == "__main__":
    _main()

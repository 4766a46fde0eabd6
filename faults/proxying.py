"""Proxying: a TCP proxy that passes, waits, holds, refuses, cuts or kills, as it is told.

`python -m faults.proxying TARGET [CERTIFICATE]` (HOST:PORT, or the path of a unix socket) prints its own port
and that of its control door. A control message is one line of JSON: `mode` (pass, latency, blackhole, refuse) with
`seconds`, and one `strike`, which happens once:

* `{"text": "COMMIT", "nth": 1, "at": "request", "act": "kill", "pid": 7}`: the nth time the text passes towards the
  server, before it is passed on; at "answer": after it was passed on, before the answer is, or `beyond` bytes into it.
* `{"way": "s2c", "after": 120, "act": "cut"}`: when that many bytes went that way on one connection.

`act` "cut" resets both sides; "kill" sends `signal` (SIGKILL unless told) to `pid`, then resets.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import ssl
import struct
import sys
from typing import Any

HOST = "127.0.0.1"
CHUNK = 65536
REQUEST, ANSWER = "c2s", "s2c"


class Pair:
    """One connection through the proxy: the client's side and the server's."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.sides = (client, server)
        self.passed = {REQUEST: 0, ANSWER: 0}
        self.answers_due = (
            -1
        )  # bytes of the answer still passed on before the strike; below 0: no strike is due

    def reset(self) -> None:
        for side in self.sides:
            raw = side.get_extra_info("socket")
            with contextlib.suppress(OSError):  # a unix socket has no linger, and a closed one has nothing
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            side.transport.abort()


class Proxy:
    """What is wrong with the line at the moment, and the connections on it."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.mode, self.seconds = "pass", 0.0
        self.strike: dict[str, Any] | None = None
        self.seen, self.tail, self.struck = 0, b"", 0
        self.heard = 0
        self.open_again = asyncio.Event()

    def tell(self, message: dict[str, Any]) -> dict[str, Any]:
        """This function will take up a control message and return how often a strike has happened since the last."""
        struck = self.struck
        if "mode" in message:
            self.mode, self.seconds = message["mode"], float(message.get("seconds", 0))
            if self.mode == "blackhole":
                self.open_again.clear()
            else:
                self.open_again.set()
        if "strike" in message:
            self.strike, self.seen, self.tail, self.struck = message["strike"], 0, b"", 0
        return {"struck": struck, "heard": self.heard}

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            writer.transport.abort()
            return
        try:
            theirs = await self._reach()
        except OSError:
            writer.transport.abort()
            return
        pair = Pair(writer, theirs[1])
        await asyncio.gather(
            self._pipe(reader, theirs[1], REQUEST, pair), self._pipe(theirs[0], writer, ANSWER, pair)
        )

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.target.startswith("/"):
            return await asyncio.open_unix_connection(self.target)
        host, _, port = self.target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _pipe(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str, pair: Pair
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                self.heard += len(piece) if way == REQUEST else 0
                await self._wait()
                if await self._strikes(piece, writer, way, pair):
                    return
                pair.passed[way] += len(piece)
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _wait(self) -> None:
        if self.mode == "latency":
            await asyncio.sleep(self.seconds)
        elif self.mode == "blackhole":
            await self.open_again.wait()

    async def _strikes(self, piece: bytes, writer: asyncio.StreamWriter, way: str, pair: Pair) -> bool:
        """This function will say whether the strike happened, having passed on what goes before it."""
        keep = self._before_strike(piece, way, pair)
        if keep is None or self.strike is None:
            return False
        writer.write(piece[:keep])
        await writer.drain()
        strike, self.strike = self.strike, None
        self.struck += 1
        if strike["act"] == "kill":
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(strike["pid"]), int(strike.get("signal", signal.SIGKILL)))
        pair.reset()
        return True

    def _before_strike(self, piece: bytes, way: str, pair: Pair) -> int | None:
        """How much of this piece passes before the strike; None while it is not this piece's turn."""
        strike = self.strike
        if strike is None:
            return None
        if "after" in strike:
            left = int(strike["after"]) - pair.passed[way]
            return max(0, left) if strike["way"] == way and len(piece) > left else None
        if way == ANSWER:
            return self._in_answer(piece, pair)
        if not self._is_the_one(piece, strike):
            return None
        if strike["at"] == "request":
            return 0
        pair.answers_due = int(strike.get("beyond", 0))
        return None

    @staticmethod
    def _in_answer(piece: bytes, pair: Pair) -> int | None:
        if pair.answers_due < 0:
            return None
        if len(piece) > pair.answers_due:
            return pair.answers_due
        pair.answers_due -= len(piece)
        return None

    def _is_the_one(self, piece: bytes, strike: dict[str, Any]) -> bool:
        text = str(strike["text"]).encode()
        found = (self.tail + piece).count(text)
        before, self.seen = self.seen, self.seen + found
        self.tail = (self.tail + piece)[-(len(text) - 1) :] if len(text) > 1 else b""
        return before < int(strike.get("nth", 1)) <= self.seen

    async def controlled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self.tell(json.loads(await reader.readline()))
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()


async def main(target: str, certificate: str = "") -> None:
    """This function will proxy until the process is ended; with a certificate it speaks TLS to its clients."""
    proxy, secure = Proxy(target), None
    if certificate:
        secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        secure.load_cert_chain(certificate)
    front = await asyncio.start_server(proxy.connected, HOST, 0, backlog=256, ssl=secure)
    control = await asyncio.start_server(proxy.controlled, HOST, 0)
    print(front.sockets[0].getsockname()[1], control.sockets[0].getsockname()[1], flush=True)
    async with front, control:
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

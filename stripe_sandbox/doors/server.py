"""HTTP/1.1 with keep-alive on the loopback interface: the API under /v1/, pages, and the operator's doors."""

from __future__ import annotations

import logging
import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import urlsplit

from stripe_sandbox.doors import calling, operating
from stripe_sandbox.pages import serving

log = logging.getLogger("stripe_sandbox")

LARGEST_BODY = 2_000_000
LINGER_ZERO = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StripeSandbox"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for head and body
    api: ClassVar[calling.Api]
    operator: ClassVar[operating.Operator]

    def do_GET(self) -> None:
        """This method will answer one request."""
        self._answer()

    def do_POST(self) -> None:
        """This method will answer one request."""
        self._answer()

    def do_DELETE(self) -> None:
        """This method will answer one request."""
        self._answer()

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_BODY:
            self.close_connection = True
            self._say(calling.Answer(413, b"", kind="text/plain"))
            return
        body = self.rfile.read(length).decode("utf-8", "replace") if length else ""
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = calling.Call(self.command, target.path, target.query, body, headers)
        self._say(self._find(call))

    def _find(self, call: calling.Call) -> calling.Answer:
        try:
            if call.path.startswith("/v1/"):
                return self.api.answer(call)
            if call.path.startswith("/_sandbox"):
                return self.operator.answer(call)
            return serving.answer(self.api.world, call)
        except Exception:  # a defect of the sandbox
            log.exception("%s %s failed inside the sandbox", call.method, call.path)
            return calling.Answer(500, b"The sandbox has a defect; see its log.", kind="text/plain")

    def _say(self, given: calling.Answer) -> None:
        if given.cut == "reset":
            self._break_off()
            return
        self.send_response(given.status)
        self.send_header("Content-Type", given.kind)
        self.send_header("Content-Length", str(len(given.body)))
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if given.cut == "half":
            self.wfile.write(given.body[: len(given.body) // 2])
            self.wfile.flush()
            self.close_connection = True
            return
        self.wfile.write(given.body)

    def _break_off(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self.connection.close()

    def log_message(self, format: str, *arguments: Any) -> None:
        """This method will keep the request log of `GET /_sandbox/requests` the only one."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """This method will keep a client that went away out of the log."""
        log.debug("connection from %s ended early", client_address, exc_info=True)


def bound(host: str, port: int, api: calling.Api, operator: operating.Operator) -> Server:
    """This function will return a server that listens, not yet serving."""
    door = type("BoundDoor", (Door,), {"api": api, "operator": operator})
    return Server((host, port), door)

"""A mail server in a thread: aiosmtpd, taking letters or refusing them as it is told."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _OnAnyPort(Controller):
    """The package tries the port it was told; with 0 the system chose another."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = int(self.server.sockets[0].getsockname()[1])
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the package ships no types for it


class PostOffice:
    """Keeps what it took; `say` are answers to give next, by step: ("RCPT" or "DATA", words) or "drop"."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.say: list[tuple[str, str]] = []
        self.controller = _OnAnyPort(self, hostname="127.0.0.1", port=0)

    def _next(self, step: str) -> str | None:
        if self.say and self.say[0][0] == step:
            return self.say.pop(0)[1]
        return None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._next("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._next("DATA")
        if answer is None or answer == "drop":
            content = envelope.content
            assert isinstance(content, bytes)
            read: Any = message_from_bytes(content, policy=policy.default)
            self.taken.append(read)
            self.recipients.append(list(envelope.rcpt_tos))
        if answer == "drop":
            transport = server.transport
            assert isinstance(transport, asyncio.Transport)
            transport.abort()
            return "250 too late"
        return answer or "250 OK"

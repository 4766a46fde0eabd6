"""The demo mailbox: takes every letter by SMTP and shows it on a page. Runs as `python -m launcher.mailbox`.

It stands where the real mail server stands, so the product needs no switch for the demo. Loopback only.
"""

import argparse
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from launcher import mailbox_pages as pages
from launcher.letters import Letter, Letters

HOST = "127.0.0.1"
LARGEST = 30 * 2**20
LETTER = re.compile(r"/messages/(\d{20})(/html)?")
ATTACHMENT = re.compile(r"/api/messages/(\d{20})/attachments/(\d{1,3})")
HTML = "text/html; charset=utf-8"


class Taker:
    """What the SMTP server does with a letter."""

    def __init__(self, letters: Letters) -> None:
        self.letters = letters

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 - decode_data is off
        self.letters.keep(content, recipients=envelope.rcpt_tos)
        return "250 OK"


class MailboxServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, letters: Letters) -> None:
        super().__init__((HOST, port), Answerer)
        self.letters = letters


class Answerer(BaseHTTPRequestHandler):
    """Pages for people and JSON for tests; no state but the folder of letters."""

    server: MailboxServer
    server_version = "DemoMailbox"
    sys_version = ""

    def do_GET(self) -> None:
        if not self._is_local():
            return
        parts = urlsplit(self.path)
        to = parse_qs(parts.query).get("to", [""])[0]
        if parts.path == "/":
            self._answer(pages.listing(self.server.letters.newest_first(to=to), to=to))
        elif parts.path == "/mailbox.css":
            self._answer(pages.STYLE, kind="text/css; charset=utf-8")
        elif parts.path == "/api/messages":
            self._answer_json([letter.row() for letter in self.server.letters.newest_first(to=to)])
        else:
            self._answer_one(parts.path)

    def do_DELETE(self) -> None:
        if not self._is_local():
            return
        if urlsplit(self.path).path != "/api/messages":
            self._not_found()
            return
        self.server.letters.clear()
        self._answer("", status=204)

    def do_POST(self) -> None:
        if not self._is_local():
            return
        own = f"http://{self.headers['Host']}"
        if self.path != "/clear" or self.headers.get("Origin", own) != own:  # another site may not clear it
            self._not_found()
            return
        self.server.letters.clear()
        self._answer("", status=303, extra={"Location": "/"})

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: every answer is also visible on the page."""

    def _answer_one(self, path: str) -> None:
        wanted, attached = LETTER.fullmatch(path), ATTACHMENT.fullmatch(path)
        found = wanted or attached
        letter = self.server.letters.read(found.group(1)) if found else None
        if letter is None:
            self._not_found()
        elif attached:
            self._answer_attachment(letter, int(attached.group(2)))
        elif wanted and wanted.group(2):
            self._answer(pages.letter_html(letter), policy=pages.LETTER_POLICY)
        else:
            self._answer(pages.letter_page(letter))

    def _answer_attachment(self, letter: Letter, number: int) -> None:
        if number >= len(letter.attachments):
            self._not_found()
            return
        part = letter.attachments[number]
        extra = {"Content-Disposition": pages.disposition(part.name)}
        self._answer(part.content, kind=part.content_type, extra=extra)

    def _answer_json(self, content: object) -> None:
        self._answer(json.dumps(content, ensure_ascii=False), kind="application/json")

    def _not_found(self) -> None:
        self._answer(
            pages.message("Not here", "There is no such letter; it may have been deleted."), status=404
        )

    def _is_local(self) -> bool:
        """A page elsewhere may point its own name at this machine; only our two names are answered."""
        port = self.server.server_port
        if self.headers.get("Host") in (f"localhost:{port}", f"{HOST}:{port}"):
            return True
        self._answer(pages.message("Not here", "Open the mailbox as localhost."), status=421)
        return False

    def _answer(
        self,
        content: str | bytes,
        *,
        status: int = 200,
        kind: str = HTML,
        policy: str = pages.PAGE_POLICY,
        extra: dict[str, str] | None = None,
    ) -> None:
        body = content.encode() if isinstance(content, str) else content
        self.send_response(status)
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """This function will serve mail and pages until it is told to end."""
    options = argparse.ArgumentParser(prog="python -m launcher.mailbox", description="The demo mailbox.")
    options.add_argument("--smtp-port", type=int, required=True)
    options.add_argument("--http-port", type=int, required=True)
    options.add_argument("--state", type=Path, required=True)
    asked = options.parse_args()
    letters = Letters(asked.state)
    Controller(Taker(letters), hostname=HOST, port=asked.smtp_port, data_size_limit=LARGEST).start()
    with MailboxServer(asked.http_port, letters) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()

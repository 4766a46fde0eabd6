"""What stands outside the product: the demo mailbox and the operator's door of the sandbox, over HTTP."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg

from launcher.letters import LetterRow
from launcher.stack import Stack
from tests.journeys.waiting import until

FACTS = (
    "donations_checkout", "donations_refundrequest", "donors_message", "ledger_line", "payments_payout",
    "payments_processorevent", "receipts_receipt", "receipts_rendering", "staff_auditevent",
)  # fmt: skip


def fetch(address: str, *, method: str = "GET", body: object = None) -> bytes:
    """This function will return the body of an answer that must be a good one."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(
            method,
            path,
            json.dumps(body) if body is not None else None,
            {"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    assert answer.status < 300, f"{method} {address} answered {answer.status}: {content[:300]!r}"
    return content


@dataclass(frozen=True)
class Mailbox:
    """The letters people got."""

    stack: Stack

    def letters(self, *, to: str) -> list[LetterRow]:
        """This function will return the letters to one address, newest first."""
        listed: list[LetterRow] = json.loads(fetch(f"{self.stack.mailbox_url}/api/messages?to={quote(to)}"))
        return listed

    def wait(self, *, to: str, subject: str) -> LetterRow:
        """This function will return the newest letter to that address with those words in its subject, once
        it is there.
        """

        def found() -> LetterRow | None:
            return next((row for row in self.letters(to=to) if subject in row["subject"]), None)

        return until(
            found,
            what=lambda: f"a letter {subject!r} to {to}, not {[r['subject'] for r in self.letters(to=to)]}",
            seconds=60,
        )

    def attachment(self, letter: LetterRow, number: int = 0) -> bytes:
        return fetch(f"{self.stack.mailbox_url}{letter['attachments'][number]['url']}")


@dataclass(frozen=True)
class Processor:
    """What only the outside world, or bad luck, does to a processor's account."""

    stack: Stack

    def operate(self, method: str, path: str, **body: object) -> Any:
        address = f"{self.stack.sandbox_url}/_sandbox/{path}"
        return json.loads(fetch(address, method=method, body=body if method == "POST" else None))

    def pause_deliveries(self) -> None:
        self.operate("POST", "deliveries", mode="paused")

    def drop_deliveries(self) -> None:
        self.operate("POST", "deliveries", mode="drop")

    def deliver_normally(self) -> None:
        self.operate("POST", "deliveries", mode="normal", order="created", delay_seconds=0)

    def drain(self) -> None:
        assert self.operate("POST", "deliveries/drain", timeout=20)["drained"]

    def record(self, kind: str) -> list[dict[str, Any]]:
        """This function will return every object of one kind, as the processor itself remembers it."""
        found: list[dict[str, Any]] = self.operate("GET", "record")["objects"].get(kind, [])
        return found

    def sessions(self, *, email: str) -> list[dict[str, Any]]:
        return [one for one in self.record("checkout.session") if one["customer_email"] == email]

    def charge(self, *, email: str) -> dict[str, Any]:
        """This function will return the one charge of that giver."""
        charges = self.charges(email=email)
        assert len(charges) == 1, charges
        return charges[0]

    def charges(self, *, email: str) -> list[dict[str, Any]]:
        return [one for one in self.record("charge") if one["billing_details"]["email"] == email]

    def bank_answers(self, *, email: str, outcome: str) -> None:
        """`outcome` is "settle" or "fail"."""
        self.operate("POST", f"bank_debits/{self.charge(email=email)['id']}/{outcome}")

    def mark(self) -> tuple[int, ...]:
        """This function will return counts that differ as soon as anything happened, here or at the processor."""
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in FACTS)
        with psycopg.connect(self.stack.environment["DATABASE_URL"]) as connection:
            row = connection.execute(f"SELECT {counts}").fetchone()
        return (len(self.record("event")), *(row or ()))

    def waiting(self) -> int:
        """This function will return how many notices and letters of ours are not dealt with yet."""
        with psycopg.connect(self.stack.environment["DATABASE_URL"]) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM payments_processorevent WHERE status = 'received')"
                " + (SELECT count(*) FROM donors_message WHERE status IN ('queued', 'sending'))"
            ).fetchone()
        return int(row[0]) if row else 0

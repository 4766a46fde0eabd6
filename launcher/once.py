"""`run.py demo --once`: an unattended walk through the running system, step by step, each with its time."""

import http.client
import json
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

from launcher.stack import HOST, Stack
from launcher.telling import Teller


class StepFailed(Exception):
    """What a step expected did not hold; the message says what was found instead."""


@dataclass(frozen=True)
class Walk:
    """What every step may use."""

    stack: Stack

    def get(self, address: str, *, status: int = 200) -> str:
        """This function will return the body of that page, after checking its status; redirects are
        followed."""
        for _ in range(5):
            parts = urlsplit(address)
            connection = http.client.HTTPConnection(parts.hostname or HOST, parts.port, timeout=20)
            try:
                connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
                answer = connection.getresponse()
                body = answer.read().decode(errors="replace")
            finally:
                connection.close()
            target = answer.getheader("Location")
            if answer.status in (301, 302, 303, 307, 308) and target:
                address = target if "://" in target else f"{parts.scheme}://{parts.netloc}{target}"
                continue
            if answer.status != status:
                raise StepFailed(f"{address} answered {answer.status}, not {status}")
            return body
        raise StepFailed(f"{address} redirects without end")


Step = tuple[str, Callable[[Walk], None]]


def run(*, stack: Stack, tell: Teller, steps: tuple[Step, ...] | None = None) -> int:
    """Walk all steps even when one fails, so that one run tells everything.

    This function will return 0 only if every step held.
    """
    walk, failed = Walk(stack), 0
    tell.heading("once: an unattended walk")
    for name, step in STEPS if steps is None else steps:
        try:
            with tell.step(name):
                step(walk)
        except (StepFailed, OSError, http.client.HTTPException, smtplib.SMTPException) as found:
            tell.say(f"          {found}")
            failed += 1
    tell.say(f"\n{failed} of the steps failed" if failed else "\nAll steps held")
    return 1 if failed else 0


def _first_pages(walk: Walk) -> None:
    for language, mark in (("en", 'lang="en"'), ("ko", 'lang="ko"')):
        if mark not in walk.get(f"{walk.stack.base_url}/{language}/"):
            raise StepFailed(f"the {language} page does not carry {mark}")


def _mail_arrives(walk: Walk) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = "office@example.org", "walk@example.org"
    letter["Subject"] = "An unattended walk"
    letter.set_content("It arrived.")
    with smtplib.SMTP(HOST, walk.stack.ports.smtp, timeout=10) as post:
        post.send_message(letter)
    listed = json.loads(walk.get(f"{walk.stack.mailbox_url}/api/messages?to=walk@example.org"))
    if not listed or listed[0]["subject"] != "An unattended walk":
        raise StepFailed("the mailbox does not list the message it took")


def _nothing_died(walk: Walk) -> None:
    again = walk.stack.check()
    if again:
        raise StepFailed(f"{', '.join(again)} had ended and was started again")


STEPS: tuple[Step, ...] = (
    ("giving pages in English and Korean", _first_pages),
    ("mail arrives in the demo mailbox", _mail_arrives),
    ("every part still runs", _nothing_died),
)

"""Reports as mail servers write them, with our message's id where theirs stands as ID."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from donors.bouncing import Outcome

OURS = "ID@localhost"


@dataclass(frozen=True)
class Sample:
    """A mail, what it is found to be, and whether it shuts the mailbox."""

    text: str
    told: tuple[Outcome, str]
    shuts: bool = True


def report(fields: str, *, returned: str = "", kind: str = "text/rfc822-headers", head: str = "") -> str:
    original = returned or f"Subject: Your receipt\nMessage-ID: <{OURS}>\nTo: grace@example.org\n"
    return (
        "From: MAILER-DAEMON@mx.example.net\nTo: give@example.org\nSubject: Undelivered Mail Returned to Sender\n"
        f"Auto-Submitted: auto-replied\n{head}MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        "--B\nContent-Type: text/plain\n\nI am sorry to inform you.\n\n"
        f"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n{fields}\n"
        f"--B\nContent-Type: {kind}\n\n{original}\n--B--\n"
    )


FAILED = (
    "Final-Recipient: rfc822; grace@example.org\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 <grace@example.org>: Recipient address rejected: User unknown\n"
)
EXIM = (
    "X-Failed-Recipients: grace@example.org\nAuto-Submitted: auto-replied\n"
    "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\nTo: give@example.org\n"
    "Subject: Mail delivery failed: returning message to sender\n\n"
    "This message was created automatically by mail delivery software.\n\n"
    "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
    "The following address(es) failed:\n\n  grace@example.org\n    SMTP error from remote mail server after RCPT TO:\n"
    "    550 No such user here\n\n------ This is a copy of the message, including all the headers. ------\n\n"
    f"Message-ID: <{OURS}>\nSubject: Your receipt\n"
)
QMAIL = (
    "From: MAILER-DAEMON@mx.example.net\nTo: give@example.org\nSubject: failure notice\n\n"
    "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message.\n\n"
    "<grace@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    f"--- Below this line is a copy of the message.\n\nMessage-ID: <{OURS}>\nSubject: Your receipt\n"
)
EXCHANGE = report(
    "Final-Recipient: rfc822;grace@example.org\nAction: failed\nStatus: 5.1.10\n"
    "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient grace@example.org not found\n",
    returned="Subject: Your receipt\n",
    head=f"In-Reply-To: <{OURS}>\nReferences: <{OURS}>\n",
)
ENCODED = report(FAILED).replace(
    f"--B\nContent-Type: text/rfc822-headers\n\nSubject: Your receipt\nMessage-ID: <{OURS}>\nTo: grace@example.org\n",
    "--B\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\nENCODED\n",
)
VACATION = (
    f"From: grace@example.org\nAuto-Submitted: auto-replied\nIn-Reply-To: <{OURS}>\nSubject: Out of office\n\n"
    "I am away until Monday, 550 miles from here. Undeliverable until then.\n"
)
HUMAN = f"From: grace@example.org\nIn-Reply-To: <{OURS}>\nSubject: Re: Your receipt\n\nThank you so much!\n"

CORPUS: dict[str, Sample] = {
    "standard": Sample(report(FAILED), (Outcome.BOUNCED, "5.1.1")),
    "whole message returned": Sample(
        report(
            FAILED,
            kind="message/rfc822",
            returned=f"Message-ID: <{OURS}>\nSubject: Your receipt\nContent-Type: text/plain\n\nDear Grace,\n",
        ),
        (Outcome.BOUNCED, "5.1.1"),
    ),
    "exim": Sample(EXIM, (Outcome.BOUNCED, "5.0.0")),
    "qmail": Sample(QMAIL, (Outcome.BOUNCED, "5.1.1")),
    "exchange": Sample(EXCHANGE, (Outcome.BOUNCED, "5.1.10")),
    "base64": Sample(ENCODED, (Outcome.BOUNCED, "5.1.1")),
    "no action, only a status": Sample(
        report("Final-Recipient: rfc822; grace@example.org\nStatus: 5.4.4\n"), (Outcome.BOUNCED, "5.4.4")
    ),
    "full": Sample(report(FAILED.replace("5.1.1", "5.2.2")), (Outcome.BOUNCED, "5.2.2"), shuts=False),
    "not liked": Sample(report(FAILED.replace("5.1.1", "5.7.26")), (Outcome.BOUNCED, "5.7.26"), shuts=False),
    "delayed": Sample(
        report(FAILED.replace("Action: failed", "Action: delayed").replace("5.1.1", "4.4.7")),
        (Outcome.DELAYED, "4.4.7"),
    ),
    "delivered": Sample(
        report(FAILED.replace("Action: failed", "Action: delivered").replace("5.1.1", "2.0.0")),
        (Outcome.NOT_A_REPORT, ""),
    ),
    "worst of two": Sample(
        report("Final-Recipient: rfc822; other@example.org\nAction: delivered\nStatus: 2.0.0\n\n" + FAILED),
        (Outcome.BOUNCED, "5.1.1"),
    ),
    "another mailbox": Sample(
        report(FAILED.replace("rfc822; grace@example.org", "rfc822; victim@example.org")),
        (Outcome.UNKNOWN, ""),
    ),
    "vacation": Sample(VACATION, (Outcome.NOT_A_REPORT, "")),
    "somebody answers": Sample(HUMAN, (Outcome.NOT_A_REPORT, "")),
}


def written(sample: Sample, *, message_id: uuid.UUID) -> bytes:
    """The mail as bytes, with the message's own id."""
    encoded = base64.b64encode(f"Subject: x\nMessage-ID: <{message_id}@localhost>\n".encode()).decode()
    return sample.text.replace("ID@localhost", f"{message_id}@localhost").replace("ENCODED", encoded).encode()


HOSTILE: dict[str, Callable[[str], bytes]] = {
    "nothing": lambda _id: b"",
    "zeros": lambda _id: b"\x00" * 5_000,
    "no end of parts": lambda _id: b'Content-Type: multipart/mixed; boundary="B"\n\n' + b"--B\n\n" * 20_000,
    "deep": lambda _id: b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)
    ),
    "unknown charset": lambda _id: (
        b"Content-Type: text/plain; charset=x-none\nFrom: mailer-daemon\n\n\xff\xfe550 permanent error"
    ),
    "a header of megabytes": lambda _id: b"X-Failed-Recipients: " + b"a" * 3_000_000,
    "an id that is none": lambda _id: (
        report(FAILED).replace("ID@", "00000000-0000-0000-0000-00000000000g@").encode()
    ),
    "somebody else's id": lambda _id: report(FAILED).replace("ID@", f"{uuid.UUID(int=7)}@").encode(),
    "markup": lambda _id: b"Content-Type: text/html\n\n<script>" + b"<" * 100_000,
    "slow expression": lambda _id: b"From: postmaster@x\n\n" + b"<a@" * 60_000,
    "broken base64": lambda _id: (
        b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\nFrom: postmaster@x\n\n====%%%"
    ),
    "bad header words": lambda message_id: (
        b"From: =?x?q?" + b"=" * 5_000 + b"\nIn-Reply-To: <" + message_id.encode() + b"@x>\n\nhello"
    ),
}

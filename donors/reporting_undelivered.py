"""Reading reports of what was not delivered: RFC 3464 as written, and what Exim, Exchange and qmail make of it.

Pure: bytes in, a report or nothing out. A hostile mail is read like any other and never raises.
"""

import binascii
import email
import email.message
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.errors import MessageError

LARGEST = 2_000_000
MOST_PARTS = 60
_ID = re.compile(
    r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@[A-Za-z0-9.:\[\]-]{1,255}>", re.I
)
_OWN = re.compile(r"^(?:X-(?:MS-Exchange-)?Original-)?Message-ID:\s*(\S+)", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<!\d)([45])\d\d[ -]")
_FAILED = re.compile(
    r"^(?:<[^<>\s@]+@[^<>\s]+>|\s+[^<>\s@]+@\S+)\s*[:(]?\s*$|permanent(?:ly)? (?:error|fail)"
    r"|could not be delivered|undeliverable",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Report:
    """A message of ours, whether it is lost for good, the status by RFC 3463 and the server's words."""

    message_id: uuid.UUID
    is_final: bool
    status: str
    words: str
    mailbox: str


def read(raw: bytes) -> Report | None:
    """This function will return what a mail reports, or None when it is no report about a message of ours."""
    try:
        return _read(email.message_from_bytes(raw[:LARGEST]))
    except (MessageError, ValueError, LookupError, RecursionError, TypeError, AttributeError, binascii.Error):
        # The standard library's parser was written to be lenient and still raises on some mails made to hurt it.
        return None


def _read(mail: email.message.Message) -> Report | None:
    if str(mail.get("Auto-Submitted", "")).lower().startswith("auto-replied") and not _is_report(mail):
        return None
    fields = _fields(mail)
    texts = list(_texts(mail))
    found = _message_id(mail, texts)
    if found is None:
        return None
    if fields:
        return _told(found, fields)
    return _guessed(found, mail, texts)


def _is_report(mail: email.message.Message) -> bool:
    return mail.get_content_type() == "multipart/report" or bool(mail.get("X-Failed-Recipients"))


def _fields(mail: email.message.Message) -> dict[str, str]:
    """The fields about the recipient that fared worst, in small letters; empty when there is no such part."""
    worst: dict[str, str] = {}
    for part in _parts(mail):
        if part.get_content_type() != "message/delivery-status":
            continue
        payload = part.get_payload()
        groups = payload if isinstance(payload, list) else [email.message_from_string(str(payload))]
        for group in groups[:MOST_PARTS]:
            fields = group.items() if isinstance(group, email.message.Message) else []
            told = {key.lower(): " ".join(str(value).split()) for key, value in fields}
            if "action" not in told and "status" not in told:
                continue
            if not worst or told.get("action", "").lower() == "failed":
                worst = told
    return worst


def _told(message_id: uuid.UUID, fields: dict[str, str]) -> Report | None:
    action = fields.get("action", "").lower()
    status = status_in(fields.get("status", "")) or status_in(fields.get("diagnostic-code", ""))
    if action in {"delivered", "relayed", "expanded"} or status.startswith("2"):
        return None
    is_final = action == "failed" or (not action and status.startswith("5"))
    named = fields.get("original-recipient") or fields.get("final-recipient") or ""
    words = fields.get("diagnostic-code", "") or fields.get("status", "")
    return Report(message_id, is_final, status, printable(words), _mailbox(named))


def _guessed(message_id: uuid.UUID, mail: email.message.Message, texts: list[str]) -> Report | None:
    """A report in prose: Exim names the recipients in a header, qmail only in its text."""
    named = str(mail.get("X-Failed-Recipients", ""))
    prose = "\n".join(texts)[:20_000]
    is_from_server = re.search(r"mailer-daemon|postmaster", str(mail.get("From", "")), re.I) is not None
    if not named and not (is_from_server and _FAILED.search(prose)):
        return None
    status = status_in(prose)
    code = _CODE.search(prose)
    # A warning that it still waits carries no failed recipients and a 4; who says nothing of either has given up.
    hint = status[:1] or (code[1] if code else "5")
    mailbox = _mailbox(named) if "," not in named else ""
    words = code.string[code.start() :].split("\n\n")[0] if code else ""
    return Report(message_id, bool(named) or hint == "5", status or f"{hint}.0.0", printable(words), mailbox)


def from_notice(notice: Mapping[str, object]) -> Report | None:
    """A mail provider's notice, as decoded JSON, read like the fields of a report.

    This function will return None when it names no message of ours or tells of no trouble.
    """
    told = {key: printable(str(value)) for key, value in notice.items() if isinstance(value, str | int)}
    found = _id(f"<{told.get('message_id', '').strip().strip('<>')}>")
    if found is None:
        return None
    fields = {
        "action": told.get("action", ""),
        "status": told.get("status", ""),
        "diagnostic-code": told.get("diagnostic", ""),
        "final-recipient": told.get("recipient", ""),
    }
    return _told(found, fields)


def _message_id(mail: email.message.Message, texts: list[str]) -> uuid.UUID | None:
    """From the headers of what came back, then from what the report answers to, then from anywhere in its text."""
    return next((found for place in _places(mail, texts) if (found := _id(place))), None)


def _places(mail: email.message.Message, texts: list[str]) -> Iterator[str]:
    for part in _parts(mail):
        if part is not mail:
            yield str(part.get("Message-ID", ""))
    for text in texts:
        yield from _OWN.findall(text)
    for header in ("In-Reply-To", "References", "X-MS-Exchange-Message-Id", "Original-Message-ID"):
        yield str(mail.get(header, ""))
    yield from texts


def _id(text: str) -> uuid.UUID | None:
    found = _ID.search(text[:200_000])
    return uuid.UUID(found[1]) if found else None


def _parts(mail: email.message.Message) -> Iterator[email.message.Message]:
    for number, part in enumerate(mail.walk()):
        if number >= MOST_PARTS:
            return
        yield part


def _texts(mail: email.message.Message) -> Iterator[str]:
    for part in _parts(mail):
        if part.is_multipart() or part.get_content_maintype() not in {"text", "message"}:
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield content[:200_000].decode("utf-8", "replace")


def _mailbox(named: str) -> str:
    """The address of `rfc822;grace@example.org` or of a bare one; empty when there is none to compare."""
    address = named.rpartition(";")[2].strip().strip("<>").lower()
    return address if "@" in address and " " not in address else ""


def status_in(text: str) -> str:
    """This function will return the first status code of a text, as 5.1.1, or an empty one."""
    found = _STATUS.search(text[:20_000])
    return f"{found[1]}.{int(found[2])}.{int(found[3])}" if found else ""


def printable(words: str) -> str:
    """This function will return a server's words on one line, without control characters, at most 300."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[:300]

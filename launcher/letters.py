"""The letters of the demo mailbox: kept as .eml files as they came, read back in the words of a page."""

import email.policy
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path
from typing import TypedDict

ENVELOPE = "X-Demo-Envelope-To"
ID = re.compile(r"\d{20}")
ADDRESS_IN_TEXT = re.compile(r"https?://[^\s<>\"'()\[\]]+")


class AttachmentRow(TypedDict):
    name: str
    content_type: str
    size: int
    url: str


LetterRow = TypedDict(  # in this form because `from` is a word of the language
    "LetterRow",
    {
        "id": str,
        "at": str,
        "to": list[str],  # the addresses it was really delivered to
        "from": str,
        "subject": str,
        "text": str,
        "links": list[str],
        "attachments": list[AttachmentRow],
    },
)


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """One letter, read."""

    id: str
    recipients: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]

    @property
    def at(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(int(self.id) // 10**9))

    @property
    def links(self) -> list[str]:
        """This function will return every web address in the letter once, in order, of the text part
        first."""
        reader = _LinkReader()
        reader.feed(self.html)
        found = [address.rstrip(".,;:!?") for address in ADDRESS_IN_TEXT.findall(self.text)]
        return list(dict.fromkeys(found + reader.links))

    def row(self) -> LetterRow:
        """This function will return the letter as the JSON answers tell it."""
        return {
            "id": self.id,
            "at": self.at,
            "to": list(self.recipients),
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "links": self.links,
            "attachments": [
                AttachmentRow(
                    name=part.name,
                    content_type=part.content_type,
                    size=len(part.content),
                    url=f"/api/messages/{self.id}/attachments/{number}",
                )
                for number, part in enumerate(self.attachments)
            ],
        }


class Letters:
    """The folder of letters. A file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep(self, content: bytes, *, recipients: Sequence[str]) -> str:
        """This function will store one letter as it came, below a line that says who it was delivered to."""
        key = f"{time.time_ns():020d}"
        while (self.folder / f"{key}.eml").exists():
            key = f"{int(key) + 1:020d}"
        envelope = ", ".join(recipient.replace("\n", "").replace("\r", "") for recipient in recipients)
        fresh = self.folder / f"{key}.tmp"
        fresh.write_bytes(f"{ENVELOPE}: {envelope}\r\n".encode() + content)
        fresh.rename(self.folder / f"{key}.eml")
        return key

    def newest_first(self, *, to: str = "") -> Iterator[Letter]:
        """This function will yield the letters, newest first, only those to one address when it is given."""
        for path in sorted(self.folder.glob("*.eml"), reverse=True):
            letter = self.read(path.stem)
            if letter and (not to or to.casefold() in (address.casefold() for address in letter.recipients)):
                yield letter

    def read(self, key: str) -> Letter | None:
        path = self.folder / f"{key}.eml"
        if not ID.fullmatch(key) or not path.exists():
            return None
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parsebytes(path.read_bytes())
        assert isinstance(message, EmailMessage)  # noqa: S101 - tells the type checker what _class promised
        return _letter(key, message)

    def clear(self) -> None:
        for path in self.folder.glob("*.eml"):
            path.unlink(missing_ok=True)


def _letter(key: str, message: EmailMessage) -> Letter:
    envelope = str(message[ENVELOPE] or "")
    return Letter(
        id=key,
        recipients=tuple(address.strip() for address in envelope.split(",") if address.strip()),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or "(no subject)"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(
            Attachment(
                name=part.get_filename() or f"attachment-{number + 1}",
                content_type=part.get_content_type(),
                content=_content(part),
            )
            for number, part in enumerate(message.iter_attachments())
        ),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _content(part: object) -> bytes:
    if not isinstance(part, EmailMessage):
        return b""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else part.as_bytes()


class _LinkReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") if tag == "a" else None
        if address and address.startswith(("http://", "https://")):
            self.links.append(address)

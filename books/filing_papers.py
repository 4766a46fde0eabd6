"""Filing papers: the document that shows why money changes its class. A PDF or a picture, kept by its hash.

What it is, is read from its first bytes and never from its name or from what a browser says of it. Its name is made
harmless: it is shown on pages and given to the file when somebody downloads it.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from donors import refusing
from paper import storing

LARGEST = 5 * 1024 * 1024
KINDS = (
    (b"%PDF-", "application/pdf", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)
LONGEST_NAME = 80


class UnableToFile(ValueError):
    """`code` is `empty`, `large`, `format` or `resident_number`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Paper:
    """What somebody uploaded: its bytes, and the name it had at their place."""

    content: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Filed:
    sha256: str
    name: str


def file(*, paper: Paper, now: datetime) -> Filed:
    """Keep a document once; the same bytes again are the same row.

    Raises UnableToFile for what is empty, too large, neither PDF nor PNG nor JPEG, or named after a resident number.
    This function will return the hash it is kept under and the name it is shown by.
    """
    if not paper.content:
        raise UnableToFile("empty")
    if len(paper.content) > LARGEST:
        raise UnableToFile("large")
    if refusing.is_held_by(paper.name):
        raise UnableToFile("resident_number")
    known = next((kind for kind in KINDS if paper.content.startswith(kind[0])), None)
    if known is None:
        raise UnableToFile("format")
    _, media_type, ending = known
    sha256 = storing.store(content=paper.content, media_type=media_type, now=now)
    return Filed(sha256, harmless(name=paper.name, ending=ending))


def harmless(*, name: str, ending: str) -> str:
    """This function will return a name of letters, digits, blanks, dots and hyphens that ends as its kind does."""
    plain = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    stem = plain.rpartition(".")[0] if "." in plain else plain
    kept = re.sub(r"[^\w .\-]", "_", stem).strip(" ._-")
    return f"{kept[:LONGEST_NAME].rstrip(' ._-') or 'document'}.{ending}"

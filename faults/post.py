"""Post: a post office that takes every letter and keeps it, to count what really left."""

import contextlib
import email
import email.policy
import hashlib
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from faults.standing import ROOT
from launcher.stack import free_port, is_listening
from launcher.supervising import dies_with_us

STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that was taken: its Message-ID, its subject, and the hashes of the files in it by name."""

    id: str
    subject: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class PostOffice:
    port: int
    folder: Path

    def letters(self) -> list[Letter]:
        """This function will return every letter that was taken, in the order in which they came."""
        return [_read(path) for path in sorted(self.folder.rglob("*.eml"))]


def _read(path: Path) -> Letter:
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    files = {
        part.get_filename() or "": hashlib.sha256(part.get_payload(decode=True) or b"").hexdigest()  # type: ignore[arg-type]
        for part in letter.iter_attachments()
    }
    return Letter(str(letter["Message-ID"]), str(letter["Subject"]), files)


@contextlib.contextmanager
def office() -> Iterator[PostOffice]:
    """This function will yield a post office that answers."""
    smtp = free_port(exclude=set())
    http = free_port(exclude={smtp})
    ports = ["--smtp-port", str(smtp), "--http-port", str(http)]
    with tempfile.TemporaryDirectory(prefix="almoner-post-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "launcher.mailbox", *ports, "--state", folder],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            preexec_fn=dies_with_us(signal.SIGTERM),  # noqa: PLW1509 - threads of ours hold no lock it needs
        )
        try:
            until = time.monotonic() + STARTS_WITHIN
            while not is_listening(smtp):
                if process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError("the post office did not open")
                time.sleep(0.05)
            yield PostOffice(smtp, Path(folder))
        finally:
            process.terminate()
            process.wait()

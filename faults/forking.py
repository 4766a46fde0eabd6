"""Forking: one deed of the product in a process of its own, which may die at any moment.

The harness has the product imported and no connection open; a fork of it is a fresh process a hundred times
sooner than a start. The child waits for its mark, so that a strike can name its pid before it does anything.
"""

import contextlib
import json
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher.supervising import dies_with_us

PATIENCE = 180.0
OK, FAIL, INFO = "ok", "fail", "info"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a deed ended: ok with its value, fail (it surely was not done), info (nobody can know)."""

    deed: str
    kind: str
    value: Any
    words: str
    seconds: float

    @property
    def is_ok(self) -> bool:
        return self.kind == OK


@dataclass
class Running:
    """A process of the product at work."""

    deed: str
    pid: int
    mark: int
    answer: int
    began: float = field(default_factory=time.monotonic)

    def go(self) -> None:
        """This function will let the process begin."""
        self.began = time.monotonic()
        os.write(self.mark, b"!")
        os.close(self.mark)

    def finish(self, *, within: float = PATIENCE) -> Outcome:
        """This function will wait for the end of the process and return how its deed ended."""
        told, is_late = _read(self.answer, until=self.began + within)
        if is_late:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        seconds = time.monotonic() - self.began
        if is_late:
            return Outcome(self.deed, INFO, None, f"still at work after {within:.0f} s", seconds)
        try:
            kind, value, words = json.loads(told)
        except ValueError:
            kind, value, words = INFO, None, "killed"
        return Outcome(self.deed, kind, value, words, seconds)


def start(name: str, work: Callable[[], tuple[str, Any, str]], *, log: Path) -> Running:
    """This function will fork a process that does the work once `go()` is called."""
    answer_read, answer_write = os.pipe()
    mark_read, mark_write = os.pipe()
    guard = dies_with_us(signal.SIGKILL)
    pid = os.fork()
    if pid:
        os.close(answer_write)
        os.close(mark_read)
        return Running(name, pid, mark_write, answer_read)
    try:
        if guard:
            guard()
        os.close(mark_write)  # or the harness's end would not be noticed
        os.close(answer_read)
        with log.open("a") as out:
            os.dup2(out.fileno(), 2)
        if os.read(mark_read, 1):
            os.write(answer_write, json.dumps(work()).encode())
    finally:
        os._exit(0)


def _read(descriptor: int, *, until: float) -> tuple[bytes, bool]:
    """What the process wrote, and whether time ran out before it ended."""
    told = b""
    try:
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return told, True
            piece = os.read(descriptor, 65536)
            if not piece:
                return told, False
            told += piece
    finally:
        os.close(descriptor)

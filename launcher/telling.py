"""What the launcher says to the person at the terminal: steps with their times, headings, one-sentence
stops."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Stop(Exception):
    """The work cannot go on; the message is one clear sentence for a person, the code is the exit status."""

    def __init__(self, sentence: str, *, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


class Teller:
    """Prints `[  1.23s] name ... ok (0.4s)`; the clock starts when the teller is made."""

    def __init__(self, *, out: TextIO | None = None, quiet: bool = False) -> None:
        self._out = out or sys.stdout
        self._quiet = quiet
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self._started

    def say(self, text: str = "") -> None:
        if not self._quiet:
            print(text, file=self._out, flush=True)

    def heading(self, text: str) -> None:
        self.say(f"\n== {text} " + "=" * max(3, 76 - len(text)))

    def done(self, name: str, *, took: float | None = None, verdict: str = "ok") -> None:
        """Tell of a step that ran beside others, so that its line is written only when it ended."""
        tail = "" if took is None else f" ({took:.1f}s)"
        self.say(f"[{self.elapsed:6.2f}s] {name} ... {verdict}{tail}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell of a step while it runs. This function will print the verdict whatever the step raises."""
        began = time.monotonic()
        self._write(f"[{self.elapsed:6.2f}s] {name} ... ")
        try:
            yield
        except BaseException:
            self._write("FAILED\n")
            raise
        self._write(f"ok ({time.monotonic() - began:.1f}s)\n")

    def _write(self, text: str) -> None:
        if not self._quiet:
            self._out.write(text)
            self._out.flush()

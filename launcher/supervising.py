"""Child processes that never outlive us: started in their own group, watched, restarted where that is safe,
stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
GRACE = 6.0  # seconds between asking and killing; with the database's own, the whole stop stays below 10


def dies_with_us(how: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel sends `how` to the child when our process ends in any way, even by SIGKILL.

    The setting must be made after a change of user, which clears it; subprocess calls this last, so it holds.
    This function will return what to pass as `preexec_fn`.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # we died between fork and prctl: nobody is left to send the signal
            os._exit(1)

    return before_exec


@dataclass
class Child:
    """One long-running program and how to treat it."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    stop_with: signal.Signals = signal.SIGTERM
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=dies_with_us(self.stop_with),  # noqa: PLW1509 - called before any thread exists
            )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, how: signal.Signals, *, group: bool = False) -> None:
        if self.process is None or (self.process.poll() is not None and not group):
            return
        try:
            if group:
                os.killpg(self.process.pid, how)
            else:
                self.process.send_signal(how)
        except ProcessLookupError:
            return  # it ended between the look and the signal

    def tail(self, lines: int = 12) -> str:
        """This function will return the end of the child's log, which usually says why it ended."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


class ChildDied(Exception):
    """A child that must live has ended."""

    def __init__(self, child: Child) -> None:
        status = child.process.returncode if child.process else None
        super().__init__(f"{child.name} ended with status {status}; the end of {child.log}:\n{child.tail()}")
        self.child = child


class Supervisor:
    """The children of one running system."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def start(self, child: Child) -> Child:
        child.start()
        self.children.append(child)
        return child

    def check(self) -> list[str]:
        """Look at every child once. One that ended is started again while it may be; else `ChildDied` is
        raised.

        This function will return the names of those it started again.
        """
        again = []
        for child in self.children:
            if child.is_alive:
                continue
            if child.restarts <= 0:
                raise ChildDied(child)
            child.restarts -= 1
            child.signal(signal.SIGKILL, group=True)  # its own children must not work beside their successors
            child.start()
            again.append(child.name)
        return again

    def wait_until(self, is_ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        """This function will return once `is_ready()` holds, and raise when a child dies or time runs out."""
        until = time.monotonic() + seconds
        while not is_ready():
            self.check()
            if time.monotonic() > until:
                raise TimeoutError(f"{what} did not answer within {seconds:.0f} seconds")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask all at once, last started first; kill the groups of those that do not end within the grace.

        This function will leave no child, and no child of a child, behind.
        """
        for child in reversed(self.children):
            child.signal(child.stop_with)
        until = time.monotonic() + GRACE
        for child in reversed(self.children):
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.05, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.signal(signal.SIGKILL, group=True)
                child.process.wait()
            child.signal(signal.SIGKILL, group=True)
        self.children.clear()

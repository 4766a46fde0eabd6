"""Children are watched, started again where that is safe, and never outlive us."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher import supervising
from launcher.supervising import Child, ChildDied, Supervisor
from tests.launcher.conftest import ROOT

SLEEPS = "import os, time; print('up', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEPS}"
HAS_CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPS!r}])"


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor()
    yield made
    made.stop()


def _child(folder: Path, code: str, *, name: str = "part", restarts: int = 0) -> Child:
    return Child(
        name,
        [sys.executable, "-c", code],
        log=folder / f"{name}.log",
        environment={},
        folder=folder,
        restarts=restarts,
    )


def _until_up(supervisor: Supervisor, child: Child) -> int:
    """The pid the code itself tells once it runs."""
    supervisor.wait_until(lambda: child.tail().startswith("up "), what=child.name, seconds=20)
    return int(child.tail().split()[1])


def test_stopping_ends_children_and_their_children(tmp_path: Path, supervisor: Supervisor) -> None:
    child = supervisor.start(_child(tmp_path, HAS_CHILD))
    grandchild = os.pidfd_open(_until_up(supervisor, child))

    supervisor.stop()

    with os.fdopen(grandchild) as death:
        assert _readable_within(death.fileno(), seconds=10)


def test_a_stubborn_child_is_killed_after_the_grace(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "GRACE", 0.2)
    child = supervisor.start(_child(tmp_path, STUBBORN))
    _until_up(supervisor, child)
    began = time.monotonic()

    supervisor.stop()

    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 5


def test_a_dead_child_is_named_with_the_end_of_its_log(tmp_path: Path, supervisor: Supervisor) -> None:
    child = supervisor.start(_child(tmp_path, "print('the reason'); raise SystemExit(3)", name="web"))
    assert child.process is not None
    child.process.wait(20)

    with pytest.raises(ChildDied, match=r"(?s)web ended with status 3;.*the reason"):
        supervisor.check()


def test_a_worker_is_started_again_only_so_often(tmp_path: Path, supervisor: Supervisor) -> None:
    child = supervisor.start(_child(tmp_path, "raise SystemExit(1)", name="worker", restarts=2))
    for _ in range(2):
        assert child.process is not None
        child.process.wait(20)
        assert supervisor.check() == ["worker"]
    assert child.process is not None
    child.process.wait(20)

    with pytest.raises(ChildDied):
        supervisor.check()


def test_what_never_answers_is_given_up(tmp_path: Path, supervisor: Supervisor) -> None:
    with pytest.raises(TimeoutError, match="the first page did not answer"):
        supervisor.wait_until(lambda: False, what="the first page", seconds=0.1)


def test_children_die_when_we_are_killed(tmp_path: Path) -> None:
    """The child holds the writing end of a pipe; its end of file is the child's death."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from launcher.supervising import Child\n"
        f"folder = Path({str(tmp_path)!r})\n"
        f"command = [sys.executable, '-c', {SLEEPS!r}]\n"
        "child = Child('part', command, log=folder / 'part.log', environment={}, folder=folder)\n"
        "child.start()\n"
        "print(child.process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    watch = os.pidfd_open(pid)

    parent.kill()
    parent.wait(10)

    with os.fdopen(watch) as death:
        assert _readable_within(death.fileno(), seconds=10)
    parent.stdout.close()


def _readable_within(descriptor: int, *, seconds: float) -> bool:
    """A descriptor of a process becomes readable when the process ends."""
    return bool(select.select([descriptor], [], [], seconds)[0])

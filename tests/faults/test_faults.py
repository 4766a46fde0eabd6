"""The fault programme itself: quick cases hold, and three builds that look right are caught."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import forking

ROOT = Path(__file__).resolve().parents[2]
Programme = Callable[..., subprocess.CompletedProcess[str]]

QUICK = (
    "X02 refund killed when",
    "X03 commit of the fact",
    "X05 five clicks on one refund",
    "X08 no notice of a gift",
    "X10 every notice five times at once",
    "X11",
    "X12 refund in a drawn order 1",
    "X18 refund: stored 500",
    "X23 refund: done",
    "X24 refund: a code",
    "X39 two refunds of 60",
)


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """Runs the programme; all runs of these tests share one house, because building it takes longest."""
    state = tmp_path_factory.mktemp("faults") / "state"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "faults", "--state", str(state), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


@pytest.mark.slow
def test_the_quick_cases_hold(programme: Programme) -> None:
    done = programme("--seed", "7", "--only", *QUICK)

    assert done.stdout.splitlines()[-1] == f"{len(QUICK)} cases, {len(QUICK)} held, seed 7", done.stdout
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "case", "words"),
    [
        ("charge_first", "X02 refund killed when the processor has said yes", "2 refunds of"),
        ("key_only", "X23 refund: done, the answer lost", "2 refunds of"),
        ("no_attempt", "X18 refund: 500 before it was done, for ever", "0 refunds of"),
    ],
)
def test_a_wrong_build_is_caught(programme: Programme, build: str, case: str, words: str) -> None:
    done = programme("--build", build, "--seed", "7", "--only", case)

    assert done.returncode == 1, done.stdout
    assert f"BROKEN: {words}" in done.stdout
    assert "replay: python3 run.py faults --seed 7 --only" in done.stdout


def test_a_process_that_is_killed_leaves_its_deed_unknown(tmp_path: Path) -> None:
    import os
    import signal

    def die() -> tuple[str, object, str]:
        os.kill(os.getpid(), signal.SIGKILL)
        return "ok", None, ""

    running = forking.start("die", die, log=tmp_path / "log")
    running.go()

    assert running.finish().kind == "info"


def test_a_process_tells_how_its_deed_ended(tmp_path: Path) -> None:
    running = forking.start("add", lambda: ("ok", 1 + 1, ""), log=tmp_path / "log")
    running.go()

    outcome = running.finish()

    assert (outcome.kind, outcome.value) == ("ok", 2)

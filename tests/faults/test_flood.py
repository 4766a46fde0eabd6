"""A flood of card testers on the running system: what is promised whatever the machine can do in a second.

The bench measures how quickly (`run.py bench --only card_flood`); here the same flood runs for some seconds against a
database of its own with gunicorn as in production, and promises are counted instead of times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from donations import guarding
from launcher.stack import Stack

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 6


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Stack]:
    """Tables, demo and static files; the bench brings the servers."""
    stack = Stack(ROOT, tmp_path / "state", durable=False)
    stack.prepare()
    yield stack
    stack.stop()


@pytest.mark.slow
def test_T01_T02_a_flood_reaches_nobody_and_people_give(prepared: Stack) -> None:
    command = [sys.executable, "-m", "bench", "--only", "card_flood", "--seconds", str(SECONDS)]
    environment = {**os.environ, **prepared.environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    notes = json.loads(done.stdout.splitlines()[0])["notes"]
    assert notes["donors_written"] == 0
    # A flood that had to queue took longer than it lasted; it is let through by the same pace all the same.
    took = max(SECONDS, notes["flood"]["asked"] / notes["flood"]["rate"])
    assert notes["flood_begun"] <= guarding.limits().processor_per_second * (took + 1), notes
    assert notes["people"]["share_begun"] >= 0.99, notes["people"]
    assert set(notes["flood"]["statuses"]) <= {"303", "428", "429", "503"}
    assert notes["grown_megabytes"] < 1, notes["grown_bytes"]

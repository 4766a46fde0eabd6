"""Lanes: the programme side by side, each lane with a database, a sandbox and proxies of its own."""

import re
import subprocess
import sys
import threading
from pathlib import Path

from faults.standing import ROOT

SUMMARY = re.compile(r"^(\d+) cases, (\d+) held, seed (-?\d+)(?:, build (\w+))?$")


def summary(count: int, held: int, *, seed: int, build: str) -> str:
    """This function will return the last line of a run."""
    words = f"{count} cases, {held} held, seed {seed}"
    return words if build == "right" else f"{words}, build {build}"


def run(arguments: list[str], *, count: int, state: Path) -> int:
    """Run every lane's share at once, telling all as it comes, and one summary last.

    This function will return 0 when every case of every lane held, else the worst lane's status.
    """
    lanes = []
    for place in range(1, count + 1):
        own = ["--lanes", "1", "--lane", f"{place}/{count}", "--state", str(state / f"lane-{place}")]
        lanes.append(Lane([*arguments, *own]))
    for lane in lanes:
        lane.teller.join()
    statuses = [lane.process.wait() for lane in lanes]
    told = [SUMMARY.match(lane.last) for lane in lanes]
    if not all(told):
        return max([1, *statuses])
    found = [match.groups() for match in told if match]
    cases, held = sum(int(one[0]) for one in found), sum(int(one[1]) for one in found)
    print(summary(cases, held, seed=int(found[0][2]), build=found[0][3] or "right"), flush=True)
    return max(statuses)


class Lane:
    """One process of the programme, whose lines are passed on except its own summary."""

    def __init__(self, arguments: list[str]) -> None:
        self.last = ""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "faults", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.teller = threading.Thread(target=self._tell)
        self.teller.start()

    def _tell(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.last = line.rstrip("\n")
                if not SUMMARY.match(self.last):
                    print(self.last, flush=True)

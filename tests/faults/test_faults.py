"""The fault programme itself: fifty cases hold, a case replays, and three builds that look right are caught."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faults import cases, forking, lanes, wrong

ROOT = Path(__file__).resolve().parents[2]
Programme = Callable[..., subprocess.CompletedProcess[str]]

NUMBERS = {f"X{number:02}" for number in [*range(1, 29), *range(32, 37), 40, 41, 44, 46, 47, 50, 51]}
"""Every fault of payments and receipts. X39 is run as well."""
A_FEW, A_NIGHT = 50, 500


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All runs of these tests share one house for each lane, because building it takes longest."""
    return tmp_path_factory.mktemp("faults") / "state"


@pytest.fixture(scope="module")
def programme(state: Path) -> Programme:
    def run(*arguments: str, lane: str = "lane-1") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "faults", "--state", str(state / lane), *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


@pytest.mark.slow
def test_fifty_cases_hold(programme: Programme) -> None:
    done = programme("--seed", "7", "--cases", str(A_FEW), "--lanes", "2", lane="")

    assert done.stdout.splitlines()[-1] == f"{A_FEW} cases, {A_FEW} held, seed 7", done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\] (X\d\d) ", done.stdout)) >= NUMBERS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "case", "words"),
    [
        ("charge_first", "X02 refund killed when the processor has said yes", "2 refunds of"),
        ("key_only", "X23 refund: done, the answer lost, the key forgotten", "2 refunds of"),
        ("no_attempt", "X18 refund: 500 before it was done, for ever", "0 refunds of"),
    ],
)
def test_a_wrong_build_is_caught(programme: Programme, build: str, case: str, words: str) -> None:
    done = programme("--wrong", build, "--seed", "7")

    assert done.returncode == 1, done.stdout
    assert f"{case} ... BROKEN: {words}" in done.stdout
    assert f'replay: python3 run.py faults --seed 7 --only "{case}" --wrong {build}' in done.stdout
    assert re.fullmatch(rf"\d+ cases, \d+ held, seed 7, build {build}", done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_what_did_not_hold_leaves_its_history_and_replays(programme: Programme, state: Path) -> None:
    case = "X18 refund: 500 before it was done, for ever"
    asked = ("--wrong", "no_attempt", "--seed", "11", "--only", case)
    first = _operations(programme(*asked).stdout)
    histories = list((state / "lane-1" / "histories").glob("seed-11-no_attempt-*.jsonl"))

    assert len(histories) == 1
    steps = [json.loads(line) for line in histories[0].read_text().splitlines()]
    assert {"invoke", "ok"} <= {step["kind"] for step in steps} <= {
        "invoke", "ok", "fail", "info", "fault", "pay", "heal", "strike",
    }  # fmt: skip
    assert first
    assert _operations(programme(*asked).stdout) == first


def _operations(told: str) -> list[dict[str, Any]]:
    """What clients asked for, in order; what the machine makes of it (ids of the processor) is not asked for."""
    steps = [json.loads(line) for line in told.splitlines() if line.startswith("    {")]
    return [step for step in steps if step["kind"] == "invoke"]


def test_every_number_is_there_and_fifty_hold_each_once() -> None:
    known = cases.every()
    few = list(cases.picked(known, count=A_FEW, dice=random.Random(7)))

    assert {case.code for case in known} == NUMBERS | {"X39"}
    assert {case.code for case in few} == NUMBERS | {"X39"}
    assert len({case.title for case in known}) == len(known)
    assert len({case.title for case in few}) == len(few) == A_FEW


def test_a_night_has_every_case_and_draws_quick_ones_again() -> None:
    known = cases.every()
    night = list(cases.picked(known, count=A_NIGHT, dice=random.Random(7)))

    assert len({case.title for case in night}) == len(night) == A_NIGHT
    assert {case.title for case in night} >= {case.title for case in known}
    assert all(case.draw == 1 for case in night if case.is_slow)
    drawn = next(case for case in night if case.draw > 1)
    assert cases.named(known, beginnings=[drawn.title]) == [drawn]
    other = list(cases.picked(known, count=A_FEW, dice=random.Random(8)))
    assert {case.title for case in other} != {case.title for case in night[:A_FEW]}


def test_all_positions_and_all_orders_are_there() -> None:
    titles = {case.title for case in cases.every()}

    for after in range(0, 901, 30):
        for deed in ("begin", "refund", "settle"):
            assert f"X03 line cut after {after} bytes of the database's answers, {deed}" in titles
    for story in ("a plan that ended", "a refund and a dispute"):
        shares = [f"X12 {story}, orders {first} to {first + 23} of 120" for first in range(1, 121, 24)]
        assert set(shares) <= titles


@pytest.mark.parametrize(
    "changed",
    [
        {"INSECURE_LOCAL": False},
        {"STRIPE_API_BASE": ""},
        {"STRIPE_API_KEY": "sk_live_abcdefgh"},
    ],
)
def test_a_wrong_build_is_refused_where_money_could_move(settings: Any, changed: dict[str, object]) -> None:
    sound = {
        "INSECURE_LOCAL": True,
        "STRIPE_API_BASE": "http://127.0.0.1:9",
        "STRIPE_API_KEY": "sk_test_sandbox",
    }
    for name, value in {**sound, **changed}.items():
        setattr(settings, name, value)

    for name in ("charge_first", "key_only", "no_attempt"):
        with pytest.raises(wrong.NotHere):
            wrong.build(name)
    assert wrong.build("right") is wrong.BUILDS["right"]


def test_the_summary_of_lanes_is_read_as_it_is_written() -> None:
    for build in ("right", "key_only"):
        found = lanes.SUMMARY.match(lanes.summary(50, 49, seed=-3, build=build))
        assert found
        assert found.groups() == ("50", "49", "-3", None if build == "right" else build)


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

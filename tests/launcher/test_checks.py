"""The closing line comes last, and a missing browser is never passed over in silence."""

import sys
from pathlib import Path

import pytest

from launcher import checks, once, relaying, visiting
from launcher.stack import Stack
from launcher.telling import Teller

TWO_AT_ONCE = ["/python", "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def _pytest(*, quick: bool = False, chromium: str = "/usr/bin/chromium", **environment: str) -> list[str]:
    made = checks._Pytest(
        root=Path("/somewhere"),
        python=Path("/python"),
        quick=quick,
        arguments=["-k", "gift"],
        environment={"CHROMIUM": chromium, **environment},
    )
    return made.command()


def test_everything_runs_measured_when_there_is_a_browser() -> None:
    assert _pytest() == [*TWO_AT_ONCE, "--cov", "--cov-report=", "-k", "gift"]


def test_quick_leaves_out_what_is_slow() -> None:
    assert _pytest(quick=True) == [*TWO_AT_ONCE, "-m", checks.QUICK, "-k", "gift"]


def test_without_a_browser_journeys_are_left_out_but_never_under_ci() -> None:
    assert "not journey" in _pytest(chromium="")
    assert "not journey" not in _pytest(chromium="", CI="true")


def test_the_closing_line_is_held_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print('one\\n'); print('two', file=sys.stderr); print('closing\\n'); sys.exit(5)"

    status, closing = relaying.run([sys.executable, "-c", code], folder=tmp_path, environment={})

    assert (status, closing) == (5, "closing\n")
    said = capsys.readouterr().out
    assert "one" in said
    assert "two" in said
    assert "closing" not in said


def test_a_walk_goes_on_after_a_failed_step_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = Stack(tmp_path, tmp_path / "state", database_url="postgresql://nobody@/nothing")
    walked: list[str] = []

    def fails(walk: once.Walk) -> None:
        walked.append("first")
        raise visiting.StepFailed("the page answered 404")

    steps: tuple[once.Step, ...] = (("first", fails), ("second", lambda walk: walked.append("second")))

    assert once.run(stack=stack, tell=Teller(), steps=steps) == 1
    assert walked == ["first", "second"]
    assert "the page answered 404" in capsys.readouterr().out
    assert once.run(stack=stack, tell=Teller(), steps=steps[1:]) == 0

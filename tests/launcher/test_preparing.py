"""What must be true before the first page runs when due, at the same time, and complains in one sentence."""

import sys
from pathlib import Path

import pytest

from launcher import preparing
from launcher.preparing import Step
from launcher.states import State
from launcher.telling import Stop, Teller

CHECK_OUTPUT = """\
SystemCheckError: System check identified some issues:

ERRORS:
?: (almoner.E002) A live Stripe key would be sent to a sandbox address.
\tHINT: Unset STRIPE_API_BASE or use a test key.
?: (almoner.E007) INSECURE_LOCAL is on with a live Stripe key.
\tHINT: Unset INSECURE_LOCAL.

System check identified 2 issues (0 silenced).
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.claim()
    return made


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (
            CHECK_OUTPUT,
            "(almoner.E002) A live Stripe key would be sent to a sandbox address. HINT: Unset "
            "STRIPE_API_BASE or use a test key.",
        ),
        (
            "Traceback ...\ndjango.core.exceptions.ImproperlyConfigured: DEBUG must be 0 or 1, not 'x'.\n",
            "DEBUG must be 0 or 1, not 'x'.",
        ),
        ("CommandError: no such campaign\n\n", "no such campaign"),
        ("", "it said nothing"),
    ],
)
def test_a_failed_command_is_told_in_one_sentence(output: str, told: str) -> None:
    assert preparing.complaint(output) == told


def _step(name: str, *codes: str, fingerprint: str = "1") -> Step:
    return Step(name, [[sys.executable, "-c", code] for code in codes], {}, fingerprint)


def test_commands_of_a_step_follow_each_other_and_steps_run_beside(tmp_path: Path, state: State) -> None:
    """The two steps wait for each other's file, so they only end when they run at the same time."""
    wait = "import time, pathlib\nwhile not pathlib.Path({!r}).exists(): time.sleep(0.01)"
    touch = "import pathlib; pathlib.Path({!r}).touch()"
    a, b = str(tmp_path / "a"), str(tmp_path / "b")
    steps = [
        _step("first", touch.format(a), wait.format(b)),
        _step("second", touch.format(b), wait.format(a)),
    ]
    calls: list[int] = []

    preparing.run_beside(
        steps, root=tmp_path, state=state, tell=Teller(quiet=True), meanwhile=lambda: calls.append(1)
    )

    assert calls
    assert preparing.due(steps, state=state) == []
    assert preparing.due([_step("first", "", fingerprint="2")], state=state)


def test_a_failed_step_stops_the_others_and_is_due_again(tmp_path: Path, state: State) -> None:
    steps = [
        _step("tables", "raise SystemExit('relation is locked')", "raise AssertionError('not reached')"),
        _step("long", "import time; time.sleep(600)"),
    ]

    with pytest.raises(Stop, match="tables: relation is locked") as stopped:
        preparing.run_beside(
            steps, root=tmp_path, state=state, tell=Teller(quiet=True), meanwhile=lambda: None
        )

    assert stopped.value.code == 2
    assert [step.name for step in preparing.due(steps, state=state)] == ["tables", "long"]


def test_migrating_checks_the_settings_too(state: State) -> None:
    steps = [_step("tables", ""), _step("checks", "")]

    assert [step.name for step in preparing.due(steps, state=state)] == ["tables"]
    state.mark_done("tables", "1")
    assert [
        step.name for step in preparing.due([steps[0], _step("checks", "", fingerprint="2")], state=state)
    ] == ["checks"]


def test_a_missing_compiled_catalog_changes_the_fingerprint(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "Give"\nmsgstr "드림"\n')
    missing = preparing.messages_fingerprint(tmp_path)
    (folder / "django.mo").write_bytes(b"compiled")

    assert preparing.messages_fingerprint(tmp_path) != missing

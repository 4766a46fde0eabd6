"""Bad starts end at once, with one clear sentence and exit status 2, before anything is changed."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.states import MARKER
from tests.launcher.conftest import ROOT, Run


def _sentence(done: "subprocess.CompletedProcess[str]") -> str:
    """What a person reads last; more than one line of it, or a traceback, is not a sentence."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, lines
    return lines[0]


def test_an_older_python_is_told_which_is_needed() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path('run.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert _sentence(done).startswith("Almoner needs Python 3.11 or newer, and this is 3.9;")


def test_a_missing_venv_module_is_answered_with_the_command(
    tmp_path: Path, bare_checkout: Path, run: Run
) -> None:
    (tmp_path / "ensurepip.py").write_text("raise ImportError('as on a Debian without python3-venv')")
    done = run(bare_checkout, "demo", "--port", "0", PYTHONPATH=str(tmp_path))

    assert "apt-get install -y python3" in _sentence(done)
    assert not (bare_checkout / ".venv").exists()


def test_a_taken_port_is_told_before_anything_is_installed(bare_checkout: Path, run: Run) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = run(bare_checkout, "demo", "--port", str(port))

    assert _sentence(done).startswith(f"Port {port} is taken by another program")
    assert not (bare_checkout / ".venv").exists()


@pytest.mark.slow
def test_no_registry_is_told_without_a_wall_of_text(bare_checkout: Path, run: Run) -> None:
    done = run(
        bare_checkout,
        "demo",
        "--port",
        "0",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="",
        PIP_CONFIG_FILE="/dev/null",
        PIP_NO_CACHE_DIR="1",
        PIP_RETRIES="0",
    )
    assert "no package registry answers" in _sentence(done)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (("thesis.txt", "years of work"), "was not made by run.py"),
        ((MARKER, "{"), "is damaged"),
        ((MARKER, json.dumps({"almoner_state": 2})), "is damaged"),
    ],
)
def test_a_wrong_state_directory_is_refused_even_with_reset(
    tmp_path: Path, bare_checkout: Path, run: Run, found: tuple[str, str], told: str
) -> None:
    name, content = found
    state = tmp_path / "state"
    state.mkdir()
    (state / name).write_text(content)
    done = run(bare_checkout, "demo", "--port", "0", "--reset", "--state", str(state))

    assert told in _sentence(done)
    assert (state / name).read_text() == content


def test_a_state_directory_that_cannot_be_made_is_told(bare_checkout: Path, run: Run) -> None:
    done = run(bare_checkout, "demo", "--port", "0", "--state", "/proc/almoner")

    assert "cannot be written" in _sentence(done)


def test_manage_without_a_command_says_what_to_say(bare_checkout: Path, run: Run) -> None:
    assert "Say which management command to run" in _sentence(run(bare_checkout, "manage"))

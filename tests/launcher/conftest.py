"""What the launcher's tests share: a bare checkout, and a place the database's user can reach."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def python() -> Path:
    """The interpreter whose environment holds the packages: the one that runs the tests."""
    return Path(sys.executable)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder with a space in its name that `nobody` may pass through; pytest's own is closed for root's."""
    folder = Path(tempfile.mkdtemp(prefix="almoner test "))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """The front door and its hall, as they lie in a fresh clone, in a path with a space."""
    place = tmp_path / "fresh clone"
    place.mkdir()
    shutil.copy(ROOT / "run.py", place)
    for name in ("launcher", "requirements"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    return place


@pytest.fixture
def run() -> Run:
    """Start the front door of a checkout as a person would and return what came of it."""

    def start(checkout: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        # The interpreter below the virtual environment, as a fresh machine has no other.
        base = Path(sys.base_prefix) / "bin" / "python3"
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CI")}
        return subprocess.run(
            [base, "run.py", *arguments],
            cwd=checkout,
            env=kept | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return start

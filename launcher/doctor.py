"""`run.py doctor`: what this machine has, what it lacks and how to get it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher import bootstrapping, browsers, finding
from launcher.stack import USUAL, is_free
from launcher.telling import Teller


@dataclass(frozen=True)
class Need:
    """One thing the two commands rest on."""

    name: str
    found: str  # empty: missing
    cure: str
    is_needed_for: str = "demo and test"


def run(*, root: Path, tell: Teller) -> int:
    """This function will print every need and return 0 when the demo could start, else 1."""
    can_start = True
    for need in needs(root):
        verdict = "ok     " if need.found else "missing"
        tell.say(f"  {verdict}  {need.name:<22} {need.found or need.cure}")
        if not need.found and need.is_needed_for == "demo and test":
            can_start = False
    tell.say()
    tell.say("Ready: python3 run.py demo" if can_start else "Not ready: see what is missing above.")
    return 0 if can_start else 1


def needs(root: Path) -> Iterator[Need]:
    """This function will look at each need in the order in which it is met."""
    yield Need("Python 3.11 or newer", sys.version.split()[0], "")
    missing = bootstrapping.missing_venv_sentence()
    yield Need("Python's venv module", "" if missing else "there", missing)
    writable = os.access(root, os.W_OK)
    yield Need(
        "a writable checkout", str(root) if writable else "", f"give yourself the right to write in {root}"
    )
    free = shutil.disk_usage(root).free // 2**20
    yield Need("1 GB of free disk", f"{free} MB" if free > 1000 else "", f"only {free} MB free; make room")
    python = root / ".venv" / "bin" / "python"
    yield _packages(root)
    yield _database(python)
    port = USUAL.web
    yield Need(f"port {port}", "free" if is_free(port) else "", "taken: use --port N", "the usual address")
    browser = browsers.chromium()
    yield Need("Chromium", browser, browsers.HOW_TO_GET, "browser journeys of test")
    fonts = Path("/usr/share/fonts/opentype/noto").glob("*CJK*")
    yield Need(
        "Korean fonts",
        "there" if any(fonts) else "",
        "apt-get install -y fonts-noto-cjk",
        "browser journeys of test",
    )


def _packages(root: Path) -> Need:
    stamp = root / ".venv" / bootstrapping.STAMP
    told = "installed" if stamp.exists() else "not yet; the first start installs them from a package registry"
    return Need("packages", told, "")


def _database(python: Path) -> Need:
    if os.environ.get("DATABASE_URL"):
        return Need("PostgreSQL", "DATABASE_URL is set and will be used", "")
    found = finding.in_wheel(python=python) or finding.in_system()
    if found:
        return Need("PostgreSQL", f"{found.version} ({found.source}: {found.folder})", "")
    if not python.exists():
        return Need("PostgreSQL", "comes with the packages", "")
    return Need("PostgreSQL", "", "apt-get install -y postgresql")

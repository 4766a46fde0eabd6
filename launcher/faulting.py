"""`run.py faults ...`: the fault programme on its own database, sandbox and proxies."""

import subprocess
from pathlib import Path

from launcher import bootstrapping
from launcher.telling import Teller


def run(*, root: Path, arguments: list[str], tell: Teller) -> int:
    """The programme starts what it needs by itself, because it also shoots it.

    This function will return the exit status of `python -m faults`.
    """
    python = bootstrapping.ensure(root=root, lock="dev", tell=tell)
    return subprocess.run([python, "-m", "faults", *arguments], cwd=root, check=False).returncode

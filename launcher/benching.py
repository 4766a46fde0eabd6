"""`run.py bench ...`: the whole system on free ports with its own data, and the measurements against it."""

import os
import subprocess
from pathlib import Path

from launcher import bootstrapping
from launcher.stack import Stack
from launcher.telling import Teller


def run(*, root: Path, arguments: list[str], tell: Teller) -> int:
    """The bench reads BASE_URL, DATABASE_URL, STRIPE_API_BASE, MAILBOX_URL and STATE_DIR from its
    environment.

    This function will return the exit status of `python -m bench`.
    """
    python = bootstrapping.ensure(root=root, lock="dev", tell=tell)
    if arguments in (["--help"], ["-h"]):  # nothing has to run to explain itself
        return subprocess.run([python, "-m", "bench", *arguments], cwd=root, check=False).returncode
    stack = Stack(
        root,
        root / "var" / "bench",
        python=python,
        database_url=os.environ.get("DATABASE_URL") or None,
        migration_database_url=os.environ.get("MIGRATION_DATABASE_URL") or None,
        tell=tell,
    )
    try:
        stack.start()
        environment = stack.environment | {"MAILBOX_URL": stack.mailbox_url}
        command = [str(python), "-m", "bench", *arguments]
        return subprocess.run(command, cwd=root, env=environment, check=False).returncode
    finally:
        stack.stop()

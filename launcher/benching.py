"""`run.py bench ...`: a database of its own with tables and demo data, and the measurements against it.

The bench brings its own servers: a worker or a sandbox beside it would settle what it is about to measure.
"""

import os
import subprocess
from pathlib import Path

from launcher import bootstrapping
from launcher.postgres import SUPERUSER
from launcher.stack import Stack
from launcher.telling import Teller

WITH_PEERS = ("receipts_signed_vs_weasyprint", "receipts_signed_vs_typst")
"""Measures against other people's engines: what these need is installed when one of them runs."""


def run(*, root: Path, arguments: list[str], tell: Teller) -> int:
    """The bench reads the product's environment, and BENCH_DATABASE_URL as who may fill tables quickly.

    This function will return the exit status of `python -m bench`.
    """
    python = bootstrapping.ensure(root=root, lock="dev", tell=tell)
    if any(asked in ("--help", "-h") for asked in arguments):  # nothing has to run to explain itself
        return subprocess.run([python, "-m", "bench", *arguments], cwd=root, check=False).returncode
    if "--only" not in arguments or any(name in arguments for name in WITH_PEERS):
        bootstrapping.add(root=root, lock="bench", python=python, tell=tell)
    stack = Stack(
        root,
        root / "var" / "bench",
        python=python,
        database_url=os.environ.get("DATABASE_URL") or None,
        migration_database_url=os.environ.get("MIGRATION_DATABASE_URL") or None,
        tell=tell,
    )
    try:
        stack.prepare()
        filler = {} if stack.postgres is None else {"BENCH_DATABASE_URL": stack.postgres.url(SUPERUSER)}
        command = [str(python), "-m", "bench", *arguments]
        return subprocess.run(command, cwd=root, env=stack.environment | filler, check=False).returncode
    finally:
        stack.stop()

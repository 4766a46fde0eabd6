"""`run.py manage ...`: Django's own command line, against the data of the demo."""

import os
import subprocess
from pathlib import Path

from launcher import bootstrapping
from launcher.stack import Stack
from launcher.telling import Stop, Teller


def run(*, root: Path, state: Path | None, arguments: list[str], tell: Teller) -> int:
    """Use the running demo's database, or start the database for this one command.

    This function will return the command's own exit status.
    """
    if not arguments:
        raise Stop("Say which management command to run, for example: python3 run.py manage selfcheck")
    python = bootstrapping.ensure(root=root, lock="app", tell=tell)
    stack = Stack(
        root,
        state or root / "var" / "demo",
        python=python,
        database_url=os.environ.get("DATABASE_URL") or None,
        migration_database_url=os.environ.get("MIGRATION_DATABASE_URL") or None,
        tell=Teller(quiet=True),
    )
    if stack.state.is_claimed_elsewhere():
        stack.connect_elsewhere()
        return _manage(stack, arguments)
    try:
        stack.start_database()
        return _manage(stack, arguments)
    finally:
        stack.stop()


def _manage(stack: Stack, arguments: list[str]) -> int:
    """The terminal is handed over: `manage shell` and `manage createsuperuser` talk to the person."""
    command = [str(stack.python), "manage.py", *arguments]
    process = subprocess.Popen(command, cwd=stack.root, env=stack.environment)
    try:
        return process.wait()
    except KeyboardInterrupt:  # the terminal sent it to the command as well: let it end in its own way
        process.terminate()
        return process.wait()

"""`run.py verify FILE`: whether a receipt is whole and ours, without a database and without a network."""

import subprocess
from pathlib import Path

from launcher import bootstrapping
from launcher.telling import Stop, Teller


def run(*, root: Path, file: Path, keys: Path | None, voids: Path | None, tell: Teller) -> int:
    """Without `keys` those of the demo are used. This function will return 0 valid, 1 not, 2 unreadable."""
    python = bootstrapping.ensure(root=root, lock="app", tell=tell)
    keys = keys or root / "var" / "demo" / "receipt-keys" / "receipt-keys.json"
    if not keys.exists():
        raise Stop(
            f"There are no public keys at {keys}.\n"
            "Save /.well-known/receipt-keys.json of the site that issued the receipt, and name it with --keys."
        )
    # The question is asked from elsewhere: paths are told whole.
    command = [str(python), "-m", "receipts.verifying", str(file.absolute()), "--keys", str(keys.absolute())]
    if voids:
        command += ["--voids", str(voids.absolute())]
    return subprocess.run(command, cwd=root, check=False).returncode

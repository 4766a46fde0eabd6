"""Keeping files: what was brought to be read and what was made to be taken lies for a day, readable by nobody else."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

KEPT_FOR = timedelta(hours=24)


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """This function will give a file to write into, make it the owner's alone, and see that it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def purge(*, folder: Path, now: datetime) -> int:
    """This function will delete what lay in a folder for a day, by its own age, and return how much."""
    removed = 0
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        if path.stat().st_mtime > (now - KEPT_FOR).timestamp():
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed

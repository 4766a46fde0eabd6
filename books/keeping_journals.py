"""Keeping the files of journals for a day. They are copies: what is not here is made again from the books.

They lie beside the other exports, readable by nobody else, and appear under their name only when whole.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.core.files.storage import default_storage

from books import keeping_files
from books.journals.packing import Packed

_FOLDER = "journals"


@contextmanager
def draft(export_id: UUID) -> Iterator[Path]:
    """This function will give an empty folder for files that are being written and take it away in the end."""
    folder = _path(export_id).with_name(f"{export_id}.{uuid4().hex[:8]}.part")
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def keep(*, export_id: UUID, packed: Packed) -> Path:
    """This function will move a whole file to where it is kept, and return its path."""
    with packed.path.open("rb") as file:
        os.fsync(file.fileno())
    return packed.path.replace(_path(export_id))


def kept(*, export_id: UUID) -> Path | None:
    """This function will return the copy of an export if there is one."""
    path = _path(export_id)
    return path if path.exists() else None


def purge(*, now: datetime) -> int:
    """This function will delete copies and drafts that are older than a day, and return how many."""
    return keeping_files.purge(folder=_path(UUID(int=0)).parent, now=now)


def _path(export_id: UUID) -> Path:
    # Whole files appear by renaming, which the storage must be a file system for.
    return Path(default_storage.path(f"{_FOLDER}/{export_id}"))

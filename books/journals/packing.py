"""Packing: the files of a hand-over as one, written to disk piece by piece and hashed.

Several files become a ZIP whose bytes depend on nothing but theirs: in order of their names, without the hour, and
stored as they are, because compressors of different machines and years pack alike only by chance.
"""

import hashlib
import os
import shutil
import zipfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_MOMENT = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1_048_576
_OPEN = 32


@dataclass(frozen=True, slots=True)
class Packed:
    path: Path
    suffix: str
    sha256: str
    size: int
    files: int


def packed(chunks: Iterable[tuple[str, bytes, int]], *, folder: Path) -> Packed:
    """Write the chunks of `filling.filled` below an empty `folder` that is the caller's to remove.

    This function will return the one file that is to be handed over.
    """
    names = _written(chunks, folder)
    if len(names) == 1:
        return _told(folder / names[0], files=1)
    target = folder / "packed.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(names):
            about = zipfile.ZipInfo(name, _MOMENT)
            about.create_system, about.external_attr = 3, 0o100600 << 16
            about.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(about, "w") as part:
                shutil.copyfileobj(source, part, _BLOCK)
            (folder / name).unlink()
    return _told(target, files=len(names))


def _written(chunks: Iterable[tuple[str, bytes, int]], folder: Path) -> list[str]:
    names: dict[str, None] = {}
    at_hand: dict[str, BinaryIO] = {}
    with ExitStack() as closing:
        for name, content, _ in chunks:
            if name not in at_hand:
                if len(at_hand) >= _OPEN:
                    closing.pop_all().close()
                    at_hand.clear()
                at_hand[name] = closing.enter_context(_opened(folder / name))
                names[name] = None
            at_hand[name].write(content)
    return list(names)


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _told(path: Path, *, files: int) -> Packed:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Packed(path, path.suffix.removeprefix("."), digest, path.stat().st_size, files)

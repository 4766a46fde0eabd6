"""Disks: small ones that can be full. A real one needs the right to mount; without it the case says how it imitates."""

import contextlib
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from launcher.postgres import Postgres

PIECE = 65536
SHORT_FILE = 1 << 20


class NoRight(Exception):
    """Nothing can be mounted here."""


class Disk:
    """A small file system; `fill` leaves no byte on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self) -> None:
        """This function will fill the disk to its last byte."""
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while file.write(b"\0" * PIECE):
                pass
        with contextlib.suppress(OSError), self.ballast.open("ab", buffering=0) as file:
            while file.write(b"\0"):
                pass

    def relieve(self) -> None:
        """This function will give the space back."""
        self.ballast.unlink(missing_ok=True)


@contextlib.contextmanager
def mounted(*, size: int, owner: os.stat_result) -> Iterator[Disk]:
    """Raises NoRight. This function will yield a disk of so many bytes that belongs to the server's user."""
    folder = Path(tempfile.mkdtemp(prefix="almoner-disk-"))
    options = f"size={size},uid={owner.st_uid},gid={owner.st_gid},mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        folder.rmdir()
        raise NoRight(str(error)) from error
    if done.returncode:
        folder.rmdir()
        raise NoRight(done.stderr.strip())
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextlib.contextmanager
def journal_on_small_disk(postgres: Postgres, *, room: int) -> Iterator[Disk]:
    """Raises NoRight. This function will yield the small disk on which the server keeps its journal."""
    home = postgres.data / "pg_wal"
    used = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    with mounted(size=used + room, owner=postgres.data.stat()) as disk:
        postgres.stop()
        _move(home, disk.folder / "pg_wal")
        home.symlink_to(disk.folder / "pg_wal")
        try:
            postgres.start()
            yield disk
        finally:
            disk.relieve()
            postgres.stop()
            home.unlink()
            _move(disk.folder / "pg_wal", home)
            postgres.start()


@contextlib.contextmanager
def short_files(postgres: Postgres) -> Iterator[None]:
    """The imitation: no process of the server may write a file beyond its first mebibyte."""
    usual = resource.prlimit(postgres.pid, resource.RLIMIT_FSIZE)
    children = Path(f"/proc/{postgres.pid}/task/{postgres.pid}/children").read_text().split()
    for pid in [postgres.pid, *map(int, children)]:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (SHORT_FILE, usual[1]))
    try:
        yield
    finally:
        postgres.stop()
        postgres.start()


def _move(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--archive", str(source), str(target)], check=True)
    shutil.rmtree(source)

"""Marking: which numbers may stand on paper somewhere, written down outside the database before any paper leaves.

A backup that is put back knows nothing of the receipts issued after it was made, and would give their numbers again.
So each series of numbers (an entity's tax year) has a file in the folder RECEIPT_MARKS, which must lie on another
disk than the database: one line for each paper, only ever added, on the disk before the paper is kept, mailed or
printed. Numbers are given only while no line is ahead of the database (`issuing`); `restoring` says what to do then.

A line is `number, hash of the chain there, mark of the paper's seal or -, highest number so far`, so that the last
line alone tells how far the series has come. A line cut short by a crash is no line: its paper never left.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from django.conf import settings

SUFFIX = ".marks"
_LINE = re.compile(rb"^(\d+) ([0-9a-f]{64}) ([A-Z2-7]{32}|-) (\d+)$")
_NAME = re.compile(r"^(.+)-(\d{4})\.marks$")
_TAIL = 4096


class MarksUnusable(Exception):
    """The folder of marks cannot be read or written: no number is given and no paper leaves until it can."""


class NumbersLost(Exception):
    """A series has come further on paper than the database knows: `manage.py restore_numbers` first."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paper: its number, the hash its chain ended in, and the mark of its seal (see `publishing.mark`)."""

    number: int
    hash: str
    seal_mark: str = ""


def folder() -> Path:
    return Path(settings.RECEIPT_MARKS)


def place(*, entity_code: str, tax_year: int) -> Path:
    """This function will return the file of a series."""
    return folder() / f"{quote(entity_code, safe='')}-{tax_year}{SUFFIX}"


def highest(*, entity_code: str, tax_year: int) -> int:
    """This function will return the highest number that may stand on paper, 0 for none. Raises MarksUnusable."""
    with _usable():
        try:
            descriptor = os.open(place(entity_code=entity_code, tax_year=tax_year), os.O_RDONLY)
        except FileNotFoundError:
            return 0
        try:
            return _highest_in(descriptor)
        finally:
            os.close(descriptor)


def demand_reconciled(*, entity_code: str, tax_year: int, last_number: int) -> None:
    """Ask this while the series' row is locked, before a number after `last_number` is given.

    This function will return nothing. Raises NumbersLost when papers bear later numbers, or MarksUnusable.
    """
    reached = highest(entity_code=entity_code, tax_year=tax_year)
    if reached > last_number:
        raise NumbersLost(
            f"{entity_code} {tax_year}: number {reached} is on paper, the database ends at {last_number}"
        )


def set_marks(*, entity_code: str, tax_year: int, lines: Iterable[Line]) -> int:
    """Write down papers that are about to leave; what stands there already is not written twice.

    All of them reach the disk with one flush. This function will return the highest number of the series.
    Raises MarksUnusable: then the papers must not leave.
    """
    with _usable():
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        path = place(entity_code=entity_code, tax_year=tax_year)
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            reached = _highest_in(descriptor)
            text = _ending(descriptor)
            for line in lines:
                reached = max(reached, line.number)
                text += f"{line.number} {line.hash} {line.seal_mark or '-'} {reached}\n".encode()
            _write_all(descriptor, text)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _flush_folder()
    return reached


def after(*, entity_code: str, tax_year: int, number: int) -> list[Line]:
    """This function will return the papers of a series with later numbers, each once, in order."""
    with _usable():
        path = place(entity_code=entity_code, tax_year=tax_year)
        found: dict[int, Line] = {}
        if path.exists():
            with path.open("rb") as file:
                for line in _lines(file.read()):
                    if line.number > number:
                        # A paper drawn twice (the first try was cut off) has the same seal twice.
                        found.setdefault(line.number, line)
    return [found[key] for key in sorted(found)]


def series() -> list[tuple[str, int]]:
    """This function will return entity code and tax year of every series with marks."""
    with _usable():
        try:
            names = sorted(path.name for path in folder().iterdir())
        except FileNotFoundError:
            names = []
    found = [_NAME.match(name) for name in names]
    return [(unquote(name[1]), int(name[2])) for name in found if name]


def _lines(text: bytes) -> Iterator[Line]:
    for raw in text.split(b"\n")[:-1]:  # what follows the last end of a line was cut short
        parts = _LINE.match(raw)
        if parts:
            mark = parts[3].decode()
            yield Line(int(parts[1]), parts[2].decode(), "" if mark == "-" else mark)


def _highest_in(descriptor: int) -> int:
    """Of the last whole line: the tail of the file is enough, however long the year was."""
    size = os.fstat(descriptor).st_size
    tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
    found = [_LINE.match(raw) for raw in tail.split(b"\n")[:-1]]
    return max((int(parts[4]) for parts in found if parts), default=0)


def _ending(descriptor: int) -> bytes:
    """What ends a line that a crash cut short, so that the next one stands by itself."""
    size = os.fstat(descriptor).st_size
    return b"" if size == 0 or os.pread(descriptor, 1, size - 1) == b"\n" else b"\n"


def _write_all(descriptor: int, text: bytes) -> None:
    """A full disk takes a part and refuses the rest: the part is ended as a line by whoever writes next."""
    while text:
        text = text[os.write(descriptor, text) :]


def _flush_folder() -> None:
    """A file's name is on the disk only when its folder is."""
    descriptor = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MarksUnusable(f"the marks of receipt numbers: {error}") from error

"""A program of its own: it reads the second half of a long list out of a snapshot that is handed to it.

Started by `sharing`. Its argument is the number of an open file, which it fills; its input is one line (`Asked`), and
its output a line for each block that stands in the file (`Told`). When its input ends, nobody wants the rest.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Event, Thread
from time import sleep
from typing import IO, Any

import psycopg
from psycopg import sql

from reports.files import copying, filling_rows
from reports.files.zipping import Pressed
from reports.kinds import Kind

ALONE = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL enable_nestloop = off"
"""For a statement that reads half of everything: its helper is the other half, and a look for each row is dear."""

AGAIN = 0.5
"""Seconds between two requests to stop."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where to read (connection parameters as JSON), the snapshot, the clock of its moments, and the COPY to ask.

    `kinds`: those of its columns where rows of a sheet are wanted, pressed; else the rows stay as they come.
    """

    where: str
    snapshot: str
    zone: str
    copy: str
    kinds: tuple[Kind, ...] | None

    def line(self) -> bytes:
        """This function will return it in one line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "Asked":
        told = json.loads(line)
        kinds = told.pop("kinds")
        return cls(**told, kinds=None if kinds is None else tuple(map(Kind, kinds)))


@dataclass(frozen=True, slots=True)
class Told:
    """A block that stands in the file: its bytes, its rows, and of pressed ones what they were before."""

    size: int
    rows: int
    plain: int
    crc: int

    def line(self) -> bytes:
        """This function will return it in one line."""
        return b"%d %d %d %d\n" % (self.size, self.rows, self.plain, self.crc)

    @classmethod
    def read(cls, line: bytes) -> "Told":
        return cls(*map(int, line.split()))


def main(kept: IO[bytes], listening: IO[bytes], telling: IO[bytes]) -> None:
    """Raises psycopg.Error for what the database refuses, QueryCanceled among them when nobody wants the rest."""
    asked = Asked.read(listening.readline())
    with psycopg.connect(**json.loads(asked.where)) as raw:
        raw.isolation_level, raw.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        raw.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(asked.snapshot))
        raw.execute("SELECT set_config('TimeZone', %s, true)", [asked.zone])
        raw.execute(ALONE)
        is_over = Event()
        Thread(target=_end, args=(listening, raw, is_over), daemon=True).start()
        write(raw, asked, kept=kept, telling=telling, is_over=is_over)


def write(
    raw: psycopg.Connection[Any], asked: Asked, *, kept: IO[bytes], telling: IO[bytes], is_over: Event
) -> None:
    """This function will write and tell block by block what was asked, until there is no more or it is over."""
    for content, rows in _made(copying.read(raw, asked=asked.copy), asked.kinds):
        if is_over.is_set():
            break
        if isinstance(content, Pressed):
            told = Told(len(content.content), rows, content.plain, content.crc)
            kept.write(content.content)
        else:
            told = Told(len(content), rows, 0, 0)
            kept.write(content)
        kept.flush()
        telling.write(told.line())
        telling.flush()


def _made(
    blocks: Iterable[copying.Block], kinds: Sequence[Kind] | None
) -> Iterator[tuple[bytes | Pressed, int]]:
    if kinds is None:
        yield from ((block.content, block.rows) for block in blocks)
        return
    for filled in filling_rows.fill(kinds=kinds, blocks=blocks):
        yield filled.pressed(), filled.rows


def _end(listening: IO[bytes], raw: psycopg.Connection[Any], is_over: Event) -> None:
    """A statement that has not begun cannot be canceled, so it is asked again until the connection has ended."""
    listening.read()
    is_over.set()
    with suppress(psycopg.Error):  # it ended meanwhile
        while not raw.closed:
            raw.cancel_safe()
            sleep(AGAIN)


if __name__ == "__main__":
    # What is asked comes without a buffer, whose lock the waiting thread would hold at the end.
    with os.fdopen(int(sys.argv[1]), "wb") as file, os.fdopen(0, "rb", 0) as asking:
        main(file, asking, sys.stdout.buffer)

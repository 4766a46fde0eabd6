"""Sharing: the second half of a long list is read by a program of its own, out of the same snapshot, at the same time.

A database writes one answer with one processor, whatever helps it to find the rows; two answers keep two busy, and so
do two programs that give the rows their form. What the other one makes waits in a file without a name until the first
half has left, so memory stays flat.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, cast

from django.db import connection

from reports.files import asking, copying, filling_rows, programs, second_half
from reports.files.copying import Block
from reports.files.filling_rows import Rows
from reports.files.second_half import Told
from reports.files.zipping import Pressed
from reports.kinds import Kind


class HalfLost(RuntimeError):
    """The program that reads the second half ended with an error; its last words follow."""


def is_possible() -> bool:
    """Another connection sees what was committed before the snapshot: that must be all there is to see.

    This function will return whether the transaction of this connection is one snapshot that only reads.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('transaction_isolation') = 'repeatable read'"
            " AND current_setting('transaction_read_only')::bool"
        )
        return bool(cursor.fetchone()[0])


def blocks(*, statements: Sequence[str], params: Mapping[str, Any]) -> Iterator[Block]:
    """The rows of statements as CSV, one after the other; the last of them is read beside the others.

    Only where `is_possible`, and the last thing its transaction does. Raises HalfLost. This function will yield them
    block by block.
    """
    *mine, last = statements
    with _beside(asking.asked(last, params)) as others:
        yield from _alone(mine, params, copying.CSV)
        for content, told in others:
            yield Block(content, told.rows)


def rows_of_sheet(
    *, statements: Sequence[str], params: Mapping[str, Any], kinds: Sequence[Kind]
) -> Iterator[Rows]:
    """The same as rows of a sheet with columns of these kinds; those of the last statement come pressed."""
    *mine, last = statements
    with _beside(asking.asked(last, params, filling_rows.FORM), kinds=kinds) as others:
        yield from filling_rows.fill(kinds=kinds, blocks=_alone(mine, params, filling_rows.FORM))
        for content, told in others:
            yield Rows(Pressed(content, told.plain, told.crc), told.rows)


def _alone(statements: Sequence[str], params: Mapping[str, Any], form: str) -> Iterator[Block]:
    for place, statement in enumerate(statements):
        if place:  # the first is short: its rows come at once
            with connection.cursor() as cursor:
                cursor.execute(second_half.ALONE)
        yield from asking.blocks(statements=[statement], params=params, form=form)


@contextmanager
def _beside(asked: str, *, kinds: Sequence[Kind] | None = None) -> Iterator[Iterator[tuple[bytes, Told]]]:
    with (
        tempfile.TemporaryFile() as kept,
        programs.start(second_half.__name__, str(kept.fileno()), files=[kept.fileno()]) as child,
    ):
        listening = _Listening(cast("IO[bytes]", child.stdout))
        telling = cast("IO[bytes]", child.stdin)
        try:
            told = second_half.Asked(*_seen(), asked, None if kinds is None else tuple(kinds))
            with suppress(BrokenPipeError):  # why it ended is told to whoever waits for its rows
                telling.write(told.line())
                telling.flush()
            yield _blocks(child, listening.told, kept.fileno())
        finally:
            with suppress(BrokenPipeError):
                telling.close()  # nobody wants the rest, if there is one
            listening.join()


def _seen() -> tuple[str, str, str]:
    """This function will return where this connection leads, its snapshot, and by which clock it tells moments."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), current_setting('TimeZone')")
        snapshot, zone = cursor.fetchone()
    info = connection.connection.info
    told = {**info.get_parameters(), "password": info.password}
    return json.dumps(told), snapshot, zone


class _Listening(Thread):
    """What the program tells is taken from it at once: it never waits for who follows it."""

    def __init__(self, telling: IO[bytes]) -> None:
        super().__init__(name="second half", daemon=True)
        self._telling = telling
        self.told: SimpleQueue[Told | None] = SimpleQueue()
        self.start()

    def run(self) -> None:
        for line in self._telling:
            self.told.put(Told.read(line))
        self.told.put(None)


def _blocks(
    child: "subprocess.Popen[bytes]", told: "SimpleQueue[Told | None]", kept: int
) -> Iterator[tuple[bytes, Told]]:
    at = 0
    while (one := told.get()) is not None:
        yield os.pread(kept, one.size, at), one
        at += one.size
    words = cast("IO[bytes]", child.stderr).read()
    if child.wait():
        raise HalfLost(words.decode()[-500:])

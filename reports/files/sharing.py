"""Sharing: the second half of a long list is read by another connection, out of the same snapshot, at the same time.

A database writes one answer with one processor, whatever helps it to find the rows; two answers keep two busy. What
the other connection reads waits in a file without a name until the first half has left, so memory stays flat.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import IO, Any

from django.db import connection
from psycopg import sql

from reports.files import copying
from reports.files.copying import Block, Connection

ALONE = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL enable_nestloop = off"
"""For a statement that reads half of everything: its helper is the other half, and a look for each row is dear."""


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


def blocks(*, statements: Sequence[str], params: Mapping[str, Any], form: str) -> Iterator[Block]:
    """The rows of statements, one after the other; the last of them is read beside the others.

    Only where `is_possible`, and the last thing its transaction does. This function will yield them block by block.
    """
    *mine, last = statements
    with _beside(last, params, form) as others:
        for place, statement in enumerate(mine):
            if place:  # the first is short: its rows come at once
                with connection.cursor() as cursor:
                    cursor.execute(ALONE)
            yield from copying.blocks(statements=[statement], params=params, form=form)
        yield from others


@contextmanager
def _beside(statement: str, params: Mapping[str, Any], form: str) -> Iterator[Iterator[Block]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = str(cursor.fetchone()[0])
    other = connection.copy()
    other.inc_thread_sharing()  # a stream may be closed by another thread than the one that began it
    other.connect()
    raw: Connection = other.connection
    try:
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        raw.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot))
        raw.execute(ALONE)
        with tempfile.TemporaryFile() as kept, ThreadPoolExecutor(1, "second half") as thread:
            reading = _Reading(kept)
            rows = copying.read(raw, statement=statement, params=params, form=form)
            done = thread.submit(reading.keep, rows)
            try:
                yield reading.blocks()
                done.result()
            finally:
                reading.is_wanted = False
                if not done.done():
                    raw.cancel_safe()
    finally:
        if not raw.closed:
            raw.execute("ROLLBACK")
        other.close()


class _Reading:
    """Rows on their way through a file: one thread writes at its end, another one follows."""

    def __init__(self, kept: IO[bytes]) -> None:
        self._kept = kept
        self._told: SimpleQueue[tuple[int, int] | None] = SimpleQueue()
        """Bytes and rows of each block that stands in the file; None when no more will."""
        self.is_wanted = True

    def keep(self, rows: Iterator[Block]) -> None:
        """What goes wrong here is told by whoever waits for this; the one who follows is released by then."""
        try:
            for block in rows:
                if not self.is_wanted:
                    break
                self._kept.write(block.content)
                self._kept.flush()
                self._told.put((len(block.content), block.rows))
        finally:
            self._told.put(None)

    def blocks(self) -> Iterator[Block]:
        """This function will yield what was read, waiting for what was not yet."""
        at, descriptor = 0, self._kept.fileno()
        while (told := self._told.get()) is not None:
            size, rows = told
            yield Block(os.pread(descriptor, size, at), rows)
            at += size

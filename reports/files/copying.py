"""Copying: rows as PostgreSQL writes them, block by block. Knows nothing of Django: `second_half` starts quickly.

psycopg's own `copy()` hands over row by row, and a generator awakes for each: for a million rows that is as much work
as the database has. Here libpq is asked for rows as long as it has some, and they are handed on by the block.
"""

import select
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

Connection = psycopg.Connection[Any]

BLOCK = 65_536
CSV = "FORMAT csv"


@dataclass(frozen=True, slots=True)
class Block:
    """Whole rows: what the database wrote, and how many they are."""

    content: bytes
    rows: int


def read(raw: Connection, *, asked: str, size: int = BLOCK) -> Iterator[Block]:
    """The rows of one COPY, which fills a connection while it lasts; a caller that stops early ends the statement, too.

    This function will yield blocks of about `size` bytes.
    """
    reading = _Reading(raw)
    try:
        reading.begin(asked.encode())
        while not reading.is_over:
            block = reading.block(size)
            if block.rows:
                yield block
    finally:
        reading.end()


class _Reading:
    """One COPY on a connection, which can do nothing else meanwhile."""

    def __init__(self, raw: Connection) -> None:
        self._raw, self._pg = raw, raw.pgconn
        self._poll = select.poll()
        self._poll.register(self._pg.socket, select.POLLIN)
        self.is_over = False

    def begin(self, text: bytes) -> None:
        """Raises psycopg.Error as the statement itself would."""
        self._pg.send_query(text)
        while self._pg.flush():
            self._wait()
        result = self._result()
        if result is None or result.status != ExecStatus.COPY_OUT:
            self.is_over = True
            self._drain(result)

    def block(self, size: int) -> Block:
        """About so many bytes of whole rows."""
        rows: list[memoryview] = []
        take, keep = self._pg.get_copy_data, rows.append
        length = 0
        while length < size:
            count, row = take(1)
            if count > 0:
                keep(row)
                length += count
            elif count == 0:
                self._wait()
            else:
                self.is_over = True
                self._drain(self._result())
                break
        return Block(b"".join(rows), len(rows))

    def end(self) -> None:
        """Leave the connection as it was found, also when nobody wants the rest."""
        if self.is_over:
            return
        self._raw.cancel_safe()
        while (count := self._pg.get_copy_data(1)[0]) >= 0:
            if count == 0:
                self._wait()
        self.is_over = True
        while self._result() is not None:
            pass  # that it was canceled is what we asked for

    def _wait(self) -> None:
        self._poll.poll()
        self._pg.consume_input()

    def _result(self) -> PGresult | None:
        while self._pg.is_busy():
            self._wait()
        return self._pg.get_result()

    def _drain(self, result: PGresult | None) -> None:
        failed = None
        while result is not None:
            if result.status == ExecStatus.FATAL_ERROR:
                failed = result
            result = self._result()
        if failed is not None:
            raise psycopg.errors.error_from_result(failed, encoding="utf-8")

"""Writing Parquet: rows of PostgreSQL's CSV become a typed columnar file, made by a process of its own (`columnar`)."""

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from queue import Empty, Queue
from threading import Thread
from typing import IO, cast

from reports.files import columnar, programs
from reports.files.copying import Block
from reports.files.holding import Held
from reports.lists.declaring import Column

CHUNK = 262_144
_THRIFTY = {
    "ARROW_DEFAULT_MEMORY_POOL": "jemalloc",
    "JE_ARROW_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0,narenas:1",
    "MALLOC_ARENA_MAX": "1",
}
"""What keeps the program small: the memory of a row group is used again for the next, or given back soon."""


class UnableToWrite(RuntimeError):
    """The program that writes Parquet ended with an error; its own words follow."""


def cell(column: Column) -> str:
    """An amount comes as whole thousandths and is made a decimal by the program.

    This function will return the SQL of a column.
    """
    return column.thousandths or column.cell


def write(
    *, columns: Sequence[Column], blocks: Iterable[Block], tables: Sequence[Held] = ()
) -> Iterator[tuple[bytes, int]]:
    """The file in blocks, each with the rows that were handed over until then. Raises UnableToWrite.

    What stands in `tables` is not in the rows: their keys follow the columns there, in the same order.
    This function will yield them as they come; the last part of the file comes when all rows are there.
    """
    with programs.start(columnar.__name__, _asked(columns, tables), environment=_THRIFTY) as child:
        made: Queue[bytes] = Queue()
        reading = Thread(target=_read, args=(child.stdout, made), name="parquet", daemon=True)
        reading.start()
        try:
            held = (Block(table.content, 0) for table in tables)
            yield from _feed(child, chain(held, blocks), made)
        except BaseException:
            child.kill()
            raise
        finally:
            reading.join()
        yield _ready(made), 0


def _asked(columns: Sequence[Column], tables: Sequence[Held]) -> str:
    """This function will return what the program is told of its input and of the file."""
    elsewhere = {column.name for table in tables for column in table.columns}
    asked = columnar.Asked(
        file=tuple(column.name for column in columns),
        rows=tuple(_field(column) for column in columns if column.name not in elsewhere),
        tables=tuple(
            columnar.Table(table.name, len(table.content), tuple(map(_field, table.columns)))
            for table in tables
        ),
    )
    return asked.line()


def _field(column: Column) -> columnar.Field:
    return column.name, columnar.THOUSANDTHS if column.thousandths else column.kind.value


def _feed(
    child: "subprocess.Popen[bytes]", blocks: Iterable[Block], made: "Queue[bytes]"
) -> Iterator[tuple[bytes, int]]:
    taking, telling = cast("IO[bytes]", child.stdin), cast("IO[bytes]", child.stderr)
    try:
        for block in blocks:
            taking.write(block.content)
            yield _ready(made), block.rows
        taking.close()
    except BrokenPipeError as error:
        raise UnableToWrite(telling.read().decode()[-500:]) from error
    words = telling.read()
    if child.wait():
        raise UnableToWrite(words.decode()[-500:])


def _read(pipe: IO[bytes], made: Queue[bytes]) -> None:
    while chunk := pipe.read(CHUNK):
        made.put(chunk)


def _ready(made: Queue[bytes]) -> bytes:
    parts = []
    while True:
        try:
            parts.append(made.get_nowait())
        except Empty:
            return b"".join(parts)

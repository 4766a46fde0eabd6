"""Writing Parquet: rows of PostgreSQL's CSV become a typed columnar file, made by a process of its own (`columnar`)."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from queue import Empty, Queue
from threading import Thread
from typing import IO, cast

from reports.files import columnar, programs
from reports.files.copying import Block
from reports.lists.declaring import Column

CHUNK = 262_144
_THRIFTY = {
    "ARROW_DEFAULT_MEMORY_POOL": "jemalloc",
    "JE_ARROW_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0",
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


def write(*, columns: Sequence[Column], blocks: Iterable[Block]) -> Iterator[tuple[bytes, int]]:
    """The file in blocks, each with the rows that were handed over until then. Raises UnableToWrite.

    This function will yield them as they come; the last part of the file comes when all rows are there.
    """
    told = json.dumps(
        [
            [column.name, columnar.THOUSANDTHS if column.thousandths else column.kind.value]
            for column in columns
        ]
    )
    with programs.start(columnar.__name__, told, environment=_THRIFTY) as child:
        made: Queue[bytes] = Queue()
        reading = Thread(target=_read, args=(child.stdout, made), name="parquet", daemon=True)
        reading.start()
        try:
            yield from _feed(child, blocks, made)
        except BaseException:
            child.kill()
            raise
        finally:
            reading.join()
        yield _ready(made), 0


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

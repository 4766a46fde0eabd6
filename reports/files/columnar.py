"""A program of its own: CSV on its input becomes Parquet on its output, typed, in row groups of bounded size.

It is another process so that pyarrow's megabytes never enter a web server or worker, and so that parsing and pressing
run beside the database. Started by `writing_parquet`; its argument is one line (`Asked`). Tables it shall hold come
first on its input, then the rows.
"""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from io import BufferedReader, BytesIO
from itertools import chain
from typing import Any, cast

Field = tuple[str, str]
"""The name and kind of a column."""

ROWS_OF_A_GROUP = 8_192
BLOCK = 262_144
PAGE = 131_072
OFTEN = 4
"""How often a value comes, on the average, in a column that is worth a dictionary."""
KEY = "code"
THOUSANDTHS = "thousandths"
"""The kind of a column of amounts that come as whole thousandths: numbers are read and written sooner than decimals."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table to hold: `size` bytes of CSV, the key first. The rows tell `{name}_key` where its columns belong."""

    name: str
    size: int
    columns: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """The columns of the file in their order, and where they are: in the rows that come, or in a table."""

    file: tuple[str, ...]
    rows: tuple[Field, ...]
    tables: tuple[Table, ...]

    def line(self) -> str:
        """This function will return it in one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> "Asked":
        told = json.loads(line)
        tables = tuple(Table(one["name"], one["size"], _fields(one["columns"])) for one in told["tables"])
        return cls(tuple(told["file"]), _fields(told["rows"]), tables)


class KeyUnknown(LookupError):
    """A row has a key that the table does not; the argument is the table's name."""


def main(argument: str) -> None:
    """This function will read to the end of its input. Raises KeyUnknown."""
    import pyarrow
    from pyarrow import parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    asked, source = Asked.read(argument), cast("BufferedReader", sys.stdin.buffer)
    kinds = dict(chain(asked.rows, *(table.columns for table in asked.tables)))
    schema = pyarrow.schema(
        [(name, _exact() if kinds[name] == THOUSANDTHS else _type(kinds[name])) for name in asked.file]
    )
    held = [_Held(table, source.read(table.size)) for table in asked.tables]
    groups = (_whole(schema, group, held) for group in _ahead(_groups(_batches(asked, source))))
    first = next(groups, None)
    with parquet.ParquetWriter(
        sys.stdout.buffer,
        schema,
        compression="snappy",
        use_dictionary=[] if first is None else _repeating(first),
        write_statistics=[field.name for field in schema if field.type != pyarrow.string()],
        data_page_size=PAGE,
        dictionary_pagesize_limit=PAGE,
        store_decimal_as_integer=True,
        store_schema=False,  # what the format itself tells is enough, and every reader knows it
    ) as writer:
        while first is not None:
            writer.write_table(first)
            first = next(groups, None)


class _Held:
    """A table in memory, and which of its rows a key means."""

    def __init__(self, table: Table, content: bytes) -> None:
        self._name, self._key = table.name, f"{table.name}_key"
        fields = ((self._key, KEY), *table.columns)
        read = _reader(BytesIO(content), fields).read_all().combine_chunks()
        self._keys = read[self._key].combine_chunks()
        self._columns = {name: read[name].combine_chunks() for name, _ in table.columns}

    def columns(self, rows: Any) -> Iterator[tuple[str, Any]]:
        """This function will yield the columns that belong to the keys of rows."""
        from pyarrow import compute

        places = compute.index_in(rows[self._key], value_set=self._keys)
        if places.null_count:
            raise KeyUnknown(self._name)
        for name, column in self._columns.items():
            yield name, column.take(places.combine_chunks())


def _whole(schema: Any, group: list[Any], held: list[_Held]) -> Any:
    """Thousandths become the decimals they are: the same bits, another name.

    This function will return the rows with all columns of the file.
    """
    import pyarrow

    rows = pyarrow.Table.from_batches(group)
    found = dict(
        chain(zip(rows.column_names, rows.columns, strict=True), *(one.columns(rows) for one in held))
    )
    return pyarrow.table([_as(found[field.name], field.type) for field in schema], schema=schema)


def _as(column: Any, wanted: Any) -> Any:
    import pyarrow

    if column.type == wanted:
        return column
    chunks = [
        pyarrow.Array.from_buffers(wanted, len(chunk), chunk.buffers(), offset=chunk.offset)
        for chunk in column.chunks
    ]
    return pyarrow.chunked_array(chunks, type=wanted)


def _repeating(table: Any) -> list[str]:
    """This function will return the columns that say the same again and again: a dictionary makes those smaller."""
    import pyarrow

    said = (pyarrow.string(), pyarrow.date32())
    return [
        field.name
        for field in table.schema
        if field.type in said and len(table[field.name].unique()) * OFTEN <= len(table)
    ]


def _ahead(groups: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """The next group is read while the last one is written. This function will yield them in their order."""
    with ThreadPoolExecutor(1, "reading") as reading:
        coming = reading.submit(next, groups, None)
        while (group := coming.result()) is not None:
            coming = reading.submit(next, groups, None)
            yield group


def _groups(batches: Iterator[Any]) -> Iterator[list[Any]]:
    waiting: list[Any] = []
    for batch in batches:
        waiting.append(batch)
        if sum(len(one) for one in waiting) >= ROWS_OF_A_GROUP:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _batches(asked: Asked, source: BufferedReader) -> Iterator[Any]:
    # Nothing at all is no CSV to pyarrow; a file without a row is a file to us.
    if source.peek(1):
        yield from _reader(source, (*asked.rows, *((f"{table.name}_key", KEY) for table in asked.tables)))


def _reader(source: Any, fields: tuple[Field, ...]) -> Any:
    import pyarrow
    from pyarrow import csv

    schema = pyarrow.schema([(name, _type(kind)) for name, kind in fields])
    return csv.open_csv(
        source,
        read_options=csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=schema.names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            timestamp_parsers=[csv.ISO8601],
            check_utf8=False,  # the database has
        ),
    )


def _fields(told: list[list[str]]) -> tuple[Field, ...]:
    return tuple((name, kind) for name, kind in told)


def _type(kind: str) -> Any:
    import pyarrow

    types = {
        "whole": pyarrow.int64(),
        THOUSANDTHS: pyarrow.int64(),
        "amount": pyarrow.decimal128(18, 3),
        "day": pyarrow.date32(),
        "moment": pyarrow.timestamp("s"),
    }
    return types.get(kind, pyarrow.string())


def _exact() -> Any:
    """This function will return the type of an amount, as wide as the whole thousandths it is made of."""
    import pyarrow

    return pyarrow.decimal64(18, 3)


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.buffer.flush()
    # A thread of pyarrow may still be looking for more input; Python's own end would pull it down half-way, and the
    # whole program would end as if it had failed.
    os._exit(0)

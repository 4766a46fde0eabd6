"""A program of its own: CSV on its input becomes Parquet on its output, typed, in row groups of bounded size.

It is another process so that pyarrow's megabytes never enter a web server or worker, and so that parsing and pressing
run beside the database. Started by `writing_parquet`; its argument is the columns as JSON: [[name, kind], ...].
"""

import json
import os
import sys
from collections.abc import Iterator
from io import BufferedReader
from itertools import chain
from typing import Any, cast

ROWS_OF_A_GROUP = 16_384
BLOCK = 262_144
PAGE = 131_072
OFTEN = 4
"""How often a value comes, on the average, in a column that is worth a dictionary."""
THOUSANDTHS = "thousandths"
"""The kind of a column of amounts that come as whole thousandths: numbers are read and written sooner than decimals."""


def main(argument: str) -> None:
    """This function will read to the end of its input."""
    import pyarrow
    from pyarrow import parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    told = json.loads(argument)
    coming = pyarrow.schema([(name, _type(kind)) for name, kind in told])
    schema = pyarrow.schema([(name, _type("amount" if kind == THOUSANDTHS else kind)) for name, kind in told])
    groups = _groups(_batches(coming, schema))
    first = next(groups, [])
    with parquet.ParquetWriter(
        sys.stdout.buffer,
        schema,
        compression="snappy",
        use_dictionary=_repeating(first),
        write_statistics=[field.name for field in schema if field.type != pyarrow.string()],
        data_page_size=PAGE,
        dictionary_pagesize_limit=PAGE,
        store_decimal_as_integer=True,
        store_schema=False,  # what the format itself tells is enough, and every reader knows it
    ) as writer:
        for group in chain([first] if first else [], groups):
            writer.write_table(pyarrow.Table.from_batches(group))


def _repeating(group: list[Any]) -> list[str]:
    """This function will return the columns that say the same again and again: a dictionary makes those smaller."""
    import pyarrow

    if not group:
        return []
    table = pyarrow.Table.from_batches(group)
    said = (pyarrow.string(), pyarrow.date32())
    return [
        field.name
        for field in table.schema
        if field.type in said and len(table[field.name].unique()) * OFTEN <= len(table)
    ]


def _groups(batches: Iterator[Any]) -> Iterator[list[Any]]:
    waiting: list[Any] = []
    for batch in batches:
        waiting.append(batch)
        if sum(len(one) for one in waiting) >= ROWS_OF_A_GROUP:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _batches(coming: Any, schema: Any) -> Iterator[Any]:
    source = cast("BufferedReader", sys.stdin.buffer)
    # Nothing at all is no CSV to pyarrow; a file without a row is a file to us.
    for batch in _reader(coming) if source.peek(1) else ():
        yield _as(schema, batch)


def _as(schema: Any, batch: Any) -> Any:
    """This function will return the rows with thousandths as the decimals they are: the same bits, another name."""
    import pyarrow

    columns = [
        column
        if column.type == wanted
        else pyarrow.Array.from_buffers(wanted, len(column), column.buffers(), offset=column.offset)
        for column, wanted in zip(batch.columns, schema.types, strict=True)
    ]
    return pyarrow.RecordBatch.from_arrays(columns, schema=schema)


def _reader(schema: Any) -> Any:
    from pyarrow import csv

    return csv.open_csv(
        sys.stdin.buffer,
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


def _type(kind: str) -> Any:
    import pyarrow

    types = {
        "whole": pyarrow.int64(),
        THOUSANDTHS: pyarrow.int64(),
        "amount": pyarrow.decimal64(18, 3),
        "day": pyarrow.date32(),
        "moment": pyarrow.timestamp("s"),
    }
    return types.get(kind, pyarrow.string())


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.buffer.flush()
    # A thread of pyarrow may still be looking for more input; Python's own end would pull it down half-way, and the
    # whole program would end as if it had failed.
    os._exit(0)

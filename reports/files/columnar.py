"""A program of its own: CSV on its input becomes Parquet on its output, typed, in row groups of bounded size.

It is another process so that pyarrow's megabytes never enter a web server or worker, and so that parsing and pressing
run beside the database. Started by `writing_parquet`; its argument is the columns as JSON: [[name, kind], ...].
"""

import json
import os
import sys
from io import BufferedReader
from typing import Any, cast

ROWS_OF_A_GROUP = 16_384
BLOCK = 524_288
PAGE = 131_072


def main(argument: str) -> None:
    """This function will read to the end of its input."""
    import pyarrow
    from pyarrow import parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    told = json.loads(argument)
    schema = pyarrow.schema([(name, _type(kind)) for name, kind in told])
    repeated = [name for name, kind in told if kind in ("text", "code", "day")]
    with parquet.ParquetWriter(
        sys.stdout.buffer,
        schema,
        compression="snappy",
        use_dictionary=repeated,
        data_page_size=PAGE,
        dictionary_pagesize_limit=PAGE,
    ) as writer:
        waiting: list[Any] = []
        # Nothing at all is no CSV to pyarrow; a file without a row is a file to us.
        for batch in _reader(schema) if cast("BufferedReader", sys.stdin.buffer).peek(1) else ():
            waiting.append(batch)
            if sum(len(one) for one in waiting) >= ROWS_OF_A_GROUP:
                writer.write_table(pyarrow.Table.from_batches(waiting))
                waiting = []
        if waiting:
            writer.write_table(pyarrow.Table.from_batches(waiting))


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
        ),
    )


def _type(kind: str) -> Any:
    import pyarrow

    types = {
        "whole": pyarrow.int64(),
        "amount": pyarrow.decimal128(18, 3),
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

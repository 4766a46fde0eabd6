"""Writing CSV: what PostgreSQL writes is the file (RFC 4180 but for its line ends), under a heading made by hand."""

from collections.abc import Iterable, Iterator, Sequence

from reports.files.copying import Block
from reports.lists.declaring import Column

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write(
    *, columns: Sequence[Column], blocks: Iterable[Block], with_mark: bool
) -> Iterator[tuple[bytes, int]]:
    """`with_mark` puts the UTF-8 mark in front that some spreadsheets need to read Korean.

    This function will yield the file in blocks, each with its rows; the heading comes before the database is asked.
    """
    heading = ",".join(column.name for column in columns).encode() + b"\n"
    yield (BYTE_ORDER_MARK if with_mark else b"") + heading, 0
    for block in blocks:
        yield block.content, block.rows

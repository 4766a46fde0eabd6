"""Decoding: which letters and which delimiter a file is written in, looked at without guessing wildly.

What is told by a mark at the beginning is believed; valid UTF-8 is UTF-8; then Korean (CP949) if it reads as Hangul,
then CP1252. A file that is mostly UTF-8 and elsewhere not is refused with its row: half of its names would be wrong.
"""

import codecs
import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

ENCODINGS = ("utf-8-sig", "utf-16", "cp949", "cp1252")
DELIMITERS = (",", ";", "\t")
MOST_BYTES = 64 * 1024 * 1024
MOST_LINE = 100_000
HEAD = 65_536
_BLOCK = 1_048_576
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFile(ValueError):
    """The whole file cannot be read: `code` says why, `row` and `column` where, `told` what a person should know."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", told: str = "") -> None:
        super().__init__(f"{code} in row {row} {column}: {told}")
        self.code, self.row, self.column, self.told = code, row, column, told


def encoding_of(file: BinaryIO) -> str:
    """Look through the whole file, block by block. Raises UnreadableFile.

    This function will return the name of its encoding and leave the file at its beginning.
    """
    file.seek(0)
    head = file.read(HEAD)
    found = next((name for mark, name in _BOMS if head.startswith(mark)), "") or _unmarked_utf16(head)
    if not found:
        found = "utf-8" if (wrong := _not_utf8(file)) is None else _of_one_country(file, wrong)
    file.seek(0)
    return found


def _unmarked_utf16(head: bytes) -> str:
    """Delimiters and digits have a half of nothing in UTF-16, mostly the same one; elsewhere it is no letter."""
    first, second = head[0::2].count(0), head[1::2].count(0)
    enough = max(4, len(head) // 50)
    if second >= enough and second > 4 * first:
        return "utf-16-le"
    return "utf-16-be" if first >= enough and first > 4 * second else ""


def _not_utf8(file: BinaryIO) -> int | None:
    """Where the first byte stands that is no UTF-8. Raises UnreadableFile at a byte that is nothing at all."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    read, rows = 0, 1
    while block := file.read(_BLOCK):
        if (at := block.find(0)) >= 0:
            raise UnreadableFile("nul_byte", row=rows + block.count(b"\n", 0, at))
        kept = len(decoder.getstate()[0])
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return read - kept + error.start
        read += len(block)
        rows += block.count(b"\n")
    return read - len(decoder.getstate()[0]) if decoder.getstate()[0] else None


def _of_one_country(file: BinaryIO, wrong: int) -> str:
    start = max(wrong - HEAD, 0)
    file.seek(start)
    around = file.read(2 * HEAD)
    valid = sum(not char.isascii() for char in around.decode("utf-8", "ignore"))
    broken = around.decode("utf-8", "replace").count("�")
    if valid > broken:
        raise UnreadableFile("mixed_encoding", row=_row_at(file, wrong))
    if _reads_as(file, "cp949") and any("가" <= char <= "힣" for char in around.decode("cp949", "ignore")):
        return "cp949"
    if _reads_as(file, "cp1252"):
        return "cp1252"
    raise UnreadableFile("encoding", row=_row_at(file, wrong))


def _row_at(file: BinaryIO, place: int) -> int:
    file.seek(0)
    rows, left = 1, place
    while left > 0 and (block := file.read(min(_BLOCK, left))):
        rows += block.count(b"\n")
        left -= len(block)
    return rows


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            if 0 in block:
                return False
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines(file: BinaryIO, *, encoding: str) -> Iterator[str]:
    """The lines of a file with their ends, none longer than a person would write. Raises UnreadableFile.

    This function will yield line by line, so that a file of any length takes little memory.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    row = 0
    try:
        while line := text.readline(MOST_LINE + 1):
            row += 1
            if len(line) > MOST_LINE:
                raise UnreadableFile("line_long", row=row)
            if "\0" in line:
                raise UnreadableFile("nul_byte", row=row)
            yield line.removeprefix("\ufeff") if row == 1 else line
    except UnicodeError as error:
        raise UnreadableFile("encoding", row=row + 1) from error
    finally:
        with suppress(ValueError):  # whoever read only the beginning may have closed the file
            text.detach()


def head_of(file: BinaryIO, *, encoding: str) -> list[str]:
    """This function will return the first lines of a file, at most 64 KiB of them and none cut in two."""
    found: list[str] = []
    size = 0
    for line in lines(file, encoding=encoding):
        size += len(line)
        if size > HEAD and found:
            break
        found.append(line)
    return found


def delimiter_of(head: list[str]) -> str:
    """The delimiter by which most rows have the same and the largest number of cells.

    This function will return a comma when nothing tells.
    """
    best, most = ",", 0
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in rows_of(head, delimiter=delimiter) if any(row))
        score = max(((width - 1) * count for width, count in widths.items()), default=0)
        if score > most:
            best, most = delimiter, score
    return best


def records(
    lines: Iterable[str], *, delimiter: str, is_strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The cells of each record with the number of the line it begins in, as an editor shows it.

    Programs write strictly what people who edit a file do not. Raises UnreadableFile with `quote`.
    This function will yield record by record.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=is_strict)
    number = 1
    try:
        for cells in reader:
            yield number, cells
            number = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile("quote", row=number) from error


def rows_of(head: list[str], *, delimiter: str) -> list[list[str]]:
    """This function will return the cells of the first lines; a quote that never ends is left out."""
    found: list[list[str]] = []
    try:
        found.extend(csv.reader(head, delimiter=delimiter))
    except csv.Error:
        return found
    return found


def folded(name: str) -> str:
    """This function will return a column's name in the form in which names are compared."""
    return " ".join(unicodedata.normalize("NFKC", name.replace("\ufeff", "")).casefold().split())

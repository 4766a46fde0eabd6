"""Filling rows: rows of PostgreSQL's text format become rows of a sheet, as XML.

Every text is an inline string: a spreadsheet never reads one as a formula, and none of the cells is one. Amounts are
numbers, days and moments real dates. Control characters, which XML cannot hold, stand as `_x0001_`, as spreadsheets
write them themselves.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.files import zipping
from reports.files.copying import Block
from reports.files.zipping import Pressed
from reports.kinds import Kind

NOTHING = b"\x01"
"""What PostgreSQL writes for NULL: no other whole cell can be it, since a text that is only this sign is guarded."""
FORM = "FORMAT text, NULL E'\\x01'"

# Of what people wrote each space counts; of codes and numbers none is there.
_CELLS = {
    Kind.TEXT: b'<c t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>',
    Kind.CODE: b'<c t="inlineStr"><is><t>%b</t></is></c>',
    Kind.WHOLE: b"<c><v>%b</v></c>",
    Kind.AMOUNT: b"<c><v>%b</v></c>",
    Kind.DAY: b'<c s="1"><v>%b</v></c>',
    Kind.MOMENT: b'<c s="2"><v>%b</v></c>',
}
_END_OF_ROW = b"</row>"


@dataclass(frozen=True, slots=True)
class Rows:
    """Whole rows of a sheet, as XML or pressed already."""

    content: bytes | Pressed
    rows: int

    @property
    def size(self) -> int:
        """This function will return how many bytes of XML they are."""
        return self.content.plain if isinstance(self.content, Pressed) else len(self.content)

    def pressed(self) -> Pressed:
        """This function will return them ready to stand in a workbook."""
        return self.content if isinstance(self.content, Pressed) else zipping.pressed(self.content)

    def cut(self, room: int) -> "tuple[Rows, Rows]":
        """This function will return the first `room` rows of them, and the others."""
        content = zipping.unpressed(self.content) if isinstance(self.content, Pressed) else self.content
        each = [row + _END_OF_ROW for row in content.split(_END_OF_ROW)[:-1]]
        return Rows(b"".join(each[:room]), room), Rows(b"".join(each[room:]), self.rows - room)


def fill(*, kinds: Sequence[Kind], blocks: Iterable[Block]) -> Iterator[Rows]:
    """This function will yield each block as rows of columns of these kinds."""
    filler = _Filler(kinds)
    for block in blocks:
        if cells := _cells(block.content):
            yield Rows(filler.filled(cells, block.rows), block.rows)


class _Filler:
    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._templates: dict[tuple[int, ...], bytes] = {}

    def filled(self, cells: list[bytes], rows: int) -> bytes:
        """Many rows at once: one formatting of some thousand cells takes half of what one for each row takes.

        Columns that hold nothing in any of these rows are left out of it; single cells that do are looked for after.
        """
        width = len(self._kinds)
        bare = tuple(
            place
            for place in range(width)
            if cells[place] == NOTHING and cells[place::width].count(NOTHING) == rows
        )
        for taken, place in enumerate(reversed(bare)):
            del cells[place :: width - taken]
        made = self._template(bare) * rows % tuple(cells)
        for cell, empty in _EMPTY:
            if NOTHING not in made:
                break
            made = made.replace(cell, empty)
        return made

    def _template(self, bare: tuple[int, ...]) -> bytes:
        """This function will return one row to be filled in, without the columns that hold nothing."""
        if bare not in self._templates:
            cells = [b"<c/>" if place in bare else _CELLS[kind] for place, kind in enumerate(self._kinds)]
            self._templates[bare] = b"<row>" + b"".join(cells) + b"</row>"
        return self._templates[bare]


def _cells(content: bytes) -> list[bytes]:
    """A cell ends at a tab or where its line ends, for in the text format neither stands inside one."""
    if b"_x" in content:
        content = _LOOKS_HEXED.sub(rb"_x005F_x\1_", content)
    if len(content.translate(None, _ODD)) != len(content):
        content = _mended(content)
    cells = content.replace(b"\n", b"\t").split(b"\t")
    cells.pop()
    return cells


def _mended(content: bytes) -> bytes:
    """What XML cannot hold as it is. Few blocks have any of it, so it is looked for once."""
    content = _CONTROL.sub(_hexed, content)
    for sign, name in _SIGNS:
        content = content.replace(sign, name)
    return _ESCAPED.sub(_plain, content) if b"\\" in content else content


_EMPTY = (
    (_CELLS[Kind.CODE] % NOTHING, b"<c/>"),
    (_CELLS[Kind.TEXT] % NOTHING, b"<c/>"),
    (b"<v>" + NOTHING + b"</v>", b""),
    (NOTHING, b"_x0001_"),
)
"""What stands where the database has nothing, and last for the sign itself inside a text."""
_SIGNS = (
    (b"&", b"&amp;"),
    (b"<", b"&lt;"),
    (b">", b"&gt;"),
    (b"\xef\xbf\xbe", b"_xFFFE_"),
    (b"\xef\xbf\xbf", b"_xFFFF_"),
)
_CONTROLS = bytes([0x00, *range(0x02, 0x09), *range(0x0B, 0x20), 0x7F])
_ODD = _CONTROLS + b"&<>\\\xef"
_CONTROL = re.compile(rb"[\x00\x02-\x08\x0b-\x1f\x7f]")
_LOOKS_HEXED = re.compile(rb"_x([0-9A-Fa-f]{4})_")


def _hexed(found: re.Match[bytes]) -> bytes:
    return b"_x%04X_" % found.group()[0]


_ESCAPED = re.compile(rb"\\(.)")
_ESCAPES = {
    b"n": b"&#10;",
    b"t": b"&#9;",
    b"r": b"_x000D_",
    b"b": b"_x0008_",
    b"f": b"_x000C_",
    b"v": b"_x000B_",
}


def _plain(found: re.Match[bytes]) -> bytes:
    """What PostgreSQL writes with a backslash."""
    return _ESCAPES.get(found[1], found[1])

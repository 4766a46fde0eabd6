"""Writing sheets: rows of PostgreSQL's text format become an XLSX workbook, zipped while they stream.

Every text is an inline string: a spreadsheet never reads one as a formula, and none of the cells is one. Amounts are
numbers, days and moments real dates. A sheet ends where spreadsheets end (1,048,576 rows) and the next begins with the
heading again. Control characters, which XML cannot hold, stand as `_x0001_`, as spreadsheets write them themselves.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from reports.files import zipping
from reports.files.copying import Block
from reports.lists.declaring import Column, Kind

NOTHING = b"\x01"
"""What PostgreSQL writes for NULL: no other whole cell can be it, since a text that is only this sign is guarded."""
FORM = "FORMAT text, NULL E'\\x01'"
ROWS_OF_A_SHEET = 1_048_576
_FIRST_DAY = "DATE '1899-12-30'"

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Of what people wrote each space counts; of codes and numbers none is there.
_CELLS = {
    Kind.TEXT: b'<c t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>',
    Kind.CODE: b'<c t="inlineStr"><is><t>%b</t></is></c>',
    Kind.WHOLE: b"<c><v>%b</v></c>",
    Kind.AMOUNT: b"<c><v>%b</v></c>",
    Kind.DAY: b'<c s="1"><v>%b</v></c>',
    Kind.MOMENT: b'<c s="2"><v>%b</v></c>',
}
_WIDTHS = {Kind.TEXT: 24, Kind.CODE: 16, Kind.WHOLE: 10, Kind.AMOUNT: 14, Kind.DAY: 12, Kind.MOMENT: 20}


def cell(column: Column) -> str:
    """A day is the count of days since the end of 1899, as in every spreadsheet; a moment has a fraction of one.

    This function will return the SQL of a column.
    """
    if column.kind is Kind.DAY:
        return f"({column.sql} - {_FIRST_DAY})"
    if column.kind is Kind.MOMENT:
        return f"(date_part('epoch', {column.sql}) / 86400 + 25569)"
    return column.cell


def write(*, columns: Sequence[Column], blocks: Iterable[Block], title: str) -> Iterator[tuple[bytes, int]]:
    """The workbook in blocks, each with the rows that went into it.

    This function will yield them as the rows come.
    """
    archive = zipping.Archive()
    for name, text in _FRONT.items():
        yield from _small(archive, name, text)
    rows = _Rows(columns, blocks)
    count = 0
    while not count or rows.has_more():
        count += 1
        sheet = archive.part(f"xl/worksheets/sheet{count}.xml", rows.sheet())
        for pressed in sheet:
            yield pressed, rows.taken()
    for name, text in _back(count, title).items():
        yield from _small(archive, name, text)
    yield archive.end(), 0


def _small(archive: zipping.Archive, name: str, text: str) -> Iterator[tuple[bytes, int]]:
    for block in archive.part(name, [_HEAD + text.encode()]):
        yield block, 0


class _Rows:
    """The rows that are still to be written, cell after cell, and how many were since somebody asked."""

    def __init__(self, columns: Sequence[Column], blocks: Iterable[Block]) -> None:
        self._columns, self._blocks = columns, iter(blocks)
        self._templates: dict[tuple[int, ...], bytes] = {}
        self._left: list[bytes] = []
        self._taken = 0

    def has_more(self) -> bool:
        """This function will return whether there is a row for another sheet."""
        self._left = self._next()
        return bool(self._left)

    def taken(self) -> int:
        """This function will return how many rows were written since it was asked last."""
        taken, self._taken = self._taken, 0
        return taken

    def sheet(self) -> Iterator[bytes]:
        """One sheet, as long as a sheet may be."""
        yield _opening(self._columns)
        width, room, size = len(self._columns), ROWS_OF_A_SHEET - 1, 0
        while room and size < zipping.LARGEST_PART and (found := self._next()):
            cells, self._left = found[: room * width], found[room * width :]
            rows = len(cells) // width
            room -= rows
            self._taken += rows
            block = self._filled(cells, rows)
            size += len(block)
            yield block
        yield b"</sheetData></worksheet>"

    def _next(self) -> list[bytes]:
        if self._left:
            return self._left
        block = next(self._blocks, None)
        return _cells(block.content) if block else []

    def _filled(self, cells: list[bytes], rows: int) -> bytes:
        """Many rows at once: one formatting of some thousand cells takes half of what one for each row takes.

        Columns that hold nothing in any of these rows are left out of it; single cells that do are looked for after.
        """
        width = len(self._columns)
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
            cells = [
                b"<c/>" if place in bare else _CELLS[column.kind]
                for place, column in enumerate(self._columns)
            ]
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


def _opening(columns: Sequence[Column]) -> bytes:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{_WIDTHS[column.kind]}" customWidth="1"/>'
        for place, column in enumerate(columns, start=1)
    )
    names = "".join(f'<c s="3" t="inlineStr"><is><t>{escape(column.name)}</t></is></c>' for column in columns)
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        _HEAD
        + (
            f'<worksheet {_NS}><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
            f"<cols>{widths}</cols><sheetData><row>{names}</row>"
        ).encode()
    )


_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FRONT = {
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {_NS}><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def _back(sheets: int, title: str) -> dict[str, str]:
    """What names the sheets comes last, when it is known how many there are."""
    places = range(1, sheets + 1)
    name = escape(re.sub(r"[\[\]:*?/\\]", " ", title)[:25], {'"': "&quot;"})
    named = "".join(
        f'<sheet name="{name}{"" if place == 1 else f" {place}"}" sheetId="{place}" r:id="rId{place}"/>'
        for place in places
    )
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in places
    )
    overridden = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for place in places
    )
    return {
        "xl/workbook.xml": f'<workbook {_NS} xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rId0" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overridden}</Types>',
    }

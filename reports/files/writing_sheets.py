"""Writing sheets: rows become an XLSX workbook, zipped while they stream.

A sheet ends where spreadsheets end (1,048,576 rows) and the next begins with the heading again. What a cell is, is
said in `filling_rows`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from reports.files import zipping
from reports.files.filling_rows import Rows
from reports.files.zipping import Pressed
from reports.kinds import Kind
from reports.lists.declaring import Column

ROWS_OF_A_SHEET = 1_048_576
_FIRST_DAY = "DATE '1899-12-30'"

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
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


def write(*, columns: Sequence[Column], rows: Iterable[Rows], title: str) -> Iterator[tuple[bytes, int]]:
    """The workbook in blocks, each with the rows that went into it.

    This function will yield them as the rows come.
    """
    archive = zipping.Archive()
    for name, text in _FRONT.items():
        yield from _small(archive, name, text)
    waiting = _Waiting(rows)
    count = 0
    while not count or waiting.has_more():
        count += 1
        sheet = archive.part(f"xl/worksheets/sheet{count}.xml", _sheet(columns, waiting))
        for pressed in sheet:
            yield pressed, waiting.taken()
    for name, text in _back(count, title).items():
        yield from _small(archive, name, text)
    yield archive.end(), 0


def _small(archive: zipping.Archive, name: str, text: str) -> Iterator[tuple[bytes, int]]:
    for block in archive.part(name, [_HEAD + text.encode()]):
        yield block, 0


def _sheet(columns: Sequence[Column], waiting: "_Waiting") -> Iterator[bytes | Pressed]:
    """One sheet, as long as a sheet may be."""
    yield _opening(columns)
    room, size = ROWS_OF_A_SHEET - 1, 0
    while room and size < zipping.LARGEST_PART and (rows := waiting.take(room)):
        room -= rows.rows
        size += rows.size
        yield rows.content
    yield b"</sheetData></worksheet>"


class _Waiting:
    """The rows that are still to be written, and how many were taken since somebody asked."""

    def __init__(self, rows: Iterable[Rows]) -> None:
        self._rows = iter(rows)
        self._left: Rows | None = None
        self._taken = 0

    def has_more(self) -> bool:
        """This function will return whether there is a row for another sheet."""
        self._left = self._left or next(self._rows, None)
        return self._left is not None

    def take(self, room: int) -> Rows | None:
        """This function will return the next rows, at most as many as there is room for; None after the last."""
        found = self._left or next(self._rows, None)
        self._left = None
        if found and found.rows > room:
            found, self._left = found.cut(room)
        self._taken += found.rows if found else 0
        return found

    def taken(self) -> int:
        """This function will return how many rows were written since it was asked last."""
        taken, self._taken = self._taken, 0
        return taken


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

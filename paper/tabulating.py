"""Tabulating: a small table as a file for other programs: CSV, XLSX (OOXML) or ODS (OpenDocument), never a formula.

The packages that write these files do far more than a table of texts, sums and days needs, or are no longer kept; the
formats themselves are a zip of a few XML parts. In XLSX and ODS every cell says what it is, so that a text stays a text
whatever it begins with. CSV cannot say it: there a text that a spreadsheet could take for a formula gets one apostrophe
in front. The same table gives the same bytes.
"""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

BYTE_ORDER_MARK = "\ufeff"
CSV_TYPE = "text/csv; charset=utf-8; header=present"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
# The same characters that the files of the books guard.
_DANGEROUS = re.compile(
    r"[\x01-\x1f\x7f']"
    r"|[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
    r"[-=+@|;\"%'\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b]"
)
_MOMENT = (1980, 1, 1, 0, 0, 0)
_EPOCH = date(1899, 12, 30)

Cell = str | Decimal | int | date


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its name, its headings, its rows. A day is shown as 2026-03-01, or 01/03/26 if british."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    is_day_british: bool = False


def guarded(text: str) -> str:
    """This function will return a text that no spreadsheet takes for a formula when it reads a CSV file."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def as_csv(table: Table) -> bytes:
    """This function will return the table as UTF-8 with the mark that spreadsheets need to read Korean."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([guarded(cell) if isinstance(cell, str) else _shown(cell, table) for cell in row])
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def _shown(cell: Cell, table: Table) -> str:
    if isinstance(cell, date):
        return f"{cell:%d/%m/%y}" if table.is_day_british else cell.isoformat()
    return str(cell)


def _xml(text: str) -> str:
    """A text as XML 1.0 can hold it: characters that it cannot are left out."""
    kept = "".join(
        char for char in text if char in "\t\n" or unicodedata.category(char) not in {"Cc", "Cs", "Cn"}
    )
    return escape(kept)


def _zipped(parts: Iterable[tuple[str, str]], *, first: tuple[str, str] | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        if first is not None:
            # The type of an OpenDocument file comes first and unpacked, so that it is seen without unpacking.
            archive.writestr(zipfile.ZipInfo(first[0], _MOMENT), first[1], zipfile.ZIP_STORED)
        for name, text in parts:
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


# XLSX


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def _xlsx_cell(cell: Cell, place: str, table: Table) -> str:
    if isinstance(cell, date):
        style = 2 if table.is_day_british else 1
        return f'<c r="{place}" s="{style}"><v>{(cell - _EPOCH).days}</v></c>'
    if isinstance(cell, Decimal | int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{_xml(cell)}</t></is></c>'


def _xlsx_sheet(table: Table) -> str:
    rows = []
    for number, row in enumerate([table.columns, *table.rows], start=1):
        cells = "".join(
            _xlsx_cell(cell, f"{_letters(column)}{number}", table) for column, cell in enumerate(row, start=1)
        )
        rows.append(f'<row r="{number}">{cells}</row>')
    return (
        f'{_XML}<worksheet xmlns="{_SHEET}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<sheetData>{''.join(rows)}</sheetData></worksheet>"
    )


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_SHEET}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yy"/></numFmts><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3">'
    '<xf/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


_CONTENT_TYPES = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX_TYPE}.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{}</Types>'
)
_ROOT_LINKS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK_LINKS = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{{}}'
    f'<Relationship Id="rId{{}}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
)


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """This function will return the tables as the sheets of one XLSX file."""
    names = [
        f'<sheet name={quoteattr(_sheet_name(table.name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, table in enumerate(tables, start=1)
    ]
    links = [
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(tables) + 1)
    ]
    kinds = [
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for number in range(1, len(tables) + 1)
    ]
    return _zipped(
        [
            ("[Content_Types].xml", _CONTENT_TYPES.format("".join(kinds))),
            ("_rels/.rels", _ROOT_LINKS),
            (
                "xl/workbook.xml",
                f'{_XML}<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{"".join(names)}</sheets></workbook>',
            ),
            ("xl/_rels/workbook.xml.rels", _BOOK_LINKS.format("".join(links), len(tables) + 1)),
            ("xl/styles.xml", _STYLES),
            *(
                (f"xl/worksheets/sheet{number}.xml", _xlsx_sheet(table))
                for number, table in enumerate(tables, start=1)
            ),
        ]
    )


def _sheet_name(name: str) -> str:
    """What both formats allow as the name of a sheet."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("' ") or "Sheet"


# ODS

_ODS = "urn:oasis:names:tc:opendocument:xmlns"
_SPACES = (
    f'xmlns:office="{_ODS}:office:1.0" xmlns:table="{_ODS}:table:1.0" xmlns:text="{_ODS}:text:1.0" '
    f'xmlns:style="{_ODS}:style:1.0" xmlns:number="{_ODS}:datastyle:1.0" office:version="1.2"'
)
_DAY = '<number:day number:style="long"/>'
_MONTH = '<number:month number:style="long"/>'
_DAY_STYLES = (
    f'<number:date-style style:name="N1"><number:year number:style="long"/><number:text>-</number:text>{_MONTH}'
    f"<number:text>-</number:text>{_DAY}</number:date-style>"
    f'<number:date-style style:name="N2">{_DAY}<number:text>/</number:text>{_MONTH}<number:text>/</number:text>'
    "<number:year/></number:date-style>"
    '<number:number-style style:name="N3"><number:number number:decimal-places="2" number:min-decimal-places="2" '
    'number:min-integer-digits="1"/></number:number-style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="table-cell" style:data-style-name="{style}"/>'
        for name, style in (("day", "N1"), ("british", "N2"), ("sum", "N3"))
    )
)


def _ods_cell(cell: Cell, table: Table) -> str:
    shown = _shown(cell, table) if not isinstance(cell, str) else cell
    if cell == "":
        return "<table:table-cell/>"
    said = "".join(f"<text:p>{_xml(line)}</text:p>" for line in shown.split("\n"))
    if isinstance(cell, date):
        style = "british" if table.is_day_british else "day"
        kind = f'table:style-name="{style}" office:value-type="date" office:date-value="{cell.isoformat()}"'
    elif isinstance(cell, Decimal):
        kind = f'table:style-name="sum" office:value-type="float" office:value="{cell}"'
    elif isinstance(cell, int):
        kind = f'office:value-type="float" office:value="{cell}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}>{said}</table:table-cell>"


def _ods_table(table: Table) -> str:
    rows = "".join(
        f"<table:table-row>{''.join(_ods_cell(cell, table) for cell in row)}</table:table-row>"
        for row in [table.columns, *table.rows]
    )
    columns = f'<table:table-column table:number-columns-repeated="{max(1, len(table.columns))}"/>'
    return f"<table:table table:name={quoteattr(_sheet_name(table.name))}>{columns}{rows}</table:table>"


def as_ods(tables: Sequence[Table]) -> bytes:
    """This function will return the tables as the sheets of one ODS file (OpenDocument 1.2)."""
    manifest = (
        f'{_XML}<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.2" manifest:media-type="{ODS_TYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    sheets = "".join(map(_ods_table, tables))
    content = (
        f"{_XML}<office:document-content {_SPACES}><office:automatic-styles>{_DAY_STYLES}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"
    )
    styles = f"{_XML}<office:document-styles {_SPACES}><office:styles/></office:document-styles>"
    return _zipped(
        [("content.xml", content), ("styles.xml", styles), ("META-INF/manifest.xml", manifest)],
        first=("mimetype", ODS_TYPE),
    )

"""Exporting: a table of a report as a file: what is seen, with the same filter, every row of it, written down."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ledger.money import Money
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit
from web.office.reports import grouping, viewing
from web.office.reports.listing import REPORTS
from web.office.reports.tabling import Cell, Table, Value

FORMATS = {
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# As in `reports.exporting`: text a spreadsheet could take for a formula gets one apostrophe in front.
_DANGEROUS = re.compile(r"^([\x01-\x1f\x7f']|[\s\u200b-\u200f\u2060\ufeff]*[-=+@|;\"%'−＋－＝＠﹢﹣﹦﹫])")


@admit(Role.FINANCE)
@require_GET
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table of a report; `table` in the address says which, `format` says csv or xlsx."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404("no such report")
    form = viewing.form_of(request, report)
    if not form.is_valid():
        return redirect(f"office:report_{name}")
    page = report.build(viewing.read(request, form, told=viewing.own_fields(form), is_file=True))
    wanted = request.GET.get("table") or page.tables[0].key
    kind = request.GET.get("format", "csv")
    found = next((one for one in page.tables if one.key == wanted), None)
    if found is None or kind not in FORMATS:
        raise Http404("no such table")
    if found.older:
        messages.error(
            request,
            _(
                "More than %(most)s givers: narrow the list, or ask for the list of donors. Another person decides."
            )
            % {"most": f"{grouping.MOST_IN_A_FILE:,}"},
        )
        return redirect(f"{reverse(f'office:report_{name}')}?{urlencode(form.query)}")
    _note(request, name=name, wanted=wanted, asked=sorted(form.query))
    content = _xlsx(found) if kind == "xlsx" else _csv(found)
    response = HttpResponse(content, content_type=FORMATS[kind])
    file = f"{report.slug}-{wanted}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, file) or "attachment"
    return response


def _note(request: HttpRequest, *, name: str, wanted: str, asked: list[str]) -> None:
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user,
            action="export report",
            target=f"report:{name}",
            now=timezone.now(),
            details={"table": wanted, "asked": asked},
        )


def _rows(table: Table) -> Iterator[list[Value]]:
    """The head, the rows and the sums; an amount is a number, its currency stands in the head."""
    yield [
        f"{column.words} ({column.unit})" if column.unit else str(column.words) for column in table.columns
    ]
    for row in [*table.rows, *([table.foot] if table.foot else [])]:
        yield [_plain(cell) for cell in row]


def _plain(cell: Cell) -> Value:
    value = cell.value
    if isinstance(value, Money):
        return value.plain
    return value.isoformat() if isinstance(value, date) else value


def _csv(table: Table) -> bytes:
    told = io.StringIO(newline="")
    told.write("\ufeff")
    writer = csv.writer(told)
    columns = [column.is_number for column in table.columns]
    for number, row in enumerate(_rows(table)):
        writer.writerow(
            [_guarded(value, is_number=number > 0 and columns[place]) for place, value in enumerate(row)]
        )
    return told.getvalue().encode()


def _guarded(value: Value, *, is_number: bool) -> str:
    text = "" if value is None else str(value)
    return text if is_number or not _DANGEROUS.match(text) else f"'{text}"


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="xl/workbook.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
}


def _xlsx(table: Table) -> bytes:
    """A workbook of one sheet. Texts are texts to a spreadsheet whatever they begin with, so nothing is guarded."""
    columns = [column.is_number for column in table.columns]
    lines = "".join(_line(number, row, columns) for number, row in enumerate(_rows(table)))
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            told = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            file.writestr(
                told, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}', zipfile.ZIP_DEFLATED
            )
    return kept.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _line(number: int, row: Iterable[Value], columns: list[bool]) -> str:
    cells = []
    for place, value in enumerate(row):
        text = "" if value is None else str(value)
        if not text:
            cells.append("<c/>")
        elif number and columns[place]:
            cells.append(f"<c><v>{escape(text)}</v></c>")
        else:
            cells.append(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>')
    return f"<row>{''.join(cells)}</row>"

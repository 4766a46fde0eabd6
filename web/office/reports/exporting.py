"""Exporting: a table of a report as a file: what is seen, with the same filter, every row of it, written down."""

from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ledger.money import Money
from paper import tabulating
from reports import filing_tables
from reports.files.making import Format
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit
from web.office.reports import grouping, viewing
from web.office.reports.listing import REPORTS
from web.office.reports.tabling import Cell, Page, Table


@admit(Role.FINANCE)
@require_GET
def table(request: HttpRequest, name: str) -> HttpResponse:
    """One table of a report; `table` in the address says which, `format` says csv, xlsx or parquet."""
    report = REPORTS.get(name)
    if report is None:
        raise Http404("no such report")
    form = viewing.form_of(request, report)
    if not form.is_valid():
        return redirect(f"office:report_{name}")
    page = report.build(viewing.read(request, form, told=viewing.own_fields(form), is_file=True))
    kind, found = _wanted(request, page)
    if found.older:
        messages.error(
            request,
            _(
                "More than %(most)s givers: narrow the list, or ask for the list of donors. Another person decides."
            )
            % {"most": f"{grouping.MOST_IN_A_FILE:,}"},
        )
        return redirect(f"{reverse(f'office:report_{name}')}?{urlencode(form.query)}")
    _note(request, name=name, wanted=found.key, asked=sorted(form.query))
    return _answer(found, kind, name=f"{report.slug}-{found.key}")


@admit(Role.FINANCE)
@require_GET
def of_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One table of the page of a campaign."""
    form, page = viewing.about_campaign(request, slug)
    if page is None:
        return redirect("office:report_campaign", slug=slug)
    kind, found = _wanted(request, page)
    _note(request, name=f"campaign:{slug}", wanted=found.key, asked=sorted(form.query))
    return _answer(found, kind, name=f"campaign-{slug}-{found.key}")


def _wanted(request: HttpRequest, page: Page) -> tuple[Format, Table]:
    wanted = request.GET.get("table") or page.tables[0].key
    kind = request.GET.get("format", Format.CSV.value)
    found = next((one for one in page.tables if one.key == wanted), None)
    if found is None or kind not in set(Format):
        raise Http404("no such table")
    return Format(kind), found


def _note(request: HttpRequest, *, name: str, wanted: str, asked: list[str]) -> None:
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user,
            action="export report",
            target=f"report:{name}",
            now=timezone.now(),
            details={"table": wanted, "asked": asked},
        )


def _answer(found: Table, kind: Format, *, name: str) -> HttpResponse:
    made = filing_tables.file(table=_told(found), form=kind)
    response = HttpResponse(made.content, content_type=made.content_type)
    header = content_disposition_header(True, f"{name}.{kind.value}")
    response.headers["Content-Disposition"] = header or "attachment"
    return response


def _told(found: Table) -> tabulating.Table:
    """The head, the rows and the sums; an amount is a number, its currency stands in the head."""
    head = [
        f"{column.words} ({column.unit})" if column.unit else str(column.words) for column in found.columns
    ]
    rows = [*found.rows, *([found.foot] if found.foot else [])]
    return tabulating.Table(str(found.words), head, [[_plain(cell) for cell in row] for row in rows])


def _plain(cell: Cell) -> tabulating.Cell:
    value = cell.value
    if isinstance(value, Money):
        return Decimal(value.plain)
    if isinstance(value, str) and cell.is_number:
        return Decimal(value)
    return "" if value is None else value

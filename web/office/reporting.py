"""The reports of funds: restricted funds, and the statement of activities by class, for a month, a quarter or a year.

Body and period stand in the address; every number opens the lines of the journal it is made of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ledger.models import LegalEntity
from ledger.money import Money
from paper.tabulating import Cell, Table
from receipts.models import Issuer
from reports import activities, filing_tables, periods, restricted_funds
from reports.activities import Line, Statement
from reports.files.making import Format
from reports.periods import Period
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit
from web.office.showing_funds import READERS, at
from web.templatetags import office, reports_lines


class ReportForm(forms.Form):
    """Whose books and which period; a report is an address somebody can send to the accountant."""

    entity = forms.ModelChoiceField(
        label=gettext_lazy("Organization"),
        queryset=LegalEntity.objects.order_by("id"),
        to_field_name="code",
        empty_label=None,
    )
    period = forms.CharField(label=gettext_lazy("Period"), max_length=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked about. `choices` are the periods somebody may choose instead."""

    form: ReportForm
    entity: LegalEntity
    period: Period
    choices: dict[str, list[Period]]

    @property
    def days(self) -> dict[str, date]:
        return {"first": self.period.first, "last": self.period.last}


def _asked(typed: QueryDict) -> Asked | None:
    """What the address asks for; the year that is under way when it says nothing. None when it makes no sense."""
    first = LegalEntity.objects.order_by("id").first()
    if first is None:
        return None
    start: dict[str, str] = {"entity": first.code}
    start |= {key: str(typed[key]) for key in ("entity", "period") if typed.get(key)}
    body = LegalEntity.objects.filter(code=start["entity"]).first() or first
    issuer = Issuer.objects.filter(entity=body).first()
    ends = issuer.fiscal_year_end_month if issuer else 12
    today = body.day_of(timezone.now())
    start.setdefault("period", str(periods.year_of(today, ends_in_month=ends)))
    form = ReportForm(start)
    try:
        period = periods.read(start["period"], ends_in_month=ends)
    except periods.NoSuchPeriod:
        return None
    if not form.is_valid():
        return None
    return Asked(form, body, period, periods.around(today, ends_in_month=ends))


def _page(request: HttpRequest, template: str, told: Callable[[Asked], dict[str, object]]) -> HttpResponse:
    asked = _asked(request.GET)
    if asked is None:
        return render(request, template, {"refused": True}, status=400)
    days = {"given_from": asked.period.first, "given_to": asked.period.last, "entity": asked.entity.code}
    context = {
        "asked": asked,
        "query": at(entity=asked.entity.code, period=asked.period.key),
        "days": at(**days),
        "until": at(given_to=asked.period.last, entity=asked.entity.code),
        "before": at(given_to=asked.period.first - timedelta(days=1), entity=asked.entity.code),
        **told(asked),
    }
    return render(request, template, context)


@admit(*READERS)
@require_GET
def restricted(request: HttpRequest) -> HttpResponse:
    """Opening, received, released, moved and closing by fund, restriction and currency (B17)."""

    def told(asked: Asked) -> dict[str, object]:
        language = get_language() or "en"
        found = restricted_funds.report(entity=asked.entity, language=language, **asked.days)
        return {"report": found}

    return _page(request, "office/restricted.html", told)


@admit(*READERS)
@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    """Revenue, what was released, expenses and the change of net assets by class; assets and net assets at the end."""

    def told(asked: Asked) -> dict[str, object]:
        return {"statements": activities.statements(entity=asked.entity, **asked.days)}

    return _page(request, "office/activities.html", told)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def file(request: HttpRequest, what: str, ending: str) -> HttpResponse:
    """A report as CSV, XLSX or Parquet, as it is seen. Taking it is written down."""
    asked = _asked(request.GET)
    if asked is None or what not in TABLES or ending not in set(Format):
        raise Http404(what)
    table = TABLES[what](asked)
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user,
            action="export report",
            target=f"entity:{asked.entity.pk}",
            now=timezone.now(),
            details={"report": what, "period": asked.period.key, "rows": len(table.rows)},
        )
    made = filing_tables.file(table=table, form=Format(ending))
    response = HttpResponse(made.content, content_type=made.content_type)
    name = f"{asked.entity.code.lower()}-{what}-{asked.period.key}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _restricted_table(asked: Asked) -> Table:
    found = restricted_funds.report(entity=asked.entity, language=get_language() or "en", **asked.days)
    columns = [
        _("Fund"), _("Name"), _("Restriction"), _("Currency"), _("Opening"), _("Received"), _("Released"), _("Moved"),
        _("Closing"),
    ]  # fmt: skip
    rows = [
        [
            row.fund.code if row.fund else _("Total"),
            row.name,
            office.worded(row.restriction, "restriction") if row.restriction else "",
            row.currency,
            *_plain(row.opening, row.received, row.released, row.moved, row.closing),
        ]
        for row in (*found.rows, *found.totals)
    ]
    return Table("Restricted", columns, rows)


def _activities_table(asked: Asked) -> Table:
    columns = [
        _("Currency"),
        _("Account"),
        _("Name"),
        _("Without restrictions"),
        _("With restrictions"),
        _("Total"),
    ]
    rows: list[Sequence[Cell]] = []
    for one in activities.statements(entity=asked.entity, **asked.days):
        rows += [_row(one, line, reports_lines.line_name(line)) for line in one.lines]
        rows += [
            _row(one, line, str(words))
            for line, words in (
                (one.change, _("Change in net assets")),
                (one.opening, _("Net assets at the beginning")),
                (one.closing, _("Net assets at the end")),
            )
        ]
        rows += [_row(one, line, reports_lines.line_name(line)) for line in (*one.assets, *one.debts)]
    return Table("Activities", columns, rows)


def _row(statement: Statement, line: Line, words: str) -> list[Cell]:
    code = line.code if line.code.isdigit() else ""
    return [statement.currency, code, words, *_plain(line.without, line.with_, line.total)]


def _plain(*amounts: Money) -> list[Cell]:
    return [Decimal(amount.plain) for amount in amounts]


TABLES: dict[str, Callable[[Asked], Table]] = {
    "restricted": _restricted_table,
    "activities": _activities_table,
}

"""Viewing: the index of reports, each report, and the page of one campaign."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from campaigns import counting_safe
from campaigns.models import Campaign
from reports.answers import comparing, renewing, retaining
from reports.files.making import Format
from staff import roles
from staff.models import Role
from web.charts import picturing
from web.office.admitting import admit
from web.office.reports import campaigning, listing, opening, tabling
from web.office.reports import comparing as year
from web.office.reports.asking import COMMON, ReportForm
from web.office.reports.listing import NAMES, REPORTS, SUMS, Report
from web.office.reports.reading import Reader
from web.office.reports.tabling import Figure, Page
from web.templatetags import office


@admit(*SUMS)
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The year at a glance, and every report that this reader may open."""
    form = ReportForm(request.GET, wants=("entity", "currency"), more={})
    is_understood = form.is_valid()
    context: dict[str, object] = {
        "form": form,
        "groups": [
            (words, [one for one in reports if roles.may(request.user, roles=one.admits)])
            for words, reports in listing.GROUPS
        ],
        "patterns": picturing.patterns(),
    }
    if is_understood:
        context |= _glance(read(request, form, told={}))
    return render(request, "office/reports.html", context, status=200 if is_understood else 400)


def _glance(reader: Reader) -> dict[str, object]:
    asked = reader.asked
    sums, months = comparing.sums(asked), comparing.by_month(asked)
    active = renewing.health(asked).state("active")
    rate = next((one.permille for one in retaining.retention(asked) if one.year == asked.year), None)
    change = tabling.difference(sums.now.kept, sums.before.kept)
    figures = [
        Figure(
            _("Given this year"),
            tabling.amount(
                sums.now.kept,
                opens=opening.report("year", asked),
                note=f"{change.shown} {change.note}".strip(),
            ),
        ),
        Figure(_("Givers"), tabling.number(sums.now.donors, opens=opening.report("retention", asked))),
        Figure(
            _("Regular gifts, each month"),
            tabling.amount(active.monthly, opens=opening.report("monthly", asked)),
        ),
        Figure(
            _("Gave last year and this"), tabling.permille(rate, opens=opening.report("retention", asked))
        ),
    ]
    if safe := counting_safe.totals():
        told = tabling.number(sum(safe.values()), opens=tabling.address("report_campaigns"))
        figures.append(Figure(_("People safe"), told))
    return {
        "figures": figures,
        "chart": year.chart(asked, months),
        "year_address": opening.report("year", asked),
    }


def read(request: HttpRequest, form: ReportForm, *, told: dict[str, object], is_file: bool = False) -> Reader:
    """This function will return a reader of what a valid form asks for."""
    return Reader(
        asked=form.asked,
        told=told,
        language=get_language() or "en",
        sees_donors=roles.may(request.user, roles=NAMES),
        query=form.query,
        after=request.GET.get("after", ""),
        is_file=is_file,
    )


def form_of(request: HttpRequest, report: Report) -> ReportForm:
    """This function will return the filter of a report as an address fills it."""
    return ReportForm(request.GET, wants=report.wants, more=report.more())


def own_fields(form: ReportForm) -> dict[str, object]:
    """This function will return what the fields say that only this report has."""
    return {key: value for key, value in form.cleaned_data.items() if key not in COMMON}


def view(report: Report) -> Callable[..., HttpResponseBase]:
    """This function will return the view of one report."""

    @admit(*report.admits)
    @require_GET
    def show(request: HttpRequest) -> HttpResponse:
        form = form_of(request, report)
        if not form.is_valid():
            return _page(request, report.words, form, None, status=400)
        page = report.build(read(request, form, told=own_fields(form)))
        files = reverse("office:report_export", args=[report.name])
        return _page(request, report.words, form, page, files=files, about=report.sentence)

    show.__name__, show.__doc__ = f"report_{report.name}", str(report.sentence)
    return show


def _page(
    request: HttpRequest,
    words: object,
    form: ReportForm,
    page: Page | None,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    query = form.query if page is not None else {}
    context = {
        "title": words,
        "form": form,
        "page": page,
        "query": urlencode(query),
        "is_first": "after" not in request.GET,
        "patterns": picturing.patterns(),
        "forms": [(form.value, words) for form, words in FORMS.items()],
        "may_export": roles.may(request.user, roles=[Role.FINANCE]),
        **more,
    }
    return render(request, "office/report.html", context, status=status)


@admit(*SUMS)
@require_GET
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """One campaign: what it brought, equal to what its public page tells."""
    form, page = about_campaign(request, slug)
    title = office.titled(_campaign(slug))
    if page is None:
        return _page(request, title, form, None, status=400)
    files = reverse("office:report_campaign_file", args=[slug])
    return _page(request, title, form, page, files=files)


def about_campaign(request: HttpRequest, slug: str) -> tuple[ReportForm, Page | None]:
    """This function will return the filter of a campaign's page and what it shows, None of what makes no sense."""
    found, typed = _campaign(slug), request.GET.copy()
    # Without a word of the reader a campaign is told in its own currency, not in that of the house.
    typed["currency"] = typed.get("currency") or found.currency
    form = ReportForm(typed, wants=("currency",), more={})
    if not form.is_valid():
        return form, None
    return form, campaigning.campaign(read(request, form, told={}), found)


def _campaign(slug: str) -> Campaign:
    return get_object_or_404(Campaign.objects.prefetch_related("texts"), slug=slug)


FORMS = {Format.CSV: "CSV", Format.XLSX: "XLSX", Format.PARQUET: "Parquet"}
VIEWS = {name: view(report) for name, report in REPORTS.items()}

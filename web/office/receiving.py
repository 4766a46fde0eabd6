"""Report files of processors: brought, looked at, taken in; then their rows with verdicts, and what needs a person."""

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from books import importing, naming, receiving_reports
from books.desks import Desk
from books.importing import Source
from books.models import ProcessorReport, ProcessorReportRow
from books.opening_tables import LARGEST_FILE, Habits
from books.reading_rows import Giver
from campaigns.models import Campaign
from donations import collecting, leaving_unknown, pausing
from jobs import ringing
from jobs.models import Job
from ledger.models import LegalEntity
from ledger.money import Money
from reports import deposit_files
from staff import roles
from staff.models import Role, User
from web import payout_wording
from web.office import exporting, paging
from web.office.admitting import admit
from web.office.asking_fields import CampaignField

READERS = (Role.FINANCE, Role.APPROVER)
FILES = {"rows": deposit_files.rows, "left-out": deposit_files.rejects}


def _campaigns() -> QuerySet[Campaign]:
    return (
        Campaign.objects.filter(fund__is_open=True)
        .select_related("fund__entity")
        .prefetch_related("texts")
        .order_by("id")
    )


class ReportForm(forms.Form):
    """A file and how it writes days and decimals, which is never guessed."""

    source = forms.ChoiceField(
        label=gettext_lazy("It comes from"),
        choices=[(one.value, payout_wording.PROCESSORS[one.value]) for one in Source],
    )
    file = forms.FileField(label=gettext_lazy("File"), max_length=200)
    days = forms.ChoiceField(
        label=gettext_lazy("Days are written"),
        choices=[
            ("mdy", gettext_lazy("month first: 11/30/2026")),
            ("dmy", gettext_lazy("day first: 30.11.2026")),
            ("ymd", gettext_lazy("year first: 2026-11-30")),
        ],
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Amounts are written"), choices=[(".", "1,234.56"), (",", "1.234,56")]
    )
    campaign = CampaignField(
        label=gettext_lazy("New gifts are for"),
        queryset=Campaign.objects.none(),
        empty_label=None,
        help_text=gettext_lazy(
            "Unless a row names another campaign. Their body is the one of this campaign."
        ),
    )

    def __init__(self, *told: object, **more: object) -> None:
        super().__init__(*told, **more)  # type: ignore[arg-type]
        self.fields["campaign"].queryset = _campaigns()  # type: ignore[attr-defined]

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("A file may have 20 MB at most."))
        return file


class GiverForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    campaign = CampaignField(
        label=gettext_lazy("It is for"), queryset=Campaign.objects.none(), empty_label=None
    )

    def __init__(self, *told: object, **more: object) -> None:
        super().__init__(*told, **more)  # type: ignore[arg-type]
        self.fields["campaign"].queryset = _campaigns()  # type: ignore[attr-defined]


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404("no such reader")
    return request.user


@admit(*READERS)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    rows = ProcessorReport.objects.select_related("imported_by", "entity").order_by("-imported_at", "-pk")
    page = paging.page(rows=rows, by="imported_at", after=request.GET.get("after", ""))
    context = {
        "rows": [(report, _verdicts(report)) for report in page.rows],
        "older": paging.older(request, page, fields=()),
        "may_bring": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/report_files.html", context)


def _verdicts(report: ProcessorReport) -> list[tuple[str, int]]:
    counts = report.rows.values_list("verdict").annotate(n=Count("id")).order_by("verdict")
    return list(counts)


@admit(Role.FINANCE)
def new(request: HttpRequest) -> HttpResponse:
    """A file is put down and read as long work; nothing of it is in the books yet."""
    form = ReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            job = receiving_reports.put_down(
                source=Source(told["source"]),
                entity=told["campaign"].fund.entity,
                campaign=told["campaign"],
                file_name=told["file"].name,
                content=told["file"].read(),
                habits=Habits(days=told["days"], decimal=told["decimal"]),
                actor=_actor(request),
                now=timezone.now(),
            )
        except receiving_reports.UnableToReceive as error:
            form.add_error("file", str(payout_wording.REJECTS[error.code]))
        else:
            ringing.ring("books.run_reports")
            return redirect("office:report_file_check", pk=job.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "office/report_file_new.html", {"form": form}, status=status)


@admit(Role.FINANCE)
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was found in a file, before anything of it is kept; or how far the work is."""
    kinds = [receiving_reports.REHEARSAL, receiving_reports.IMPORT]
    job = get_object_or_404(Job, pk=pk, kind__in=kinds)
    if request.method == "POST":
        return _bring_in(request, job)
    result = job.result
    is_done = job.status == Job.Status.SUCCEEDED and "refused" not in result
    if is_done and (job.kind == receiving_reports.IMPORT or result.get("known")):
        if result.get("known"):
            messages.info(request, _("This file is here already. Nothing was added."))
        else:
            messages.success(request, _("The file is taken in."))
        return redirect("office:report_file", pk=result["report"])
    return render(request, "office/report_file_check.html", _found(job))


def _bring_in(request: HttpRequest, job: Job) -> HttpResponse:
    try:
        begun = receiving_reports.bring_in(
            rehearsal=job,
            but_rejects=request.POST.get("but_rejects") == "yes",
            actor=_actor(request),
            now=timezone.now(),
        )
    except receiving_reports.UnableToReceive as error:
        context = _found(job) | {"refused": payout_wording.REJECTS[error.code]}
        return render(request, "office/report_file_check.html", context, status=422)
    ringing.ring("books.run_reports")
    return redirect("office:report_file_check", pk=begun.pk)


def _found(job: Job) -> dict[str, object]:
    result = job.result
    return {
        "job": job,
        "told": job.arguments,
        "entity_of": LegalEntity.objects.filter(pk=job.arguments.get("entity")).first(),
        "is_at_work": job.status in {Job.Status.QUEUED, Job.Status.RUNNING},
        "is_rehearsal": job.kind == receiving_reports.REHEARSAL,
        "found": result if "rows" in result else None,
        "trouble": result.get("refused"),
        "counts": sorted(result.get("counts", {}).items()),
        "sums": [
            (code, [Money(sums[name], code) for name in ("gross", "fee", "net")])
            for code, sums in result.get("sums", {}).items()
        ],
        "ties": _ties(result.get("ties", [])),
        "rejects": result.get("rejects", []),
        "lines": [
            {**one, **{name: Money(one[name], one["currency"]) for name in ("gross", "fee", "net")}}
            for one in result.get("shown", [])
        ],
    }


def _ties(kept: list[dict[str, object]]) -> list[dict[str, object]]:
    """The sums a file must meet by itself, as amounts with their difference."""
    return [
        {
            "name": one["name"],
            "rows": Money(int(str(one["rows"])), str(one["currency"])),
            "told": Money(int(str(one["told"])), str(one["currency"])),
            "difference": Money(int(str(one["rows"])) - int(str(one["told"])), str(one["currency"])),
        }
        for one in kept
    ]


@admit(*READERS)
@require_GET
def report(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One report: its rows with verdicts, narrowed by verdict, each with its gift."""
    found = get_object_or_404(ProcessorReport.objects.select_related("entity", "imported_by"), pk=pk)
    verdict = request.GET.get("verdict", "")
    rows, older = _page(found, verdict, request.GET.get("after", ""))
    waiting = set(collecting.unknown_refs())
    context = {
        "report": found,
        "verdicts": _verdicts(found),
        "verdict": verdict,
        "rows": [_shown(row, waiting) for row in rows],
        "older": older,
        "ties": _ties(found.ties),
        "sums": _sums(found, verdict),
        "paused": pausing.paused().filter(donation__in=importing.gifts_of(found)).count(),
        "rejects": receiving_reports.rejects_of(found),
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/report_file.html", context)


def _page(found: ProcessorReport, verdict: str, after: str) -> tuple[list[ProcessorReportRow], str]:
    """Fifty rows in the order of the file, and the query of those that follow."""
    rows = found.rows.select_related("donation__donor__merged_into").order_by("position")
    if verdict:
        rows = rows.filter(verdict=verdict)
    if after:
        if not (after.isascii() and after.isdigit() and len(after) < 10):
            raise Http404("no such page")
        rows = rows.filter(position__gt=int(after))
    shown = list(rows[: paging.SIZE + 1])
    more = {"verdict": verdict} if verdict else {}
    last = shown[paging.SIZE - 1].position if len(shown) > paging.SIZE else None
    return shown[: paging.SIZE], urlencode({**more, "after": last}) if last else ""


def _shown(row: ProcessorReportRow, waiting: set[str]) -> dict[str, object]:
    def amount(minor: int | None, currency: str = row.currency) -> Money | None:
        return None if minor is None else Money(minor, currency)

    return {
        "row": row,
        "gross": amount(row.gross_minor),
        "fee": amount(row.fee_minor),
        "net": amount(row.net_minor),
        "books_gross": amount(row.books_gross_minor),
        "books_fee": amount(row.books_fee_minor),
        "settled": amount(row.settled_minor, row.settled_currency or row.currency),
        "is_open": row.verdict == "unknown" and row.ref in waiting,
    }


def _sums(found: ProcessorReport, verdict: str) -> list[tuple[int, Money, Money, Money]]:
    """The sums of the rows that are asked for, one for each currency."""
    rows = found.rows.filter(verdict=verdict) if verdict else found.rows.all()
    sums = rows.values("currency").annotate(
        n=Count("id"), gross=Sum("gross_minor"), fee=Sum("fee_minor"), net=Sum("net_minor")
    )
    return [
        (one["n"], *(Money(one[name], one["currency"]) for name in ("gross", "fee", "net")))
        for one in sums.order_by("currency")
    ]


@admit(Role.FINANCE)
@require_POST
def resume(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second step: receipts and thanks for the gifts of a file may go out from now on."""
    found = get_object_or_404(ProcessorReport, pk=pk)
    gifts = importing.gifts_of(found).values_list("pk", flat=True)
    count = pausing.resume(donation_ids=gifts, actor=_actor(request), now=timezone.now())
    ringing.ring("receipts.follow_up", "donors.send_due")
    messages.success(request, _("Receipts and thanks for %(count)s gifts may go out.") % {"count": count})
    return redirect("office:report_file", pk=pk)


@admit(*READERS)
@require_GET
def export(request: HttpRequest, pk: uuid.UUID, what: str) -> HttpResponseBase:
    """The rows of a report as a file, or what was left out of it."""
    found = get_object_or_404(ProcessorReport, pk=pk)
    if what not in FILES:
        raise Http404("no such file")
    exporting.note(request, "export report", asked=[what])
    blocks = FILES[what](report=found, with_mark="mark" in request.GET)
    return exporting.file(blocks, name=f"report-{what}-{found.imported_at:%Y-%m-%d}.csv")


@admit(Role.FINANCE)
def giver(request: HttpRequest, pk: int) -> HttpResponse:
    """Who gave the money of a row whose giver the file did not name."""
    row = get_object_or_404(
        ProcessorReportRow.objects.select_related("report__entity"), pk=pk, verdict="unknown"
    )
    form = GiverForm(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        desk = Desk(
            entity=row.report.entity, campaign=told["campaign"], actor=_actor(request), now=timezone.now()
        )
        try:
            gift = naming.name(row=row, giver=Giver(name=told["name"], email=told["email"]), desk=desk)
        except naming.UnableToName as error:
            refused = str(payout_wording.REJECTS.get(error.code, payout_wording.REJECTS["kind"]))
        else:
            messages.success(request, _("The gift is entered. Its receipt waits until you let it go out."))
            return redirect("office:donation", pk=gift.pk)
    context = {
        "row": row,
        "form": form,
        "refused": refused,
        "amount": Money(row.gross_minor, row.currency),
        "is_open": collecting.unknown(row.ref) is not None,
        "left": leaving_unknown.decision(source=row.ref),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/report_file_giver.html", context, status=status)

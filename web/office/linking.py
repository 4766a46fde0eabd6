"""Links and QR: the addresses to print or send, what came by each, and cards for tables."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns import carding, sourcing, telling
from campaigns.models import Campaign, CampaignText, SourceCode
from ledger.models import LegalEntity
from outreach.models import Tour, TourStop
from reports import sources
from staff import roles
from staff.models import Role, User
from web.giving import dating, picturing
from web.giving.picturing import Printed
from web.office.admitting import EVERYONE, admit

PAPERS = ("a6", "letter", "a4")
MAY_NAME = (Role.EDITOR, Role.FINANCE)


@dataclass(frozen=True)
class Row:
    """One address to copy; `ref` and `of` name its card, `taken` is what came by it."""

    of: str
    ref: str
    name: str
    address: str
    svg: str
    taken: sources.Taken
    pk: int = 0
    is_retired: bool = False


class SourceForm(forms.Form):
    """A name for people and a code for the address."""

    name = forms.CharField(label=gettext_lazy("Where it will stand"), max_length=120)
    code = forms.RegexField(
        label=gettext_lazy("Code"),
        regex=r"^[a-z0-9_-]{2,60}$",
        max_length=60,
        help_text=gettext_lazy(
            "Small letters, digits and dashes; it stands in the address and never changes."
        ),
    )
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Leads to"),
        queryset=Campaign.objects.takes_gifts().in_order(),
        to_field_name="slug",
    )


@admit(*EVERYONE)
@require_GET
def links(request: HttpRequest) -> HttpResponse:
    return _page(request, form=SourceForm())


def _page(request: HttpRequest, *, form: SourceForm, status: int = 200) -> HttpResponse:
    taken = sources.by_code()
    named = _named(taken)
    context = {
        "form": form,
        "campaigns": _campaigns(),
        "stops": _stops(taken),
        "named": [row for row in named if not row.is_retired],
        "retired": [row for row in named if row.is_retired],
        "papers": PAPERS,
        "may_name": roles.may(request.user, roles=MAY_NAME),
    }
    return render(request, "office/links.html", context, status=status)


def _campaigns() -> list[Row]:
    asking = Campaign.objects.takes_gifts().in_order().prefetch_related("texts")
    language = get_language() or "en"
    return [
        Row(
            of="campaign",
            ref=campaign.slug,
            name=telling.told(campaign.texts.all(), language=language).title,
            address=Printed(campaign, "").address,
            svg=reverse("qr:campaign", args=[campaign.slug]),
            taken=sources.NOTHING,
        )
        for campaign in asking
        if campaign.texts.all()
    ]


def _stops(taken: Mapping[str, sources.Taken]) -> list[Row]:
    """Stops of tours that are not over; each code leads somewhere even before anybody named it."""
    day, language = timezone.now().date(), get_language() or "en"
    stops = (
        TourStop.objects.filter(tour__in=Tour.objects.current())
        .upcoming(day=day)
        .select_related("tour")
        .prefetch_related("texts")
        .order_by("tour__slug", "position", "id")
    )
    rows = []
    for stop in stops:
        printed = picturing.of_tour_stop(stop)
        if printed is None or not stop.texts.all():
            continue
        region = telling.told(stop.texts.all(), language=language).region
        dates = dating.span(stop.starts_on, stop.ends_on, language=language) if stop.starts_on else ""
        rows.append(
            Row(
                of="stop",
                ref=str(stop.pk),
                name=f"{region}, {dates}" if dates else region,
                address=printed.address,
                svg=reverse("qr:stop", args=[stop.pk]),
                taken=taken.get(printed.source, sources.NOTHING),
            )
        )
    return rows


def _named(taken: Mapping[str, sources.Taken]) -> list[Row]:
    codes = SourceCode.objects.select_related("campaign").order_by("-created_at", "-id")
    return [
        Row(
            of="code",
            ref=row.code,
            name=row.name,
            address=picturing.of_source(row).address,
            svg=reverse("qr:code", args=[row.code]),
            taken=taken.get(row.code, sources.NOTHING),
            pk=row.pk,
            is_retired=row.retired_at is not None,
        )
        for row in codes
    ]


@admit(*MAY_NAME)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = SourceForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, form=form, status=422)
    told = form.cleaned_data
    try:
        sourcing.name(
            code=told["code"],
            words=told["name"],
            campaign=told["campaign"],
            actor=request.user,
            now=timezone.now(),
        )
    except sourcing.NameTaken:
        form.add_error("code", _("This code exists already; choose another one."))
        return _page(request, form=form, status=422)
    messages.success(request, _("The code is ready: copy its address or print its card."))
    return redirect("office:links")


@admit(*MAY_NAME)
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    if isinstance(request.user, User) and sourcing.retire(code_id=pk, actor=request.user, now=timezone.now()):
        messages.success(
            request, _("Retired. Printed codes still lead to the form, and their gifts are counted.")
        )
    return redirect("office:links")


@admit(*EVERYONE)
@require_GET
def card(request: HttpRequest, of: str, ref: str) -> HttpResponse:
    """A card for a table: A6, or four on a sheet of Letter or A4."""
    printed, name = _printed(of, ref)
    paper = request.GET.get("paper", "a6")
    if printed is None or paper not in PAPERS:
        raise Http404(ref)
    body = LegalEntity.objects.filter(giving_pages__campaign=printed.campaign).order_by("id").first()
    body = body or LegalEntity.objects.order_by("id").first()
    if body is None:
        raise Http404(ref)
    words = list(CampaignText.objects.filter(campaign=printed.campaign))
    content = carding.draw(
        carding.Card(
            address=printed.address,
            organization=(body.legal_name, body.local_name or body.legal_name),
            titles=(
                telling.told(words, language="en").title,
                telling.told(words, language="ko").title,
            ),
            name=name,
            trust=f"{body.legal_name}, {body.status_line}, {body.registration}",
        ),
        paper=paper,  # type: ignore[arg-type]  # one of PAPERS
        on=timezone.now().date(),
    )
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="card-{paper}.pdf"'
    return response


def _printed(of: str, ref: str) -> tuple[Printed | None, str]:
    if of == "campaign":
        campaign = Campaign.objects.public().filter(slug=ref).first()
        return (Printed(campaign, "") if campaign else None), ref
    if of == "code":
        row = SourceCode.objects.filter(code=ref, retired_at__isnull=True).select_related("campaign").first()
        return (picturing.of_source(row) if row else None), (row.name if row else "")
    if of == "stop" and ref.isdecimal():
        stop = TourStop.objects.filter(pk=int(ref)).select_related("tour").first()
        return (picturing.of_tour_stop(stop) if stop else None), ""
    return None, ""

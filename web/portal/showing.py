"""What a giver sees: the regular gift, the last gift, this year's total, every gift, every receipt. Only their own."""

import uuid
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from donors import belonging, profiling
from donors.models import Donor
from donors.profiling import UnableToProfile
from ledger.models import LegalEntity
from receipts import listing_years, opening_years, reading, yearly_linking
from receipts.models import Issuer, Receipt
from reports import histories, today
from web.portal.admitting import donor_only

PER_PAGE = 50
NEWEST = 5


@donor_only
@require_GET
def home(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Three answers first, then the newest gifts and receipts."""
    language = get_language() or "en"
    gifts = histories.gifts(email_key=email_key, language=language, limit=NEWEST)
    year = today.local_day(now=timezone.now()).year
    context = {
        "donors": histories.donors(email_key=email_key),
        "plans": histories.plans(email_key=email_key),
        "ended_plans": histories.ended_plans(email_key=email_key),
        "pending": histories.pending(email_key=email_key, language=language),
        "gifts": gifts,
        "last": gifts[0] if gifts else None,
        "year": year,
        "year_totals": [total.kept for total in histories.years(email_key=email_key) if total.year == year],
        "receipts": list(_receipts(email_key)[:NEWEST]),
    }
    return render(request, "portal/home.html", context)


@donor_only
@require_GET
def gifts(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Every gift, page by page and year by year; what each year came to; gifts of others one is thanked for."""
    language = get_language() or "en"
    years = histories.years(email_key=email_key)
    known = sorted({one.year for one in years}, reverse=True)
    year = _chosen(request.GET.get("year", ""), known)
    count = sum(one.gifts for one in years if year in {None, one.year})
    pages = max(1, -(-count // PER_PAGE))
    page = _chosen(request.GET.get("page", ""), range(1, pages + 1)) or 1
    context = {
        "donors": histories.donors(email_key=email_key),
        "gifts": histories.gifts(
            email_key=email_key, language=language, year=year, skip=(page - 1) * PER_PAGE, limit=PER_PAGE
        ),
        "pending": histories.pending(email_key=email_key, language=language),
        "credits": histories.credits(email_key=email_key, language=language),
        "years": years,
        "known_years": known,
        "year": year,
        "page": page,
        "pages": pages,
    }
    return render(request, "portal/gifts.html", context)


def _chosen(typed: str, known: "range | list[int]") -> int | None:
    """A number of those there are; anything else chooses nothing."""
    return next((one for one in known if str(one) == typed), None)


@donor_only
@require_GET
def receipts(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Every receipt by tax year, void ones marked, and how receipts come."""
    found = sorted(_receipts(email_key), key=lambda one: -one.tax_year)
    context = {
        "years": [_year(year, list(ones)) for year, ones in groupby(found, key=lambda one: one.tax_year)],
        "donors": histories.donors(email_key=email_key),
        "rhythms": _rhythms(),
        "done": request.GET.get("done") == "yes",
    }
    return render(request, "portal/receipts.html", context)


@dataclass(frozen=True, slots=True)
class PaperYear:
    """A tax year's receipts, and whose lists of its gifts can be downloaded: of whom, for which body."""

    year: int
    receipts: list[Receipt]
    lists: list[tuple[Donor, LegalEntity]]


def _year(year: int, found: list[Receipt]) -> PaperYear:
    standing = [one for one in found if not hasattr(one, "voiding")]
    lists = {(one.donor.merged_into or one.donor, one.series.entity) for one in standing}
    return PaperYear(year, found, sorted(lists, key=lambda one: (one[0].name, one[1].code)))


@donor_only
@require_GET
def gift_list(request: HttpRequest, pk: uuid.UUID, code: str, year: int, *, email_key: str) -> HttpResponse:
    """Every gift of a year that stands on a receipt, on one paper; a list, and no receipt. Only of one's own."""
    whose = get_object_or_404(Donor, pk=pk, pk__in=belonging.ids(email_key=email_key))
    asked = yearly_linking.Year(whose, get_object_or_404(LegalEntity, code=code), year)
    found = listing_years.file_of(
        year=asked, name=opening_years.SUMMARY, language=get_language() or "en", now=timezone.now()
    )
    if found is None:
        raise Http404("nothing of that year stands on a receipt")
    response = HttpResponse(found.content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.filename}"'
    return response


def _receipts(email_key: str) -> QuerySet[Receipt]:
    return (
        reading.visible_to(email_key=email_key)
        .select_related("voiding", "rendering", "replaced_by", "donor__merged_into", "series__entity")
        .prefetch_related("totals")
        .order_by("-issued_at", "-number")
    )


def _rhythms() -> list[tuple[str, str, str]]:
    """The choices with their words. What everybody gets is said too where all bodies do the same."""
    usual = set(Issuer.objects.values_list("default_rhythm", flat=True))
    words = {
        "each": _("a receipt after each gift"),
        "annual": _("one receipt for the whole year, in January"),
    }
    hint = words[usual.pop()] if len(usual) == 1 else ""
    return [
        ("", _("As for everybody"), hint),
        (Donor.Rhythm.EACH, _("A receipt after each gift"), ""),
        (Donor.Rhythm.ANNUAL, _("One receipt for the whole year, in January"), ""),
        (Donor.Rhythm.NONE, _("Send me none"), _("They lie here, and you can download them.")),
    ]


@donor_only
@require_POST
def receipt_wishes(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    wishes: dict[str, str | bool] = {
        "receipt_rhythm": request.POST.get("rhythm", ""),
        "wants_post": request.POST.get("post") == "yes",
    }
    try:
        profiling.change(donor_id=pk, email_key=email_key, changes=wishes, now=timezone.now())
    except (Donor.DoesNotExist, UnableToProfile) as error:
        raise Http404("no such wish") from error
    return redirect(f"{reverse('portal:receipts')}?done=yes")


@donor_only
@require_GET
def receipt(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """The file of a receipt of one's own; another's is as absent as one that never was."""
    visible = reading.visible_to(email_key=email_key).select_related("rendering__document", "voiding")
    found = get_object_or_404(visible, pk=pk)
    if not hasattr(found, "rendering"):
        raise Http404("not rendered yet")
    response = HttpResponse(reading.copy_of(receipt=found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{reading.filename(found)}"'
    return response

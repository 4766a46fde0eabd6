"""Picturing: the QR codes of campaigns, tour stops and named sources, as drawings anybody may keep."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from campaigns.models import Campaign, SourceCode
from outreach.models import Tour, TourStop
from paper import picturing

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Printed:
    """Where a code leads: a campaign's form, and the source its gifts will carry."""

    campaign: Campaign
    source: str

    @property
    def address(self) -> str:
        """Without a language: whoever reads it is led to the form in the language of their phone."""
        query = f"?src={self.source}" if self.source else ""
        return f"{settings.BASE_URL}/give/{self.campaign.slug}/{query}"


def of_source(row: SourceCode) -> Printed:
    return Printed(row.campaign, row.code)


def stop_code(stop: TourStop) -> str:
    """This function will return the source code of one stop of a tour; `stop.tour` must have been fetched."""
    return f"{stop.tour.slug}-{stop.position}"[:60]


def of_tour_stop(stop: TourStop) -> Printed | None:
    """A named code decides for what a stop asks; else the tour's own campaign, else the first that takes gifts.

    This function will return where its code leads, or None while nothing takes gifts.
    """
    code = stop_code(stop)
    named = SourceCode.objects.filter(code=code, retired_at__isnull=True).select_related("campaign").first()
    if named is not None:
        return of_source(named)
    asking = Campaign.objects.takes_gifts().in_order()
    campaign = asking.filter(kind=Campaign.Kind.TOUR).first() or asking.first()
    return Printed(campaign, code) if campaign else None


@require_safe
def of_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = Campaign.objects.public().filter(slug=slug).first()
    return _drawn(Printed(campaign, "") if campaign else None)


@require_safe
def of_stop(request: HttpRequest, pk: int) -> HttpResponse:
    public = TourStop.objects.filter(pk=pk, tour__in=Tour.objects.public()).select_related("tour")
    stop = public.first()
    return _drawn(of_tour_stop(stop) if stop else None)


@require_safe
def of_code(request: HttpRequest, code: str) -> HttpResponse:
    """A retired code is not found: its picture shall not be printed again."""
    named = SourceCode.objects.filter(
        code=code, retired_at__isnull=True, campaign__in=Campaign.objects.public()
    )
    row = named.select_related("campaign").first()
    return _drawn(of_source(row) if row else None)


def _drawn(printed: Printed | None) -> HttpResponse:
    if printed is None:
        raise Http404("qr")
    response = HttpResponse(
        picturing.svg(printed.address, title=printed.address), content_type="image/svg+xml"
    )
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    # Any page may show it: it is a picture of a public address.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

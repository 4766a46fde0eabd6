"""Touring: the road as a JSON Feed (https://jsonfeed.org, version 1.1) and as a calendar (RFC 5545).

Regions and days only, as published; no place, no hour, no name.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from web import furnishing
from web.embed import framing
from web.giving import speaking
from web.giving.speaking import Road, Stop
from web.templatetags import wording

_LINE = 74
"""Octets of a calendar's line, without the space that continues it."""


@require_safe
def as_json(request: HttpRequest, language: str) -> HttpResponse:
    """This function will return every stop that is not over, also those whose days are to come."""
    today = timezone.now().date()
    with translation.override(language):
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": _title(),
            "home_page_url": _home(),
            "feed_url": f"{settings.BASE_URL}{reverse('embed:tour_json', args=[language])}",
            "language": language,
            "items": [_item(road, stop) for road, stop in _stops(language=language, day=today)],
        }
    body = json.dumps(feed, ensure_ascii=False)
    response = HttpResponse(body, content_type="application/feed+json; charset=utf-8")
    response.headers["Content-Language"] = language
    return framing.kept_a_minute(response)


@require_safe
def as_calendar(request: HttpRequest, language: str) -> HttpResponse:
    """Only stops of a tour whose dates stand, and of those only the ones with a first and a last day.

    This function will return them as whole days.
    """
    now = timezone.now()
    with translation.override(language):
        lines = list(_calendar(language=language, now=now))
    body = "".join(f"{line}\r\n" for long in lines for line in _folded(long))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Language"] = language
    return framing.kept_a_minute(response)


def _title() -> str:
    return f"{wording.called(furnishing.house())}: {_('Tour')}"


def _home() -> str:
    return f"{settings.BASE_URL}{reverse('giving:home')}#tour"


def _stops(*, language: str, day: date) -> Iterator[tuple[Road, Stop]]:
    for road in speaking.roads(language=language, day=day):
        for stop in road.stops:
            yield road, stop


def _item(road: Road, stop: Stop) -> dict[str, Any]:
    states = {"open": pgettext("places", "Open"), "held": _("On hold"), "full": _("Full")}
    days = stop.dates or _("Dates to come")
    return {
        "id": _id(road, stop),
        "url": _home(),
        "title": f"{road.title}: {stop.region}",
        "content_text": f"{days}. {states[stop.state]}.",
        "_almoner": {
            "region": stop.region,
            "starts_on": stop.starts_on.isoformat() if stop.starts_on else None,
            "ends_on": stop.ends_on.isoformat() if stop.ends_on else None,
            "state": stop.state,
            "places_open": stop.slots_open,
        },
    }


def _id(road: Road, stop: Stop) -> str:
    """The same for the same stop in every language, and after its days were moved."""
    return f"{road.slug}-{stop.position}@{urlsplit(settings.BASE_URL).hostname}"


def _calendar(*, language: str, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Almoner//Tour//EN", "CALSCALE:GREGORIAN")
    yield f"X-WR-CALNAME:{_escaped(_title())}"
    for road, stop in _stops(language=language, day=now.date()):
        if road.is_announced or stop.starts_on is None or stop.ends_on is None:
            continue
        yield "BEGIN:VEVENT"
        yield f"UID:{_id(road, stop)}"
        yield f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        yield f"DTSTART;VALUE=DATE:{stop.starts_on:%Y%m%d}"
        # The last day of a calendar's event is the first one it does not take.
        yield f"DTEND;VALUE=DATE:{stop.ends_on + timedelta(days=1):%Y%m%d}"
        yield f"SUMMARY:{_escaped(f'{road.title}: {stop.region}')}"
        yield f"URL:{_home()}"
        yield "TRANSP:TRANSPARENT"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, never cut within a character."""
    part, octets, mark = "", 0, ""
    for char in line:
        size = len(char.encode())
        if octets + size > _LINE:
            yield f"{mark}{part}"
            part, octets, mark = "", 0, " "
        part, octets = f"{part}{char}", octets + size
    yield f"{mark}{part}"

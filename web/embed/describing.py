"""Describing: oEmbed (https://oembed.com, version 1.0), where a program that found our address asks for a frame.

Addresses of public campaigns and their giving pages are described, on our own host only; all others are absent.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from ledger.models import LegalEntity
from web import furnishing
from web.embed import fitting, framing
from web.giving import gathering
from web.giving.gathering import Story
from web.templatetags import wording

_PLACE = re.compile(
    r"/(?:(?P<language>en|ko)/(?:campaigns|give)|embed/(?P<framed>en|ko))/(?P<slug>[a-z0-9-]{2,60})/"
)
_SIZE = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """This function will describe the frame for one address, 404 for what is not a public campaign of ours."""
    asked = request.GET.dict()
    if asked.get("format", "json") != "json":
        return _refused(501, _("Only json is spoken here."))
    if not asked.get("url"):
        return _refused(400, _("Say which page: url="))
    sizes = [asked.get(name, "") for name in ("maxwidth", "maxheight")]
    if any(size and not _SIZE.fullmatch(size) for size in sizes):
        return _refused(400, _("Sizes are whole numbers of pixels."))
    width, height = (int(size) if size else None for size in sizes)
    found = place(asked["url"])
    if found is None:
        return _refused(404, _("There is no page here"))
    language, slug = found
    with translation.override(language):
        return _described(language=language, slug=slug, width=width, height=height)


def place(url: str) -> tuple[str, str] | None:
    """This function will return language and slug of a page of ours that can be framed, or None."""
    try:
        parts, own = urlsplit(url), urlsplit(settings.BASE_URL)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != own.netloc.lower():
        return None
    found = _PLACE.fullmatch(parts.path)
    return (found["language"] or found["framed"], found["slug"]) if found else None


def _described(*, language: str, slug: str, width: int | None, height: int | None) -> HttpResponse:
    status = gathering.status_of(slug)
    if status == Campaign.Status.RESTING:
        return _refused(404, _("This page is resting"))
    day = timezone.now().date()
    story = gathering.story(slug, status=status, language=language, day=day) if status else None
    if story is None:
        return _refused(404, _("There is no page here"))
    response = JsonResponse(_answer(story, language=language, width=width, height=height))
    response.headers["Content-Language"] = language
    return framing.kept_a_minute(response)


def _answer(story: Story, *, language: str, width: int | None, height: int | None) -> dict[str, Any]:
    is_asking = story.takes_gifts
    kind = "chooser" if is_asking else "card"
    wide = min(width or fitting.WIDEST, fitting.WIDEST)
    high = min(height or fitting.HEIGHTS[kind], fitting.HEIGHTS[kind])
    address = f"{settings.BASE_URL}{reverse(f'embed:{kind}', args=[language, story.slug])}?src=oembed"
    # Whoever asks may put it in a frame of his own that cannot lead the whole window away: a new tab always works.
    html = format_html(
        '<iframe src="{}&amp;t=blank" title="{}" width="{}" height="{}" style="border:0" loading="lazy"'
        ' referrerpolicy="strict-origin"></iframe>',
        address,
        _("Give: %(title)s") % {"title": story.title} if is_asking else story.title,
        wide,
        high,
    )
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": wording.called(_of(story)),
        "provider_url": f"{settings.BASE_URL}/",
        "title": story.title,
        "html": str(html),
        "width": wide,
        "height": high,
        "cache_age": framing.KEPT_SECONDS,
    }


def _of(story: Story) -> LegalEntity | None:
    """The body that receives; the house itself where none does."""
    return LegalEntity.objects.filter(pk=story.entity_id or 0).first() or furnishing.house()


def _refused(status: int, words: str) -> HttpResponse:
    return framing.kept_a_minute(JsonResponse({"title": words, "status": status}, status=status))

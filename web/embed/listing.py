"""Listing: this week's prayer points and the next dates of the road, for somebody else's page."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from web.embed import framing
from web.giving import speaking
from web.giving.speaking import Letter


@require_safe
def prayer(request: HttpRequest, language: str) -> HttpResponse:
    """This function will show the points of the newest letter that may be quoted."""
    frame = framing.asked(request.GET.dict(), language=language)
    letter = quotable(speaking.letters(language=language))
    context = {
        "letter": letter,
        "frame": frame,
        "way_out": frame.address("giving:letter", letter.number) if letter else frame.address("giving:home"),
    }
    return framing.page("embed/prayer.html", context, language=language)


def quotable(letters: list[Letter]) -> Letter | None:
    """A letter with a content note is read on our page, below its note; no part of it goes elsewhere (S08).

    This function will return the newest letter with prayer points and without a note.
    """
    return next((letter for letter in letters if letter.points and not letter.content_note), None)


@require_safe
def tour(request: HttpRequest, language: str) -> HttpResponse:
    """This function will show the stops that are not over: regions and days, as the home page tells them."""
    frame = framing.asked(request.GET.dict(), language=language)
    roads = speaking.roads(language=language, day=timezone.now().date())
    context = {"roads": roads, "frame": frame, "way_out": f"{frame.address('giving:home')}#tour"}
    return framing.page("embed/tour.html", context, language=language)

"""Visiting: pages that are only read. They set no cookie, so anything between us and the reader may keep them."""

import hashlib
from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from reports import keeping, progress
from web import furnishing
from web.embed import framing
from web.giving import gathering, measuring, speaking
from web.giving.gathering import Story
from web.giving.measuring import Meter

KEPT_SECONDS = 30
"""Short, because a resting campaign must be gone everywhere within a minute (S06)."""


def _language() -> str:
    return (get_language() or "en")[:2]


def _public(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


def _kept(
    request: HttpRequest, template: str, *, state: str, make: Callable[[], dict[str, object]]
) -> HttpResponse:
    """A page that is the same for everybody, written once in half a minute.

    `state` is what the database says at this moment, so that a change of it is seen at once. A page asked for with a
    query is written anew: the query is repeated in its links and belongs to one reader.
    """

    def written() -> bytes:
        return render(request, template, make()).content

    if request.META.get("QUERY_STRING"):
        return _public(HttpResponse(written()))
    mark = hashlib.sha256(f"{request.build_absolute_uri()} {state}".encode()).hexdigest()[:32]
    return _public(HttpResponse(keeping.kept(f"page:v1:{mark}", written)))


def _meter(story: Story) -> Meter:
    meter = measuring.meter(
        kind=story.kind,
        currency=story.currency,
        goal=story.goal,
        monthly_goal=story.monthly_goal,
        standing=progress.standings().get(story.slug, progress.Standing()),
    )
    if story.group_goal is None:
        return meter
    return measuring.of_group(meter, goal=story.group_goal, taken=story.taken)


def _places(story: Story, meter: Meter) -> dict[str, object]:
    """The words about a group: how many places of how many are covered."""
    if not story.group_size or story.cost is None:
        return {}
    funded = measuring.funded_places(size=story.group_size, raised=meter.have, unit_cost=story.cost.amount)
    return {
        "funded": funded,
        "funded_word": measuring.in_words(funded),
        "size": story.group_size,
        "size_word": measuring.in_words(story.group_size),
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """This function will show what is asked for this week, what to pray for and where to meet."""
    today = timezone.now().date()
    state = f"{today} {gathering.shown()}"
    return _kept(request, "giving/home.html", state=state, make=lambda: _home(today))


def _home(today: date) -> dict[str, object]:
    language = _language()
    stories = gathering.stories(language=language, day=today)
    urgent = next((story.slug for story in stories if story.urgent_until), None)
    cards = []
    for story in stories:
        meter = _meter(story)
        cards.append(
            {
                "story": story,
                "meter": meter,
                "places": _places(story, meter),
                "is_urgent": story.slug == urgent,
            }
        )
    letters = speaking.letters(language=language)
    groups = sum(story.groups_waiting for story in stories if story.takes_gifts)
    return {
        "cards": cards,
        "first": next((story for story in stories if story.takes_gifts), None),
        "letter": letters[0] if letters else None,
        "roads": speaking.roads(language=language, day=today),
        "groups": groups,
        "groups_word": measuring.in_words(groups),
    }


@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """This function will show one campaign: how far it is, what it covers and what happens to a gift."""
    if framing.is_framed(request):
        return framing.instead(request, name="embed:card", slug=slug)
    status = gathering.status_of(slug)
    if status is None:
        raise Http404(slug)
    if status == Campaign.Status.RESTING:
        return resting(request)
    today = timezone.now().date()
    story = gathering.story(slug, status=status, language=_language(), day=today)
    if story is None:
        raise Http404(slug)
    page = _kept(request, "giving/campaign.html", state=f"{today} {status}", make=lambda: _campaign(story))
    # Asked for by a frame it is another page: no cache may take one for the other.
    patch_vary_headers(page, ["Sec-Fetch-Dest"])
    return page


def _campaign(story: Story) -> dict[str, object]:
    meter = _meter(story)
    return {
        **furnishing.of(story.entity_id),
        "story": story,
        "meter": meter,
        "places": _places(story, meter),
        "waiting_word": measuring.in_words(story.groups_waiting),
    }


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """This function will list the letters, newest first."""
    return _public(
        render(request, "giving/letters.html", {"letters": speaking.letters(language=_language())})
    )


@require_safe
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """This function will show one letter with its prayer list."""
    found = speaking.letter(number, language=_language())
    if found is None:
        raise Http404(str(number))
    return _public(render(request, "giving/letter.html", {"letter": found}))


def closed(request: HttpRequest, *, slug: str, status: str) -> HttpResponse:
    """A giving page that takes no gifts now. This function will lead to the campaign, which says why."""
    if status == Campaign.Status.RESTING:
        return resting(request)
    return redirect("giving:campaign", slug=slug)


def resting(request: HttpRequest) -> HttpResponse:
    """Incident mode: a page that says nothing about the campaign, not even its name."""
    response = render(request, "errors/resting.html")
    response.headers["Cache-Control"] = "no-store"
    return response

"""Carding: a campaign in few words for somebody else's page: a card with its progress, or the progress alone."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from reports import progress
from web import furnishing
from web.embed import framing
from web.giving import gathering, measuring
from web.giving.gathering import Story
from web.giving.measuring import Meter


@require_safe
def card(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """This function will show title, sentence, progress and one button."""
    return _told(request, language=language, slug=slug, template="embed/card.html")


@require_safe
def line(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """This function will show how far a campaign is, as a link to it."""
    return _told(request, language=language, slug=slug, template="embed/progress.html")


def _told(request: HttpRequest, *, language: str, slug: str, template: str) -> HttpResponse:
    status = gathering.status_of(slug)
    if status == Campaign.Status.RESTING:
        return framing.resting(language=language)
    today = timezone.now().date()
    story = gathering.story(slug, status=status, language=language, day=today) if status else None
    if story is None:
        return framing.missing(language=language)
    frame = framing.asked(request.GET.dict(), language=language)
    meter = _meter(story)
    often = {"freq": "monthly"} if meter.is_monthly else {}
    with translation.override(language):
        places = _places(story, meter)
    context = {
        "story": story,
        "meter": meter,
        "places": places,
        "frame": frame,
        "campaign_url": frame.address("giving:campaign", slug),
        "give_url": frame.address("giving:give", slug, **often) if story.takes_gifts else "",
    }
    return framing.page(template, {**furnishing.of(story.entity_id), **context}, language=language)


def _meter(story: Story) -> Meter:
    return measuring.meter(
        kind=story.kind,
        currency=story.currency,
        goal=story.goal,
        monthly_goal=story.monthly_goal,
        standing=progress.standings().get(story.slug, progress.Standing()),
    )


def _places(story: Story, meter: Meter) -> dict[str, object]:
    if not story.group_size or story.cost is None:
        return {}
    funded = measuring.funded_places(size=story.group_size, raised=meter.have, unit_cost=story.cost.amount)
    return {
        "funded": funded,
        "funded_word": measuring.in_words(funded),
        "size": story.group_size,
        "size_word": measuring.in_words(story.group_size),
    }

"""Picturing: the card of a campaign for programs that show a picture beside a link (og:image)."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from paper import picturing
from reports import keeping
from web import furnishing
from web.embed import framing
from web.giving import gathering
from web.templatetags import wording


@require_safe
def card(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """This function will draw title and sentence of a public campaign, or only that it rests."""
    status = gathering.status_of(slug)
    with translation.override(language):
        name = wording.called(furnishing.house())
        if status == Campaign.Status.RESTING:
            return _drawn(_("This page is resting"), _("Please keep praying."), name=name)
        today = timezone.now().date()
        story = gathering.story(slug, status=status, language=language, day=today) if status else None
        if story is None:
            raise Http404(slug)
        return _drawn(story.title, story.sentence, name=name)


def _drawn(heading: str, words: str, *, name: str) -> HttpResponse:
    mark = hashlib.sha256("\x1f".join([heading, words, name]).encode()).hexdigest()[:32]
    picture = keeping.kept(f"card:v1:{mark}", lambda: picturing.card(heading=heading, words=words, name=name))
    return framing.kept_a_minute(HttpResponse(picture, content_type="image/png"))

"""Feeding: letters and prayer points as Atom and RSS. What a feed says was published; a content note hides the rest."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from web import furnishing
from web.embed import framing
from web.giving import dating, speaking
from web.giving.speaking import Letter
from web.templatetags import wording

KINDS: dict[str, type[Atom1Feed | Rss201rev2Feed]] = {"atom": Atom1Feed, "rss": Rss201rev2Feed}
NEWEST = 20
EXCERPT = 300


@require_safe
def letters(request: HttpRequest, language: str, kind: str) -> HttpResponse:
    """This function will return the newest letters: title, day and how they begin."""
    with translation.override(language):
        found = speaking.letters(language=language)[:NEWEST]
        return _feed(found, kind=kind, language=language, title=_("Letters"), name="letters", tell=_beginning)


@require_safe
def prayer(request: HttpRequest, language: str, kind: str) -> HttpResponse:
    """This function will return the prayer points of each week."""
    with translation.override(language):
        found = [letter for letter in speaking.letters(language=language) if letter.points][:NEWEST]
        return _feed(
            found, kind=kind, language=language, title=_("Prayer points"), name="prayer", tell=_points
        )


def _feed(
    letters: list[Letter], *, kind: str, language: str, title: str, name: str, tell: Callable[[Letter], str]
) -> HttpResponse:
    organization = wording.called(furnishing.house())
    own = f"{settings.BASE_URL}{reverse(f'embed:{name}_feed', args=[language, kind])}"
    feed = KINDS[kind](
        title=_plain(f"{organization}: {title}"),
        link=f"{settings.BASE_URL}{reverse('giving:letters')}",
        description=_plain(title),
        language=language,
        feed_url=own,
        author_name=_plain(organization),
    )
    for letter in letters:
        address = f"{settings.BASE_URL}{reverse('giving:letter', args=[letter.number])}"
        heading = letter.title
        if name == "prayer":
            heading = _("Week of %(day)s") % {"day": dating.day(letter.week_on, language=language)}
        feed.add_item(
            title=_plain(heading),
            link=address,
            description=_plain(_noted() if letter.content_note else tell(letter)),
            unique_id=f"{address}#{name}",
            pubdate=letter.published_at,
            updateddate=letter.changed_at or letter.published_at,
        )
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    response.headers["Content-Language"] = language
    return framing.kept_a_minute(response)


def _noted() -> str:
    """All that is said elsewhere of a letter with a content note (S08)."""
    return format_html("<p>{}</p>", _("This letter mentions suicide."))


def _beginning(letter: Letter) -> str:
    first = next(iter(wording.paragraphs(letter.body)), "")
    return format_html("<p>{}</p>", Truncator(first).chars(EXCERPT))


def _points(letter: Letter) -> str:
    rows = format_html_join("", "<li>{}</li>", ((point.text,) for point in letter.points))
    return format_html("<ol>{}</ol>", rows)


def _plain(text: str) -> str:
    """What XML can hold: a control character pasted into a letter must not break the feed."""
    return "".join(char for char in text if char >= " " or char in "\t\n")

"""What a page of ours says in its head to programs that meet it elsewhere: where it is described, and its card."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext

from web.giving.speaking import Letter
from web.templatetags import wording

register = template.Library()


@register.inclusion_tag("embed/head.html", takes_context=True)
def discovery(context: dict[str, Any], name: str, slug: str, title: str, sentence: str) -> dict[str, object]:
    """Some programs ignore the header form of discovery and relative links, so it is a link and whole.

    This function will return the words of the links for one page of one campaign.
    """
    request = context["request"]
    own = f"{request.scheme}://{request.get_host()}"
    page = f"{settings.BASE_URL}{reverse(name, args=[slug])}"
    return {
        "oembed": f"{own}{reverse('embed:oembed')}?{urlencode({'url': page, 'format': 'json'})}",
        "page": page,
        "picture": f"{own}{reverse('embed:picture', args=[(get_language() or 'en')[:2], slug])}",
        "title": title,
        "sentence": sentence,
        "site": context.get("entity"),
    }


@register.filter
def quotable(letter: Letter) -> str:
    """What may be said of a letter elsewhere: how it begins, or of one with a content note only that note (S08)."""
    if letter.content_note:
        return gettext("This letter mentions suicide.")
    return Truncator(next(iter(wording.paragraphs(letter.body)), "")).chars(200)

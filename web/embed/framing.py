"""Framing: what every page in somebody else's frame has in common: its headers, its way out, and resting.

No request is handed to a template here, so no session and no signed-in person can show in a frame.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from campaigns import hosting
from reports import keeping
from web import furnishing
from web.giving import reading

KEPT_SECONDS = 60
"""Browsers keep a frame that long, and this process never longer than half of it (S06)."""
PASSED_ON = ("src", "return", "freq", "amount", "currency", "t")


class SeeOther(HttpResponseRedirect):
    status_code = 303


@dataclass(frozen=True)
class Frame:
    """How one frame was asked for. `is_blank` is for hosts whose frames may not lead the whole window away."""

    language: str
    source: str
    site: str
    is_blank: bool

    @property
    def target(self) -> str:
        return "_blank" if self.is_blank else "_top"

    def address(self, name: str, *args: object, **more: str) -> str:
        """This function will return the whole address of a page of ours, with where its visitor comes from."""
        with translation.override(self.language):
            path = reverse(name, args=args)
        asked = {**more, "src": self.source, "return": self.site}
        query = urlencode({key: value for key, value in asked.items() if value})
        return f"{settings.BASE_URL}{path}{'?' if query else ''}{query}"


def asked(query: Mapping[str, str], *, language: str) -> Frame:
    """This function will return what an address asks of a frame; what it does not know it leaves out."""
    return Frame(
        language=language,
        source=reading.source(query.get("src", "")),
        site=reading.site(query.get("return", "")),
        is_blank=query.get("t") == "blank",
    )


def own_origin() -> str:
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.scheme}://{parts.netloc}"


def policy() -> str:
    """This function will return the content policy of a frame: who may stand above it is asked of the database."""
    above = " ".join(["'self'", *keeping.kept("embed:ancestors:v1", lambda: hosting.ancestors() or [""])])
    return (
        "default-src 'none'; style-src 'self'; base-uri 'none'; "
        f"form-action {own_origin()}; frame-ancestors {above.strip()}"
    )


def page(template: str, context: Mapping[str, object], *, language: str, status: int = 200) -> HttpResponse:
    """This function will return one page for a frame, with every header it needs and none it may not have."""
    with translation.override(language):
        entity = furnishing.house()
        html = render_to_string(template, {"entity": entity, **context})
    response = HttpResponse(html, status=status)
    response.headers["Content-Security-Policy"] = policy()
    response.headers["Content-Language"] = language
    # An old browser would obey this header alone; `frame-ancestors` says who may.
    response.xframe_options_exempt = True
    return kept_a_minute(response)


def kept_a_minute(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response


def resting(*, language: str) -> HttpResponse:
    """Incident mode: not even the name. This function will return the resting page."""
    return page("embed/resting.html", {}, language=language)


def missing(*, language: str) -> HttpResponse:
    """A page of our own, because a browser shows a refused frame as an error of the site around it."""
    return page("embed/missing.html", {}, language=language, status=404)


def is_framed(request: HttpRequest) -> bool:
    """Whether the browser says that it fetches this page for a frame."""
    return request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}


def instead(request: HttpRequest, *, name: str, slug: str) -> HttpResponse:
    """A whole page that somebody put in a frame. This function will lead to what is made for frames."""
    language = (translation.get_language() or "en")[:2]
    query = urlencode({key: request.GET[key] for key in PASSED_ON if key in request.GET})
    path = reverse(name, args=[language, slug])
    response = SeeOther(f"{path}{'?' if query else ''}{query}")
    response.headers["Cache-Control"] = "no-store"
    return response

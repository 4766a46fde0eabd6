"""Leading: an embed's address without a language goes to the reader's own; no cookie is asked."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from web.embed import framing


@require_safe
def to_language(request: HttpRequest, rest: str) -> HttpResponse:
    """This function will lead to the embed in the first language of the browser that we speak, else in English."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    known = (tag[:2] for tag, _ in accepted)
    language = next((tag for tag in known if tag in {"en", "ko"}), "en")
    path = f"/embed/{language}/{rest}"
    try:
        resolve(path)
    except Resolver404 as error:
        raise Http404(rest) from error
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponseRedirect(f"{path}{'?' if query else ''}{query}")
    patch_vary_headers(response, ["Accept-Language"])
    return framing.kept_a_minute(response)

"""One press in the mail program, or one on this page, ends one kind of mail (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donors import unsubscribing
from donors.models import Consent

_KINDS = {
    Consent.Kind.LETTER: gettext_lazy("The weekly letter"),
    Consent.Kind.PRAYER: gettext_lazy("The prayer list"),
    Consent.Kind.TOUR: gettext_lazy("Tours near me"),
    Consent.Kind.YEARLY_REPORT: gettext_lazy("The yearly list of my gifts"),
    Consent.Kind.POST: gettext_lazy("Letters by post"),
}


# A mail program presses it without cookies or a token of ours (RFC 8058, 3.1): what proves the right is the address.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing; POST, from wherever, writes down the answer and needs nothing else."""
    link = unsubscribing.read(token)
    with translation.override(link.donor.language if link else "en"):
        is_done = link is not None and unsubscribing.is_left(link)
        if link is not None and request.method == "POST":
            unsubscribing.leave(link=link, wording=_("No more mail of this kind"), now=timezone.now())
            is_done = True
        context = {"link": link, "kind": _KINDS[link.kind] if link else "", "is_done": is_done}
        response = render(request, "unsubscribe/ask.html", context, status=200 if link else 404)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

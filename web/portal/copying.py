"""My data: asking for a copy of everything, seeing it being made, and fetching it. Only in a session of one's own."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from donors import requesting
from donors.requesting import AskedTooOften
from jobs import ringing
from web.portal.admitting import donor_only


@donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def copies(request: HttpRequest, *, email_key: str) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        try:
            requesting.ask(email_key=email_key, language=get_language() or "en", now=now)
        except AskedTooOften:
            return _page(request, email_key, is_too_often=True)
        ringing.ring("reports.portray", "donors.send_due")
        return redirect("portal:copies")
    return _page(request, email_key)


def _page(request: HttpRequest, email_key: str, *, is_too_often: bool = False) -> HttpResponse:
    now = timezone.now()
    found = requesting.of(email_key=email_key)
    context = {
        "ready": [one for one in found if one.ready_at and one.expires_at and one.expires_at > now],
        "waiting": next((one for one in found if one.ready_at is None), None),
        "is_too_often": is_too_often,
    }
    return render(request, "portal/copies.html", context, status=429 if is_too_often else 200)


@donor_only
@require_GET
def copy(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """The file of one's own request; another's, an old one and an invented one are equally absent."""
    content = requesting.fetch(request_id=pk, email_key=email_key, now=timezone.now())
    if content is None:
        raise Http404("no such file")
    response = HttpResponse(content, content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    return response

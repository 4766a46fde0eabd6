"""Staying: who is signed in where, ending it, and thirty more minutes at one press."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from donors import staying
from web.portal import admitting
from web.portal.admitting import donor_only


@donor_only
@require_GET
def devices(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Every browser that is signed in with this address; this one is marked."""
    context = {
        "sessions": staying.listed(email_key=email_key, now=timezone.now()),
        "here": admitting.session_of(request),
    }
    return render(request, "portal/devices.html", context)


@donor_only
@require_POST
def end(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    if not staying.end(session_id=pk, email_key=email_key, now=timezone.now()):
        raise Http404("no such session")
    return redirect("portal:devices")


@donor_only
@require_POST
def end_all(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Everywhere means here too."""
    staying.end_all(email_keys=[email_key], now=timezone.now())
    admitting.let_out(request)
    return redirect("portal:sign_in")


@donor_only
@require_POST
def stay(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Being admitted has prolonged the session already. A script is told so; a form goes back to its page."""
    if "text/html" not in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if is_ours else reverse("portal:home"))

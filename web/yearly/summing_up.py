"""Two presses to the paper of a year: the mail's link opens this page, and this page hands out the file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donors import signing_in
from jobs import ringing
from receipts import listing_years, opening_years, yearly_linking
from web import addressing
from web.asking_mailbox import MailboxForm


@require_safe
def summary(request: HttpRequest, token: str) -> HttpResponse:
    """What the link opens, as it stands now. Reading it changes nothing, so a mail scanner may open it too."""
    year = yearly_linking.read(token, now=timezone.now())
    if year is None:
        return _closed(render(request, "yearly/spent.html", {"form": MailboxForm()}, status=410))
    papers = opening_years.papers(year)
    context = {"year": year, "papers": papers, "token": token, "nothing_stands": all(p.void for p in papers)}
    response = _closed(render(request, "yearly/summary.html", context))
    # Nothing on this page needs to say where it is; the address alone would open it again.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def file(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """The file itself, of this year only; a void one says VOID across its page."""
    year = yearly_linking.read(token, now=timezone.now())
    if year is None:
        return _closed(render(request, "yearly/spent.html", {"form": MailboxForm()}, status=410))
    found = listing_years.file_of(year=year, name=name, language=get_language() or "en", now=timezone.now())
    if found is None:
        raise Http404("no such paper in this year")
    response = _closed(HttpResponse(found.content, content_type="application/pdf"))
    response.headers["Content-Disposition"] = f'attachment; filename="{found.filename}"'
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def new_link(request: HttpRequest) -> HttpResponse:
    """The same answer and the same work for everybody; a worker finds out who is known."""
    form = MailboxForm(request.POST)
    if not form.is_valid():
        return _closed(render(request, "yearly/spent.html", {"form": form}, status=422))
    signing_in.request_link(
        email=form.cleaned_data["email"],
        language=get_language() or "en",
        ip=addressing.client_ip(request),
        now=timezone.now(),
        scope=yearly_linking.SCOPE,
    )
    ringing.ring("receipts.send", "donors.send_due")
    return _closed(redirect("yearly:sent"))


@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest) -> HttpResponse:
    return _closed(render(request, "yearly/sent.html"))


def _closed(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response

"""Choosing: which mail comes, and in which language. Receipts always come, as the page says."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_POST

from donors import choosing, profiling
from donors.profiling import UnableToProfile
from reports import histories
from web.portal import wording
from web.portal.admitting import donor_only


@donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """A box for each kind of mail; keeping them is one press, and no is as easy as yes."""
    wordings = {str(kind): str(words) for kind, words in wording.KINDS.items()}
    if request.method == "POST":
        choosing.choose(
            email_key=email_key,
            wanted={kind: request.POST.get(kind) == "yes" for kind in wordings},
            wordings=wordings,
            now=timezone.now(),
        )
        return redirect(f"{reverse('portal:choices')}?done=yes")
    donors = histories.donors(email_key=email_key)
    standing = choosing.standing(donor_ids=[donor.pk for donor in donors])
    context = {
        "kinds": [(kind, words, standing[kind]) for kind, words in wordings.items()],
        "kept_language": donors[0].language if donors else "",
        "done": request.GET.get("done") == "yes",
    }
    return render(request, "portal/choices.html", context)


@donor_only
@require_POST
def language(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """The language of every mail and paper from now on; the page goes on in it."""
    chosen = request.POST.get("language", "")
    try:
        profiling.speak(email_key=email_key, language=chosen, now=timezone.now())
    except UnableToProfile:
        return redirect("portal:choices")
    with translation.override(chosen):
        return redirect(f"{reverse('portal:choices')}?done=yes")

"""Proving: a receipt is scanned, typed or dropped here, and the page says whether it stands. It only reads."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations import guarding
from receipts import asking, publishing
from receipts.asking import Standing
from receipts.verifying import Answer
from web import addressing

LARGEST_FILE = 4_000_000


# Nothing is changed and nobody is signed in here, so a forged post could do nothing; a cookie would be the only one.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """This function will show the form, or judge the file or code that was sent."""
    if request.method != "POST":
        return _page(request)
    if _is_tired(request):
        return _tired(request)
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > LARGEST_FILE:
            return _page(
                request, error=gettext("A receipt is smaller than 4 MB; choose another file"), status=422
            )
        return _answered(request, asking.by_file(file.read(), language=_language()))
    code = _code(request.POST.get("code", ""))
    if not code:
        return _page(request, error=gettext("Choose the receipt’s PDF file, or write the code"), status=422)
    return redirect("proof:by_code", code=code[:200])


@require_safe
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """This function will show where the receipt of a scanned code stands."""
    if _is_tired(request):
        return _tired(request)
    return _answered(request, asking.by_code(code, language=_language()), code=code)


# A code cannot be guessed; a network that tries all the same must pause, and so must one that tries files (T66).
def _is_tired(request: HttpRequest) -> bool:
    return guarding.has_guessed_too_often(ip=addressing.client_ip(request), now=timezone.now())


def _tired(request: HttpRequest) -> HttpResponse:
    words = gettext("There were many tries from your network. Please come back in an hour.")
    return _page(request, error=words, status=429)


def _answered(request: HttpRequest, standing: Standing, *, code: str = "") -> HttpResponse:
    """One answer for whatever does not match: which part of it was wrong is not told."""
    if standing.answer == Answer.UNKNOWN:
        guarding.unmatched(ip=addressing.client_ip(request), now=timezone.now())
    return _page(request, standing=standing, code=code)


@require_safe
def scanned(request: HttpRequest, code: str) -> HttpResponse:
    """This function will lead a scanned code to the page in the reader's language."""
    return HttpResponseRedirect(reverse("proof:by_code", args=[code]))


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """This function will answer with the public keys, as `publishing.read_keys` reads them."""
    known = asking.known_keys()
    told = publishing.public_keys(seals=known.seals.values(), certificates=known.certificates)
    return _open(JsonResponse(told, json_dumps_params={"indent": 1}))


@require_safe
def voids(request: HttpRequest) -> HttpResponse:
    """This function will answer with the list of void receipts, by the hash of their seals."""
    text = publishing.void_list(asking.void_receipts())
    return _open(HttpResponse(text, content_type="text/plain; charset=utf-8"))


def _open(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=300)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _language() -> str:
    return (get_language() or "en")[:2]


def _code(written: str) -> str:
    """The code alone: somebody may have pasted the whole address or put blanks between."""
    return "".join(written.split()).rpartition("/")[2].upper()


def _page(
    request: HttpRequest,
    *,
    standing: Standing | None = None,
    code: str = "",
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"standing": standing, "code": code, "error": error}
    response = render(request, "proof/ask.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response

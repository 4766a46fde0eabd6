"""Taking in what a program posts unasked: a notice with a body that no honest sender makes large."""

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from api import problems


def body_of(request: HttpRequest, *, largest: int) -> bytes | HttpResponse:
    """This function will return what was posted, or the answer to a request that posts nothing or too much."""
    if request.method != "POST":
        response = problems.plain(
            status=405, code="method_not_allowed", detail=_("Only POST is accepted here.")
        )
        response["Allow"] = "POST"
        return response
    body = _read(request, largest)
    if body is None:
        return problems.plain(
            status=413, code="too_large", detail=_("The request is larger than this address accepts.")
        )
    return body


def _read(request: HttpRequest, largest: int) -> bytes | None:
    """The raw body, or None when it is larger than a notice can be; then no more of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:12]) > largest:
        return None
    try:
        body = request.read(largest + 1)
    except UnreadablePostError:
        return b""  # a sender who went away half-way: an empty body carries no signature and is refused
    return body if len(body) <= largest else None

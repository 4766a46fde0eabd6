"""Error pages: what happened and what to do, in the reader's language, with nothing about the inside."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

STATUSES = (400, 403, 404, 409, 413, 429, 500, 503)
TOO_LARGE = (RequestDataTooBig, TooManyFilesSent)
NO_DATABASE = (OperationalError, InterfaceError)
SOON_SECONDS = 30


def page(request: HttpRequest, status: int) -> HttpResponse:
    """This function will return the page of one of `STATUSES`."""
    response = render(request, f"errors/{status}.html", status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the error: a database that is away for a moment is said to be just that."""
    if not isinstance(sys.exc_info()[1], NO_DATABASE):
        return page(request, 500)
    response = page(request, 503)
    response.headers["Retry-After"] = str(SOON_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "errors/stale.html", status=403)

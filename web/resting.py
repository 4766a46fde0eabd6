"""Resting: when the database is away or cannot write, the answer says so: 503 and when to come back, not a defect.

Away: not there, too many connections, a silent line. Cannot write: read-only after a failover, its disk full, a lock
not given in time. Pages that need nothing of it are served all the same.
"""

import logging
from collections.abc import Callable

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger(__name__)

AGAIN_AFTER_SECONDS = "60"
READ_ONLY = "25006"


def is_rest(error: BaseException) -> bool:
    """This function will say whether the database, not the request and not our code, is what failed."""
    if isinstance(error, (OperationalError, InterfaceError)):
        return True
    return isinstance(error, InternalError) and getattr(error.__cause__, "sqlstate", None) == READ_ONLY


class DatabaseRestMiddleware:
    """Answers 503 for whatever fails because the database does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_rest(error):
            return None
        logger.error("the database rests: %s", type(error.__cause__ or error).__name__, exc_info=error)
        return answer(request)


def answer(request: HttpRequest) -> HttpResponse:
    """This function will return the page that says when to come back."""
    response = render(request, "errors/503.html", status=503)
    response["Retry-After"] = AGAIN_AFTER_SECONDS
    response["Cache-Control"] = "no-store"
    return response

"""Headers every page carries, and `no-store` on everything behind a session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_CLOSED = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"

_OPENED_BY_OTHERS = frozenset({"giving", "embed"})
"""A frame in a sandbox can open us in a new tab only, and that tab inherits the sandbox: a browser then shows nothing
of a page that asks to be apart from its opener. These pages have no session that an opener could harm."""


def _space(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.namespace if match else ""


class PageGuardMiddleware:
    """Closes browser features and keeps private pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _CLOSED)
        if _space(request) in _OPENED_BY_OTHERS:
            response.headers.setdefault("Cross-Origin-Opener-Policy", "unsafe-none")
        session = getattr(request, "session", None)
        if session is not None and (session.accessed or response.cookies):
            response.headers["Cache-Control"] = "no-store, private"
        return response

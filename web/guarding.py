"""Headers every page carries, and `no-store` on everything behind a session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_CLOSED = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


class PageGuardMiddleware:
    """Closes browser features and keeps private pages out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _CLOSED)
        session = getattr(request, "session", None)
        if session is not None and (session.accessed or response.cookies):
            response.headers["Cache-Control"] = "no-store, private"
        return response

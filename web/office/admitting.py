"""Admitting: who may open a page of the office. Every view there names its roles with `@admit(...)`."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from staff import roles
from staff.models import Role

View = Callable[..., HttpResponseBase]

EVERYONE = tuple(Role)
IDLE = timedelta(minutes=30)
"""An unattended desk closes by itself (ASVS 7.3.1); `SESSION_COOKIE_AGE` ends even a busy day."""
_SEEN = "office_seen"
_TOUCH_EVERY = timedelta(minutes=1)


def admit(*allowed: Role) -> Callable[[View], View]:
    """Open a view to people who hold one of `allowed`; an admin holds all.

    Nobody signed in goes to the sign-in page and comes back after it; somebody without the role gets a 403 page.
    """
    if not allowed:
        raise TypeError("a view of the office names the roles that may open it")

    def dress(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.user.is_authenticated or _was_idle(request, now=timezone.now()):
                return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)
            if not roles.may(request.user, roles=allowed):
                return _closed(render(request, "office/forbidden.html", status=403))
            return _closed(view(request, *args, **kwargs))

        guarded.admits = frozenset(allowed)  # type: ignore[attr-defined]  # read by the house test of addresses
        return guarded

    return dress


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    """Private pages are kept nowhere and tell nobody where the reader came from."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _was_idle(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the last page was too long ago; if so the session is over."""
    seen = request.session.get(_SEEN)
    last = datetime.fromisoformat(seen) if seen else now
    if now - last > IDLE:
        logout(request)
        return True
    if not seen or now - last > _TOUCH_EVERY:
        request.session[_SEEN] = now.isoformat()
    return False

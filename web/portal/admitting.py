"""Admitting givers: a session that proves an e-mail address, for thirty minutes after the last page."""

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from donors import signing_in, staying

View = Callable[..., HttpResponseBase]

_KEY, _SESSION = "portal_email_key", "portal_session"
BROWSER = "__Host-browser" if settings.SECURE_LOCAL else "browser"


def let_in(request: HttpRequest, *, email_key: str, now: datetime) -> None:
    """This function will begin a fresh session for whoever proved this address."""
    leave(request, now=now)
    request.session.cycle_key()
    began = staying.begin(email_key=email_key, agent=request.META.get("HTTP_USER_AGENT", ""), now=now)
    request.session[_KEY] = email_key
    request.session[_SESSION] = str(began)


def leave(request: HttpRequest, *, now: datetime) -> None:
    """This function will end the session this browser has in the portal, if it has one."""
    key, session_id = _kept(request)
    if session_id:
        staying.end(session_id=session_id, email_key=key, now=now)


def let_out(request: HttpRequest) -> None:
    """This function will end the session and everything in it."""
    leave(request, now=timezone.now())
    request.session.flush()


def session_of(request: HttpRequest) -> uuid.UUID | None:
    """Which of the listed sessions is this browser's."""
    return _kept(request)[1]


def email_key(request: HttpRequest) -> str:
    """The proven address of this session, empty when nobody is signed in, it was ended, or it lay idle."""
    key, session_id = _kept(request)
    if session_id and staying.standing(session_id=session_id, email_key=key, now=timezone.now()):
        return key
    return ""


def _kept(request: HttpRequest) -> tuple[str, uuid.UUID | None]:
    key, kept = request.session.get(_KEY, ""), request.session.get(_SESSION, "")
    return (str(key), uuid.UUID(str(kept))) if key and kept else ("", None)


def browser(request: HttpRequest) -> str:
    """The mark of this browser, empty when it asked for no link lately."""
    return str(request.COOKIES.get(BROWSER, ""))[:100]


def mark(response: HttpResponseBase, *, browser: str) -> None:
    """This function will let the browser keep its mark for as long as a link lasts."""
    response.set_cookie(
        BROWSER,
        browser,
        max_age=int(signing_in.LASTS.total_seconds()),
        secure=settings.SECURE_LOCAL,
        httponly=True,
        samesite="Lax",
    )


def public(view: View) -> View:
    """A page of the portal that anyone may open; it is still kept in no cache and tells nobody its address."""

    @wraps(view)
    def dressed(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        return _closed(view(request, *args, **kwargs))

    dressed.admits = "public"  # type: ignore[attr-defined]  # read by the house test of addresses
    return dressed


def donor_only(view: View) -> View:
    """A page for a giver who proved an address; `view` gets it as `email_key`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        now = timezone.now()
        key, session_id = _kept(request)
        if not session_id:
            return _closed(redirect("portal:sign_in"))
        if not staying.see(session_id=session_id, email_key=key, now=now):
            del request.session[_KEY], request.session[_SESSION]  # ended elsewhere, or idle for too long
            return _closed(redirect("portal:sign_in"))
        return _closed(view(request, *args, email_key=key, **kwargs))

    guarded.admits = "donor"  # type: ignore[attr-defined]  # read by the house test of addresses
    return guarded


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store, private"
    # Nothing leaves this site. "no-referrer" would be stricter in name only: browsers then send `Origin: null`
    # with our own forms, and the check against forged requests must refuse those.
    response.headers["Referrer-Policy"] = "same-origin"
    return response

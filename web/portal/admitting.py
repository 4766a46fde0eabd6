"""Admitting givers: a session that proves an e-mail address, for thirty minutes after the last page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

View = Callable[..., HttpResponseBase]

IDLE = timedelta(minutes=30)
_KEY, _SEEN = "portal_email_key", "portal_seen"


def let_in(request: HttpRequest, *, email_key: str, now: datetime) -> None:
    """This function will begin a fresh session for whoever proved this address."""
    request.session.cycle_key()
    request.session[_KEY] = email_key
    request.session[_SEEN] = now.isoformat()


def let_out(request: HttpRequest) -> None:
    """This function will end the session and everything in it."""
    request.session.flush()


def email_key(request: HttpRequest) -> str:
    """The proven address of this session, empty when nobody is signed in or the session lay idle."""
    key, seen = request.session.get(_KEY, ""), request.session.get(_SEEN, "")
    if not key or not seen:
        return ""
    if timezone.now() - datetime.fromisoformat(seen) > IDLE:
        let_out(request)
        return ""
    return str(key)


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
        key = email_key(request)
        if not key:
            return _closed(redirect("portal:sign_in"))
        request.session[_SEEN] = timezone.now().isoformat()
        return _closed(view(request, *args, email_key=key, **kwargs))

    guarded.admits = "donor"  # type: ignore[attr-defined]  # read by the house test of addresses
    return guarded


def _closed(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "no-store, private"
    # Nothing leaves this site. "no-referrer" would be stricter in name only: browsers then send `Origin: null`
    # with our own forms, and the check against forged requests must refuse those.
    response.headers["Referrer-Policy"] = "same-origin"
    return response

"""Holding: what the giving form answers when a gift may not begin at once. Nothing typed is ever lost."""

import uuid

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import get_language, gettext, ngettext

from donations import guarding
from donations.guarding import Answer, Level, Verdict
from donors import signing_in
from web import addressing
from web.giving import crowding, forming, proving, vouching
from web.giving.asking import Ask
from web.giving.reading import Typed

KNOWN_FOR_SECONDS = 10
HONEYPOT = "subject"
"""No person sees this field and no browser knows it, so only a machine fills it in."""


def is_watchful() -> bool:
    """Whether a fresh form should come with a sum already, so that it is solved while people write.

    Kept for some seconds by each process: showing a form must cost the database nothing. A press asks anew.
    This function will return whether cards seem to be tested, or whether very many press at once.
    """
    if crowding.HERE.is_there(now=timezone.now()):
        return True
    pages = caches["pages"]
    found = pages.get("giving:watchful")
    if found is None:
        found = guarding.suspicion(now=timezone.now()) is not Level.CALM
        pages.set("giving:watchful", found, KNOWN_FOR_SECONDS)
    return bool(found)


def arrival(request: HttpRequest, *, slug: str) -> Verdict:
    """In a crowd the sum is looked for before a form is read: whoever has done it is let through.

    This function will count a press and return what to answer before reading it.
    """
    ip, now = addressing.client_ip(request), timezone.now()
    if not crowding.HERE.press(now=now):
        return guarding.arrive(ip=ip, now=now)
    network = signing_in.address_block(ip)
    if _is_proven(request, slug=slug):
        return guarding.arrive(ip=ip, now=now)
    if crowding.HERE.is_held(network, now=now) or not crowding.HERE.may_draw(now=now):
        return guarding.CROWD
    verdict = guarding.arrive(ip=ip, is_crowd=True, now=now)
    if verdict.answer is Answer.CROWD:
        crowding.HERE.hold(network, now=now)
    return verdict


def _is_proven(request: HttpRequest, *, slug: str) -> bool:
    vouched = vouching.read(request.POST.get("token", ""), slug=slug)
    given = request.POST.get("proof", "")
    return vouched is not None and proving.is_solved(given, checkout_id=vouched.checkout_id)


def bare(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """Far above any human pace the form is not read and no page is drawn: a few words, under a kilobyte."""
    title, words = gettext("Too many tries"), wait_words(verdict)
    again = ""
    if verdict.answer is Answer.CROWD:
        title = gettext("Very many people are giving at this moment")
        words = gettext("Open the form once more: your browser then does a small sum, and you need not wait.")
        again = f'<p><a href="{escape(request.path)}">{escape(gettext("Open the form"))}</a></p>'
    html = (
        f'<!doctype html><html lang="{escape(get_language() or "en")}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(words)}</p>{again}</html>"
    )
    return later(HttpResponse(html, status=429), verdict)


def form_kept(
    request: HttpRequest, *, ask: Ask, form: Typed, vouched: vouching.Vouched | None, verdict: Verdict
) -> HttpResponse:
    """This function will return the form as it was typed with words about the wait, or with the sum to do."""
    checkout_id = vouched.checkout_id if vouched and vouched.is_fresh else uuid.uuid4()
    shown_at = vouched.shown_at if vouched else None
    if verdict.answer is Answer.BUSY:
        token = vouching.token(checkout_id=checkout_id, slug=ask.slug, shown_at=shown_at)
        context = {"ask": ask, "form": form, "token": token, "proof": request.POST.get("proof", "")}
        return later(render(request, "giving/busy.html", context, status=503), verdict)
    if verdict.answer is Answer.PROVE:
        notice, status = gettext("One more press, please: your browser does a small sum first."), 428
    else:
        notice, status = wait_words(verdict), 429
    page = forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=checkout_id,
        notice=notice,
        status=status,
        shown_at=shown_at,
        has_sum=verdict.proof_helps or is_watchful(),
    )
    return later(page, verdict)


def too_soon(request: HttpRequest, *, ask: Ask, form: Typed, vouched: vouching.Vouched) -> HttpResponse:
    """This function will return the form once more: a person looks at it and presses again."""
    return forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=vouched.checkout_id,
        notice=gettext("That was very quick. Look it over once, then press the button again."),
        status=422,
        shown_at=vouched.shown_at,
        has_sum=is_watchful(),
    )


def refused(request: HttpRequest, *, ask: Ask, form: Typed) -> HttpResponse:
    """This function will answer as when the processor refuses; it tells a machine nothing about why."""
    return forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=uuid.uuid4(),
        notice=gettext(
            "The payment company did not accept this gift. Nothing was charged; please try once more."
        ),
        status=502,
        has_sum=is_watchful(),
    )


def wait_words(verdict: Verdict) -> str:
    """This function will return how long to wait, in plain words."""
    words = ngettext(
        "There were many tries from your network. Please wait %(minutes)s minute, then press again.",
        "There were many tries from your network. Please wait %(minutes)s minutes, then press again.",
        verdict.minutes,
    )
    return words % {"minutes": verdict.minutes}


def later(response: HttpResponse, verdict: Verdict) -> HttpResponse:
    """This function will return the response, saying when to come again if there is a wait."""
    if verdict.seconds:
        response.headers["Retry-After"] = str(verdict.seconds)
    # Not no-store: whoever goes back from the payment page finds the form as it was.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    return response

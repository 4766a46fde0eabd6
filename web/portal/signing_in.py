"""Signing in: an address is typed, a link and six digits are mailed, a button is pressed.

Nothing tells whether an address is known: the page that follows is the same, and so are the answers of its field.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from donors import signing_in
from donors.signing_in import Refusal
from jobs import ringing
from web import addressing
from web.asking_mailbox import MailboxForm
from web.portal import admitting
from web.portal.admitting import public


class CodeForm(forms.Form):
    """Six digits, typed or pasted, with or without spaces."""

    code = forms.CharField(
        label=gettext_lazy("Six digits from the mail"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "aria-describedby": "code-hint"}
        ),
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """One field. Whoever is signed in already goes on to their page."""
    if request.method != "POST":
        if admitting.email_key(request):
            return redirect("portal:home")
        return render(request, "portal/sign_in.html", {"form": MailboxForm()})
    form = MailboxForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/sign_in.html", {"form": form}, status=422)
    browser = signing_in.fresh_browser()
    signing_in.request_link(
        email=form.cleaned_data["email"],
        language=get_language() or "en",
        ip=addressing.client_ip(request),
        browser=browser,
        now=timezone.now(),
    )
    ringing.ring("donors.answer_requests")
    response = redirect("portal:sent")
    admitting.mark(response, browser=browser)
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """Look in your mail. The digits are typed here, in the browser that asked for them."""
    browser = admitting.browser(request)
    if request.method != "POST":
        return render(request, "portal/sent.html", {"code": CodeForm() if browser else None})
    form = CodeForm(request.POST)
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    now = timezone.now()
    proven = signing_in.redeem_code(browser=browser, code=typed, now=now)
    if isinstance(proven, Refusal):
        if proven is Refusal.SPENT:
            return _spent(request)
        return render(request, "portal/sent.html", {"code": CodeForm(), "is_wrong": True}, status=422)
    admitting.let_in(request, email_key=proven, now=now)
    return redirect("portal:home")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link. Opening it changes nothing (mail scanners open links); pressing signs in.

    In another browser than the one that asked, the digits of the mail are asked for too.
    """
    browser = admitting.browser(request)
    context = {"code": None if signing_in.is_at_home(token=token, browser=browser) else CodeForm()}
    if request.method != "POST":
        return render(request, "portal/open.html", context)
    form = CodeForm(request.POST)
    typed = form.cleaned_data["code"] if form.is_valid() else ""
    now = timezone.now()
    proven = signing_in.redeem(token=token, browser=browser, code=typed, now=now)
    if isinstance(proven, Refusal):
        if proven is Refusal.SPENT:
            return _spent(request)
        return render(request, "portal/open.html", {**context, "is_wrong": True}, status=422)
    admitting.let_in(request, email_key=proven, now=now)
    return redirect("portal:home")


def _spent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/spent.html", {"form": MailboxForm()}, status=410)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    admitting.let_out(request)
    response = redirect("portal:sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response

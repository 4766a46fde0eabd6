"""Signing in: an address is typed, a link is mailed, a button is pressed. Nothing tells whether an address is known."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donors import signing_in
from jobs import ringing
from web import addressing
from web.portal import admitting
from web.portal.admitting import public


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "aria-describedby": "email-hint"}),
        error_messages={
            "required": gettext_lazy("Enter your email address."),
            "invalid": gettext_lazy("Enter an email address like name@example.org."),
        },
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """One field. Whoever is signed in already goes on to their page."""
    if request.method != "POST":
        if admitting.email_key(request):
            return redirect("portal:home")
        return render(request, "portal/sign_in.html", {"form": AddressForm()})
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/sign_in.html", {"form": form}, status=422)
    signing_in.request_link(
        email=form.cleaned_data["email"],
        language=get_language() or "en",
        ip=addressing.client_ip(request),
        now=timezone.now(),
    )
    ringing.ring("donors.answer_requests")
    return redirect("portal:sent")


@public
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/sent.html")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the mailed link. Opening it changes nothing (mail scanners open links); pressing signs in."""
    if request.method != "POST":
        return render(request, "portal/open.html")
    now = timezone.now()
    key = signing_in.redeem(token=token, now=now)
    if key is None:
        return render(request, "portal/spent.html", {"form": AddressForm()}, status=410)
    admitting.let_in(request, email_key=key, now=now)
    return redirect("portal:home")


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    admitting.let_out(request)
    response = redirect("portal:sign_in")
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response

"""Another e-mail address: asked for here, said yes to from both mailboxes, taken back from the old one."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from donations import vouching
from donors import moving
from donors.moving import Answer, UnableToMove
from jobs import ringing
from reports import histories
from web.giving import reading
from web.portal import admitting
from web.portal.admitting import donor_only, public


class NewAddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": gettext_lazy("Enter your email address."),
            "invalid": gettext_lazy("Enter an email address like name@example.org."),
        },
    )
    last4 = forms.CharField(
        label=gettext_lazy("Last four digits of a card you gave with"),
        max_length=4,
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "aria-describedby": "card-hint"}
        ),
    )


@donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """The new address, and the card's digits for whoever can no longer read the old mailbox."""
    donors = histories.donors(email_key=email_key)
    context = {"donors": donors, "old": donors[0].email if donors else ""}
    if request.method != "POST":
        return render(request, "portal/email.html", {**context, "form": NewAddressForm()})
    form = NewAddressForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/email.html", {**context, "form": form}, status=422)
    last4 = form.cleaned_data["last4"]
    card = (
        vouching.holds_card(donor_ids=histories.donor_ids(email_key=email_key), last4=last4)
        if last4
        else None
    )
    try:
        moving.ask(
            email_key=email_key,
            new_email=form.cleaned_data["email"],
            donor_ids=_chosen(request, [donor.pk for donor in donors]),
            card=card,
            now=timezone.now(),
        )
    except UnableToMove as error:
        form.add_error("last4" if error.code == "card" else "email", _refusal(error.code))
        return render(request, "portal/email.html", {**context, "form": form}, status=422)
    ringing.ring("donors.send_due")
    return redirect(f"{reverse('portal:email')}sent/{'card' if card else 'both'}/")


def _chosen(request: HttpRequest, known: list[uuid.UUID]) -> list[uuid.UUID]:
    """Of several who share an address, those that were ticked; one alone needs no tick."""
    ticked = set(request.POST.getlist("donor"))
    return known if len(known) == 1 else [pk for pk in known if str(pk) in ticked]


def _refusal(code: str) -> str:
    return {
        "resident_number": reading.resident_number_words(),
        "same": _("This is the address you have."),
        "donors": _("Choose for whom the address changes."),
        "card": _("None of your cards ends like this."),
        "often": _("You have tried five times today. Please try again tomorrow, or write to us."),
    }.get(code, _("Enter an email address like name@example.org."))


@donor_only
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest, proof: str, *, email_key: str) -> HttpResponse:
    return render(request, "portal/email_sent.html", {"by_card": proof == "card"})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link in a mailbox. Opening it changes nothing; pressing says yes for this mailbox."""
    now = timezone.now()
    if request.method != "POST":
        if moving.find(token=token, now=now) is None:
            return _told(request, Answer.SPENT)
        return render(request, "portal/email_confirm.html")
    was = admitting.email_key(request)
    answer, change = moving.press(token=token, now=now)
    if change is not None and change.status == change.Status.DONE and was and was == change.old_key:
        admitting.let_in(request, email_key=change.new_key, now=now)  # this browser goes along
    ringing.ring("donors.send_due")
    return _told(request, answer)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Behind "this was not me". It needs nobody signed in: whoever reads the old mailbox may press."""
    now = timezone.now()
    if request.method != "POST":
        if moving.find_undoable(token=token, now=now) is None:
            return _told(request, Answer.SPENT)
        return render(request, "portal/email_undo.html")
    answer = moving.undo(token=token, now=now)
    ringing.ring("donors.send_due")
    return _told(request, answer)


def _told(request: HttpRequest, answer: Answer) -> HttpResponse:
    status = 410 if answer is Answer.SPENT else 200
    return render(request, "portal/email_told.html", {"answer": answer.value}, status=status)

"""Mending: the two buttons beside what waits for a person on the first page."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from donors import corresponding
from jobs import ringing
from payments import reviewing
from staff.models import Role, User
from web.office.admitting import admit


class MendForm(forms.Form):
    """Which task, and what is to be done with it."""

    deed = forms.ChoiceField(choices=[("settle", ""), ("set_aside", ""), ("send", "")])
    id = forms.CharField(max_length=36)


@admit(Role.FINANCE)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    form = MendForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return redirect("office:today")
    if _mended(deed=form.cleaned_data["deed"], name=form.cleaned_data["id"], actor=request.user):
        messages.success(request, _("Done. It is looked at again now."))
    else:
        messages.info(request, _("Somebody else has dealt with it already."))
    return redirect("office:today")


def _mended(*, deed: str, name: str, actor: User) -> bool:
    now = timezone.now()
    try:
        if deed == "send":
            done = corresponding.send_again(message_id=uuid.UUID(name), actor=actor, now=now)
            ringing.ring("donors.send_due")
        elif deed == "settle":
            done = reviewing.try_again(event_id=int(name), actor=actor, now=now)
            ringing.ring("donations.settle", "receipts.follow_up", "donors.send_due", first=(int(name),))
        else:
            done = reviewing.set_aside(event_id=int(name), actor=actor, now=now)
    except ValueError:
        return False
    return done

"""Entering a gift over the desk, in two steps: what came, then the form of its kind. Only the second does anything."""

import uuid
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from donations import benefiting, crediting, entering
from donations.models import Donation
from donors.models import Donor
from ledger.models import LegalEntity
from staff.models import Role, User
from web.office.admitting import admit
from web.office.asking_by_kind import WHATS
from web.office.writing_down import HandForm


@admit(Role.FINANCE)
@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """What came? Each answer leads to a form with the fields it needs."""
    giver = _giver(request)
    context = {"whats": WHATS.items(), "giver": giver}
    return render(request, "office/gift_kinds.html", context)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def gift(request: HttpRequest, what: str) -> HttpResponse:
    """The form of one kind. What cannot be is told beside its field, and nothing typed is lost."""
    if what not in WHATS:
        raise Http404("no such kind of gift")
    form = _form(request, what)
    if request.method == "POST" and isinstance(request.user, User):
        made = _enter(form, actor=request.user)
        if made is not None:
            words = _("%(amount)s of %(name)s was entered.")
            shown = made.amount.shown(get_language() or "en")
            messages.success(request, words % {"amount": shown, "name": made.donor.name})
            return redirect("office:donation", pk=made.pk)
    context = {"form": form, "what": what, "kind": WHATS[what]}
    return render(request, "office/gift.html", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest, what: str) -> HandForm:
    home = LegalEntity.objects.order_by("id").first()
    today = timezone.now().astimezone(ZoneInfo(home.zone if home else "UTC")).date()
    start = {"currency": home.base_currency} if home else {}
    form = HandForm(what, request.POST if request.method == "POST" else None, today=today, initial=start)
    giver = _giver(request)
    if giver is not None and not form.is_bound:
        form.offer("giver", giver)
    return form


def _giver(request: HttpRequest) -> Donor | None:
    """Whoever's page we came from."""
    try:
        asked = uuid.UUID(request.GET.get("giver", ""))
    except ValueError:
        return None
    return Donor.objects.filter(pk=asked, merged_into__isnull=True).first()


def _enter(form: HandForm, *, actor: User) -> Donation | None:
    if not form.is_valid():
        form.settle_people()
        return None
    now = timezone.now()
    written = form.read(now=now)
    if written is None:
        return None
    try:
        return entering.enter(gift=written, actor=actor, now=now)
    except entering.UnableToEnter as error:
        form.refuse(error)
    except (benefiting.UnableToBenefit, crediting.UnableToCredit) as error:
        form.refuse(
            entering.UnableToEnter("other", "benefit" if error.code in {"description", "value"} else "giver")
        )
    return None

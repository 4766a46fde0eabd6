"""The page of one receipt, and what a person does about it: hand out a copy, send it again, void it, issue one now."""

import json
import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from donations.models import Donation
from donors import refusing
from donors.models import Donor
from jobs import ringing
from receipts import handing_out, obstructing, reading, sending_again, snapshots, voiding
from receipts.models import Receipt
from staff import auditing, roles
from staff.models import AuditEvent, Role, User
from web.office import knowing, looking
from web.office.admitting import admit

MOST_LINES = 200
DEEDS = ("receipt.issued", "receipt.voided", "receipt.copied", "receipt.sent_again")
THEN: list[tuple[str, str | Promise]] = [
    ("reissue", gettext_lazy("Issue a new receipt for its gifts at once")),
    ("wait", gettext_lazy("Its gifts wait for the next receipt")),
    ("exclude", gettext_lazy("Its gifts get no receipt")),
]
UNSENT: dict[str, str | Promise] = {
    "void": gettext_lazy("This receipt is void, so it is not sent."),
    "drawn": gettext_lazy("Its file is still being made. Please try again in a minute."),
    "today": gettext_lazy("It was sent again today already."),
    "mailbox": gettext_lazy("This giver gets no mail: print a copy instead."),
}


class VoidForm(forms.Form):
    """Why a receipt was wrong, and what becomes of its gifts. `sure` comes from the page that says what will happen."""

    words = forms.CharField(label=gettext_lazy("Why it was wrong"), max_length=200)
    then = forms.ChoiceField(label=gettext_lazy("And then"), choices=THEN, initial="reissue")

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"]).replace("\x00", "").strip()
        if refusing.is_held_by(words):
            raise forms.ValidationError(_("A resident number is never kept here. Leave it out."))
        return words


def _receipt(pk: uuid.UUID) -> Receipt:
    found = Receipt.objects.select_related(
        "series__entity", "donor__merged_into", "voiding__voided_by", "rendering", "trouble", "replaced_by"
    ).select_related("replaces", "run", "seal")
    return get_object_or_404(found, pk=pk)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
@looking.counted(looking.giver_of_receipt)
def receipt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one receipt. Opening it is written down: it shows a giver's name and address."""
    found = _receipt(pk)
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="read receipt", target=f"receipt:{pk}", now=timezone.now())
    return _page(request, found)


def _page(request: HttpRequest, found: Receipt, *, refused: str = "", status: int = 200) -> HttpResponse:
    lines = found.lines.select_related("donation__campaign").order_by("donation__given_on", "id")
    context = {
        "receipt": found,
        "said": snapshots.read(json.loads(found.snapshot)),
        "entity_of": found.series.entity,
        "donor": found.donor.merged_into or found.donor,
        "lines": lines.prefetch_related("donation__campaign__texts")[:MOST_LINES],
        "line_count": lines.count(),
        "totals": found.totals.order_by("id"),
        "ways": found.deliveries.select_related("message", "print_file").order_by("id"),
        "deeds": _deeds(found),
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
        "refused": refused,
    }
    return render(request, "office/receipt.html", context, status=status)


def _deeds(found: Receipt) -> list[tuple[AuditEvent, str]]:
    """What people did about a receipt, with their names; a deed of the portal is named as it is."""
    events = AuditEvent.objects.filter(target=f"receipt:{found.pk}", action__in=DEEDS).order_by("number")
    told = list(events)
    keys = [one.actor.partition(":")[2] for one in told if one.actor.startswith("user:")]
    names = {f"user:{user.pk}": user.name for user in User.objects.filter(pk__in=keys)}
    return [(one, names.get(one.actor, one.actor)) for one in told]


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_receipt)
def copy(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The same words and number with COPY across the page. Who handed it out is written down."""
    found = _receipt(pk)
    if not isinstance(request.user, User):
        raise Http404("no such reader")
    try:
        content = handing_out.copy(receipt=found, actor=request.user, now=timezone.now())
    except reading.NotDrawnYet:
        return _page(request, found, refused=str(UNSENT["drawn"]), status=422)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="copy-{reading.filename(found)}"'
    return response


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_receipt)
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter of the receipt goes out once more, at most once a day."""
    found = _receipt(pk)
    if isinstance(request.user, User):
        try:
            sending_again.send_again(receipt_id=pk, actor=request.user, now=timezone.now())
        except sending_again.UnableToSend as error:
            return _page(request, found, refused=str(UNSENT[error.code]), status=422)
        ringing.ring("donors.send_due")
        messages.success(request, _("It is on its way by mail."))
    return redirect("office:receipt", pk=pk)


@admit(Role.FINANCE)
@looking.counted(looking.giver_of_receipt)
def void(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asks why, shows what will happen, and only then does it: the number stays, and nothing of it can be undone."""
    found = _receipt(pk)
    if hasattr(found, "voiding"):
        messages.info(request, _("This receipt is void already."))
        return redirect("office:receipt", pk=pk)
    form = VoidForm(request.POST or None)
    if not form.is_valid() or not isinstance(request.user, User):
        status = 422 if request.method == "POST" else 200
        return render(request, "office/receipt_void.html", {"receipt": found, "form": form}, status=status)
    if request.POST.get("sure") != "yes":
        context = {"receipt": found, "form": form, "given": form.cleaned_data, "count": found.lines.count()}
        return render(request, "office/receipt_void_check.html", context)
    return _voided(request, found, words=form.cleaned_data["words"], then=form.cleaned_data["then"])


def _voided(request: HttpRequest, found: Receipt, *, words: str, then: voiding.Then) -> HttpResponse:
    actor = request.user
    if not isinstance(actor, User):
        raise Http404("no such reader")
    try:
        made = voiding.void(receipt_id=found.pk, words=words, then=then, actor=actor, now=timezone.now())
    except voiding.AlreadyVoid:
        messages.info(request, _("This receipt is void already."))
        return redirect("office:receipt", pk=found.pk)
    ringing.ring("receipts.follow_up", "donors.send_due")
    if made is not None:
        messages.success(request, _("Void. Receipt %(serial)s replaces it.") % {"serial": made.serial})
        return redirect("office:receipt", pk=made.pk)
    messages.success(request, _("Void. The giver is told."))
    return redirect("office:receipt", pk=found.pk)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.donor)
def issue(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One receipt over everything of a year that stands on none yet; pressed twice it is the same number."""
    donor = get_object_or_404(Donor.objects.select_related("merged_into"), pk=pk)
    form = knowing.IssueForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return knowing.page(request, donor, refused=_("Please choose a body and a year."), status=422)
    year = form.cleaned_data["year"]
    try:
        answer = handing_out.issue_for(
            donor_id=donor.merged_into_id or donor.pk,
            entity=form.cleaned_data["entity"],
            tax_year=year,
            actor=request.user,
            now=timezone.now(),
        )
    except handing_out.NothingToReceipt:
        words = _("There is no gift of %(year)s that could stand on a receipt.") % {"year": year}
        return knowing.page(request, donor, refused=words, status=422)
    if answer.receipt is None:
        words = (
            _("It cannot be issued yet:") + " " + " ".join(dict.fromkeys(h.words for h in answer.hindrances))
        )
        return knowing.page(request, donor, refused=words, status=422)
    told = {"serial": answer.receipt.serial}
    if answer.is_new:
        ringing.ring("receipts.finish", "donors.send_due")
        messages.success(request, _("Receipt %(serial)s is issued.") % told)
    else:
        messages.info(request, _("Already issued: receipt %(serial)s.") % told)
    return redirect("office:receipt", pk=answer.receipt.pk)


@admit(Role.FINANCE)
@require_POST
def again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody mended what kept a gift from its receipt: it is tried now, and not at the next look."""
    gift = get_object_or_404(Donation, pk=pk)
    obstructing.try_again(donation_ids=[gift.pk], now=timezone.now())
    ringing.ring("receipts.follow_up", "donors.send_due")
    messages.success(request, _("Done. It is looked at again now."))
    return (
        redirect("office:today")
        if request.POST.get("back") == "today"
        else redirect("office:donation", pk=pk)
    )

"""Gift Aid in the office: declarations with their steps, what may be claimed, and the claims with their files."""

import uuid
from collections import Counter
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from donors.models import Donor
from ledger.models import LegalEntity
from paper import tabulating
from receipts import claiming_aid, declaring, weighing_aid
from receipts.claiming_aid import UnableToClaim
from receipts.declaring import UnableToDeclare
from receipts.models import GiftAidClaim, GiftAidDeclaration, Issuer
from receipts.rules import united_kingdom
from receipts.rules.declarations import Form
from staff import auditing, roles
from staff.models import Role, User
from web import attesting
from web.office import looking
from web.office.admitting import admit

LISTED = 100


class StepForm(forms.Form):
    """One press on a declaration, with the day it counts from."""

    deed = forms.ChoiceField(choices=[(name, name) for name in ("mail", "posted", "cancel", "end")])
    on = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ClaimForm(forms.Form):
    """One press on a claim."""

    deed = forms.ChoiceField(choices=[(name, name) for name in ("file", "paid", "discard")])
    reference = forms.CharField(label=gettext_lazy("Reference of HMRC"), max_length=40, required=False)
    on = forms.DateField(
        label=gettext_lazy("Filed on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def bodies() -> list[LegalEntity]:
    """This function will return the charities that stand under the law of the United Kingdom."""
    return list(LegalEntity.objects.filter(issuer__law=Issuer.Law.UNITED_KINGDOM).order_by("id"))


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What may be claimed today, what may not and why, the claims, and the newest declarations."""
    return _overview(request)


def _overview(request: HttpRequest, *, refused: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    context = {
        "bodies": [_told(entity, now=now) for entity in bodies()],
        "refused": refused,
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/gift_aid.html", context, status=status)


def _told(entity: LegalEntity, *, now: datetime) -> dict[str, object]:
    today = entity.day_of(now)
    seen = weighing_aid.look(entity=entity, on=today)
    rows = GiftAidDeclaration.objects.filter(entity=entity).select_related("entity", "donor")
    return {
        "entity": entity,
        "seen": seen,
        "gifts": sum(len(one.donations) for one in seen.ready),
        "reasons": sorted(Counter(one.reason for one in seen.unready).items()),
        "unready": seen.unready[:LISTED],
        "declarations": [
            (row, declaring.state(row=row, on=today)) for row in rows.order_by("-entered_at", "id")[:LISTED]
        ],
        "claims": [
            (claim, united_kingdom.reclaim(given=claiming_aid.claimed(claim)))
            for claim in GiftAidClaim.objects.filter(entity=entity)
            .defer("content")
            .order_by("-made_at", "id")[:LISTED]
        ],
        "today": today,
    }


@admit(Role.FINANCE)
@require_POST
def draft(request: HttpRequest, entity_id: int) -> HttpResponse:
    """Make the claims of everything that is ready; a draft that lies there is made anew."""
    entity = next((one for one in bodies() if one.pk == entity_id), None)
    if entity is None or not isinstance(request.user, User):
        raise Http404(str(entity_id))
    try:
        made = claiming_aid.draft(entity=entity, actor=request.user, now=timezone.now())
    except UnableToClaim as error:
        return _overview(request, refused=_claim_words(error), status=422)
    messages.success(
        request, _("%(count)s claims are drafted. Take each file to HMRC.") % {"count": len(made)}
    )
    return redirect("office:gift_aid")


@admit(Role.FINANCE)
@require_POST
def step(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """File a draft, note that a claim was paid, or throw a draft away."""
    claim, form = get_object_or_404(GiftAidClaim.objects.defer("content"), pk=pk), ClaimForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _overview(request, refused=_("Please choose again."), status=422)
    asked, now = form.cleaned_data, timezone.now()
    try:
        if asked["deed"] == "discard":
            claiming_aid.discard(claim_id=claim.pk, actor=request.user, now=now)
        elif asked["deed"] == "paid":
            claiming_aid.paid(claim_id=claim.pk, actor=request.user, now=now)
        else:
            claiming_aid.file(
                claim_id=claim.pk,
                reference=asked["reference"].strip(),
                filed_on=asked["on"] or claim.entity.day_of(now),
                actor=request.user,
                now=now,
            )
    except UnableToClaim as error:
        return _overview(request, refused=_claim_words(error), status=422)
    messages.success(request, _("Kept."))
    return redirect("office:gift_aid")


@admit(Role.FINANCE)
@require_GET
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The file of a claim. Taking it is written down."""
    claim = get_object_or_404(GiftAidClaim, pk=pk)
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user, action="export gift aid", target=f"claim:{pk}", now=timezone.now()
        )
    response = HttpResponse(bytes(claim.content or b""), content_type=tabulating.ODS_TYPE)
    name = content_disposition_header(True, claiming_aid.filename(claim))
    response.headers["Content-Disposition"] = name or "attachment"
    return response


@admit(Role.FINANCE)
def declare(request: HttpRequest, donor_id: uuid.UUID) -> HttpResponse:
    """Enter what a donor declared in writing or aloud."""
    donor = get_object_or_404(Donor, pk=donor_id)
    if stop := looking.stopped(request, donor_id=donor_id):
        return stop
    found = bodies()
    if not found:
        raise Http404("no charity of the United Kingdom")
    today = found[0].day_of(timezone.now())
    if request.method != "POST":
        form = attesting.StaffForm(
            bodies=found, initial={"declaration_id": uuid.uuid4(), "on": today, "entity": found[0]}
        )
        return _declare_page(request, donor, form)
    form = attesting.StaffForm(request.POST, bodies=found)
    if not form.is_valid() or not isinstance(request.user, User):
        return _declare_page(request, donor, form, status=422)
    try:
        row = declaring.declare(
            declaration_id=form.cleaned_data["declaration_id"],
            donor_id=donor.pk,
            entity=form.cleaned_data["entity"],
            said=form.said(form=Form(form.cleaned_data["form"])),
            made_on=form.cleaned_data["on"],
            actor=request.user,
            now=timezone.now(),
        )
    except UnableToDeclare as error:
        form.refuse(error)
        return _declare_page(request, donor, form, status=422)
    messages.success(request, _("The declaration is kept."))
    return redirect("office:gift_aid_declaration", pk=row.pk)


def _declare_page(
    request: HttpRequest, donor: Donor, form: attesting.StaffForm, *, status: int = 200
) -> HttpResponse:
    context = {"donor": donor, "form": form, "sentences": attesting.sentences(entity=None)}
    return render(request, "office/gift_aid_declare.html", context, status=status)


@admit(Role.FINANCE, Role.APPROVER)
@looking.counted(looking.giver_of_declaration)
def declaration(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One declaration and its steps. Opening it is written down: it shows a home address."""
    row = get_object_or_404(GiftAidDeclaration.objects.select_related("entity", "donor", "entered_by"), pk=pk)
    if not isinstance(request.user, User):
        raise Http404("nobody")
    if request.method == "POST":
        return _stepped(request, row, actor=request.user)
    auditing.record(
        actor=request.user, action="read declaration", target=f"declaration:{pk}", now=timezone.now()
    )
    return _declaration_page(request, row)


def _stepped(request: HttpRequest, row: GiftAidDeclaration, *, actor: User) -> HttpResponse:
    if not roles.may(request.user, roles=[Role.FINANCE]):
        return _declaration_page(request, row, refused=_("Only finance can change it."), status=403)
    form, now = StepForm(request.POST), timezone.now()
    if not form.is_valid():
        return _declaration_page(request, row, refused=_("Please choose again."), status=422)
    on = form.cleaned_data["on"] or row.entity.day_of(now)
    try:
        match form.cleaned_data["deed"]:
            case "mail":
                declaring.send_record(declaration_id=row.pk, actor=actor, now=now)
            case "posted":
                declaring.record_posted(declaration_id=row.pk, on=on, actor=actor, now=now)
            case "cancel":
                declaring.cancel(declaration_id=row.pk, on=on, actor=actor, now=now)
            case _:
                declaring.end(declaration_id=row.pk, on=on, actor=actor, now=now)
    except UnableToDeclare as error:
        words = " ".join(attesting.words(code) for code in error.codes)
        return _declaration_page(request, row, refused=words, status=422)
    messages.success(request, _("Kept."))
    return redirect("office:gift_aid_declaration", pk=row.pk)


def _declaration_page(
    request: HttpRequest, row: GiftAidDeclaration, *, refused: str = "", status: int = 200
) -> HttpResponse:
    today = row.entity.day_of(timezone.now())
    language = (get_language() or "en")[:2]
    context = {
        "row": row,
        "state": declaring.state(row=row, on=today),
        "scopes": declaring.scope_words(row=row),
        "explained": declaring.wording(
            code=declaring.TAXPAYER, version=row.explanation_version or 1, language=language
        ),
        "never": row.cancelled_from == date.min,
        "today": today,
        "refused": refused,
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/gift_aid_declaration.html", context, status=status)


def _claim_words(error: UnableToClaim) -> str:
    told = {
        "nothing": _("There is nothing to claim."),
        "step": _("This claim is not at that step any more."),
        "day": _("The day lies before the draft or is still to come."),
        "reference": _("Write the reference HMRC gave, 3 to 40 characters."),
        "stale": _("A gift of this draft went back meanwhile: make the draft again."),
    }
    return told[error.code]

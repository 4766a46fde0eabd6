"""Two records of one giver: seen side by side, merged and parted again; and two people who give in one name."""

import uuid
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from donors import joining, keeping, merging
from donors.models import Donor
from reports import knowing as reading
from staff.models import Role, User
from web.office import knowing, looking
from web.office.admitting import admit
from web.office.choosing import ChoosingForm

REFUSALS: dict[str, str | Promise] = {
    "resident_number": gettext_lazy("A resident number is never kept here. Leave it out."),
    "reason": gettext_lazy("Write why."),
    "itself": gettext_lazy("These are the same record."),
    "merged": gettext_lazy("One of them was merged already; choose who stands for them now."),
    "kinds": gettext_lazy("One is a person and one an organization. Correct the kind first."),
    "joint": gettext_lazy("A record of two people cannot be merged, nor two people who give together."),
    "email_change": gettext_lazy("One of them is changing their e-mail. Wait until it is done or over."),
    "exists": gettext_lazy("Another donor has this e-mail and name by now. Merge or change that one first."),
    "not_merged": gettext_lazy("This donor stands alone already."),
    "unknown": gettext_lazy("There is no such donor."),
    "two": gettext_lazy("Choose another person."),
    "person": gettext_lazy("Only people give together."),
    "not_joint": gettext_lazy("This is not a record of two people."),
}


class MergeForm(forms.Form):
    """Which of two stays, and why they are one."""

    keep = forms.UUIDField()
    reason = forms.CharField(label=gettext_lazy("Why they are the same"), max_length=200)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.donor)
def merge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """First whom it could be the same as, then both side by side with what comes together, then the deed."""
    donor = get_object_or_404(Donor, pk=pk, merged_into__isnull=True)
    other = _other(request, donor)
    search = request.GET.get("q", "")[:200].replace("\x00", "")
    if other is None:
        found = reading.named(search=search) if search else reading.likely(donor=donor)
        rows = [row for row in found if row.pk != donor.pk]
        given = reading.given(donor_ids=[row.pk for row in rows])
        context = {"donor": donor, "rows": [(row, given.get(row.pk, [])) for row in rows], "q": search}
        return render(request, "office/donor_merge_choose.html", context)
    form = MergeForm(request.POST if request.method == "POST" else None)
    refused = ""
    if form.is_valid() and isinstance(request.user, User):
        stays, goes = (donor, other) if form.cleaned_data["keep"] == donor.pk else (other, donor)
        try:
            merging.merge(
                donor_id=goes.pk,
                into_id=stays.pk,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Both are one now. It can be undone below."))
            return redirect("office:donor", pk=stays.pk)
        except merging.UnableToMerge as error:
            refused = str(REFUSALS[error.code])
    context = {
        "form": form,
        "donor": donor,
        "other": other,
        "sides": [reading.held(donor=donor), reading.held(donor=other)],
        "refused": refused or _impossible(donor, other, now=timezone.now()),
    }
    return render(request, "office/donor_merge.html", context, status=422 if form.is_bound else 200)


def _other(request: HttpRequest, donor: Donor) -> Donor | None:
    try:
        asked = uuid.UUID(request.GET.get("with", ""))
    except ValueError:
        return None
    return Donor.objects.filter(pk=asked, merged_into__isnull=True).exclude(pk=donor.pk).first()


def _impossible(donor: Donor, other: Donor, *, now: datetime) -> str:
    """What would be refused is told before anybody fills in a reason."""
    try:
        merging.check(donor=donor, into=other, now=now)
    except merging.UnableToMerge as error:
        return str(REFUSALS[error.code])
    return ""


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.donor)
def unmerge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a merge back: both stand alone again, each with what was its own."""
    donor = get_object_or_404(Donor, pk=pk)
    if not isinstance(request.user, User):
        raise Http404("nobody")
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        merging.unmerge(donor_id=pk, reason=reason, actor=request.user, now=timezone.now())
    except merging.UnableToMerge as error:
        return knowing.page(request, donor, refused=str(REFUSALS[error.code]), status=422)
    messages.success(request, _("The merge was undone."))
    return redirect("office:donor", pk=pk)


class JointForm(ChoosingForm):
    """Whose names the joint record bears, and how it is written."""

    PEOPLE = ("partner",)

    joint_id = forms.UUIDField(widget=forms.HiddenInput)
    partner = forms.CharField(label=gettext_lazy("The other person"), max_length=200)
    name = forms.CharField(
        label=gettext_lazy("Name of both"),
        max_length=120,
        help_text=gettext_lazy("As it stands on the receipt."),
    )
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.donor)
def joint(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Make a record that two people give in. What each gave alone stays theirs."""
    donor = get_object_or_404(Donor, pk=pk, merged_into__isnull=True)
    start = {"joint_id": uuid.uuid4(), "address": donor.address}
    form = JointForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and isinstance(request.user, User):
        form.is_valid()
        made = _join(form, donor, request.user)
        if made is not None:
            messages.success(request, _("From now on gifts can be entered in the name of both."))
            return redirect("office:donor", pk=made.pk)
    context = {"form": form, "donor": donor}
    return render(request, "office/donor_joint.html", context, status=422 if form.is_bound else 200)


def _join(form: JointForm, donor: Donor, actor: User) -> Donor | None:
    made = form.cleaned_data.get("joint_id") or uuid.uuid4()
    known = Donor.objects.filter(pk=made, kind=Donor.Kind.JOINT).first()
    if known is not None:
        return known  # pressed twice: by now the name that was typed fits the new record as well
    partner = form.choose("partner")
    if form.errors or partner is None:
        return None
    profile = {name: form.cleaned_data[name] for name in ("name", "email", "address")}
    try:
        return joining.join(
            joint_id=made,
            member_ids=[donor.pk, partner.pk],
            profile={**profile, "language": donor.language},
            actor=actor,
            now=timezone.now(),
        )
    except joining.UnableToJoin as error:
        form.add_error("partner", str(REFUSALS[error.code]))
    except keeping.UnableToKeep:
        form.add_error("name", _("There is a donor with this e-mail and name already."))
    return None


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.donor)
def part(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The two part: new gifts are single, old receipts stay as they are, with both."""
    donor = get_object_or_404(Donor, pk=pk)
    if not isinstance(request.user, User) or request.POST.get("sure") != "yes":
        return knowing.page(request, donor, refused=_("Please tick that you are sure."), status=422)
    try:
        joining.part(joint_id=pk, actor=request.user, now=timezone.now())
    except joining.UnableToJoin as error:
        return knowing.page(request, donor, refused=str(REFUSALS[error.code]), status=422)
    messages.success(request, _("New gifts are entered for one of them. Old receipts stay as they are."))
    return redirect("office:donor", pk=pk)

"""Keeping donors: entering one, correcting a profile, and noting that somebody has died."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from donations import mourning
from donors import keeping, signing_in
from donors.models import Donor
from receipts import mending
from staff.models import Role, User
from web import addressing, wording
from web.office import knowing, looking
from web.office.admitting import admit

KINDS = [(key, wording.DONOR_KINDS[key]) for key in ("person", "organization")]
LANGUAGES = [("en", "English"), ("ko", "한국어")]
RHYTHMS = [("", gettext_lazy("As the organization does for everybody")), *wording.RHYTHMS.items()]


class DonorForm(forms.Form):
    """A donor's profile. `donor_id` is made with the form: sent twice, it is one donor."""

    donor_id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=KINDS)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    local_name = forms.CharField(
        label=gettext_lazy("Name in the other script"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As 김은혜."),
    )
    email = forms.CharField(
        label=gettext_lazy("Email"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of letters"), choices=LANGUAGES)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=12, required=False)
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        label=gettext_lazy("Country"),
        max_length=2,
        required=False,
        help_text=gettext_lazy("Two letters, as US or KR."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=12, required=False)
    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only where the law asks (Canada, Gift Aid)."),
    )
    # The metaclass takes fields out of the class, so `form.initial` stays what Django makes of it.
    initial = forms.CharField(  # type: ignore[assignment]
        label=gettext_lazy("Initial"), max_length=4, required=False
    )
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=60, required=False)
    business_number = forms.RegexField(
        r"^[0-9-]*$",
        label=gettext_lazy("Business number"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Of an organization only. A person's number is never kept."),
    )
    receipt_rhythm = forms.ChoiceField(label=gettext_lazy("Receipts come"), choices=RHYTHMS, required=False)
    wants_post = forms.BooleanField(label=gettext_lazy("Wants letters and receipts by post"), required=False)
    do_not_contact = forms.BooleanField(label=gettext_lazy("Do not contact"), required=False)

    def clean_email(self) -> str:
        typed = str(self.cleaned_data["email"]).strip()
        if typed:
            validate_email(typed)
        return typed

    def refuse(self, code: str) -> None:
        """This function will put the deed's refusal beside the field it is about."""
        field, words = _REFUSALS[code]
        self.add_error(field, str(words))


_REFUSALS = {
    "resident_number": (None, gettext_lazy("A resident number is never kept here. Leave it out.")),
    "name": ("name", gettext_lazy("Nothing readable is left of this name.")),
    "exists": ("email", gettext_lazy("There is a donor with this e-mail and name already.")),
    "merged": ("name", gettext_lazy("This donor was merged into another; change that one.")),
    "number": ("business_number", gettext_lazy("Only an organization has one.")),
    "country": ("country", gettext_lazy("Two letters, as US or KR.")),
    "joint": ("kind", gettext_lazy("Who bears two names goes on to; their kind stays.")),
}


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a donor."""
    typed = request.POST if request.method == "POST" else None
    form = DonorForm(typed, initial={"donor_id": uuid.uuid4(), "name": request.GET.get("name", "")[:120]})
    if form.is_valid() and isinstance(request.user, User):
        told: dict[str, Any] = dict(form.cleaned_data)
        donor_id = told.pop("donor_id") or uuid.uuid4()
        try:
            made = keeping.add(donor_id=donor_id, profile=told, actor=request.user, now=timezone.now())
            return redirect("office:donor", pk=made.pk)
        except keeping.UnableToKeep as error:
            form.refuse(error.code)
    return render(request, "office/donor_edit.html", {"form": form}, status=422 if form.is_bound else 200)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.donor)
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct a profile. Receipts issued before keep the words they were issued with."""
    donor = get_object_or_404(Donor, pk=pk)
    start = {name: getattr(donor, name) for name in DonorForm.base_fields if name != "donor_id"}
    form = DonorForm(request.POST if request.method == "POST" else None, initial=start)
    if donor.kind == Donor.Kind.JOINT:
        form.fields["kind"].choices = [(donor.kind, wording.DONOR_KINDS["joint"])]  # type: ignore[attr-defined]
    if form.is_valid() and isinstance(request.user, User):
        told: dict[str, Any] = {key: value for key, value in form.cleaned_data.items() if key != "donor_id"}
        try:
            mending.change_donor(donor_id=pk, changes=told, actor=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("office:donor", pk=pk)
        except keeping.UnableToKeep as error:
            form.refuse(error.code)
    context = {"form": form, "donor": donor}
    return render(request, "office/donor_edit.html", context, status=422 if form.is_bound else 200)


class DiedForm(forms.Form):
    on = forms.DateField(required=False)
    sure = forms.CharField()


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.donor)
def died(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Somebody has died: their regular gifts and letters stop, what they gave stays."""
    donor, form = get_object_or_404(Donor, pk=pk), DiedForm(request.POST)
    if not isinstance(request.user, User):
        raise Http404("nobody")
    if not form.is_valid() or form.cleaned_data["sure"] != "yes":
        return knowing.page(request, donor, refused=_("Please tick that you are sure."), status=422)
    on = form.cleaned_data["on"]
    if on is not None and on > timezone.now().date():
        return knowing.page(request, donor, refused=_("This day cannot be."), status=422)
    block = signing_in.address_block(addressing.client_ip(request))
    mourning.died(donor_id=pk, actor=request.user, on=on, block=block, now=timezone.now())
    messages.success(request, _("All regular gifts and letters of this giver were stopped."))
    return redirect("office:donor", pk=pk)

"""Putting a gift right: who gave, when, what it was; what was given in return. The receipt follows by itself."""

import uuid
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from books.models import SecuritySale
from donations import benefiting, restating
from donations.benefiting import Return
from donations.models import Donation
from receipts import mending
from staff.models import Role, User
from web import wording
from web.office import looking
from web.office.admitting import admit
from web.office.asking_fields import read_amount
from web.office.choosing import ChoosingForm

REFUSALS: Mapping[str, tuple[str | None, str | Promise]] = {
    "reason": ("reason", gettext_lazy("Write why.")),
    "resident_number": (None, gettext_lazy("A resident number is never kept here. Leave it out.")),
    "nothing": (None, gettext_lazy("Nothing was changed.")),
    "donor": ("giver", gettext_lazy("This giver was merged into another; choose that one.")),
    "parted": ("giver", gettext_lazy("These two have parted: choose one of them.")),
    "day": ("given_on", gettext_lazy("This day cannot be.")),
    "kind": ("kind", gettext_lazy("What came through the processor is money.")),
    "payer": (
        "payer",
        gettext_lazy("This giver cannot have paid in this way: an organization, or a person."),
    ),
    "description": ("description", gettext_lazy("Describe what was given.")),
}


class CorrectForm(ChoosingForm):
    """Everything about a gift that may be put right; the amount and the books may not."""

    PEOPLE = ("giver",)

    giver = forms.CharField(label=gettext_lazy("Giver"), max_length=200)
    given_on = forms.DateField(
        label=gettext_lazy("Day it was given"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it was"), choices=list(wording.GIFT_KINDS.items()))
    payer = forms.ChoiceField(label=gettext_lazy("Who paid"), choices=list(wording.PAYERS.items()))
    description = forms.CharField(label=gettext_lazy("Description"), max_length=200, required=False)
    is_person_directed = forms.BooleanField(
        label=gettext_lazy("Meant for the work of a particular person"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For the record; the giver does not see it."),
    )


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.giver_of_donation)
def correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    donation = get_object_or_404(Donation.objects.select_related("entity", "donor__merged_into"), pk=pk)
    names = ("given_on", "kind", "payer", "description", "is_person_directed")
    form = CorrectForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(donation, name) for name in names},
    )
    if not form.is_bound:
        form.offer("giver", donation.donor.merged_into or donation.donor)
    elif isinstance(request.user, User) and _restate(form, donation, request.user):
        messages.success(request, _("Corrected. The receipt follows by itself."))
        return redirect("office:donation", pk=pk)
    context = {"form": form, "donation": donation}
    return render(request, "office/correct.html", context, status=422 if form.is_bound else 200)


def _restate(form: CorrectForm, donation: Donation, actor: User) -> bool:
    form.is_valid()
    giver = form.choose("giver")
    if form.errors or giver is None:
        return False
    told = form.cleaned_data
    if told["kind"] != donation.kind and SecuritySale.objects.filter(donation=donation).exists():
        form.add_error("kind", _("These securities were sold: they stay securities."))
        return False
    changes: dict[str, object] = {
        name: told[name] for name in ("given_on", "kind", "payer", "description", "is_person_directed")
    }
    if giver.pk != (donation.donor.merged_into_id or donation.donor_id):
        changes["donor_id"] = giver.pk
    try:
        mending.restate(
            donation_id=donation.pk, changes=changes, reason=told["reason"], actor=actor, now=timezone.now()
        )
    except restating.UnableToRestate as error:
        field, words = REFUSALS[error.code]
        form.add_error(field, str(words))
        return False
    return True


class BenefitForm(forms.Form):
    """Something given in return; its values are of the gift's currency."""

    description = forms.CharField(label=gettext_lazy("What was given in return"), max_length=120)
    value = forms.CharField(
        label=gettext_lazy("What it would sell for"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Not what it cost us. Empty if unknown."),
    )
    cost = forms.CharField(label=gettext_lazy("What it cost us"), max_length=24, required=False)
    is_token = forms.BooleanField(label=gettext_lazy("A token with our name on it"), required=False)
    is_intangible_religious = forms.BooleanField(
        label=gettext_lazy("An intangible religious benefit"), required=False
    )
    is_sold_commercially = forms.BooleanField(label=gettext_lazy("Sold in shops as well"), required=False)
    is_cash_like = forms.BooleanField(label=gettext_lazy("Money, or as good as money"), required=False)

    def minor(self, name: str, *, currency: str) -> int | None:
        """This function will return an amount in minor units, or None after noting at its field what is wrong."""
        found = read_amount(self, name, currency=currency)
        return None if found is None else found.minor


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.giver_of_donation)
def benefit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Add something that was given in return."""
    donation = get_object_or_404(Donation.objects.select_related("donor"), pk=pk)
    form = BenefitForm(request.POST if request.method == "POST" else None)
    if form.is_bound and isinstance(request.user, User):
        form.is_valid()
        value, cost = (form.minor(name, currency=donation.currency) for name in ("value", "cost"))
        if not form.errors and _add(form, donation, (value, cost), request.user):
            messages.success(request, _("Noted. The receipt follows by itself."))
            return redirect("office:donation", pk=pk)
    context = {"form": form, "donation": donation}
    return render(request, "office/benefit.html", context, status=422 if form.is_bound else 200)


def _add(form: BenefitForm, donation: Donation, values: tuple[int | None, int | None], actor: User) -> bool:
    told = form.cleaned_data
    switches = ("is_token", "is_intangible_religious", "is_sold_commercially", "is_cash_like")
    given = Return(told["description"], *values, **{name: told[name] for name in switches})
    try:
        mending.add_benefit(donation_id=donation.pk, given=given, actor=actor, now=timezone.now())
    except benefiting.UnableToBenefit as error:
        if error.code == "resident_number":
            form.add_error("description", str(REFUSALS["resident_number"][1]))
        else:
            form.add_error("description", _("Describe what was given in return."))
        return False
    return True


@admit(Role.FINANCE)
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID, benefit_id: int) -> HttpResponse:
    """A return that was entered by mistake is taken back."""
    get_object_or_404(Donation, pk=pk)
    if not isinstance(request.user, User):
        raise Http404("nobody")
    try:
        mending.withdraw_benefit(
            benefit_id=benefit_id, donation_id=pk, actor=request.user, now=timezone.now()
        )
        messages.success(request, _("Taken back. The receipt follows by itself."))
    except benefiting.UnableToBenefit:
        messages.info(request, _("Somebody else has dealt with it already."))
    return redirect("office:donation", pk=pk)

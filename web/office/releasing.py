"""Releasing as pages: part of a fund becomes free for a reason; a building opens; a release was wrong."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from books import filing_papers, measuring, placing, releasing
from books.filing_papers import Paper
from books.models import Release
from books.placing import Opening
from books.releasing import UnableToRelease, Wanted
from ledger.models import Fund
from ledger.money import Money
from staff.models import Role, User
from web import fund_wording
from web.office import showing_funds
from web.office.admitting import admit
from web.office.asking_fields import read_amount

ACCEPTED = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
REFUSALS: Mapping[str, tuple[str | None, str | Promise]] = {
    "amount": ("amount", gettext_lazy("Write an amount above zero.")),
    "kind": (None, gettext_lazy("The money of this fund does not become free in this way.")),
    "perpetual": (None, gettext_lazy("What was given for ever stays; only what it earns may be used.")),
    "unrestricted": (None, gettext_lazy("This fund is not restricted: there is nothing to release.")),
    "day": ("on", gettext_lazy("This day cannot be.")),
    "reason": ("reason", gettext_lazy("Write why.")),
    "resident_number": (None, gettext_lazy("A resident number is never kept here. Leave it out.")),
    "other": (None, gettext_lazy("This form was used already. Begin anew.")),
    "reversed": (None, gettext_lazy("This release was taken back already.")),
    "empty": ("paper", gettext_lazy("Choose the document that shows it.")),
    "document": ("paper", gettext_lazy("Choose the paper by which the giver agreed.")),
    "large": ("paper", gettext_lazy("The document is larger than 5 MB.")),
    "format": ("paper", gettext_lazy("The document is neither PDF nor PNG nor JPEG.")),
}


class PaperForm(forms.Form):
    """A form with an amount in one of some currencies, a day and a document. `request_id` is made with it."""

    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=24)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    paper = forms.FileField(
        label=gettext_lazy("Document"),
        required=False,
        allow_empty_file=True,
        max_length=200,
        help_text=gettext_lazy("PDF, PNG or JPEG, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, *, currencies: Sequence[str], today: date) -> None:
        is_sent = request.method == "POST"
        super().__init__(
            request.POST if is_sent else None,
            request.FILES if is_sent else None,
            initial={"request_id": uuid.uuid4(), "on": today, "currency": currencies[0]},
        )
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]
        if len(currencies) < 2:
            self.fields["currency"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, object]:
        """This function will add `money`, the amount in its currency."""
        given = self.cleaned_data
        if "amount" in given and "currency" in given:
            given["money"] = read_amount(self, "amount", currency=given["currency"])
        return given

    def uploaded(self) -> Paper:
        """This function will return what was uploaded, no more of it than may be kept; nothing is empty."""
        file = self.cleaned_data.get("paper")
        if not isinstance(file, UploadedFile):
            return Paper(b"", "")
        return Paper(file.read(filing_papers.LARGEST + 1), file.name or "")

    def refuse(self, code: str, left: Money | None) -> None:
        """This function will say at its field what hinders it, and how much is left where that is the reason."""
        if code == "above" and left is not None:
            words = _("Only %(left)s is left of this fund.") % {"left": left.shown(get_language() or "en")}
            self.add_error("amount", words)
            return
        field, said = REFUSALS[code]
        self.add_error(field if field in self.fields else None, str(said))


class ReleaseForm(PaperForm):
    """Part of a fund was used for what it was given for, or its time has come."""

    field_order = ("amount", "currency", "on", "reason", "paper")


class BuildingForm(PaperForm):
    """A building is opened: what it is called, what was spent on it, when."""

    reason = forms.CharField(label=gettext_lazy("What is opened"), max_length=120)
    field_order = ("reason", "amount", "currency", "on", "paper")


def _left(found: Fund, currencies: Sequence[str]) -> list[Money]:
    held = (measuring.restricted(fund_id=found.pk, currency=currency) for currency in currencies)
    return [amount for amount in held if amount]


def _form(request: HttpRequest, kind: type[PaperForm], found: Fund) -> PaperForm:
    today = found.entity.day_of(timezone.now())
    return kind(request, currencies=showing_funds.currencies(found), today=today)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Release part of a fund; it can be taken back whole."""
    found = showing_funds.one(pk)
    form = _form(request, ReleaseForm, found)
    if form.is_bound and form.is_valid() and isinstance(request.user, User):
        made = _release(form, found, request.user)
        if made is not None:
            amount = made.amount.shown(get_language() or "en")
            messages.success(request, _("%(amount)s is free of its restriction.") % {"amount": amount})
            return redirect("office:fund", pk=pk)
    kinds = releasing.KINDS[Fund.Restriction(found.restriction)]
    context = {
        "form": form,
        "fund": found,
        "left": _left(found, showing_funds.currencies(found)),
        "way": next((fund_wording.RELEASES[kind.value] for kind in kinds), ""),
        "refused": "" if kinds else REFUSALS["perpetual" if found.is_restricted else "unrestricted"][1],
    }
    return render(request, "office/fund_release.html", context, status=422 if form.is_bound else 200)


def _release(form: PaperForm, found: Fund, actor: User) -> Release | None:
    told = form.cleaned_data
    kinds = releasing.KINDS[Fund.Restriction(found.restriction)]
    wanted = Wanted(
        id=told["request_id"],
        fund=found,
        kind=kinds[0] if kinds else Release.Kind.PURPOSE,
        amount=told["money"],
        released_on=told["on"],
        reason=told["reason"],
    )
    try:
        return releasing.release(wanted=wanted, paper=form.uploaded(), actor=actor, now=timezone.now())
    except UnableToRelease as error:
        form.refuse(error.code, error.left)
        return None


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def building(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what is opened and was paid for from the fund; it is released by the policy of its body."""
    found = showing_funds.one(pk)
    form = _form(request, BuildingForm, found)
    if form.is_bound and form.is_valid() and isinstance(request.user, User):
        told = form.cleaned_data
        opening = Opening(
            id=told["request_id"],
            fund=found,
            name=told["reason"],
            opened_on=told["on"],
            spent=told["money"],
        )
        try:
            placing.open_up(opening=opening, paper=form.uploaded(), actor=request.user, now=timezone.now())
        except UnableToRelease as error:
            form.refuse(error.code, error.left)
        else:
            messages.success(request, _("Entered. What is due of it is free of its restriction."))
            return redirect("office:fund", pk=pk)
    context = {
        "form": form,
        "fund": found,
        "left": _left(found, showing_funds.currencies(found)),
        "months": placing.months_of_use(entity=found.entity),
    }
    return render(request, "office/fund_building.html", context, status=422 if form.is_bound else 200)


class ReverseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why it was wrong"), max_length=300)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def reverse(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a release back whole: the books keep both, and the money is restricted again."""
    found = get_object_or_404(Release.objects.select_related("fund__entity", "released_by"), pk=pk)
    if found.reverses_id is not None:
        raise Http404("a reversal is not reversed")
    form = ReverseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and isinstance(request.user, User):
        try:
            releasing.reverse(
                release_id=pk, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now()
            )
        except UnableToRelease as error:
            form.add_error("reason", str(REFUSALS[error.code][1]))
        else:
            messages.success(request, _("Taken back. The money is restricted again."))
            return redirect("office:fund", pk=found.fund_id)
    context = {"form": form, "release": found, "fund": showing_funds.one(found.fund_id)}
    return render(request, "office/fund_reverse.html", context, status=422 if form.is_bound else 200)

"""Issuers: which bodies give receipts, under which law, and what stands on their paper."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ledger import money
from receipts import registering, sampling
from receipts.models import Issuer
from receipts.registering import Body, UnableToRegister
from staff.models import Role, User
from web import tax_wording, wording
from web.office.admitting import admit

LAWS = list(tax_wording.LAWS.items())
RHYTHMS = [(key, wording.RHYTHMS[key]) for key in Issuer.Rhythm.values]
PAPERS = [("letter", gettext_lazy("Letter")), ("a4", "A4")]
CLOCKS = [
    ("org_zone", gettext_lazy("Our own clock")),
    ("latest_us_zone", gettext_lazy("The last clock of the United States (Hawaii)")),
]
_LAW_FIELDS = {
    "place": {"CA", "KR"},
    "legal_basis": {"KR"},
    "legal_basis_code": {"KR"},
    "gift_code": {"KR"},
    "form": {"KR"},
    "facsimile_conditions": {"CA"},
    "is_exclusively_religious": {"US"},
    "date_rule": {"US"},
}
"""Fields that only some laws know; on a form of another law they do not appear."""


class IssuerForm(forms.Form):
    """An issuer. The law is chosen first: the other fields follow it."""

    code = forms.CharField(
        label=gettext_lazy("Short code"),
        max_length=12,
        help_text=gettext_lazy("Capital letters and digits; it never changes."),
    )
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=200)
    local_name = forms.CharField(
        label=gettext_lazy("Name in the other script"), max_length=200, required=False
    )
    address = forms.CharField(
        label=gettext_lazy("Address on the receipt"), max_length=600, widget=forms.Textarea(attrs={"rows": 4})
    )
    registration = forms.CharField(
        label=gettext_lazy("Registration"),
        max_length=80,
        help_text=gettext_lazy("As printed: “EIN 12-3456789”, “123456789 RR 0001”, “123-45-67890”."),
    )
    status_line = forms.CharField(
        label=gettext_lazy("What the body is, in one line"), max_length=200, required=False
    )
    registered_name = forms.CharField(
        label=gettext_lazy("Name on record with the authority"), max_length=200, required=False
    )
    registered_address = forms.CharField(
        label=gettext_lazy("Address on record with the authority"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Compared with what is printed."),
    )
    signatory = forms.CharField(label=gettext_lazy("Who signs"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    place = forms.CharField(label=gettext_lazy("Place of issue"), max_length=80, required=False)
    legal_basis = forms.CharField(
        label=gettext_lazy("Legal basis (근거법령)"), max_length=120, required=False
    )
    legal_basis_code = forms.CharField(
        label=gettext_lazy("Code of the legal basis"), max_length=12, required=False
    )
    gift_code = forms.ChoiceField(
        label=gettext_lazy("Type of gift (기부금 코드)"),
        choices=[("", "–"), *((code, code) for code in registering.GIFT_CODES)],
        required=False,
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form of the receipt"),
        choices=[("45-2", "45-2"), ("63-3", "63-3")],
        required=False,
    )
    facsimile_conditions = forms.MultipleChoiceField(
        label=gettext_lazy("A printed signature is allowed because"),
        choices=list(tax_wording.FACSIMILE.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_tax_exempt = forms.BooleanField(label=gettext_lazy("May give tax receipts"), required=False)
    is_religious = forms.BooleanField(label=gettext_lazy("A religious body"), required=False)
    is_exclusively_religious = forms.BooleanField(
        label=gettext_lazy("Organized exclusively for religious purposes"), required=False
    )
    prefix = forms.RegexField(  # type: ignore[assignment]  # the metaclass takes fields out of the class
        r"^[A-Z]{0,4}$",
        label=gettext_lazy("Letters before the number"),
        max_length=4,
        required=False,
        help_text=gettext_lazy("Up to four capital letters. A year that has begun keeps its own."),
    )
    default_rhythm = forms.ChoiceField(label=gettext_lazy("Receipts come"), choices=RHYTHMS)
    zone = forms.CharField(
        label=gettext_lazy("Time zone"), max_length=60, help_text=gettext_lazy("As America/New_York.")
    )
    date_rule = forms.ChoiceField(label=gettext_lazy("A charge is dated by"), choices=CLOCKS, required=False)
    base_currency = forms.ChoiceField(
        label=gettext_lazy("Currency of the books"),
        choices=[(code, code) for code in sorted(money.CURRENCIES)],
    )
    paper = forms.ChoiceField(label=gettext_lazy("Paper"), choices=PAPERS)
    fiscal_year_end_month = forms.TypedChoiceField(
        label=gettext_lazy("Last month of the fiscal year"),
        choices=[(month, str(month)) for month in range(1, 13)],
        coerce=int,
    )
    is_open = forms.BooleanField(label=gettext_lazy("Issues receipts"), required=False)

    def __init__(
        self, law: str, typed: Any = None, *, initial: dict[str, Any] | None = None, is_new: bool
    ) -> None:
        super().__init__(typed, initial=initial)
        self.law = law
        if not is_new:
            del self.fields["code"]
        for name, laws in _LAW_FIELDS.items():
            if law not in laws:
                del self.fields[name]

    def body(self) -> Body:
        """This function will return the issuer as it was written."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "code"}
        if "facsimile_conditions" in told:
            told["facsimile_conditions"] = tuple(told["facsimile_conditions"])
        told["date_rule"] = told.get("date_rule") or "org_zone"
        return Body(law=self.law, **told)

    def refuse(self, error: UnableToRegister) -> None:
        """This function will put the deed's refusal beside the field it is about."""
        words = str(_REFUSALS.get(error.code, _REFUSALS["other"]))
        self.add_error(error.field if error.field in self.fields else None, words)


_REFUSALS: dict[str, str | Promise] = {
    "resident_number": gettext_lazy("A resident number is never kept here. Leave it out."),
    "code": gettext_lazy("Two to twelve capital letters and digits."),
    "taken": gettext_lazy("Another organization has this already."),
    "empty": gettext_lazy("This is needed on every receipt."),
    "zone": gettext_lazy("There is no such time zone."),
    "frozen": gettext_lazy("This stays as it is: receipts have been issued under it."),
    "year": gettext_lazy("There is no such year here."),
    "day": gettext_lazy("This day cannot be."),
    "amount": gettext_lazy("This is not an amount: write 100 or 100.00."),
    "figure": gettext_lazy("This law has no such figure."),
    "other": gettext_lazy("This cannot be entered."),
}


@admit(Role.FINANCE)
@require_GET
def issuers(request: HttpRequest) -> HttpResponse:
    rows = Issuer.objects.select_related("entity").order_by("entity__code")
    return render(request, "office/issuers.html", {"rows": rows, "laws": LAWS})


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Another body. Its law is in the address: the form has the fields that law needs."""
    law = request.GET.get("law", "")
    if law not in tax_wording.LAWS:
        law = "US"
    start: dict[str, Any] = {
        "is_tax_exempt": True,
        "is_open": True,
        "paper": "letter" if law in {"US", "CA"} else "a4",
    }
    start |= {"base_currency": _CURRENCIES[law], "fiscal_year_end_month": 12, "form": "45-2"}
    form = IssuerForm(law, request.POST if request.method == "POST" else None, initial=start, is_new=True)
    if form.is_valid() and isinstance(request.user, User):
        code = form.cleaned_data["code"].strip().upper()
        try:
            made = registering.register(code=code, body=form.body(), actor=request.user, now=timezone.now())
            messages.success(request, _("Saved."))
            return redirect("office:issuer", pk=made.entity_id)
        except UnableToRegister as error:
            form.refuse(error)
    context = {"form": form, "law": law, "laws": LAWS}
    return render(request, "office/issuer.html", context, status=422 if form.is_bound else 200)


_CURRENCIES = {"US": "USD", "CA": "CAD", "KR": "KRW", "UK": "GBP", "AU": "AUD"}


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def issuer(request: HttpRequest, pk: int) -> HttpResponse:
    """One issuer: what it is, its series, what came before us, what an accountant confirmed, who changed what."""
    found = _found(pk)
    body = registering.body_of(issuer=found)
    start = {name: getattr(body, name) for name in IssuerForm.base_fields if name != "code"}
    form = IssuerForm(
        found.law, request.POST if request.method == "POST" else None, initial=start, is_new=False
    )
    if form.is_valid() and isinstance(request.user, User):
        written = form.body()
        kept = {name: getattr(body, name) for name in _LAW_FIELDS if name not in form.fields}
        try:
            registering.change(
                entity_id=pk, body=_with(written, kept), actor=request.user, now=timezone.now()
            )
            messages.success(request, _("Saved. Receipts issued before keep what they say."))
            return redirect("office:issuer", pk=pk)
        except UnableToRegister as error:
            form.refuse(error)
    return _page(request, found, form=form, status=422 if form.is_bound else 200)


def _with(written: Body, kept: dict[str, Any]) -> Body:
    from dataclasses import replace

    return replace(written, **kept)


def _found(pk: int) -> Issuer:
    return get_object_or_404(Issuer.objects.select_related("entity"), entity_id=pk)


class PriorForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1990, max_value=2200)
    amount = forms.CharField(label=gettext_lazy("Receipted in all"), max_length=24)


class ConfirmForm(forms.Form):
    figure = forms.ChoiceField(label=gettext_lazy("Figure"))
    year = forms.IntegerField(label=gettext_lazy("Tax year"), min_value=1990, max_value=2200)
    by = forms.CharField(
        label=gettext_lazy("Confirmed by"), max_length=120, help_text=gettext_lazy("The accountant's name.")
    )
    on = forms.DateField(
        label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, law: str, typed: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(typed, initial=initial)
        choices = [(name, tax_wording.FIGURES[name]) for name in registering.FIGURES[law]]
        self.fields["figure"].choices = choices  # type: ignore[attr-defined]


def _page(
    request: HttpRequest,
    found: Issuer,
    *,
    form: IssuerForm | None = None,
    prior_form: PriorForm | None = None,
    confirm_form: ConfirmForm | None = None,
    status: int = 200,
) -> HttpResponse:
    body = registering.body_of(issuer=found)
    start = {name: getattr(body, name) for name in IssuerForm.base_fields if name != "code"}
    today = timezone.now().date()
    context = {
        "issuer": found,
        "law": found.law,
        "form": form or IssuerForm(found.law, initial=start, is_new=False),
        "prior_form": prior_form or PriorForm(initial={"year": today.year - 1}),
        "confirm_form": confirm_form or ConfirmForm(found.law, initial={"year": today.year, "on": today}),
        "priors": found.prior_totals.order_by("-year", "currency"),
        "confirmations": found.confirmations.select_related("entered_by").order_by("-year", "figure"),
        "series": registering.series_of(entity=found.entity),
        "history": registering.history(entity=found.entity),
        "figures": registering.FIGURES[found.law],
    }
    return render(request, "office/issuer.html", context, status=status)


@admit(Role.FINANCE)
@require_POST
def prior(request: HttpRequest, pk: int) -> HttpResponse:
    """What the body receipted in a year before we issued for it."""
    found, form = _found(pk), PriorForm(request.POST)
    if form.is_valid() and isinstance(request.user, User):
        currency, told = found.entity.base_currency, form.cleaned_data
        try:
            total = money.read_amount(told["amount"], currency=currency, most=10**16)
            registering.keep_prior(
                entity_id=pk, year=told["year"], total=total, actor=request.user, now=timezone.now()
            )
            return redirect("office:issuer", pk=pk)
        except money.UnreadableAmount:
            form.add_error("amount", str(_REFUSALS["amount"]))
        except UnableToRegister as error:
            form.add_error(error.field, str(_REFUSALS[error.code]))
    return _page(request, found, prior_form=form, status=422)


@admit(Role.FINANCE)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """An accountant's word that a figure of the law is right for a year."""
    found = _found(pk)
    form = ConfirmForm(found.law, request.POST)
    if form.is_valid() and isinstance(request.user, User):
        told = form.cleaned_data
        try:
            registering.confirm(entity_id=pk, actor=request.user, now=timezone.now(), **told)
            return redirect("office:issuer", pk=pk)
        except UnableToRegister as error:
            form.add_error(error.field, str(_REFUSALS[error.code]))
    return _page(request, found, confirm_form=form, status=422)


@admit(Role.FINANCE)
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """A receipt of this body as it would look today, stamped as a preview and without a number."""
    found = _found(pk)
    language = "ko" if request.GET.get("language") == "ko" else "en"
    try:
        file = sampling.sample(issuer=found, language=language, now=timezone.now())
    except sampling.NothingToShow as error:
        raise Http404("nothing to show") from error
    answer = HttpResponse(file, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="preview-{found.entity_id}.pdf"'
    return answer

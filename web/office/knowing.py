"""Donors: the list with its filters, and the page of one of them."""

import uuid
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from donors import joining
from donors.models import Donor
from ledger.models import LegalEntity
from receipts.models import Issuer
from reports import knowing
from staff import auditing, roles
from staff.models import Role, User
from web import wording
from web.office import looking, paging
from web.office.admitting import admit
from web.office.filtering import ANY


class DonorFilterForm(forms.Form):
    """What the list of donors can be narrowed by."""

    q = forms.CharField(label=gettext_lazy("Name, email or postcode"), required=False, max_length=200)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[ANY, *((state, wording.DONOR_STATES[state]) for state in knowing.STATES)],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[ANY, *wording.DONOR_KINDS.items()]
    )
    rhythm = forms.ChoiceField(
        label=gettext_lazy("Receipts come"), required=False, choices=[ANY, *wording.RHYTHMS.items()]
    )

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


class IssueForm(forms.Form):
    """A body that issues receipts, and a tax year."""

    entity = forms.ModelChoiceField(
        label=gettext_lazy("Organization"), queryset=LegalEntity.objects.none(), empty_label=None
    )
    year = forms.IntegerField(label=gettext_lazy("Tax year"), min_value=1900, max_value=2200)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # they are handed on as they came
        bodies = LegalEntity.objects.filter(pk__in=Issuer.objects.filter(is_open=True).values("entity"))
        self.fields["entity"].queryset = bodies.order_by("id")  # type: ignore[attr-defined]


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def donors(request: HttpRequest) -> HttpResponse:
    """Fifty donors at a time, newest first; the totals are of the whole filter."""
    form = DonorFilterForm(request.GET)
    found = Donor.objects.none()
    if form.is_valid():
        told = form.cleaned_data
        found = knowing.donors(
            search=told["q"], state=told["state"], kind=told["kind"], rhythm=told["rhythm"]
        )
    page = paging.page(rows=found, by="created_at", after=request.GET.get("after", ""))
    given = knowing.given(donor_ids=[donor.pk for donor in page.rows])
    count, sums = knowing.totals(found=found) if form.is_valid() else (0, [])
    context = {
        "form": form,
        "rows": [(donor, given.get(donor.pk, [])) for donor in page.rows],
        "older": paging.older(request, page, fields=form.fields),
        "query": urlencode(
            {key: value for key, value in request.GET.items() if value and key in form.fields}
        ),
        "count": count,
        "sums": sums,
        "is_first": "after" not in request.GET,
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/donors.html", context, status=200 if form.is_valid() else 400)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
@looking.counted(looking.donor)
def donor(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one donor. Opening it is written down."""
    found = get_object_or_404(Donor.objects.select_related("merged_into"), pk=pk)
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="read donor", target=f"donor:{pk}", now=timezone.now())
    return page(request, found)


def page(request: HttpRequest, found: Donor, *, refused: str = "", status: int = 200) -> HttpResponse:
    """This function will show a donor, also after something about them was refused."""
    context = {
        "known": knowing.about(donor=found),
        "donor": found,
        "is_parted": joining.is_parted(donor=found),
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
        "issue_form": IssueForm(initial={"year": timezone.localdate().year}),
        "refused": refused,
    }
    return render(request, "office/donor.html", context, status=status)

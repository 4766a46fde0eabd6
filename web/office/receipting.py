"""The register of receipts, and the files."""

import uuid

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from donors import matching
from receipts import reading
from receipts.models import Issuer, Receipt
from staff import auditing
from staff.models import Role, User
from web.office import looking, paging
from web.office.admitting import admit
from web.office.filtering import ANY


class ReceiptFilterForm(forms.Form):
    serial = forms.CharField(label=_("Number"), required=False, max_length=30)
    donor = forms.CharField(label=_("Giver"), required=False, max_length=120)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2200)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[ANY, ("valid", _("Valid")), ("void", _("Void"))]
    )

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)

    def clean_serial(self) -> str:
        return str(self.cleaned_data["serial"]).replace("\x00", "").strip()

    def clean_donor(self) -> str:
        return matching.clean_name(str(self.cleaned_data["donor"]))


@admit(Role.FINANCE, Role.APPROVER)
def receipts(request: HttpRequest) -> HttpResponse:
    """Every number once, newest first; a void one stays in its place and says why."""
    form = ReceiptFilterForm(request.GET)
    found = Receipt.objects.none()
    if form.is_valid():
        found = _found(form)
    page = paging.page(
        rows=found.select_related(
            "series__entity", "donor__merged_into", "voiding", "rendering", "trouble", "replaced_by"
        ),
        by="issued_at",
        after=request.GET.get("after", ""),
    )
    laws = set(Issuer.objects.values_list("law", flat=True))
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=form.fields),
        "has_korea": Issuer.Law.KOREA in laws,
        "has_gift_aid": Issuer.Law.UNITED_KINGDOM in laws,
    }
    return render(request, "office/receipts.html", context, status=200 if form.is_valid() else 400)


def _found(form: ReceiptFilterForm) -> QuerySet[Receipt]:
    asked = form.cleaned_data
    found = Receipt.objects.order_by("-issued_at", "-id")
    if asked["serial"]:
        found = found.filter(serial__icontains=asked["serial"])
    if asked["donor"]:
        found = found.filter(donor__name_key__contains=matching.name_key(asked["donor"]))
    if asked["year"]:
        found = found.filter(series__year=asked["year"])
    if asked["state"]:
        found = found.filter(voiding__isnull=asked["state"] == "valid")
    return found


@admit(Role.FINANCE, Role.APPROVER)
@looking.counted(looking.giver_of_receipt)
def download(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The stored file, with VOID across it when the receipt no longer stands. Reading it is written down."""
    receipt = get_object_or_404(Receipt.objects.select_related("rendering__document", "voiding"), pk=pk)
    if not hasattr(receipt, "rendering"):
        raise Http404("not rendered yet")
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="read receipt", target=f"receipt:{pk}", now=timezone.now())
    response = HttpResponse(reading.copy_of(receipt=receipt), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{reading.filename(receipt)}"'
    return response

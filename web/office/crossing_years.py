"""Why a year of receipts is not a year of the books: gifts between the years, and the bridge to the fiscal year."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from ledger.models import LegalEntity
from receipts.models import Issuer
from reports import bridging_years, crossing_years
from staff.models import Role
from web.office.admitting import admit


class YearForm(forms.Form):
    entity = forms.ModelChoiceField(
        label=gettext_lazy("Organization"),
        queryset=LegalEntity.objects.order_by("id"),
        to_field_name="code",
        empty_label=None,
    )
    year = forms.IntegerField(label=gettext_lazy("Tax year"), min_value=1990, max_value=2200)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def years(request: HttpRequest) -> HttpResponse:
    """One year of one organization. Each gift between the years names a giver, so viewers do not see it."""
    first = LegalEntity.objects.order_by("id").first()
    start = {"entity": first.code if first else "", "year": timezone.now().year}
    form = YearForm({**start, **{key: request.GET[key] for key in start if key in request.GET}})
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        entity, year = form.cleaned_data["entity"], form.cleaned_data["year"]
        issuer = Issuer.objects.filter(entity=entity).first()
        ends = issuer.fiscal_year_end_month if issuer else 12
        context |= {
            "entity": entity,
            "year": year,
            "crossings": crossing_years.crossings(entity=entity, year=year),
            "bridges": bridging_years.bridge(entity=entity, tax_year=year, ends_in_month=ends),
        }
    return render(request, "office/years.html", context, status=200 if form.is_valid() else 400)

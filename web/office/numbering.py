"""The register of numbers: every one of a body's tax year once, void, replaced and spoiled ones in their place."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ledger.models import LegalEntity
from receipts.models import Series
from reports import registering
from staff import auditing
from staff.models import Role, User
from web.office import paging
from web.office.admitting import admit
from web.office.filtering import ANY


class RegisterForm(forms.Form):
    entity = forms.ModelChoiceField(
        label=_("Organization"), queryset=LegalEntity.objects.none(), required=False, empty_label=None
    )
    year = forms.TypedChoiceField(label=_("Tax year"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ANY,
            (registering.VALID, _("Valid")),
            (registering.VOID, _("Void")),
            (registering.SPOILED, _("Spoiled")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = LegalEntity.objects.filter(pk__in=Series.objects.values("entity")).order_by("id")
        self.fields["entity"].queryset = bodies  # type: ignore[attr-defined]
        years = Series.objects.order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]


def _chosen(request: HttpRequest) -> tuple[RegisterForm, Series | None]:
    form = RegisterForm(request.GET)
    if not form.is_valid():
        return form, None
    entity = form.cleaned_data["entity"]
    return form, registering.series(entity_id=entity.pk if entity else None, year=form.cleaned_data["year"])


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    form, series = _chosen(request)
    below = request.GET.get("below", "")
    rows: list[registering.Number] = []
    following = None
    if series is not None:
        rows, following = registering.page(
            of=series,
            state=form.cleaned_data["state"],
            below=int(below) if below.isdecimal() else None,
            size=paging.SIZE,
        )
    context = {
        "form": form,
        "series": series,
        "rows": rows,
        "following": following,
        "state": form.cleaned_data.get("state", ""),
    }
    return render(request, "office/register.html", context, status=200 if form.is_valid() else 400)


@admit(Role.FINANCE)
@require_GET
def export(request: HttpRequest) -> HttpResponseBase:
    """The whole register of the chosen body and year. Each export is written down."""
    _form, series = _chosen(request)
    if series is None:
        return redirect("office:register")
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user,
            action="export register",
            target="export",
            now=timezone.now(),
            details={"series": series.pk},
        )
    blocks = registering.csv(of=series, with_mark="mark" in request.GET)
    response = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8; header=present")
    name = f"receipts-{series.entity.code}-{series.year}.csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response

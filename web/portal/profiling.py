"""One's own profile: names, address in the country's order, phone, the name shown. It holds for future papers only."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from donors import addressing, profiling
from donors.addressing import Unwritable
from donors.models import Donor
from donors.profiling import UnableToProfile
from receipts.models import Issuer
from reports import histories
from web.portal import wording
from web.portal.admitting import donor_only
from web.portal.wording import Box

NAMES = ("name", "local_name")
PARTS_OF_A_NAME = ("title", "first_name", "initial", "last_name")


@donor_only
@require_GET
def profile(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Everybody who shares the address, each with a page to change; a single one opens at once."""
    donors = histories.donors(email_key=email_key)
    if len(donors) == 1:
        return _form(request, donors[0])
    return render(request, "portal/profile.html", {"donors": donors})


@donor_only
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    own = next((one for one in histories.donors(email_key=email_key) if one.pk == pk), None)
    if own is None:
        raise Http404("no such person")
    if request.method != "POST":
        return _form(request, own)
    country = wording.country(request.POST.get("country", ""))
    typed = {name: value[:300] for name, value in request.POST.items() if isinstance(value, str)}
    try:
        address = addressing.compose(country=country, parts=typed)
        changes: dict[str, str | bool] = {
            **{field: typed[field] for field in _names(own) if field in typed},
            "address": address.lines,
            "postcode": address.postcode,
            "country": address.country,
            "phone": typed.get("phone", ""),
            "shown_as": typed.get("shown_as", ""),
        }
        profiling.change(donor_id=own.pk, email_key=email_key, changes=changes, now=timezone.now())
    except Unwritable as error:
        return _form(request, own, typed=typed, country=country, problems=error.problems)
    except UnableToProfile as error:
        return _form(request, own, typed=typed, country=country, problems={error.field: error.code})
    return redirect(f"{reverse('portal:person', args=[pk])}?done=yes")


def _names(donor: Donor) -> tuple[str, ...]:
    """The fields of a name: whole, in both scripts, and in parts only where the law of a body they gave to asks."""
    asked = Issuer.objects.filter(law=Issuer.Law.UNITED_KINGDOM, entity__donations__donor=donor)
    is_person = donor.kind == Donor.Kind.PERSON
    return (*NAMES, *PARTS_OF_A_NAME) if is_person and asked.exists() else NAMES


def _form(
    request: HttpRequest,
    donor: Donor,
    *,
    typed: dict[str, str] | None = None,
    country: str = "",
    problems: dict[str, str] | None = None,
) -> HttpResponse:
    default = "KR" if get_language() == "ko" else "US"
    asked = request.GET.get("country", "")
    country = country or wording.country(asked or donor.country or default)
    parts = addressing.parse(country=country, lines=donor.address, postcode=donor.postcode)
    kept = {
        **{name: getattr(donor, name) for name in (*NAMES, *PARTS_OF_A_NAME, "phone", "shown_as")},
        **parts,
    }
    values = kept | (typed or {})
    problems = problems or {}

    def boxes(names: tuple[str, ...]) -> list[Box]:
        return [wording.box(name, values.get(name, ""), problems.get(name, ""), country) for name in names]

    context = {
        "donor": donor,
        "names": boxes(_names(donor)),
        "address": boxes(addressing.fields(country)),
        "more": boxes(("phone",)),
        "shown": boxes(("shown_as",)),
        "country": country,
        "countries": wording.countries(),
        "has_problems": bool(problems),
        "done": request.GET.get("done") == "yes",
        "title": _("Your profile"),
    }
    return render(request, "portal/person.html", context, status=422 if problems else 200)

"""Finding donations: the list with its filters and totals, and the page of one donation."""

import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language

from donations import benefiting, refunding
from donations.models import BatchedGift, Donation, Reversal
from ledger.models import Entry
from receipts.models import Receipt
from reports import filtering, listing, movements, provenance, timelines
from staff import auditing, roles
from staff.models import Role, User
from web.office import looking
from web.office.admitting import admit
from web.office.filtering import FilterForm


@admit(Role.FINANCE, Role.APPROVER)
def donations(request: HttpRequest) -> HttpResponse:
    """Fifty donations at a time; the totals are of the whole filter, not of the page."""
    form = FilterForm(request.GET)
    is_understood = form.is_valid()
    page, totals = listing.Page([], ""), []
    if is_understood:
        try:
            page = listing.page(
                filters=form.filters, language=get_language() or "en", after=request.GET.get("after", "")
            )
        except listing.NoSuchCursor as error:
            raise Http404("no such page") from error
        totals = listing.totals(filters=form.filters)
    query = {key: value for key, value in request.GET.items() if value and key in form.fields}
    context = {
        "form": form,
        "page": page,
        "totals": totals,
        "query": urlencode(query),
        "older": urlencode({**query, "after": page.older}) if page.older else "",
        "is_first": "after" not in request.GET,
        "is_narrowed": bool(set(query) - {"q"}),
        "may_export": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/donations.html", context, status=200 if is_understood else 400)


_SHOWN = (
    "entity",
    "donor__merged_into",
    "campaign",
    "checkout__tribute",
    "plan",
    "recognition",
    "coverage__receipt",
    "detail",
    "obstacle",
    "exclusion",
)


@admit(Role.FINANCE, Role.APPROVER)
def donation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one donation. Opening it is written down: it shows a giver's name and address."""
    found = get_object_or_404(
        Donation.objects.select_related(*_SHOWN).prefetch_related(
            "designations__fund__texts", "campaign__texts"
        ),
        pk=pk,
    )
    if stop := looking.stopped(request, donor_id=found.donor_id):
        return stop
    actor = request.user
    if isinstance(actor, User):
        auditing.record(actor=actor, action="read donation", target=f"donation:{pk}", now=timezone.now())
    entries = timelines.entries(donation=found)
    rows = listing.page(filters=filtering.Filters(search=str(pk)), language=get_language() or "en").rows
    context = {
        "donation": found,
        "row": next(row for row in rows if row.id == pk),
        "donor": found.donor.merged_into or found.donor,
        "benefits": benefiting.standing(donation_id=found.pk),
        "credits": found.soft_credits.select_related("donor").order_by("id"),
        "events": found.events.order_by("on", "id"),
        **_mending(found),
        "receipts": Receipt.objects.filter(lines__donation=found)
        .select_related("voiding", "rendering", "trouble", "replaced_by")
        .order_by("issued_at", "id"),
        "entries": entries,
        **_told(found, entries),
        "requests": found.refund_requests.select_related("requested_by").order_by("requested_at", "id"),
        "refundable": refunding.refundable(donation=found),
        **_beside(found),
        "may_refund": roles.may(actor, roles=[Role.FINANCE]),
    }
    return render(request, "office/donation.html", context)


def _beside(donation: Donation) -> dict[str, object]:
    """The batch it came in, and what stands in its place or in whose place it stands, of a gift over the desk."""
    if donation.rail != Donation.Rail.DESK:
        return {}
    batched = BatchedGift.objects.filter(donation=donation).select_related("row__batch").first()
    back = Reversal.objects.filter(refund__donation=donation).select_related("replaced_by").first()
    for_it = Reversal.objects.filter(replaced_by=donation).select_related("refund__donation").first()
    return {
        "batched": batched,
        "replaced_by": back.replaced_by if back else None,
        "replaces": for_it.refund.donation if for_it else None,
    }


def _told(donation: Donation, entries: list[Entry]) -> dict[str, object]:
    """What happened to a gift, in which deposits its money went, and where we know it from."""
    moved = movements.of(donation=donation)
    return {
        "moments": timelines.of(donation=donation, entries=entries, moved=moved),
        "movements": moved,
        "witnesses": provenance.of(donation=donation),
    }


# An obstacle is mended where the missing thing is kept: codes of the law table (docs/receipt-law.md) and our own.
_OF_THE_GIVER = {"no_address", "CA-08", "KR-03", "rrn_missing"}
_OF_THE_ISSUER = {"year_unsettled", "prior_receipts_unknown", "US-01", "US-11", "CA-02", "CA-03", "CA-05"} | {
    "CA-13",
    "KR-01",
    "KR-04",
    "AU-01",
}
_OF_THE_RETURNS = {"fmv_unknown", "US-04", "US-08", "US-09", "CA-11"}


def _mending(donation: Donation) -> dict[str, object]:
    """The page on which what keeps a gift from its receipt is mended."""
    obstacle = getattr(donation, "obstacle", None)
    if obstacle is None:
        return {}
    if obstacle.code in _OF_THE_GIVER:
        return {"fix_url": "office:donor_edit", "fix_key": donation.donor.merged_into_id or donation.donor_id}
    if obstacle.code in _OF_THE_ISSUER:
        return {"fix_url": "office:issuer", "fix_key": donation.entity_id}
    if obstacle.code in _OF_THE_RETURNS:
        return {"fix_url": "office:benefit", "fix_key": donation.pk}
    return {"fix_url": "office:correct", "fix_key": donation.pk}

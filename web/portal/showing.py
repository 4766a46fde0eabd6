"""What a giver sees: the monthly gift, the last gift, this year's total, every gift, every receipt. Only their own."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from receipts import reading
from receipts.models import Receipt
from reports import histories, today
from web.portal.admitting import donor_only


@donor_only
@require_GET
def home(request: HttpRequest, *, email_key: str) -> HttpResponse:
    """Three answers first, then the history and the receipts."""
    language = get_language() or "en"
    gifts = histories.gifts(email_key=email_key, language=language)
    years = histories.years(email_key=email_key)
    year = today.local_day(now=timezone.now()).year
    receipts = list(
        reading.visible_to(email_key=email_key)
        .select_related("voiding", "rendering", "replaced_by", "donor")
        .order_by("-issued_at", "-number")
    )
    context = {
        "donors": histories.donors(email_key=email_key),
        "plans": histories.plans(email_key=email_key),
        "ended_plans": histories.ended_plans(email_key=email_key),
        "gifts": gifts,
        "last": gifts[0] if gifts else None,
        "year": year,
        "year_totals": [total.kept for total in years if total.year == year],
        "years": years,
        "receipts": receipts,
        "newest_receipt": next((one for one in receipts if _is_ready(one)), None),
    }
    return render(request, "portal/home.html", context)


def _is_ready(receipt: Receipt) -> bool:
    return hasattr(receipt, "rendering") and not hasattr(receipt, "voiding")


@donor_only
@require_GET
def receipt(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """The file of a receipt of one's own; another's is as absent as one that never was."""
    visible = reading.visible_to(email_key=email_key).select_related("rendering__document", "voiding")
    found = get_object_or_404(visible, pk=pk)
    if not hasattr(found, "rendering"):
        raise Http404("not rendered yet")
    response = HttpResponse(reading.copy_of(receipt=found), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{reading.filename(found)}"'
    return response

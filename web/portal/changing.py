"""Changing a monthly gift: card, amount and stopping are done on the processor's own page."""

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from payments import gateway
from payments.gateway import ProcessorRefused, ProcessorUnsure
from reports import histories
from web.portal.admitting import donor_only


class SeeOther(HttpResponseRedirect):
    status_code = 303


@donor_only
@require_POST
def change(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """Leads to the page for one's own monthly gift and back here."""
    plan = next((plan for plan in histories.plans(email_key=email_key) if plan.pk == pk), None)
    if plan is None:
        raise Http404("no such monthly gift")
    try:
        url = gateway.connect().portal_url(
            customer_ref=plan.customer_ref,
            return_url=f"{settings.BASE_URL}{reverse('portal:home')}",
            language=get_language() or "en",
        )
    except (ProcessorUnsure, ProcessorRefused):
        return render(request, "portal/later.html", status=503)
    return SeeOther(url)

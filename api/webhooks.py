"""The door for the processor's notices: verified, stored once, answered at once. Settling happens later.

The only address without CSRF protection besides the giving form: what proves the sender is the signature.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from api import problems, taking_in
from jobs import ringing
from payments import gateway, inbox


@csrf_exempt
def stripe(request: HttpRequest) -> HttpResponse:
    """Take in one notice. Nothing is believed but its signature, and nothing is done but one insert."""
    body = taking_in.body_of(request, largest=inbox.LARGEST_BODY)
    if isinstance(body, HttpResponse):
        return body
    try:
        event_id = inbox.receive(
            body=body, signature=request.headers.get("Stripe-Signature", ""), now=timezone.now()
        )
    except gateway.ForgedEvent:
        return problems.plain(status=400, code="forged", detail=_("This is not a notice of the processor."))
    if event_id is not None:
        ringing.ring_soon("donations.settle_waiting", "receipts.follow_up", "donors.send_due")
    return JsonResponse({})

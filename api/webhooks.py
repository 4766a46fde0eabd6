"""The door for the processor's notices: verified, stored once, answered at once. Settling happens later.

The only address without CSRF protection besides the giving form: what proves the sender is the signature.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from api import problems
from jobs import ringing
from payments import gateway, inbox


@csrf_exempt
def stripe(request: HttpRequest) -> HttpResponse:
    """Take in one notice. Nothing is believed but its signature, and nothing is done but one insert."""
    if request.method != "POST":
        response = problems.plain(
            status=405, code="method_not_allowed", detail=_("Only POST is accepted here.")
        )
        response["Allow"] = "POST"
        return response
    body = _read(request)
    if body is None:
        return problems.plain(
            status=413, code="too_large", detail=_("The request is larger than this address accepts.")
        )
    try:
        event_id = inbox.receive(
            body=body, signature=request.headers.get("Stripe-Signature", ""), now=timezone.now()
        )
    except gateway.ForgedEvent:
        return problems.plain(status=400, code="forged", detail=_("This is not a notice of the processor."))
    if event_id is not None:
        ringing.ring_soon("donations.settle_waiting", "receipts.follow_up", "donors.send_due")
    return JsonResponse({})


def _read(request: HttpRequest) -> bytes | None:
    """The raw body, or None when it is larger than a notice can be; then no more of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length[:12]) > inbox.LARGEST_BODY:
        return None
    try:
        body = request.read(inbox.LARGEST_BODY + 1)
    except UnreadablePostError:
        return b""  # a sender who went away half-way: an empty body carries no signature and is refused
    return body if len(body) <= inbox.LARGEST_BODY else None

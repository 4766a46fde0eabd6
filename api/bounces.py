"""The door for a mail provider's notices that a message did not arrive. What proves the sender is a shared secret.

A notice is signed as `X-Signature: t=<unix time>,v1=<hex of HMAC-SHA256(secret, "<time>.<body>")>`, at most five
minutes old. Its body is a report as mail (`message/rfc822`), or JSON: one object or a list of objects with
`message_id`, `status` (RFC 3463, as 5.1.1), `action` (`failed` or `delayed`), perhaps `recipient` and `diagnostic`.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from api import problems, taking_in
from donors import bouncing, reporting_undelivered
from donors.reporting_undelivered import Report
from jobs import ringing

FRESH = timedelta(minutes=5)
MOST_NOTICES = 500


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    """Take in one body of notices. The answer says how many were about messages of ours."""
    body = taking_in.body_of(request, largest=reporting_undelivered.LARGEST)
    if isinstance(body, HttpResponse):
        return body
    now = timezone.now()
    if not _is_signed(body, request.headers.get("X-Signature", ""), now=now):
        return problems.plain(
            status=403, code="forged", detail=_("This notice is not signed with the secret.")
        )
    reports = _reports(body, content_type=request.content_type or "")
    if reports is None:
        return problems.plain(status=400, code="unreadable", detail=_("This is no notice that can be read."))
    taken = [bouncing.take(report=report, now=now) for report in reports]
    ringing.ring("receipts.send")
    known = [each for each in taken if each.outcome != bouncing.Outcome.UNKNOWN]
    return JsonResponse({"received": len(taken), "known": len(known)})


def _is_signed(body: bytes, header: str, *, now: datetime) -> bool:
    if not settings.BOUNCE_SECRET:
        return False
    given = dict(part.strip().partition("=")[::2] for part in header.split(","))
    at = given.get("t", "")
    if not at.isascii() or not at.isdecimal() or len(at) > 12:
        return False
    if abs(now.timestamp() - int(at)) > FRESH.total_seconds():
        return False
    made = hmac.new(settings.BOUNCE_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), given.get("v1", "").encode())


def _reports(body: bytes, *, content_type: str) -> list[Report] | None:
    if content_type != "application/json":
        report = reporting_undelivered.read(body)
        return [report] if report else []
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    notices = told if isinstance(told, list) else [told]
    if len(notices) > MOST_NOTICES or not all(isinstance(notice, dict) for notice in notices):
        return None
    read = [reporting_undelivered.from_notice(notice) for notice in notices]
    return [report for report in read if report is not None]

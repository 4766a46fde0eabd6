"""Notices: webhooks ready to be sent: of real gifts of the sandbox, made up ones, forged ones."""

import json
import time
import uuid
from datetime import datetime

from django.db import connection
from django.utils import timezone

from bench import giving
from bench.pouring import Asked
from payments.models import ProcessorEvent

PATH = "/api/webhooks/stripe/"
KINDS = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")
MADE_UP = "bench.nothing_happened"


def of_gifts(count: int) -> list[Asked]:
    """Begin and pay so many gifts in the sandbox. This function will return the signed notices of them, in order."""
    before = giving.newest()
    giving.give(count, side_by_side=12)
    return [signed(body) for body in giving.events(after=before, kinds=KINDS)]


def made_up(count: int) -> list[Asked]:
    """Notices of a kind nobody acts upon, as large as real ones: to be taken in like any other.

    This function will return them signed.
    """
    return [signed(_body()) for _ in range(count)]


def forged(count: int) -> list[Asked]:
    """This function will return notices signed with a secret that is not ours."""
    header = f"t={int(time.time())},v1={'0' * 64}"
    return [Asked(PATH, body=_body().decode(), headers=_headers(header)) for _ in range(count)]


def signed(body: bytes) -> Asked:
    """This function will return a notice as the processor would send it now."""
    return Asked(PATH, body=body.decode(), headers=_headers(giving.signature(body)))


def _headers(signature: str) -> dict[str, str]:
    return {"Content-Type": "application/json", "Stripe-Signature": signature}


def _body() -> bytes:
    mark = uuid.uuid4().hex
    event = {
        "id": f"evt_bench{mark}",
        "object": "event",
        "type": MADE_UP,
        "created": int(time.time()),
        "livemode": False,
        "api_version": "2026-10-29.endive",
        "data": {"object": {"id": f"ch_{mark}", "object": "charge", "description": "x" * 2500}},
    }
    return json.dumps(event).encode()


def put_aside_made_up() -> int:
    """This function will close the made-up notices, so that nobody settles them later, and return how many."""
    return ProcessorEvent.objects.filter(kind=MADE_UP, status="received").update(
        status="ignored", settled_at=timezone.now()
    )


def waiting() -> int:
    """This function will return how many real notices wait to be settled."""
    return ProcessorEvent.objects.filter(status="received").exclude(kind=MADE_UP).count()


_LAG = """
SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY lag), 0),
       coalesce(percentile_cont(0.95) WITHIN GROUP (ORDER BY lag), 0), coalesce(max(lag), 0)
  FROM (SELECT extract(epoch FROM settled_at - received_at)::float8 AS lag FROM payments_processorevent
         WHERE status = 'settled' AND kind = ANY(%s) AND received_at > %s) AS settled
"""


def lags(*, since: datetime) -> dict[str, float]:
    """This function will return the seconds from taking a notice in to its facts: median, 95 in 100, longest."""
    with connection.cursor() as cursor:
        cursor.execute(_LAG, [list(KINDS), since])
        row = cursor.fetchone()
    return dict(zip(("p50_s", "p95_s", "max_s"), (round(value, 2) for value in row), strict=True))

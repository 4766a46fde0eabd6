"""`hanging_processor` (L10): the processor answers nobody for 80 s while people read and give.

300 pages and 5 gifts a second. Pages must not notice (p95 at most 500 ms); the form must answer within 10 s that the
gift is being confirmed, keep what was typed, and store the attempt. The ratio is what the pages' 95th percentile may
be to what it is, so above 1 keeps the promise.
"""

import json
import urllib.request

from bench import forms, lasting, pairing, pouring, standing
from donations.models import Checkout

NAME = "hanging_processor"
VIEWS, GIFTS = 300.0, 5.0
P95_MS, ANSWERS_MS = 500.0, 10_000.0
HANGS_SECONDS = 80.0
LATENCY_MS = 300
SECONDS = 20.0


class Lost(Exception):
    """A page failed, or a gift was answered otherwise than honestly."""


def measure() -> pairing.Outcome:
    """This function will return the 95th percentile of the pages' times, to half a second."""
    seconds = lasting.seconds(SECONDS)
    ids, requests = forms.many(int(GIFTS * seconds))
    with standing.sandbox(latency_ms=LATENCY_MS) as processor:
        environment = {"STRIPE_API_BASE": processor.url, "GIVING_LIMITS": forms.UNLIMITED}
        with standing.house(environment=environment) as house:
            calm = _pour(house, [], seconds=min(seconds, 5.0))["views"]
            _hang(processor)
            told = _pour(house, requests, seconds=seconds)
    views, gifts = told["views"], told["gifts"]
    kept = sum(Checkout.objects.filter(pk__in=ids[at : at + 5000]).count() for at in range(0, len(ids), 5000))
    if views.count(200) != views.asked or gifts.count(503) != gifts.asked or kept != gifts.asked:
        raise Lost(f"views {views.statuses}, gifts {gifts.statuses}, {kept} of {gifts.asked} kept")
    return pairing.Outcome(
        name=NAME,
        value=views.p95_ms,
        unit="ms, pages p95",
        limit=P95_MS,
        ratio=round(P95_MS / max(views.p95_ms, 0.1), 3),
        n=views.asked,
        notes={
            "views": views.row(),
            "views_before": calm.row(),
            "gifts": gifts.row(),
            "are_gifts_answered_within_10_s": gifts.max_ms <= ANSWERS_MS,
            "gifts_kept": kept,
        },
    )


def _pour(house: standing.House, requests: list[pouring.Asked], *, seconds: float) -> dict[str, pouring.Told]:
    page = pouring.Asked("/en/campaigns/family/")
    streams = [pouring.Stream("views", house.web.url, VIEWS, [page], again=True)]
    if requests:
        streams.append(pouring.Stream("gifts", house.web.url, GIFTS, requests))
    return pouring.pour(streams, seconds=seconds)


def _hang(processor: standing.Server) -> None:
    fault = {"mode": "hang_before", "seconds": HANGS_SECONDS, "count": None}
    request = urllib.request.Request(
        f"{processor.url}/_sandbox/faults",
        data=json.dumps(fault).encode(),
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=10).close()

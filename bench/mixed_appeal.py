"""`mixed_appeal` (L4): an appeal on television, in scaled time: 150 views, 5 gifts begun and 25 notices a second.

All at once on the production set-up with worker, beat and a mail server, the processor taking 300 ms. Pages within
500 ms (p95), the form within 2 s, letters at most five minutes behind. The ratio is the time pages may take to the
time they take, so above 1 keeps the promise.
"""

import time
from datetime import datetime

from django.utils import timezone

from bench import forms, giving, lasting, notices, pairing, pouring, standing, webhooks_vs_target
from donors.models import Message
from receipts.models import Receipt

NAME = "mixed_appeal"
VIEWS, GIFTS, NOTICES = 150.0, 5.0, 25.0
PAGES_P95_MS, GIVE_P95_MS, MAIL_SECONDS = 500.0, 2000.0, 300.0
LATENCY_MS = 300
SECONDS = 15.0
PATHS = ("/en/campaigns/family/", "/en/", "/ko/campaigns/family/", "/en/give/family/", "/en/letters/")


class Broken(Exception):
    """Something was refused or lost in the rush."""


def measure() -> pairing.Outcome:
    """This function will return the 95th percentile of the pages' times, to what it may be."""
    seconds = lasting.seconds(SECONDS)
    with standing.sandbox(latency_ms=LATENCY_MS) as slow, giving.at(slow):
        told_of = notices.of_gifts(int(NOTICES * seconds / len(notices.KINDS)))
        told, behind = _rush(slow, told_of, seconds=seconds, since=timezone.now())
    views, gifts, hooks = told["views"], told["gifts"], told["notices"]
    lost = views.asked - views.count(200), gifts.asked - gifts.count(303), hooks.asked - hooks.count(200)
    if any(lost):
        raise Broken(f"views {views.statuses}, gifts {gifts.statuses}, notices {hooks.statuses}")
    notes: dict[str, object] = {
        "seconds": seconds,
        "views": views.row(),
        "gifts": gifts.row(),
        "notices": hooks.row(),
        "is_give_below_2_s": gifts.p95_ms < GIVE_P95_MS,
        **behind,
    }
    return pairing.Outcome(
        name=NAME,
        value=views.p95_ms,
        unit="ms, pages p95",
        limit=PAGES_P95_MS,
        ratio=round(PAGES_P95_MS / max(views.p95_ms, 0.1), 3),
        n=views.asked,
        notes=notes,
    )


def _rush(
    slow: standing.Server, told_of: list[pouring.Asked], *, seconds: float, since: datetime
) -> tuple[dict[str, pouring.Told], dict[str, object]]:
    _, starts = forms.many(int(GIFTS * seconds))
    environment = {"STRIPE_API_BASE": slow.url, "GIVING_LIMITS": forms.UNLIMITED}
    with standing.house(environment=environment, has_webhooks=True, has_worker=True) as house:
        time.sleep(3)  # the worker imports the product before it can take a task
        streams = [
            pouring.Stream(
                "views", house.web.url, VIEWS, [pouring.Asked(path) for path in PATHS], again=True
            ),
            pouring.Stream("gifts", house.web.url, GIFTS, starts),
            pouring.Stream("notices", house.hooks.url, NOTICES, told_of),
        ]
        told = pouring.pour(streams, seconds=seconds)
        began = time.monotonic()
        webhooks_vs_target.drain(began=began)
        settled = time.monotonic() - began
        letters = _letters(since, began=began)
    return told, {
        "lag": notices.lags(since=since),
        "settled_seconds_after": round(settled, 1),
        "letters_seconds_after": round(letters, 1),
        "are_letters_in_time": letters < MAIL_SECONDS,
        "receipts": Receipt.objects.filter(issued_at__gte=since).count(),
        "letters_sent": Message.objects.filter(sent_at__gte=since).count(),
    }


def _letters(since: datetime, *, began: float) -> float:
    """This function will return after how many seconds every receipt of the rush was drawn and sent."""
    while time.monotonic() - began < MAIL_SECONDS:
        undrawn = Receipt.objects.filter(issued_at__gte=since, rendering__isnull=True).exists()
        unsent = Message.objects.filter(queued_at__gte=since, status=Message.Status.QUEUED).exists()
        if not undrawn and not unsent:
            break
        time.sleep(0.2)
    return time.monotonic() - began

"""`donation_starts`: gifts begun per second while the processor takes 300 ms to open each payment page.

Ours is the giving form posted to gunicorn: read, intent written, the processor asked, the giver sent to the payment
page. The limit is what the threads could do if only the processor's time counted: threads / 0.3 s, as far as the
gateway allows calls under way. Form tokens are signed as the form signs them; every gift has its own.
The guard against card testing counts every press, with limits no single machine reaches.
"""

import os
import urllib.parse
import uuid

from bench import loading, pairing, standing
from campaigns.models import GivingPage
from donations.models import Checkout

NAME = "donation_starts"
LATENCY_MS = 300
WORKERS, THREADS = 2, 32
CLIENTS = 60
GIFTS = 300
SLUG = "family"
# All gifts come from this machine within seconds. The limits are asked as ever, they only lie higher.
UNLIMITED = ",".join(
    f"{name}=1000000"
    for name in (
        "posts_per_minute",
        "starts_per_minute",
        "starts_per_hour",
        "starts_per_minute_of_all",
        "processor_per_second",
    )
)


class Lost(Exception):
    """A gift was not begun, or was begun without its row."""


def measure() -> pairing.Outcome:
    """This function will return gifts begun per second, ours to what the waiting alone allows."""
    from payments import stripe_gateway

    under_way = WORKERS * min(THREADS, stripe_gateway.MOST_UNDER_WAY)
    bound = under_way / (LATENCY_MS / 1000)
    told: list[loading.Told] = []
    with (
        standing.sandbox(latency_ms=LATENCY_MS) as processor,
        standing.web(
            workers=WORKERS,
            threads=THREADS,
            environment={"STRIPE_API_BASE": processor.url, "GIVING_LIMITS": UNLIMITED},
        ) as web,
    ):
        _begin(web, count=CLIENTS)
        before = web.cpu_seconds(), processor.cpu_seconds()

        def ours() -> float:
            told.append(_begin(web, count=GIFTS))
            return told[-1].rate

        pairs = pairing.alternate(ours=ours, limit=lambda: bound)
        spent = web.cpu_seconds() - before[0], processor.cpu_seconds() - before[1]
    begun = GIFTS * len(told)
    notes: dict[str, object] = {
        "latency_ms": LATENCY_MS,
        "clients": CLIENTS,
        "calls_under_way": under_way,
        "web_cpu_ms_per_start": round(1000 * spent[0] / begun, 2),
        "sandbox_cpu_ms_per_start": round(1000 * spent[1] / begun, 2),
        "p50_ms": pairing.quantile([run.p50_ms for run in told], 0.5),
        "p95_ms": pairing.quantile([run.p95_ms for run in told], 0.5),
        "cores": os.cpu_count(),
    }
    return pairs.outcome(name=NAME, unit="starts/s", n=GIFTS, notes=notes)


def _begin(web: standing.Server, *, count: int) -> loading.Told:
    ids = [uuid.uuid4() for _ in range(count)]
    told = loading.run(
        loading.Load(base=web.url, requests=[_form(checkout_id) for checkout_id in ids], clients=CLIENTS)
    )
    opened = Checkout.objects.filter(pk__in=ids, status=Checkout.Status.OPEN).count()
    if told.count(303) != count or opened != count:
        raise Lost(f"{told.statuses}, {opened} of {count} opened")
    return told


def _form(checkout_id: uuid.UUID) -> loading.Asked:
    from web.giving import vouching

    fund = GivingPage.objects.select_related("campaign").get(campaign__slug=SLUG).campaign.fund_id
    fields = {
        "token": vouching.token(checkout_id=checkout_id, slug=SLUG, shown_at=0),
        "currency": "USD",
        "freq": "once",
        "amount_once": "100",
        "other": "100",
        "fund": str(fund),
        "name": "Grace Kim",
        "email": f"giver-{checkout_id.hex[:12]}@example.org",
    }
    return loading.Asked(f"/en/give/{SLUG}/", body=urllib.parse.urlencode(fields))

"""`donation_starts_vs_target` (L2): gifts begun per second by the production set-up, against 100/s with p95 below 1 s.

Twice: 60 clients one after the other tell what the machine can, and forms arriving at 100/s whatever happens tell how
long a giver waits. The processor takes 300 ms; every form must end on a payment page and as one open row.
"""

import statistics

from bench import forms, lasting, pairing, pouring, standing
from donations.models import Checkout

NAME = "donation_starts_vs_target"
TARGET, P95_MS = 100.0, 1000.0
LATENCY_MS = 300
CLIENTS = 60
SECONDS = 8.0


class Lost(Exception):
    """A gift was not begun, or was begun without its row."""


def measure() -> pairing.Outcome:
    """This function will return gifts begun per second, to the target."""
    seconds = lasting.seconds(SECONDS)
    with standing.sandbox(latency_ms=LATENCY_MS) as processor:
        environment = {"STRIPE_API_BASE": processor.url, "GIVING_LIMITS": forms.UNLIMITED}
        with standing.house(environment=environment) as house:
            _begin(house, seconds=2.0, clients=CLIENTS)
            before = house.web.cpu_seconds(), processor.cpu_seconds()
            most = [_begin(house, seconds=seconds, clients=CLIENTS) for _ in range(lasting.runs())]
            begun = sum(told.count(303) for told in most)
            spent = house.web.cpu_seconds() - before[0], processor.cpu_seconds() - before[1]
            arriving = [_begin(house, seconds=seconds, rate=TARGET) for _ in range(lasting.runs())]
    rates = [told.rate for told in most]
    p95 = statistics.median(told.p95_ms for told in arriving)
    notes: dict[str, object] = {
        "latency_ms": LATENCY_MS,
        "clients": CLIENTS,
        "rates": rates,
        "p95_ms_with_clients": statistics.median(told.p95_ms for told in most),
        "web_cpu_ms_per_start": round(1000 * spent[0] / begun, 2),
        "sandbox_cpu_ms_per_start": round(1000 * spent[1] / begun, 2),
        "arriving_at_target": [told.row() for told in arriving],
        "p95_ms_at_target": p95,
        "is_p95_below_1_s": p95 < P95_MS,
    }
    return pairing.against(TARGET, name=NAME, value=statistics.median(rates), unit="starts/s", notes=notes)


def _begin(house: standing.House, *, seconds: float, clients: int = 0, rate: float = 0.0) -> pouring.Told:
    ids, requests = forms.many(int(seconds * (rate or 2.5 * TARGET)))
    stream = pouring.Stream("starts", house.web.url, rate, requests, clients=clients)
    told = pouring.pour([stream], seconds=seconds)["starts"]
    opened = sum(
        Checkout.objects.filter(pk__in=ids[at : at + 5000], status=Checkout.Status.OPEN).count()
        for at in range(0, len(ids), 5000)
    )
    if not told.asked == told.count(303) == opened:
        raise Lost(f"{told.statuses}, {opened} of {told.asked} opened")
    return told

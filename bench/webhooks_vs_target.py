"""`webhooks_vs_target` (L3): notices acknowledged per second, against 800/s, and settled as fast as 150/s arrive.

First the door alone: signed notices of a kind nobody acts upon, verified, stored and answered by the processes of the
group for webhooks. Then the whole way: real notices of paid gifts arrive at 150/s while worker and beat settle them,
write receipts and send letters, the processor taking 300 ms for each question; the backlog is looked at twice a
second, and each notice tells how long its facts took.
"""

import statistics
import time

from django.utils import timezone

from bench import giving, lasting, notices, pairing, pouring, standing
from donations.models import Donation

NAME = "webhooks_vs_target"
ACKNOWLEDGED, SETTLED = 800.0, 150.0
P99_MS, BEHIND_SECONDS = 1000.0, 60.0
CLIENTS = 16
LATENCY_MS = 300
SECONDS = 4.0
SETTLING_SECONDS = 8.0
WAITS = 120.0


class Refused(Exception):
    """A notice of the processor was not acknowledged."""


class Behind(Exception):
    """The notices were not settled within two minutes."""


def measure() -> pairing.Outcome:
    """This function will return notices acknowledged per second, to the target."""
    seconds = lasting.seconds(SECONDS)
    with standing.house(environment={}, has_webhooks=True) as house:
        _acknowledge(house, seconds=1.0, clients=CLIENTS)
        before = house.hooks.cpu_seconds()
        most = [_acknowledge(house, seconds=seconds, clients=CLIENTS) for _ in range(lasting.runs())]
        spent = house.hooks.cpu_seconds() - before
        arriving = [_acknowledge(house, seconds=seconds, rate=ACKNOWLEDGED) for _ in range(lasting.runs())]
    rates = [told.rate for told in most]
    notes: dict[str, object] = {
        "clients": CLIENTS,
        "rates": rates,
        "hooks_cpu_ms_per_notice": round(1000 * spent / sum(told.asked for told in most), 2),
        "arriving_at_target": [told.row() for told in arriving],
        "p99_ms_at_target": statistics.median(told.p99_ms for told in arriving),
        "settling": _settle(lasting.seconds(SETTLING_SECONDS)),
    }
    value = statistics.median(rates)
    return pairing.against(ACKNOWLEDGED, name=NAME, value=value, unit="notices/s", notes=notes)


def _acknowledge(
    house: standing.House, *, seconds: float, clients: int = 0, rate: float = 0.0
) -> pouring.Told:
    requests = notices.made_up(int(seconds * (rate or 2.5 * ACKNOWLEDGED)))
    stream = pouring.Stream("notices", house.hooks.url, rate, requests, clients=clients)
    told = pouring.pour([stream], seconds=seconds)["notices"]
    notices.put_aside_made_up()
    if told.count(200) != told.asked:
        raise Refused(f"{told.statuses}")
    return told


def _settle(seconds: float) -> dict[str, object]:
    with standing.sandbox(latency_ms=LATENCY_MS) as slow, giving.at(slow):
        return _settle_at(slow, seconds=seconds)


def _settle_at(slow: standing.Server, *, seconds: float) -> dict[str, object]:
    requests = notices.of_gifts(int(SETTLED * seconds / len(notices.KINDS)))
    before, since = Donation.objects.count(), timezone.now()
    environment = {"STRIPE_API_BASE": slow.url}
    with standing.house(environment=environment, has_webhooks=True, has_worker=True) as house:
        time.sleep(3)  # the worker imports the product before it can take a task
        assert house.worker
        spent = house.worker.cpu_seconds()
        stream = pouring.Stream("notices", house.hooks.url, SETTLED, requests)
        began = time.monotonic()
        poured = pouring.Pouring([stream], seconds=len(requests) / SETTLED)
        backlog = watch(until=began + len(requests) / SETTLED)
        told = poured.finish()["notices"]
        left = drain(began=time.monotonic())
        took = time.monotonic() - began
        spent = house.worker.cpu_seconds() - spent
    lags = notices.lags(since=since)
    return {
        "latency_ms": LATENCY_MS,
        "arriving_per_second": SETTLED,
        "acknowledged": told.row(),
        "settled_per_second": round(len(requests) / took, 1),
        "worker_cpu_ms_per_notice": round(1000 * spent / len(requests), 2),
        "most_waiting": max(backlog, default=0),
        "seconds_to_the_last": round(left, 1),
        "lag": lags,
        "is_lag_below_60_s": lags["max_s"] < BEHIND_SECONDS,
        "donations": Donation.objects.count() - before,
        "gifts": len(requests) // len(notices.KINDS),
    }


def watch(*, until: float) -> list[int]:
    """This function will return how many notices waited, twice a second until then."""
    seen = []
    while time.monotonic() < until:
        seen.append(notices.waiting())
        time.sleep(0.5)
    return seen


def drain(*, began: float) -> float:
    """This function will return after how many seconds no notice waited any more."""
    while notices.waiting():
        if time.monotonic() - began > WAITS:
            raise Behind(f"{notices.waiting()} notices still wait")
        time.sleep(0.1)
    return time.monotonic() - began

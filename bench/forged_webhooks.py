"""`forged_webhooks` (L6): 200 forged notices a second beside 50 true ones.

The true ones must be acknowledged within a second (p99), the forged ones refused and never stored. The ratio is what
the 99th percentile may be to what it is, so above 1 keeps the promise.
"""

from bench import lasting, notices, pairing, pouring, standing
from payments.models import ProcessorEvent

NAME = "forged_webhooks"
FORGED, TRUE = 200.0, 50.0
P99_MS = 1000.0
SECONDS = 8.0


class Believed(Exception):
    """A forged notice was taken in, or a true one refused."""


def measure() -> pairing.Outcome:
    """This function will return the 99th percentile of true notices' times, to a second."""
    seconds = lasting.seconds(SECONDS)
    true = notices.made_up(int(TRUE * seconds))
    forged = notices.forged(int(FORGED * seconds))
    before = ProcessorEvent.objects.count()
    with standing.house(environment={}, has_webhooks=True) as house:
        cpu = house.hooks.cpu_seconds()
        streams = [
            pouring.Stream("forged", house.hooks.url, FORGED, forged),
            pouring.Stream("true", house.hooks.url, TRUE, true),
        ]
        told = pouring.pour(streams, seconds=seconds)
        spent = house.hooks.cpu_seconds() - cpu
    stored = ProcessorEvent.objects.count() - before
    notices.put_aside_made_up()
    if (
        told["forged"].count(400) != len(forged)
        or told["true"].count(200) != len(true)
        or stored != len(true)
    ):
        raise Believed(f"{told['forged'].statuses}, {told['true'].statuses}, {stored} stored")
    p99 = told["true"].p99_ms
    return pairing.Outcome(
        name=NAME,
        value=p99,
        unit="ms, notices p99",
        limit=P99_MS,
        ratio=round(P99_MS / max(p99, 0.1), 3),
        n=len(true),
        notes={
            "true": told["true"].row(),
            "forged": told["forged"].row(),
            "stored": stored,
            "hooks_cpu_ms_per_request": round(1000 * spent / (len(true) + len(forged)), 2),
        },
    )

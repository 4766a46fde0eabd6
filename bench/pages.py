"""`pages`: the public campaign page, against a bare Django view in the same gunicorn.

Both servers stand at the same time and are asked in turn by the same client: eight kept connections.
"""

from bench import loading, pairing, standing

NAME = "pages"
CLIENTS = 8
SECONDS = 3.0
PATH = "/en/campaigns/family/"


class Failed(Exception):
    """Some answers were not the page."""


def measure() -> pairing.Outcome:
    """This function will return pages per second, ours to a view that does nothing."""
    told: list[loading.Told] = []
    with (
        standing.web(environment={}) as ours,
        standing.web(application="bench.bare:application()", environment={}) as bare,
    ):
        _ask(ours, PATH, seconds=1.0)

        def page() -> float:
            told.append(_ask(ours, PATH))
            return told[-1].rate

        pairs = pairing.alternate(ours=page, limit=lambda: _ask(bare, "/").rate)
        cpu_ms = _cpu_ms(ours, PATH), _cpu_ms(bare, "/")
    notes: dict[str, object] = {
        "path": PATH,
        "cpu_ms_per_request": cpu_ms[0],
        "limit_cpu_ms_per_request": cpu_ms[1],
        "p95_ms": pairing.quantile([run.p95_ms for run in told], 0.5),
        "p99_ms": pairing.quantile([run.p99_ms for run in told], 0.5),
    }
    return pairs.outcome(name=NAME, unit="requests/s", n=CLIENTS, notes=notes)


def _ask(server: standing.Server, path: str, *, seconds: float = SECONDS) -> loading.Told:
    told = loading.run(
        loading.Load(base=server.url, requests=[loading.Asked(path)], clients=CLIENTS, seconds=seconds)
    )
    if set(told.statuses) != {"200"}:
        raise Failed(f"{path} answered {told.statuses}")
    return told


def _cpu_ms(server: standing.Server, path: str) -> float:
    """This function will return the server's own processor time for one request, in milliseconds."""
    before = server.cpu_seconds()
    told = _ask(server, path)
    return round(1000 * (server.cpu_seconds() - before) / (told.rate * SECONDS), 2)

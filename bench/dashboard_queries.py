"""`dashboard_queries`: every question of the dashboard and the reports, at 200,000 gifts and at two million.

Each is asked by the read side itself (`reports.rollups`, `givers`, `booked`) with the rights of the application, in a
process of its own; the median of seven. The worst at the greatest size counts against 25 ms, and how much each grew is
told. Then the same with 200 givers whose deltas are not folded yet.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date

from bench import pairing, years

NAME = "dashboard_queries"
TARGET_MS = 25.0
RUNS = 7
UNFOLDED = 200
DAY = date.fromisoformat(years.LAST_DAY)


def measure() -> pairing.Outcome:
    """This function will return the milliseconds of the slowest question at the greatest size."""
    told: list[dict[str, dict[str, float]]] = []
    for step in years.STEPS:
        if years.ensure(gifts=step):
            child("bench.rollups_rebuild")
            years.tidy()
        told.append(json.loads(child("bench.dashboard_queries")))
    first, last = told[0]["folded"], told[-1]["folded"]
    worst = max(last, key=lambda name: last[name])
    notes: dict[str, object] = {
        "slowest": worst,
        "gifts": years.STEPS[-1],
        "ms": last,
        "ms_at_first_size": first,
        "growth": {name: round(last[name] / first[name], 2) for name in last},
        "median_growth": round(statistics.median(last[name] / first[name] for name in last), 2),
        f"ms_with_{UNFOLDED}_givers_unfolded": told[-1]["unfolded"],
    }
    return pairing.Outcome(
        name=NAME,
        value=last[worst],
        unit="ms",
        limit=TARGET_MS,
        ratio=round(TARGET_MS / last[worst], 3),
        n=len(last),
        notes=notes,
    )


def child(module: str) -> str:
    """This function will run a module of the bench on the database of the years, and return what it printed last."""
    given = {**os.environ, "DATABASE_URL": years.url()}
    done = subprocess.run(
        [sys.executable, "-m", module], check=True, stdout=subprocess.PIPE, text=True, env=given
    )
    return done.stdout.splitlines()[-1]


def questions() -> Mapping[str, Callable[[], object]]:
    """This function will return every question by name."""
    from ledger import balances
    from ledger.money import Money
    from reports import booked, books, givers, rollups, sources
    from reports.answers import returning, unreceipting
    from reports.answers.asking import Asked
    from reports.givers import Kind
    from reports.rollups import Scope

    slug = rollups.by_campaign(day=DAY)[0].slug
    year, usd = DAY.year, "USD"
    edges = [Money(minor, usd) for minor in (0, 25_00, 50_00, 100_00, 250_00, 500_00, 1000_00, 5000_00)]

    asked = Asked(DAY, usd, year)
    of_campaign = Asked(DAY, usd, year, "", slug)

    def page(kind: Kind, **more: object) -> Callable[[], object]:
        return lambda: givers.page(kind=kind, currency=usd, year=year, **more)  # type: ignore[arg-type]

    return {
        "year to date and last year": lambda: rollups.year_to_date(day=DAY),
        "year to date of a body": lambda: rollups.year_to_date(scope=Scope(entity="US"), day=DAY),
        "days of a quarter": lambda: rollups.between(first=date(year, 7, 9), last=DAY),
        "24 months": lambda: rollups.by_month(day=DAY),
        "24 months of a campaign": lambda: rollups.by_month(scope=Scope(campaign=slug), day=DAY),
        "campaign list": lambda: rollups.by_campaign(day=DAY),
        "campaign's givers": lambda: givers.movement(currency=usd, year=year, scope=Scope(campaign=slug)),
        "what pages show as raised": lambda: balances.received(segments=[slug]),
        "gift sizes": lambda: rollups.size_bands(year=year, currency=usd, edges=edges),
        "what came by each code": lambda: returning.by_code(asked),
        "what ever came by each code to a campaign": lambda: returning.ever_by_code(of_campaign),
        "what came by each link": sources.by_code,
        "gifts on no receipt": lambda: unreceipting.unreceipted(asked, asked.span),
        "fund balances": booked.fund_balances,
        "page of funds": lambda: books.balances(language="en"),
        "fund income of a year": lambda: booked.fund_income(first=date(year, 1, 1), last=DAY),
        "loose cash": lambda: booked.loose(first=date(year, 1, 1), last=DAY),
        "first, kept, lapsed, more, less": lambda: givers.movement(currency=usd, year=year),
        "retention cohorts": lambda: givers.cohorts(currency=usd),
        "LYBUNT, first page": page(Kind.LYBUNT),
        "LYBUNT of a campaign": page(Kind.LYBUNT, scope=Scope(campaign=slug)),
        "LYBUNT from $1,000": page(Kind.LYBUNT, minimum=Money(1000_00, usd)),
        "LYBUNT count and sum": lambda: givers.total(kind=Kind.LYBUNT, currency=usd, year=year),
        "SYBUNT, first page": page(Kind.SYBUNT),
        "SYBUNT count and sum": lambda: givers.total(kind=Kind.SYBUNT, currency=usd, year=year),
        "recovered, first page": page(Kind.RECOVERED),
        "upgraded, first page": page(Kind.UPGRADED),
        "downgraded, first page": page(Kind.DOWNGRADED),
        "first-time, first page": page(Kind.FIRST),
        "top donors ever": lambda: givers.top(currency=usd),
        "top donors of the year": lambda: givers.top(currency=usd, year=year),
    }


def _median_ms(ask: Callable[[], object]) -> float:
    ask()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(taken), 2)


def _tell() -> None:
    from django.db import connection, transaction

    asked = questions()
    folded = {name: _median_ms(ask) for name, ask in asked.items()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO donations_giftdelta (donor_id) SELECT donor_id FROM donations_donation"
            " ORDER BY given_at DESC, id LIMIT %s",
            [UNFOLDED],
        )
        unfolded = {name: _median_ms(ask) for name, ask in asked.items()}
        transaction.set_rollback(True)
    print(json.dumps({"folded": folded, "unfolded": unfolded}))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell()

"""`dashboard_queries`: every question of the dashboard and the reports, at 200,000 gifts and at two million.

Each is what a page asks (`reports.answers`, `restricted_funds`) with the rights of the application, in a process of its
own; the median of seven. The worst at the greatest size counts against 25 ms, and how much each grew is
told. Then the same with 200 givers whose deltas are not folded yet.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
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
    from campaigns.models import Campaign
    from ledger import balances
    from ledger.models import LegalEntity
    from reports import books, restricted_funds, sources
    from reports.answers import banding, campaigning, comparing, grouping, retaining, returning, unreceipting
    from reports.answers.asking import Asked

    everybody = Asked(today=DAY, currency="USD", year=DAY.year)
    slug = Campaign.objects.in_order()[0].slug
    body, campaign = replace(everybody, entity="US"), replace(everybody, campaign=slug)
    home = LegalEntity.objects.get(code="US")
    days = {"first": date(DAY.year, 1, 1), "last": DAY}

    def page(group: str, asked: Asked = everybody) -> Callable[[], object]:
        return lambda: grouping.page(asked, group=group)

    return {
        "year to date and last year": lambda: comparing.sums(everybody),
        "year to date of a body": lambda: comparing.sums(body),
        "by month beside last year": lambda: comparing.by_month(everybody),
        "by month of a campaign": lambda: comparing.by_month(campaign),
        "by campaign": lambda: comparing.by_campaign(everybody),
        "by fund": lambda: comparing.by_fund(everybody),
        "campaign list": lambda: campaigning.all_raised(everybody),
        "campaign's givers": lambda: retaining.changes(campaign),
        "what pages show as raised": lambda: balances.received(segments=[slug]),
        "gift sizes": lambda: banding.bands(everybody),
        "what came by each code": lambda: returning.by_code(everybody),
        "what ever came by each code to a campaign": lambda: returning.ever_by_code(campaign),
        "what came by each link": sources.by_code,
        "gifts on no receipt": lambda: unreceipting.unreceipted(everybody, everybody.span),
        "page of funds": lambda: books.balances(language="en"),
        "restricted funds of a year": lambda: restricted_funds.report(entity=home, language="en", **days),
        "first, kept, lapsed, more, less": lambda: retaining.changes(everybody),
        "retention": lambda: retaining.retention(everybody),
        "retention cohorts": lambda: retaining.cohorts(everybody),
        "LYBUNT, first page": page("lybunt"),
        "LYBUNT of a campaign": page("lybunt", campaign),
        "LYBUNT count and sum": lambda: grouping.sums(everybody, group="lybunt"),
        "SYBUNT, first page": page("sybunt"),
        "SYBUNT count and sum": lambda: grouping.sums(everybody, group="sybunt"),
        "recovered, first page": page("regained"),
        "upgraded, first page": page("more"),
        "downgraded, first page": page("less"),
        "first-time, first page": page("new"),
        "top donors ever": page("ever"),
        "top donors of the year": page("gave"),
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

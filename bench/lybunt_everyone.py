"""`lybunt_everyone`: everybody who gave last year but not this, with names and sums, as a file would hold them."""

import json
import os
import time
from datetime import date

from bench import dashboard_queries, pairing, years

NAME = "lybunt_everyone"
TARGET_SECONDS = 1.0


def measure() -> pairing.Outcome:
    """This function will return the seconds of the whole list at the greatest size, the median of five."""
    if years.ensure(gifts=years.STEPS[-1]):
        dashboard_queries.child("bench.rollups_rebuild")
        years.tidy()
    told = json.loads(dashboard_queries.child("bench.lybunt_everyone"))
    seconds = pairing.quantile(told["seconds"], 0.5)
    return pairing.Outcome(
        name=NAME,
        value=round(seconds, 3),
        unit="s",
        limit=TARGET_SECONDS,
        ratio=round(TARGET_SECONDS / seconds, 3),
        n=told["rows"],
        notes={"gifts": years.STEPS[-1], "sum": told["sum"], "seconds": told["seconds"]},
    )


def _tell() -> None:
    from reports.answers import grouping
    from reports.answers.asking import Asked

    day = date.fromisoformat(years.LAST_DAY)
    asked = Asked(today=day, currency="USD", year=day.year)
    taken, rows = [], []
    for _ in range(5):
        began = time.perf_counter()
        rows = grouping.page(asked, group="lybunt", size=None).rows
        taken.append(round(time.perf_counter() - began, 3))
    total = grouping.sums(asked, group="lybunt")
    if (total.donors, total.latest.minor) != (len(rows), sum(row.latest.minor for row in rows)):
        raise RuntimeError("the list is not what its total says")
    print(json.dumps({"rows": len(rows), "sum": total.latest.plain, "seconds": taken}))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell()

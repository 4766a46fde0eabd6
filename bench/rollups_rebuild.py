"""`rollups_rebuild`: every sum behind dashboards and reports made anew from two million gifts and their books.

What `manage.py rebuild_rollups` does, with the rights of the application, one transaction, beside readers and givers.
"""

import os
import time

from bench import dashboard_queries, pairing, years

NAME = "rollups_rebuild"
TARGET_SECONDS = 30.0


def measure() -> pairing.Outcome:
    """This function will return the seconds of one rebuild."""
    years.ensure(gifts=years.STEPS[-1])
    seconds = float(dashboard_queries.child("bench.rollups_rebuild"))
    years.tidy()
    return pairing.Outcome(
        name=NAME,
        value=round(seconds, 1),
        unit="s",
        limit=TARGET_SECONDS,
        ratio=round(TARGET_SECONDS / seconds, 3),
        n=years.STEPS[-1],
        notes={"gifts": years.STEPS[-1], "donors": years.STEPS[-1] // years.GIFTS_PER_DONOR},
    )


def _tell() -> None:
    from donations import rebuilding

    began = time.perf_counter()
    rebuilding.rebuild()
    print(time.perf_counter() - began)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    _tell()

"""`report_pages`: every report of the office as a whole page, drawn from two million gifts, against 100 ms.

With them the page of a campaign, of costs, of funds and of links. The page is asked as a browser asks it, through the
same middleware and the template, by somebody of finance, in a process of its own; the median of five. The slowest
counts. What is kept for half a minute is forgotten before each.
"""

from __future__ import annotations

import json
import statistics
import time
from typing import TYPE_CHECKING

from bench import pairing, years
from bench.dashboard_queries import child

if TYPE_CHECKING:
    from django.test import Client

NAME = "report_pages"
TARGET_MS = 100.0
RUNS = 5
BESIDE = ("appeal_costs", "funds", "links")
"""Pages that are no reports and read the same sums."""


def measure() -> pairing.Outcome:
    """This function will return the milliseconds of the slowest page."""
    if years.ensure(gifts=years.STEPS[-1]):
        child("bench.rollups_rebuild")
        years.tidy()
    told: dict[str, float] = json.loads(child("bench.report_pages"))
    slowest = max(told, key=lambda name: told[name])
    return pairing.Outcome(
        name=NAME,
        value=told[slowest],
        unit="ms",
        limit=TARGET_MS,
        ratio=round(TARGET_MS / told[slowest], 3),
        n=len(told),
        notes={"slowest": slowest, "gifts": years.STEPS[-1], "ms": told},
    )


def pages() -> dict[str, float]:
    """This function will return the median milliseconds of each page; nothing it writes stays."""
    from django.db import transaction
    from django.test import Client, override_settings
    from django.urls import reverse
    from django.utils import timezone

    from campaigns.models import Campaign
    from staff import roles
    from staff.models import Role, User
    from web.office.reports.listing import REPORTS

    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    told: dict[str, float] = {}
    with override_settings(STORAGES=plain, ALLOWED_HOSTS=["testserver"]), transaction.atomic():
        reader = User.objects.create_user(email="reader@example.org", name="Reader", password=None)
        roles.grant(user=reader, role=Role.FINANCE, now=timezone.now())
        browser = Client()
        browser.force_login(reader)
        for name in ["reports", *(f"report_{name}" for name in REPORTS), *BESIDE]:
            told[name] = _median_ms(browser, reverse(f"office:{name}"))
        slug = Campaign.objects.in_order()[0].slug
        told["report_campaign"] = _median_ms(browser, reverse("office:report_campaign", args=[slug]))
        transaction.set_rollback(True)
    return told


def _median_ms(browser: Client, address: str) -> float:
    from django.core.cache import caches

    taken = []
    for _ in range(RUNS + 1):
        caches["pages"].clear()
        began = time.perf_counter()
        answer = browser.get(address, {"year": years.LAST_DAY[:4], "since": years.LAST_DAY})
        taken.append(1000 * (time.perf_counter() - began))
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return round(statistics.median(taken[1:]), 1)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    print(json.dumps(pages()))

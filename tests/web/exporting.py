"""What the tests of lists as files stand on: their folder, two people, a worker in the test's own transaction."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from jobs import running
from jobs.models import Job
from reports import export_jobs
from reports.lists import registering_lists
from tests import making


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def take(browser: Client, listing: str = "donations", **asked: Any) -> Any:
    names = [column.name for column in registering_lists.named(listing).columns]
    typed = {"format": "csv", "column": names, **asked}
    return browser.post(reverse("office:export_take", args=[listing]), typed)


def givers(count: int, today: datetime) -> None:
    for place in range(count):
        making.donation(
            by=making.donor(name=f"Giver {place}", email=f"g{place}@example.org", now=today), at=today
        )


def run(now: datetime) -> Job:
    pk = running.run_one(works=export_jobs.works(), now=now)
    assert pk
    return Job.objects.get(pk=pk)

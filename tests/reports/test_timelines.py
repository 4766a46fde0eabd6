"""The history of a donation is told in the order in which things follow from each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports import timelines
from tests import making

NOON = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_whole_seconds_of_the_processor_do_not_turn_the_order_round() -> None:
    donor = making.donor(now=NOON)
    plan = making.plan(of=donor, now=NOON + timedelta(milliseconds=700))
    donation = making.donation(by=donor, of_plan=plan, at=NOON)  # the processor cut the fraction off
    entries = timelines.entries(donation=donation)
    kinds = [moment.kind for moment in timelines.of(donation=donation, entries=entries)]
    assert kinds == ["begun", "paid", "recorded"]

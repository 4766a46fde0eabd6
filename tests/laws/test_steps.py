"""Runs and filings take the steps of their tables and no other, whoever asks: the database's own word."""

from __future__ import annotations

import uuid
from itertools import product

import pytest
from django.db import connection

from receipts.models import AnnualRun, HometaxFiling
from tests.facts import NOW
from tests.laws import broken_filings, broken_runs
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db

RUN_STEPS = {
    "rehearsing": {"rehearsed", "canceled"},
    "rehearsed": {"rehearsing", "approved", "canceled"},
    "approved": {"issuing", "canceled"},
    "issuing": {"paused", "issued"},
    "paused": {"issuing"},
    "issued": {"delivered"},
    "delivered": set(),
    "canceled": set(),
}
FILING_STEPS = {
    "waiting": {"filed", "canceled"},
    "filed": {"to_cancel"},
    "to_cancel": {"canceled", "filed"},
    "canceled": set(),
}


def stand(table: str, pk: uuid.UUID | int, status: str) -> None:
    """Put a row where it could not go by a step, so that each step can be tried from it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET status = %s WHERE id = %s", [status, pk])
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_annual_run_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(RUN_STEPS) == set(AnnualRun.Status.values)
    run = broken_runs.run(**broken_runs.approved())
    for before, after in product(RUN_STEPS, RUN_STEPS):
        stand("receipts_annualrun", run.pk, before)
        rows = AnnualRun.objects.filter(pk=run.pk)
        if after in RUN_STEPS[before] | {before}:
            assert rows.update(status=after) == 1
        else:
            with refused_by("annual_run_takes_allowed_step"):
                rows.update(status=after)


def test_a_filing_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(FILING_STEPS) == set(HometaxFiling.Status.values)
    day = NOW.date()
    filing = broken_filings.filing(filed_on=day, canceled_on=day)
    for before, after in product(FILING_STEPS, FILING_STEPS):
        stand("receipts_hometaxfiling", filing.pk, before)
        rows = HometaxFiling.objects.filter(pk=filing.pk)
        if after in FILING_STEPS[before] | {before}:
            assert rows.update(status=after) == 1
        else:
            with refused_by("hometax_takes_allowed_step"):
                rows.update(status=after)

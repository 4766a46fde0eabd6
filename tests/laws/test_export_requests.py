"""Requests for exports: what the database refuses, which steps they take, and that they stay what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from django.db import connection

from books.models import ExportRequest
from tests import facts
from tests.facts import NOW
from tests.laws import broken_exports
from tests.refusing import named_laws, refused_by

pytestmark = pytest.mark.django_db
STEPS = {
    "asked": {"approved", "declined", "expired"},
    "approved": {"taken", "expired"},
    "declined": set(),
    "expired": set(),
    "taken": set(),
}


@pytest.mark.parametrize(
    ("law", "breaking"), [(law, one) for law, breakings in broken_exports.BROKEN.items() for one in breakings]
)
def test_the_database_refuses(law: str, breaking: Callable[[], object]) -> None:
    with refused_by(law):
        breaking()


def test_every_named_law_is_tried() -> None:
    assert named_laws([ExportRequest]) == set(broken_exports.BROKEN)


def test_a_request_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(STEPS) == set(ExportRequest.Status.values)
    assert {key: {str(to) for to in value} for key, value in ExportRequest.STEPS.items()} == {
        key: value for key, value in STEPS.items() if value
    }
    request = broken_exports.request(status="approved", **broken_exports.decided())
    for before, after in product(STEPS, STEPS):
        stand(request, before)
        rows = ExportRequest.objects.filter(pk=request.pk)
        told = {"status": after, "taken_at": NOW if after == "taken" else None}
        if after in STEPS[before] | {before}:
            assert rows.update(**told) == 1
        else:
            with refused_by("export_request_takes_allowed_step"):
                rows.update(**told)


def stand(request: ExportRequest, status: str) -> None:
    """Put a request where it could not go by a step, so that each step can be tried from it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE books_exportrequest DISABLE TRIGGER USER")
        taken_at = NOW if status == "taken" else None
        ExportRequest.objects.filter(pk=request.pk).update(status=status, taken_at=taken_at)
        cursor.execute("ALTER TABLE books_exportrequest ENABLE TRIGGER USER")


def test_what_was_asked_for_and_who_decided_stay() -> None:
    request = broken_exports.request(status="approved", **broken_exports.decided())
    rows = ExportRequest.objects.filter(pk=request.pk)
    other = facts.staff_member("third@example.org")
    changes: list[dict[str, object]] = [
        {"listing": "donations"},
        {"columns": ["name"]},
        {"filters": {"q": "kim"}},
        {"reason": "Another"},
        {"row_count": 1},
        {"asked_by": other},
        {"decided_by": other},
    ]
    for change in changes:
        with refused_by("export_request_stays_as_asked"):
            rows.update(**change)
    with refused_by("export_request_stays_as_asked"):
        rows.delete()
    assert rows.update(link_ends_at=NOW) == 1
    with refused_by("export_request_stays_as_asked"):
        rows.update(link_ends_at=None)

"""Requests for exports that the database refuses, by the sentence it refuses them with."""

from __future__ import annotations

from collections.abc import Callable

from books.models import ExportRequest
from tests import facts
from tests.facts import NOW


def request(**given: object) -> ExportRequest:
    values: dict[str, object] = {
        "listing": "donors",
        "format": "csv",
        "language": "en",
        "row_count": 9,
        "reason": "A letter",
        "asked_by": facts.staff_member(),
        "asked_at": NOW,
        **given,
    }
    return ExportRequest.objects.create(**values)


def decided(**given: object) -> dict[str, object]:
    """What a decided request must tell."""
    return {"decided_by": facts.staff_member("approver@example.org"), "decided_at": NOW, **given}


BROKEN: dict[str, list[Callable[[], object]]] = {
    "export_request_has_a_reason": [lambda: request(reason="")],
    "export_request_decided_by_another": [
        lambda: request(status="approved", **decided(decided_by=facts.staff_member())),
    ],
    "export_request_decided_by_somebody": [
        lambda: request(status="approved"),
        lambda: request(status="declined", **decided(decided_at=None)),
        lambda: request(status="taken", taken_at=NOW),
    ],
    "export_request_taken_once": [
        lambda: request(status="taken", **decided()),
        lambda: request(status="approved", taken_at=NOW, **decided()),
    ],
}

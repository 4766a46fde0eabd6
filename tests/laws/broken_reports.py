"""Rows that break the laws of report files."""

from __future__ import annotations

from collections.abc import Callable

from books.models import ProcessorReport, ProcessorReportRow
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def report(**given: object) -> ProcessorReport:
    values: dict[str, object] = {
        "entity": making.entity(),
        "source": "paypal",
        "format": "paypal_activity",
        "file_name": "Download.CSV",
        "file_sha256": "0" * 64,
        "row_count": 1,
        "imported_by": facts.staff_member(),
        "imported_at": NOW,
        **given,
    }
    return ProcessorReport.objects.create(**values)


def row(of: ProcessorReport | None = None, **given: object) -> ProcessorReportRow:
    values: dict[str, object] = {
        "report": of or report(),
        "position": 2,
        "ref": "paypal:1",
        "kind": "Donation Payment",
        "gross_minor": 100,
        "net_minor": 100,
        "currency": "USD",
        "happened_at": NOW,
        "verdict": "missing",
        **given,
    }
    return ProcessorReportRow.objects.create(**values)


def read_twice() -> None:
    for _ in range(2):
        report()


def one_place_twice() -> None:
    of = report()
    for _ in range(2):
        row(of)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "processor_report_read_once": [read_twice],
    "processor_report_hash_is_hexadecimal": [lambda: report(file_sha256="X" * 64)],
    "report_row_once_per_position": [one_place_twice],
    "report_row_settled_in_a_currency": [
        lambda: row(settled_minor=241),
        lambda: row(settled_currency="USD"),
    ],
}

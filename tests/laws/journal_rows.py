"""Rows that break the laws of journals, and one row of each of their facts."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from books.models import AccountMap, ExportedEntry, JournalExport
from ledger.models import Account, Entry
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def export(**given: Any) -> JournalExport:
    """Of one gift in the books."""
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "entity": making.entity(),
        "target": "xero",
        "number": 1,
        "booked_from": NOW.date(),
        "booked_to": NOW.date(),
        "grouping": "entry",
        "entry_count": 1,
        "line_count": 2,
        "sums": {"USD": 10_000},
        "file_name": "x.csv",
        "file_sha256": "0" * 64,
        "file_size": 1,
        "exported_by": facts.staff_member(),
        "exported_at": NOW,
        **given,
    }
    return JournalExport.objects.create(**values)


def handed_over(**given: Any) -> ExportedEntry:
    if not Entry.objects.exists():
        facts.donation()
    made = JournalExport.objects.first() or export()
    values: dict[str, Any] = {"export": made, "target": made.target, "entry": Entry.objects.order_by("id")[0]}
    return ExportedEntry.objects.create(**{**values, **given})


def mapped(**given: Any) -> AccountMap:
    values: dict[str, Any] = {
        "entity": making.entity(),
        "target": "xero",
        "account": Account.objects.get(code="1000"),
        "code": "090",
        "changed_by": facts.staff_member(),
        "changed_at": NOW,
        **given,
    }
    return AccountMap.objects.create(**values)


def twice(row: Callable[[], object]) -> Callable[[], None]:
    def again() -> None:
        row()
        row()

    return again


BROKEN: dict[str, list[Callable[[], object]]] = {
    "account_map_once": [twice(mapped), twice(lambda: mapped(fund=making.any_fund()))],
    "account_map_has_a_code": [lambda: mapped(code="")],
    "journal_export_number_once": [twice(export)],
    "journal_export_runs_forward": [lambda: export(booked_to=date(2020, 1, 1))],
    "journal_export_groups_by_a_known_unit": [lambda: export(grouping="week")],
    "journal_export_hash_is_hexadecimal": [lambda: export(file_sha256="X" * 64)],
    "entry_exported_once_per_target": [twice(handed_over)],
}

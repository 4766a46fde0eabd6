"""Rows that break the laws of closed periods."""

from __future__ import annotations

from collections.abc import Callable

from ledger.models import PeriodClose
from tests.campaigns import making
from tests.facts import NOW

TWO = {"reopened_by": "u", "reopening_approved_by": "v", "reopening_reason": "A refund"}


def close() -> PeriodClose:
    return PeriodClose.objects.create(
        entity=making.entity(),
        through_on=NOW.date(),
        checksum="0" * 64,
        closed_at=NOW,
        closed_by="u",
    )


def closed_twice() -> None:
    close()
    close()


def reopen(close: PeriodClose, **changed: object) -> None:
    PeriodClose.objects.filter(pk=close.pk).update(**{"reopened_at": NOW, **TWO, **changed})


BROKEN: dict[str, list[Callable[[], object]]] = {
    "period_closed_once": [closed_twice],
    "period_reopened_by_two_people": [
        lambda: reopen(close(), reopening_approved_by="u"),
        lambda: reopen(close(), reopened_by=""),
        lambda: reopen(close(), reopening_reason=""),
    ],
}

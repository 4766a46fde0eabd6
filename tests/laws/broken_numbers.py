"""Rows that break the laws of spoiled numbers."""

from __future__ import annotations

from collections.abc import Callable

from receipts.models import Series, SpoiledNumber
from tests.campaigns import making
from tests.facts import NOW


def spoiled(*, number: int, seal_mark: str = "") -> SpoiledNumber:
    series, _ = Series.objects.get_or_create(
        entity=making.entity(), year=2019, defaults={"next_number": 3, "last_hash": "0" * 64}
    )
    return SpoiledNumber.objects.create(
        series=series, number=number, words="lost", seal_mark=seal_mark, spoiled_at=NOW
    )


def same_number_twice() -> None:
    spoiled(number=1)
    spoiled(number=1)


def same_paper_twice() -> None:
    spoiled(number=1, seal_mark="A" * 32)
    spoiled(number=2, seal_mark="A" * 32)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "spoiled_number_once_per_series": [same_number_twice],
    "spoiled_paper_has_one_number": [same_paper_twice],
}

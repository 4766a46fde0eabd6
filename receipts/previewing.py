"""Previewing: what a run's receipts will look like, for a person to hold against the gifts before they are issued.

Ten drawn by lot, always the same ten of one run; the ten largest; and everybody with an exception that was solved. Each
paper says PREVIEW across the page and has no number; it is drawn and forgotten.
"""

import random
from collections.abc import Sequence
from datetime import datetime

from receipts import drafting, rendering, sketching, surveying
from receipts.drafting import Draft
from receipts.models import AnnualRun, RunException, RunItem

BY_LOT, LARGEST = 10, 10
NUMBER = "000000"


class NothingToPreview(Exception):
    """This donor's receipt cannot be made as the facts stand now."""


def chosen(*, run: AnnualRun) -> dict[str, list[RunItem]]:
    """This function will return the items to look at: `lot`, `largest` and `solved`, each in the order of positions."""
    ready = list(
        RunItem.objects.filter(run=run, status=RunItem.Status.READY)
        .order_by("position")
        .values_list("pk", "figures")
    )
    ids = [pk for pk, _figures in ready]
    lot = random.Random(str(run.pk)).sample(ids, min(BY_LOT, len(ids)))  # noqa: S311  a lot, not a secret
    ranked = sorted(ready, key=lambda row: -_size(row[1], run.entity.base_currency))
    solved = RunException.objects.filter(item__run=run, state=RunException.State.SOLVED)
    return {
        "lot": _items(lot),
        "largest": _items([pk for pk, _figures in ranked[:LARGEST]]),
        "solved": list(
            RunItem.objects.filter(pk__in=solved.values("item"), status=RunItem.Status.READY)
            .select_related("donor")
            .order_by("position")
        ),
    }


def _items(ids: Sequence[int]) -> list[RunItem]:
    return list(RunItem.objects.filter(pk__in=ids).select_related("donor").order_by("position"))


def _size(figures: dict[str, object], currency: str) -> int:
    totals = figures.get("totals", [])
    return sum(row[1] for row in totals if row[0] == currency) if isinstance(totals, list) else 0


def draft(*, item: RunItem, now: datetime) -> Draft:
    """Draft the receipt of an item as the facts stand now, without what was left out. Raises NothingToPreview.

    This function will return the draft.
    """
    run = item.run
    year = surveying.year_of(entity=run.entity, tax_year=run.tax_year)
    out = set(
        RunException.objects.filter(item=item, state=RunException.State.LEFT_OUT).values_list(
            "donation_id", flat=True
        )
    )
    waiting = surveying.open_gifts(donor_ids=[item.donor_id], of=year)[item.donor_id]
    gifts = [one for one in waiting if one not in out]
    asked = sketching.ask(donor_id=item.donor_id, entity=run.entity, tax_year=run.tax_year, gifts=gifts)
    made = drafting.draft_many(asks=[asked], now=now)[0]
    if not made.is_ready:
        raise NothingToPreview(str(item.pk))
    return made


def paper(*, made: Draft, now: datetime) -> bytes:
    """This function will return the file of a draft, with PREVIEW across it and no number."""
    day = made.ask.issued_on or made.ask.entity.day_of(now)
    snapshot = {**made.snapshot, "serial": f"{made.ask.tax_year}-{NUMBER}", "issued_on": day.isoformat()}
    return rendering.render(snapshot, preview=True)

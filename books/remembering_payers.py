"""Remembering payers: who a payer turned out to be, so that the next transfer suggests them; without keeping the name.

The name becomes a mark with a key of this installation (HMAC-SHA-256). The tables alone tell no name, and nothing
but a suggestion ever comes of a mark: two people may be called alike.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils.crypto import salted_hmac

from books.models import PayerMark
from donors import matching
from donors.models import Donor

SHORTEST = 2


def mark_of(*, entity_id: int, payer: str) -> str:
    """This function will return the mark of a payer's name in the books of one entity, "" for no name."""
    key = matching.name_key(payer) if payer.strip() else ""
    if len(key) < SHORTEST or key.isdigit():
        return ""
    return salted_hmac(f"payer of {entity_id}", key, algorithm="sha256").hexdigest()


def remember(*, entity_id: int, payer: str, donor: Donor, now: datetime) -> None:
    """This function will keep that this payer was this giver; it is called before the words are forgotten."""
    mark = mark_of(entity_id=entity_id, payer=payer)
    if mark:
        PayerMark.objects.update_or_create(
            entity_id=entity_id, mark=mark, donor=donor, defaults={"seen_at": now}
        )


def unlearn(*, entity_id: int, donor: Donor, learned_at: datetime) -> None:
    """This function will forget what one wrong match taught."""
    PayerMark.objects.filter(entity_id=entity_id, donor=donor, seen_at=learned_at).delete()


def recognize(*, entity_id: int, payers: Iterable[str]) -> Mapping[str, list[Donor]]:
    """This function will return the givers each of these payers was before, the last one first."""
    marks = {payer: mark_of(entity_id=entity_id, payer=payer) for payer in payers}
    found: dict[str, list[Donor]] = {}
    rows = PayerMark.objects.filter(entity_id=entity_id, mark__in=filter(None, marks.values()))
    for row in rows.select_related("donor__merged_into").order_by("-seen_at", "-id"):
        donor = row.donor.merged_into or row.donor
        known = found.setdefault(row.mark, [])
        if donor not in known:
            known.append(donor)
    return {payer: found[mark] for payer, mark in marks.items() if mark in found}

"""Completing: what a giver said about themselves with a gift fills what was empty; nothing known is changed by it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from donors import refusing
from donors.models import Donor, ProfileChange

FIELDS = frozenset({"first_name", "initial", "last_name", "address", "postcode"})


def complete(*, donor_id: UUID, told: Mapping[str, str], now: datetime) -> list[str]:
    """Fill the empty ones of `FIELDS` of a donor. Nobody has proven who they are, so what is there stays.

    A text with a resident number in it is left out: its gift must not wait for it. This function will return the
    fields it filled.
    """
    unknown = set(told) - FIELDS
    if unknown:
        raise TypeError(f"not fields to complete: {sorted(unknown)}")
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        filled = {
            field: words.strip()
            for field, words in told.items()
            if words.strip() and not getattr(donor, field) and not refusing.is_held_by(words)
        }
        if filled:
            Donor.objects.filter(pk=donor_id).update(**filled)
            ProfileChange.objects.create(
                donor=donor, fields=sorted(filled), changer=ProfileChange.Changer.DONOR, changed_at=now
            )
    return sorted(filled)

"""Choosing: which mail a giver wants, kind by kind, in the words they saw. Receipts come whatever is chosen.

Each answer is a row of its own and the newest counts, so that it can always be shown who agreed to what, and when.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from donors import withholding
from donors.models import Consent, Donor


def standing(*, donor_ids: Iterable[uuid.UUID]) -> dict[str, bool]:
    """This function will return for each kind of mail whether it is wanted: the newest answer of any of the donors.

    Nobody is asked for what belongs to their own gifts (`withholding.UNLESS_REFUSED`): it comes until they say no.
    """
    found = {kind: kind in withholding.UNLESS_REFUSED for kind in Consent.Kind.values}
    answers = Consent.objects.filter(donor__in=list(donor_ids)).order_by("answered_at", "id")
    for kind, is_given in answers.values_list("kind", "is_given"):
        found[kind] = is_given
    return found


def choose(
    *, email_key: str, wanted: Mapping[str, bool], wordings: Mapping[str, str], now: datetime
) -> list[str]:
    """Keep the answers of a giver for every donor with the proven address, where they differ from before.

    `wordings` are the sentences beside the boxes, as they were read. This function will return the kinds that changed.
    """
    unknown = set(wanted) - set(Consent.Kind.values)
    if unknown:
        raise TypeError(f"not kinds of mail: {sorted(unknown)}")
    with transaction.atomic():
        mine = list(
            Donor.objects.select_for_update()
            .filter(email_key=email_key, merged_into__isnull=True)
            .exclude(email_key="")
            .order_by("id")
        )
        before = {donor.pk: standing(donor_ids=[donor.pk]) for donor in mine}
        answers = [
            Consent(
                donor=donor,
                kind=kind,
                is_given=is_wanted,
                wording=wordings[kind][:300],
                source=f"portal:{uuid.uuid4()}",
                answered_at=now,
            )
            for donor in mine
            for kind, is_wanted in wanted.items()
            if before[donor.pk][kind] != is_wanted
        ]
        Consent.objects.bulk_create(answers)
    return sorted({answer.kind for answer in answers})

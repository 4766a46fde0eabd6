"""Consenting: what somebody agreed to, in the words they saw, when."""

import uuid
from datetime import datetime

from donors.models import Consent


def record(*, donor_id: uuid.UUID, wording: str, source: str, answered_at: datetime) -> None:
    """This function will keep that a donor asked for the letter, once for each source."""
    Consent.objects.bulk_create(
        [
            Consent(
                donor_id=donor_id,
                kind=Consent.Kind.LETTER,
                is_given=True,
                wording=wording[:300],
                source=source,
                answered_at=answered_at,
            )
        ],
        ignore_conflicts=True,
    )

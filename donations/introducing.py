"""Introducing: the donor an attempt belongs to, with what its form asked for because a law wants it."""

import uuid
from datetime import datetime

from donations.models import Checkout, GiverDetail
from donors import completing, matching


def introduce(*, checkout: Checkout, now: datetime) -> uuid.UUID:
    """Match the donor of an attempt, and fill what was empty about them from its form.

    This function will return the donor's id.
    """
    donor_id = matching.match(
        name=checkout.donor_name, email=checkout.email, language=checkout.language, now=now
    )
    giver: GiverDetail | None = getattr(checkout, "giver", None)
    if giver is not None:
        told = {field: str(getattr(giver, field)) for field in completing.FIELDS}
        completing.complete(donor_id=donor_id, told=told, now=now)
    return donor_id

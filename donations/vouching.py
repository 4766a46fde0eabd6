"""Vouching: the last digits of a card somebody gave with, as a second proof of who they are. Never a proof alone."""

import re
import uuid
from collections.abc import Sequence

from donations.models import Donation, RecurringPlan


def holds_card(*, donor_ids: Sequence[uuid.UUID], last4: str) -> bool:
    """This function will say whether one of these donors gave, or gives regularly, with a card ending like this."""
    if not re.fullmatch(r"[0-9]{4}", last4):
        return False
    given = Donation.objects.filter(donor__in=donor_ids, last4=last4, method="card")
    standing = RecurringPlan.objects.filter(donor__in=donor_ids, card_last4=last4)
    return given.exists() or standing.exists()

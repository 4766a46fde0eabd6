"""What stands in the addresses of pledges."""

from __future__ import annotations

import uuid
from datetime import datetime

from donations import giving_up, pledging
from donations.models import Donation
from donations.pledging import NewPledge
from tests import making


def keys(gift: Donation, today: datetime) -> dict[str, list[object]]:
    """This function will return the keys of a promise and of a question to write it off."""
    fund = gift.campaign.fund
    day = gift.given_on
    promised = pledging.promise(
        pledge=NewPledge(
            id=uuid.uuid4(),
            entity=fund.entity,
            donor_id=gift.donor_id,
            campaign=gift.campaign,
            fund=fund,
            amount=making.HUNDRED,
            promised_on=day,
            parts=[(day, making.HUNDRED)],
        ),
        actor=making.user(email="promiser@example.org", now=today),
        now=today,
    )
    asked = giving_up.ask(
        pledge_id=promised.pk,
        reason="why",
        actor=making.user(email="giver-up@example.org", now=today),
        now=today,
    )
    return {
        "office:pledge_new": ["pledge"],
        "office:pledge": [promised.pk],
        "office:pledge_keep": [promised.pk],
        "office:pledge_undo": [promised.pk, gift.pk],
        "office:pledge_end": [promised.pk, "cancel"],
        "office:pledge_decide": [asked.pk],
    }

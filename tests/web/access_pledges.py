"""What stands in the addresses of pledges."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from donations import giving_up, pledging
from donations.models import Donation, Pledge
from donations.pledging import NewPledge
from ledger.money import Money
from tests import making


def promise(gift: Donation, today: datetime, *, parts: list[tuple[date, Money]]) -> Pledge:
    """What the giver of a gift promises besides, on the day its first part is due."""
    fund = gift.campaign.fund
    return pledging.promise(
        pledge=NewPledge(
            id=uuid.uuid4(),
            entity=fund.entity,
            donor_id=gift.donor_id,
            campaign=gift.campaign,
            fund=fund,
            amount=making.HUNDRED,
            promised_on=parts[0][0],
            parts=parts,
        ),
        actor=making.user(email="promiser@example.org", now=today),
        now=today,
    )


def keys(gift: Donation, today: datetime) -> dict[str, list[object]]:
    """This function will return the keys of a promise and of a question to write it off."""
    promised = promise(gift, today, parts=[(gift.given_on, making.HUNDRED)])
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

"""Keys for the addresses of batches: an open one, a posted one with money that waits, and a gift over the desk."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from donations import batching, entering, posting_batches
from donations.batching import Cover, Piece
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import BatchRow, Donation
from donors.models import Donor
from ledger.money import Money
from payments.models import BankAccount
from tests import making


def facts(donor: Donor, *, today: datetime) -> dict[str, list[object]]:
    """This function will return what stands in the addresses, by their names."""
    actor = making.user(email="counter@example.org", now=today)
    account = BankAccount.objects.create(
        entity=making.entity(), name="Harbor Bank", currency="USD", added_at=today
    )
    day = (today - timedelta(days=1)).date()
    campaign = making.campaign()
    cover = Cover(
        bank_account=account, fund=campaign.fund, campaign=campaign, method="check", expected_count=1,
        expected=making.HUNDRED, came_on=day, deposit_on=day, counter_one="Ada", counter_two="Ben",
    )  # fmt: skip
    opened, posted = (
        batching.open_batch(batch_id=uuid.uuid4(), cover=cover, actor=actor, now=today) for _ in range(2)
    )
    rows = [
        batching.save_row(
            batch_id=batch.pk,
            piece=Piece(
                id=uuid.uuid4(), amount=making.HUNDRED, giver=BatchRow.Giver.UNKNOWN, is_sure_of_day=True
            ),
            actor=actor,
            now=today,
        )
        for batch in (opened, posted)
    ]
    posting_batches.post(batch_id=posted.pk, actor=actor, now=today)
    names = ("", "_change", "_save", "_cash", "_post", "_override", "_discard")
    return {
        **{f"office:batch{name}": [opened.pk] for name in names},
        "office:batch_row": [opened.pk, rows[0].pk],
        "office:batch_remove": [opened.pk, rows[0].pk],
        "office:batch_slip": [posted.pk, "letter"],
        "office:batch_identify": [rows[1].pk],
        "office:batch_leave_unknown": [rows[1].pk],
        "office:batch_row_amend": [rows[1].pk],
        "office:amend": [over_the_desk(donor, today=today).pk],
    }


def over_the_desk(donor: Donor, *, today: datetime) -> Donation:
    """Cash of $25.00 that was handed over yesterday."""
    campaign, amount = making.campaign(), Money(2_500, "USD")
    day = (today - timedelta(days=1)).date()
    gift = HandGift(
        id=uuid.uuid4(), entity=making.entity(), donor_id=donor.pk, campaign=campaign,
        parts=[(campaign.fund, amount)], amount=amount, method="cash", came_on=day, days={Basis.HAND: day},
    )  # fmt: skip
    return entering.enter(gift=gift, actor=making.user(email="desk@example.org", now=today), now=today)

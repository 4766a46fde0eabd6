"""Disputing: what the card network takes and gives back, by the actual lines of the balance."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from donations import postings, recording
from donations.models import Dispute, DisputeClosing, DisputeMovement, Donation
from donations.postings import Share
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from payments.gateway import BalanceLine, DisputeState

OUTCOMES = {
    "won": DisputeClosing.Outcome.WON,
    "lost": DisputeClosing.Outcome.LOST,
    "warning_closed": DisputeClosing.Outcome.WITHDRAWN,
    "prevented": DisputeClosing.Outcome.WITHDRAWN,
}


class NoSuchDonation(Exception):
    """A dispute about a charge we have no donation for."""


def apply(*, state: DisputeState, now: datetime) -> None:
    """Write down a dispute: that it is open, each movement of money, and how it ended.

    Until it ends the money is neither income nor lost; an inquiry moves nothing. Raises NoSuchDonation.
    This function will post each movement once and the loss once.
    """
    with transaction.atomic():
        donation = (
            Donation.objects.select_related("entity", "campaign")
            .filter(processor_ref=state.charge_ref)
            .first()
        )
        if donation is None:
            raise NoSuchDonation(state.ref)
        Dispute.objects.bulk_create(
            [
                Dispute(
                    donation=donation,
                    processor_ref=state.ref,
                    amount_minor=state.amount.minor,
                    reason=state.reason[:60],
                    opened_at=state.created_at,
                    due_at=state.due_at,
                    recorded_at=now,
                )
            ],
            ignore_conflicts=True,
        )
        dispute = Dispute.objects.get(processor_ref=state.ref)
        shares = _shares(donation=donation, amount=state.amount)
        for line in sorted(state.balances, key=lambda line: (line.created_at, line.ref)):
            _move(dispute=dispute, donation=donation, line=line, shares=shares, now=now)
        if state.status in OUTCOMES:
            _close(dispute=dispute, donation=donation, state=state, shares=shares, now=now)


def _shares(*, donation: Donation, amount: Money) -> list[Share]:
    whole = recording.shares_of(donation)
    return [
        Share(share.fund_id, share.is_restricted, part, share.segment)
        for share, part in zip(whole, postings.over(amount, whole), strict=True)
        if part
    ]


def _move(
    *, dispute: Dispute, donation: Donation, line: BalanceLine, shares: list[Share], now: datetime
) -> None:
    if DisputeMovement.objects.filter(balance_ref=line.ref).exists():
        return
    DisputeMovement.objects.bulk_create(
        [
            DisputeMovement(
                dispute=dispute,
                balance_ref=line.ref,
                amount_minor=line.amount_minor,
                fee_minor=line.fee_minor,
                currency=line.currency,
                moved_at=line.created_at,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    recording.keep_balance_line(line=line, now=now)
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.DISPUTE_MOVEMENT,
        source=f"dispute:{line.ref}",
        happened_at=line.created_at,
        postings=postings.dispute_movement(
            amount=Money(line.amount_minor, line.currency),
            fee=Money(line.fee_minor, line.currency),
            shares=shares,
        ),
        now=now,
    )


def _close(
    *, dispute: Dispute, donation: Donation, state: DisputeState, shares: list[Share], now: datetime
) -> None:
    outcome = OUTCOMES[state.status]
    # The processor tells no time of closing; the last movement's is the same however late we hear of it.
    closed_at = max([line.created_at for line in state.balances], default=state.created_at)
    DisputeClosing.objects.bulk_create(
        [DisputeClosing(dispute=dispute, outcome=outcome, closed_at=closed_at, recorded_at=now)],
        ignore_conflicts=True,
    )
    taken = dispute.movements.values("currency").annotate(sum=Sum("amount_minor")).order_by("currency")
    if outcome != DisputeClosing.Outcome.LOST or not any(row["sum"] for row in taken):
        return
    lines = []
    for row in taken:
        held = Money(-row["sum"], row["currency"])
        if held.currency != state.amount.currency:
            lines += postings.exchange(
                was=held, became=state.amount, shares=shares, account=postings.DISPUTED
            )
    lines += postings.dispute_lost(shares)
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.DISPUTE_LOST,
        source=f"dispute_lost:{state.ref}",
        happened_at=closed_at,
        postings=lines,
        now=now,
    )

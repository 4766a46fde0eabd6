"""Disputing: what the card network takes and gives back, by the actual lines of the balance."""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from donations import alerting, dividing, holding, postings, recording, refunding, splitting
from donations.models import Dispute, DisputeClosing, DisputeMovement, DisputeStep, Donation
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
INQUIRY = "warning_"
"""How the states of an inquiry begin: a question of the bank that moves no money."""


class NoSuchDonation(Exception):
    """A dispute about a charge we have no donation for."""


class DisputeDoesNotFit(Exception):
    """A dispute over more than its gift, or in another currency: a person must look."""


def apply(*, state: DisputeState, now: datetime) -> None:
    """Write down a dispute: that it is open, each movement of money, how it stands and how it ended.

    Until it ends the money is neither income nor lost; an inquiry moves nothing. An appeal goes on after the end:
    if its money comes back, what was lost is income again. Raises NoSuchDonation and DisputeDoesNotFit.
    This function will post each movement once and the loss once, and tell those who should act once.
    """
    with transaction.atomic():
        donation = (
            Donation.objects.select_related("entity", "campaign")
            .filter(processor_ref=state.charge_ref)
            .first()
        )
        if donation is None:
            raise NoSuchDonation(state.ref)
        if state.amount.currency != donation.currency or donation.amount < state.amount:
            raise DisputeDoesNotFit(
                f"dispute {state.ref} is over {state.amount.plain} {state.amount.currency}"
            )
        refunding.lock(donation.pk)
        dispute = _write_down(state=state, donation=donation, now=now)
        shares = dividing.disputed(donation=donation, amount=state.amount, opened_at=state.created_at)
        for line in sorted(state.balances, key=lambda line: (line.created_at, line.ref)):
            _move(dispute=dispute, donation=donation, line=line, shares=shares, now=now)
        if state.status not in OUTCOMES:
            is_inquiry = state.status.startswith(INQUIRY) and not state.balances
            alerting.dispute_opened(dispute=dispute, donation=donation, is_inquiry=is_inquiry, now=now)
        else:
            _close(dispute=dispute, donation=donation, state=state, shares=shares, now=now)


def _write_down(*, state: DisputeState, donation: Donation, now: datetime) -> Dispute:
    fresh = Dispute(
        donation=donation,
        processor_ref=state.ref,
        amount_minor=state.amount.minor,
        reason=state.reason[:60],
        opened_at=state.created_at,
        due_at=state.due_at,
        recorded_at=now,
    )
    Dispute.objects.bulk_create([fresh], ignore_conflicts=True)
    dispute = Dispute.objects.get(processor_ref=state.ref)
    known = dispute.steps.order_by("-id").first()
    if known is None or (known.status, known.due_at) != (state.status[:40], state.due_at):
        DisputeStep.objects.create(
            dispute=dispute, status=state.status[:40], due_at=state.due_at, recorded_at=now
        )
    return dispute


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


def _taken(dispute: Dispute) -> list[Money]:
    """What the network holds of us by its own lines, one amount for each currency, positive while it is gone."""
    sums = dispute.movements.values("currency").annotate(sum=Sum("amount_minor")).order_by("currency")
    return [Money(-row["sum"], row["currency"]) for row in sums if row["sum"]]


def _close(
    *, dispute: Dispute, donation: Donation, state: DisputeState, shares: list[Share], now: datetime
) -> None:
    outcome, taken = OUTCOMES[state.status], _taken(dispute)
    if outcome == DisputeClosing.Outcome.WITHDRAWN and taken:
        return  # called off, but the money is still gone: it stays open until the balance gives it back
    # The processor tells no time of closing; the last movement's is the same however late we hear of it.
    closed_at = max([line.created_at for line in state.balances], default=state.created_at)
    DisputeClosing.objects.bulk_create(
        [DisputeClosing(dispute=dispute, outcome=outcome, closed_at=closed_at, recorded_at=now)],
        ignore_conflicts=True,
    )
    kept = DisputeClosing.objects.get(dispute=dispute)
    told = outcome.value
    if outcome == DisputeClosing.Outcome.LOST and taken:
        _post_loss(state=state, donation=donation, taken=taken, shares=shares, at=closed_at, now=now)
    elif kept.outcome == DisputeClosing.Outcome.LOST and outcome == DisputeClosing.Outcome.WON:
        if holding.lost_disputes().filter(pk=dispute.pk).exists():
            return  # won on appeal, says the processor: believed when the balance shows the money
        _post_appeal(state=state, donation=donation, at=closed_at, now=now)
        told = "appealed"
    splitting.follow(donation_id=donation.pk, happened_at=closed_at, now=now)
    alerting.dispute_closed(dispute=dispute, donation=donation, outcome=told, now=now)


def _post_loss(
    *,
    state: DisputeState,
    donation: Donation,
    taken: list[Money],
    shares: list[Share],
    at: datetime,
    now: datetime,
) -> None:
    lines = []
    for held in taken:
        if held.currency != state.amount.currency:
            lines += postings.exchange(
                was=held, became=state.amount, shares=shares, account=postings.DISPUTED
            )
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.DISPUTE_LOST,
        source=f"dispute_lost:{state.ref}",
        happened_at=at,
        postings=[*lines, *postings.dispute_lost(shares)],
        now=now,
    )


def _post_appeal(*, state: DisputeState, donation: Donation, at: datetime, now: datetime) -> None:
    """The loss is taken back line by line: income stands again, and what was disputed is disputed no more."""
    loss = Entry.objects.filter(source=f"dispute_lost:{state.ref}").first()
    if loss is None:
        return
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.DISPUTE_LOST,
        source=f"dispute_appeal:{state.ref}",
        happened_at=at,
        postings=posting.opposite(loss),
        reverses=f"dispute_lost:{state.ref}",
        now=now,
    )

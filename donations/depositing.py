"""Depositing: a payout is posted when every line it carries is in our books and the sum is exact."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction

from donations import paying_out, postings, recording, troubling
from donations.paying_out import DoesNotAddUp
from donations.troubling import Code
from ledger import posting
from ledger.models import Entry
from ledger.money import Money
from payments import gateway
from payments.gateway import BalanceLine, PayoutState
from payments.models import BalanceTransaction, Payout, PayoutFailure

SettleSource = Callable[[str, str, datetime], None]
PROCESSOR_FEES = {"stripe_fee", "stripe_fx_fee", "tax_fee"}
GONE_BACK = {"failed", "canceled"}


def apply(*, ref: str, settle_source: SettleSource, now: datetime) -> None:
    """Post a payout once the processor has finished assigning its lines, and undo it if it came back.

    `settle_source` makes sure the charge, refund or dispute behind a line is in the books. What does not add up is kept
    as a trouble for a person, until the payout is in the books. Raises DoesNotAddUp.
    This function will do nothing while the payout is not ready.
    """
    state = gateway.connect().payout(ref)
    try:
        _apply(state, settle_source=settle_source, now=now)
    except DoesNotAddUp as error:
        troubling.keep(state=state, error=error, now=now)
        raise
    if Payout.objects.filter(ref=ref).exists():
        troubling.mend(ref=ref, now=now)


def _apply(state: PayoutState, *, settle_source: SettleSource, now: datetime) -> None:
    known = Payout.objects.filter(ref=state.ref).first()
    if known is None and not state.is_automatic:
        if state.status in GONE_BACK:
            return  # nothing of it was ever booked
        words = f"payout {state.ref} was made by hand: the processor does not tell what it holds"
        raise DoesNotAddUp(words, code=Code.BY_HAND)
    if known is None and state.is_reconciled and state.status not in GONE_BACK:
        lines = list(gateway.connect().payout_lines(state.ref))
        explain(lines=lines, settle_source=settle_source, now=now)
        known = paying_out.post(state=state, lines=lines, home=None, now=now)
    if known is not None and state.status in GONE_BACK:
        _return(payout=known, state=state, now=now)


def explain(*, lines: Sequence[BalanceLine], settle_source: SettleSource, now: datetime) -> None:
    """This function will see to it that every line of the balance has its entry in the books."""
    for line in lines:
        if line.kind == paying_out.PAYOUT or _is_posted(line):
            continue
        if line.kind in PROCESSOR_FEES:
            post_fee(line=line, now=now)
        else:
            settle_source(line.kind, line.source_ref, now)


def _is_posted(line: BalanceLine) -> bool:
    known = BalanceTransaction.objects.filter(ref=line.ref).exists()
    return known and Entry.objects.filter(source__in=paying_out.sources_of(line)).exists()


def post_fee(*, line: BalanceLine, now: datetime) -> None:
    """This function will book a fee of the processor that belongs to no gift, on the first open general fund."""
    fund = paying_out.general_fund()
    if fund is None:
        words = "there is no unrestricted fund to bear the processor's own fees"
        raise DoesNotAddUp(words, code=Code.GENERAL)
    with transaction.atomic():
        recording.keep_balance_line(line=line, now=now)
        posting.post(
            entity=fund.entity,
            kind=Entry.Kind.PROCESSOR_FEE,
            source=f"fee:{line.ref}",
            happened_at=line.created_at,
            postings=postings.charge_by_processor(fee=Money(-line.net_minor, line.currency), fund_id=fund.pk),
            now=now,
        )


def _return(*, payout: Payout, state: PayoutState, now: datetime) -> None:
    """A payout came back, even after it was called paid: the bank gives, the processor owes again."""
    if not state.failure_balance_ref:
        return
    line = line_of(state, state.failure_balance_ref)
    if line is None:
        words = f"payout {payout.ref} came back without a line of the balance"
        raise DoesNotAddUp(words, code=Code.RETURNED)
    with transaction.atomic():
        PayoutFailure.objects.bulk_create(
            [PayoutFailure(payout=payout, balance_ref=line.ref, failed_at=line.created_at, recorded_at=now)],
            ignore_conflicts=True,
        )
        recording.keep_balance_line(line=line, now=now)
        paying_out.undo(payout=payout, at=line.created_at, now=now)


def line_of(state: PayoutState, ref: str) -> BalanceLine | None:
    """This function will return a line of the balance; it is listed and not fetched: it lies after its payout."""
    listed = gateway.connect().balance_lines(since=state.created_at)
    return next((found for found in listed if found.ref == ref), None)

"""Depositing: a payout is posted when every line it carries is in our books and the sum is exact."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from donations import postings, recording
from ledger import posting
from ledger.models import Entry, Fund, LegalEntity, Line
from ledger.money import Money
from payments import gateway
from payments.gateway import BalanceLine, PayoutState
from payments.models import BalanceTransaction, Payout, PayoutFailure, PayoutLine

SettleSource = Callable[[str, str, datetime], None]

# Under which names the entries of a line of the balance stand in the books.
SOURCES = {
    "charge": ("charge:{source}", "balance:{ref}"),
    "payment": ("charge:{source}", "balance:{ref}"),
    "refund": ("refund:{source}", "balance:{ref}"),
    "payment_refund": ("refund:{source}", "balance:{ref}"),
    "refund_failure": ("refund_failure:{source}", "balance:{ref}"),
    "adjustment": ("dispute:{ref}", "fee:{ref}"),
    "payout_failure": ("payout_failure:{source}",),
    "payout_cancel": ("payout_failure:{source}",),
    "stripe_fee": ("fee:{ref}",),
    "stripe_fx_fee": ("fee:{ref}",),
    "tax_fee": ("fee:{ref}",),
}
PROCESSOR_FEES = {"stripe_fee", "stripe_fx_fee", "tax_fee"}
PAYOUT = "payout"
GONE_BACK = {"failed", "canceled"}


class DoesNotAddUp(Exception):
    """The lines of a payout do not sum to it, or the books do not explain them; nothing was posted."""


def sources_of(line: BalanceTransaction | BalanceLine) -> list[str]:
    """The names of the entries that explain one line of the balance."""
    return [name.format(source=line.source_ref, ref=line.ref) for name in SOURCES.get(line.kind, ())]


def apply(*, ref: str, settle_source: SettleSource, now: datetime) -> None:
    """Post a payout once the processor has finished assigning its lines, and undo it if it came back.

    `settle_source` makes sure the charge, refund or dispute behind a line is in the books.
    Raises DoesNotAddUp. This function will do nothing while the payout is not ready.
    """
    connected = gateway.connect()
    state = connected.payout(ref)
    if not state.is_automatic:
        raise DoesNotAddUp(f"payout {ref} was made by hand: the processor does not tell what it holds")
    known = Payout.objects.filter(ref=ref).first()
    if known is None and state.is_reconciled and state.status not in GONE_BACK:
        lines = list(connected.payout_lines(ref))
        explain(lines=lines, settle_source=settle_source, now=now)
        known = _post(state=state, lines=lines, now=now)
    if known is not None and state.status in GONE_BACK:
        _return(payout=known, state=state, now=now)


def explain(*, lines: Sequence[BalanceLine], settle_source: SettleSource, now: datetime) -> None:
    """This function will see to it that every line of the balance has its entry in the books."""
    for line in lines:
        if line.kind == PAYOUT or _is_posted(line):
            continue
        if line.kind in PROCESSOR_FEES:
            post_fee(line=line, now=now)
        else:
            settle_source(line.kind, line.source_ref, now)


def _is_posted(line: BalanceLine) -> bool:
    known = BalanceTransaction.objects.filter(ref=line.ref).exists()
    return known and Entry.objects.filter(source__in=sources_of(line)).exists()


def post_fee(*, line: BalanceLine, now: datetime) -> None:
    """This function will book a fee of the processor that belongs to no gift, on the first open general fund."""
    fund = Fund.objects.filter(restriction=Fund.Restriction.NONE, is_open=True).order_by("id").first()
    if fund is None:
        raise DoesNotAddUp("there is no unrestricted fund to bear the processor's own fees")
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


def _post(*, state: PayoutState, lines: Sequence[BalanceLine], now: datetime) -> Payout:
    carried = [line for line in lines if line.kind != PAYOUT]
    told = sum(line.net_minor for line in carried)
    if told != state.amount.minor:
        raise DoesNotAddUp(f"payout {state.ref} is {state.amount.minor}, its lines sum to {told}")
    parts, entity = _by_fund(carried=carried, currency=state.amount.currency)
    explained = sum(amount.minor for _, amount in parts)
    if explained != state.amount.minor:
        raise DoesNotAddUp(f"payout {state.ref} is {state.amount.minor}, the books explain {explained}")
    with transaction.atomic():
        fresh = Payout(
            ref=state.ref,
            amount_minor=state.amount.minor,
            currency=state.amount.currency,
            created_at=state.created_at,
            arrives_on=state.arrives_on,
            recorded_at=now,
        )
        Payout.objects.bulk_create([fresh], ignore_conflicts=True)
        payout = Payout.objects.get(ref=state.ref)
        for line in lines:
            recording.keep_balance_line(line=line, now=now)
        rows = BalanceTransaction.objects.filter(ref__in=[line.ref for line in carried])
        PayoutLine.objects.bulk_create(
            [PayoutLine(payout=payout, balance_transaction=row) for row in rows], ignore_conflicts=True
        )
        posting.post(
            entity=entity,
            kind=Entry.Kind.PAYOUT,
            source=f"payout:{state.ref}",
            happened_at=state.created_at,
            postings=postings.payout(parts),
            now=now,
        )
    return payout


def _by_fund(*, carried: Sequence[BalanceLine], currency: str) -> tuple[list[tuple[int, Money]], LegalEntity]:
    """What the clearing account holds for these lines, fund by fund, and whose books they are in."""
    sources = [source for line in carried for source in sources_of(line)]
    lines = Line.objects.filter(entry__source__in=sources, account__code=postings.CLEARING, currency=currency)
    sums = lines.values_list("fund_id").annotate(sum=Sum("amount_minor")).order_by("fund_id")
    entities = LegalEntity.objects.filter(entries__source__in=sources).distinct()
    if len(entities) != 1:
        raise DoesNotAddUp("a payout must belong to exactly one legal entity")
    return [(fund_id, Money(minor, currency)) for fund_id, minor in sums if minor], entities[0]


def _return(*, payout: Payout, state: PayoutState, now: datetime) -> None:
    """A payout came back, even after it was called paid: the bank gives, the processor owes again."""
    if not state.failure_balance_ref:
        return
    posted = Entry.objects.get(source=f"payout:{payout.ref}")
    parts = [
        (line.fund_id, -line.amount)
        for line in posted.lines.filter(account__code=postings.BANK).order_by("id")
    ]
    line = next(
        (
            found
            for found in gateway.connect().balance_lines(since=state.created_at)
            if found.ref == state.failure_balance_ref
        ),
        None,
    )
    if line is None:
        raise DoesNotAddUp(f"payout {payout.ref} came back without a line of the balance")
    with transaction.atomic():
        PayoutFailure.objects.bulk_create(
            [PayoutFailure(payout=payout, balance_ref=line.ref, failed_at=line.created_at, recorded_at=now)],
            ignore_conflicts=True,
        )
        recording.keep_balance_line(line=line, now=now)
        posting.post(
            entity=posted.entity,
            kind=Entry.Kind.PAYOUT_RETURNED,
            source=f"payout_failure:{payout.ref}",
            happened_at=line.created_at,
            postings=postings.payout(parts),
            reverses=f"payout:{payout.ref}",
            now=now,
        )

"""Comparing: what a row of a report says beside what our books have. It reads and writes nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.db.models import Model, QuerySet

from books.models import ProcessorReportRow
from books.reading_rows import Line, Role
from donations.models import Dispute, Donation, Refund
from payments.models import BalanceTransaction, Payout

Verdict = ProcessorReportRow.Verdict
TOGETHER = 2_000
"""References asked for in one query."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row with what it turned out to be. `books_*` are minor units of the books' own currency for it."""

    line: Line
    verdict: Verdict
    reason: str = ""
    donation: Donation | None = None
    books_gross: int | None = None
    books_fee: int | None = None
    settled_minor: int | None = None
    settled_currency: str = ""
    rate: Decimal | None = None


Found = TypeVar("Found", bound=Model)


def by_ref(rows: QuerySet[Found], refs: Iterable[str], *, field: str) -> dict[str, Found]:
    """This function will return rows by a reference of theirs, asked for some thousands at a time."""
    wanted = sorted({ref for ref in refs if ref})
    found: dict[str, Found] = {}
    for first in range(0, len(wanted), TOGETHER):
        chunk = rows.filter(**{f"{field}__in": wanted[first : first + TOGETHER]})
        found |= {getattr(row, field): row for row in chunk}
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """What our books have for the references of a file, read at once."""

    balance: dict[str, BalanceTransaction]
    gifts: dict[str, Donation]
    payouts: dict[str, Payout]
    fees: dict[str, BalanceTransaction]

    def donation(self, line: Line) -> Donation | None:
        """This function will return the gift a row is about."""
        row = self.balance.get(line.ref)
        sources = (row.source_ref if row else "", line.source, line.about, line.ref)
        return next((gift for ref in sources if (gift := self.gifts.get(ref))), None)


def known(lines: Sequence[Line]) -> Known:
    """This function will read what the books have for these rows, in a fixed number of queries."""
    balance = by_ref(BalanceTransaction.objects.all(), (line.ref for line in lines), field="ref")
    refs = {ref for line in lines for ref in (line.ref, line.source, line.about)}
    refs |= {row.source_ref for row in balance.values()}
    gifts = by_ref(Donation.objects.all(), refs, field="processor_ref")
    refunds = by_ref(Refund.objects.select_related("donation"), refs, field="processor_ref")
    disputes = by_ref(Dispute.objects.select_related("donation"), refs, field="processor_ref")
    gifts |= {ref: refund.donation for ref, refund in refunds.items()}
    gifts |= {ref: dispute.donation for ref, dispute in disputes.items()}
    payouts = by_ref(Payout.objects.all(), refs | {line.payout for line in lines}, field="ref")
    of_gifts = BalanceTransaction.objects.filter(kind__in=["charge", "payment"])
    return Known(balance, gifts, payouts, by_ref(of_gifts, list(gifts), field="source_ref"))


def with_stripe(line: Line, known: Known) -> Judged:
    """A row of Stripe's balance beside the line of the balance we keep; a payout beside the payout we posted."""
    if line.role == Role.PAYOUT:
        return _payout(line, known)
    donation, row = known.donation(line), known.balance.get(line.ref)
    if row is None:
        return Judged(line, Verdict.MISSING, donation=donation)
    said, ours = (line.gross, line.fee, line.currency), (row.amount_minor, row.fee_minor, row.currency)
    verdict = Verdict.AGREES if said == ours else Verdict.DIFFERS
    return Judged(
        line,
        verdict,
        "" if row.currency == line.currency else f"currency {row.currency}",
        donation,
        books_gross=row.amount_minor,
        books_fee=row.fee_minor,
    )


def _payout(line: Line, known: Known) -> Judged:
    paid = next((known.payouts[ref] for ref in (line.source, line.payout) if ref in known.payouts), None)
    if paid is None:
        return Judged(line, Verdict.MISSING)
    is_same = (abs(line.net), line.currency) == (abs(paid.amount_minor), paid.currency)
    verdict = Verdict.AGREES if is_same else Verdict.DIFFERS
    return Judged(line, verdict, books_gross=paid.amount_minor, books_fee=0)


def with_gift(line: Line, known: Known) -> Judged:
    """A row of another donation system beside the gift that came through the processor."""
    donation = known.gifts.get(line.ref)
    if donation is None:
        return Judged(line, Verdict.MISSING)
    settled = known.fees.get(line.ref)
    fee = settled.fee_minor if settled and settled.currency == line.currency else None
    is_same = (line.gross, line.currency) == (donation.amount_minor, donation.currency)
    is_fee_same = not line.fee or fee is None or fee == line.fee
    verdict = Verdict.AGREES if is_same and is_fee_same else Verdict.DIFFERS
    reason = "" if donation.currency == line.currency else f"currency {donation.currency}"
    return Judged(line, verdict, reason, donation, books_gross=donation.amount_minor, books_fee=fee)


Judge = Callable[[Line, Known], Judged]
JUDGES: dict[str, Judge] = {"stripe": with_stripe, "donorbox": with_gift}

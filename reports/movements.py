"""How the money of a gift moved, by the lines of the balance: what each was, and in which deposit it went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from donations.models import Donation
from ledger.models import Line
from ledger.money import Money
from payments.models import BalanceTransaction, Payout

EXCHANGE = "7900"


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the balance. `original` is the amount in the gift's own currency where that is another one.

    `exchanged` is what account 7900 got by it, one amount for each currency.
    """

    kind: str
    at: datetime
    ref: str
    source: str
    gross: Money
    fee: Money
    net: Money
    payout: Payout | None
    rate: Decimal | None = None
    exchanged: Sequence[Money] = ()


def of(*, donation: Donation) -> list[Movement]:
    """This function will return every movement of a gift, oldest first; a line not paid out yet has no payout."""
    refs = [donation.processor_ref or ""]
    refs += donation.refunds.values_list("processor_ref", flat=True)
    refs += donation.disputes.values_list("processor_ref", flat=True)
    lines = BalanceTransaction.objects.filter(source_ref__in=[ref for ref in refs if ref])
    return from_lines(list(lines.select_related("payout_line__payout").order_by("created_at", "id")))


def from_lines(lines: Sequence[BalanceTransaction]) -> list[Movement]:
    """This function will return lines of the balance as movements, with what each left on account 7900."""
    exchanged = _exchanged(lines)
    return [
        Movement(
            kind=line.kind,
            at=line.created_at,
            ref=line.ref,
            source=line.source_ref,
            gross=Money(line.amount_minor, line.currency),
            fee=Money(line.fee_minor, line.currency),
            net=Money(line.net_minor, line.currency),
            payout=line.payout_line.payout if hasattr(line, "payout_line") else None,
            rate=line.exchange_rate,
            exchanged=exchanged.get(line.ref, ()),
        )
        for line in lines
    ]


def _exchanged(lines: Sequence[BalanceTransaction]) -> dict[str, list[Money]]:
    """What stands on 7900 because of each line; a charge and its exchange are one entry."""
    sources = {f"{name}:{line.ref}": line.ref for line in lines for name in ("balance", "dispute")}
    rows = (
        Line.objects.filter(entry__source__in=sources, account__code=EXCHANGE)
        .values_list("entry__source", "currency")
        .annotate(sum=Sum("amount_minor"))
        .order_by("entry__source", "currency")
    )
    found: dict[str, list[Money]] = {}
    for source, currency, minor in rows:
        if minor:
            found.setdefault(sources[source], []).append(Money(minor, currency))
    return found

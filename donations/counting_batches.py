"""Counting batches: what was entered beside what two people counted, and what keeps a batch from being posted.

Only read here. The numbers stand on the page while somebody types (B02), and posting asks them again under its lock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import Count as Counted
from django.db.models import F, Q, Sum

from donations.models import Batch, BatchRow, CashCount, Donation
from ledger import closing
from ledger.money import Money

MONEY = (Donation.Kind.CASH, Donation.Kind.TICKET)
"""Kinds of rows that are carried to the bank; a thing is counted, and stays in the house."""


@dataclass(frozen=True, slots=True)
class Count:
    """How far a batch is. `difference` is what was entered less what was counted: below zero it is short."""

    expected_count: int
    count: int
    expected: Money
    total: Money
    cash: Money
    cash_counted: Money
    checks: Money
    suspects: tuple[int, ...] = ()
    """Rows whose neighboring digits, swapped, would make the totals agree."""

    @property
    def difference(self) -> Money:
        return self.total - self.expected

    @property
    def short(self) -> Money:
        """How much is missing, for words that say so."""
        return self.expected - self.total

    @property
    def missing(self) -> int:
        """Rows still to be entered; below zero there are too many."""
        return self.expected_count - self.count

    @property
    def agrees(self) -> bool:
        return not self.difference and not self.missing

    @property
    def is_swap_likely(self) -> bool:
        """Two neighboring digits in the wrong order make a difference that nine divides (E14)."""
        return not self.missing and bool(self.difference) and self.difference.minor % 9 == 0

    @property
    def to_bank(self) -> Money:
        """What of it is carried to the bank: everything but things."""
        return self.checks + self.cash

    @property
    def is_cash_counted(self) -> bool:
        """Whether the denominations sum to the cash that was entered, so that the slip shows what the bag holds."""
        return self.cash == self.cash_counted


_SUMS = {
    "count": Counted("id"),
    "total": Sum("amount_minor", default=0),
    "cash": Sum("amount_minor", filter=Q(kind__in=MONEY, method="cash"), default=0),
    "checks": Sum("amount_minor", filter=Q(kind__in=MONEY) & ~Q(method="cash"), default=0),
}


def of(*, batch: Batch) -> Count:
    """This function will return the count of a batch as it stands now."""
    sums = BatchRow.objects.filter(batch=batch).aggregate(**_SUMS)
    notes = CashCount.objects.filter(batch=batch)
    counted = notes.aggregate(sum=Sum(F("denomination_minor") * F("pieces"), default=0))["sum"]
    currency = batch.currency
    found = Count(
        expected_count=batch.expected_count,
        count=sums["count"],
        expected=Money(batch.expected_minor, currency),
        total=Money(sums["total"], currency),
        cash=Money(sums["cash"], currency),
        cash_counted=Money(counted, currency),
        checks=Money(sums["checks"], currency),
    )
    return _with_suspects(batch, found) if found.is_swap_likely else found


def _with_suspects(batch: Batch, found: Count) -> Count:
    rows = BatchRow.objects.filter(batch=batch).order_by("position").values_list("position", "amount_minor")
    wanted = -found.difference.minor
    suspects = tuple(position for position, minor in rows if wanted in swaps(minor))
    return replace(found, suspects=suspects)


def swaps(minor: int) -> set[int]:
    """This function will return by how much an amount changes when two neighboring digits of it are swapped."""
    digits = str(minor)
    found = set()
    for place in range(len(digits) - 1):
        one, other = digits[place], digits[place + 1]
        if one != other:
            found.add(int(digits[:place] + other + one + digits[place + 2 :]) - minor)
    return found


def obstacles(*, batch: Batch, count: Count) -> list[str]:
    """What keeps an open batch from being posted, in the order in which a person mends it.

    `empty`, `count`, `total`, `cash`, `counters`, `closed`; an override that a second person approved takes `count`
    and `total` away and nothing else. This function will return the codes; an empty list means that it may be posted.
    """
    found = [] if count.count else ["empty"]
    if batch.override_by_id is None:
        found += ["count"] if count.missing else []
        found += ["total"] if count.difference else []
    if not count.is_cash_counted:
        found.append("cash")
    if not batch.counter_one or not batch.counter_two:
        found.append("counters")
    if first_open_day(entity_id=batch.entity_id) > batch.deposit_on:
        found.append("closed")
    return found


def first_open_day(*, entity_id: int) -> date:
    """This function will return the first day on which the books of an entity are open."""
    through = closing.closed_through(entity_id=entity_id)
    return through + timedelta(days=1) if through else date.min


def deposited(*, batch: Batch) -> Money:
    """What of a posted batch lies at the bank by our books, mistakes that were put right since included.

    A check that bounced later was at the bank and is another line of its statement.
    This function will return the amount a line of the bank must show.
    """
    return Money(of(batch=batch).to_bank.minor + _put_right(batch), batch.currency)


def _put_right(batch: Batch) -> int:
    """By how much mistakes in a posted batch changed what was carried to the bank: what is true less what was said."""
    wrong = Donation.objects.filter(
        batched__row__batch=batch, kind__in=MONEY, refunds__reversal__kind="mistake"
    )
    sums = wrong.aggregate(
        said=Sum("amount_minor", default=0),
        true=Sum("refunds__reversal__replaced_by__amount_minor", default=0),
    )
    return int(sums["true"]) - int(sums["said"])


def totals(*, batches: Sequence[Batch]) -> dict[object, tuple[int, Money]]:
    """This function will return how many rows the batches have and what they sum to, by the id of the batch."""
    rows = BatchRow.objects.filter(batch__in=[batch.pk for batch in batches]).values_list("batch_id")
    sums = {pk: (n, minor) for pk, n, minor in rows.annotate(n=Counted("id"), minor=Sum("amount_minor"))}
    return {
        batch.pk: (sums.get(batch.pk, (0, 0))[0], Money(sums.get(batch.pk, (0, 0))[1], batch.currency))
        for batch in batches
    }

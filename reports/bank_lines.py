"""Lines of the bank as lists: what waits, what was matched, with the sums of the whole filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet, Sum

from books import matching
from books.models import BankLine, BankMatch
from ledger.money import Money
from reports.tasks_of_people import LISTED, Group, Task, count

OPEN = "open"
STATES = (OPEN, *BankLine.State.values)
WAITS_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list of lines is narrowed by; the default is what waits (B16)."""

    state: str = OPEN
    account_id: int | None = None
    statement: str = ""
    booked_from: date | None = None
    booked_to: date | None = None
    minor: int | None = None
    search: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The lines of one currency: how many, what came, what went."""

    count: int
    came: Money
    went: Money


def lines(*, wanted: Wanted) -> QuerySet[BankLine]:
    """This function will return the lines that fit, newest first."""
    found = BankLine.objects.select_related("bank_account__entity", "settled_by")
    if wanted.state == OPEN:
        found = found.filter(state__in=matching.OPEN)
    elif wanted.state:
        found = found.filter(state=wanted.state)
    narrowed = {
        "bank_account_id": wanted.account_id,
        "statement_id": wanted.statement or None,
        "booked_on__gte": wanted.booked_from,
        "booked_on__lte": wanted.booked_to,
    }
    found = found.filter(**{name: value for name, value in narrowed.items() if value is not None})
    if wanted.minor is not None:
        found = found.filter(amount_minor__in=[wanted.minor, -wanted.minor])
    if wanted.search:
        words = wanted.search
        found = found.filter(
            Q(payer__icontains=words) | Q(reference__icontains=words) | Q(bank_ref__iexact=words)
        )
    return found.order_by("-booked_on", "-id")


def totals(*, wanted: Wanted) -> list[Total]:
    """This function will return the sums of the whole filter, one for each currency."""
    rows = (
        lines(wanted=wanted)
        .order_by()
        .values("currency")
        .annotate(
            n=Count("pk"),
            came=Sum("amount_minor", filter=Q(amount_minor__gt=0), default=0),
            went=Sum("amount_minor", filter=Q(amount_minor__lt=0), default=0),
        )
    )
    return [
        Total(row["n"], Money(row["came"], row["currency"]), Money(row["went"], row["currency"]))
        for row in rows.order_by("currency")
    ]


def matches(*, shown: Sequence[BankLine]) -> dict[int, list[BankMatch]]:
    """This function will return what each of these lines is, by its matches that stand."""
    rows = BankMatch.objects.filter(line__in=shown, undoes__isnull=True, undoing__isnull=True)
    found: dict[int, list[BankMatch]] = {}
    for row in rows.select_related("payout", "batch", "donation__donor__merged_into").order_by("id"):
        found.setdefault(row.line_id, []).append(row)
    return found


def waiting(*, now: datetime) -> Group:
    """This function will return a task for each account with lines that nobody has explained for three days."""
    old = BankLine.objects.filter(state__in=matching.OPEN, booked_on__lt=(now - WAITS_FOR).date())
    rows = (
        old.values("bank_account", "bank_account__name", "bank_account__last4")
        .annotate(n=Count("pk"), since=Min("statement__imported_at"))
        .order_by("bank_account")
    )
    tasks = [
        Task(
            "bank_lines_open",
            row["since"],
            words=f"{' '.join(filter(None, (row['bank_account__name'], row['bank_account__last4'])))}: {row['n']}",
            page="office:bank_lines",
        )
        for row in rows[:LISTED]
    ]
    return tasks, count(tasks, rows)

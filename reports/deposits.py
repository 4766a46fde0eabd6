"""Deposits: each payout with what it is made of, so that every cent at the bank is explained by a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from books.models import ProcessorReportRow
from donations.models import Dispute, Donation, Refund
from ledger.money import Money
from payments.models import BalanceTransaction, Payout, PayoutLine
from reports import movements

GIFTS = ("charge", "payment")
REFUNDS = ("refund", "payment_refund", "refund_failure")
DISPUTES = ("adjustment",)
FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")
STATES = ("adds_up", "differs", "by_hand", "came_back")
CARRIED = ("gift", "agrees", "differs", "rounding")
"""Verdicts of the rows of a file that make up a deposit."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the deposits is asked for; `month` is its first day, by the day they reach the bank."""

    state: str = ""
    currency: str = ""
    month: date | None = None
    processor: str = ""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A payout with its sums. What is left over after gifts, refunds, disputes and fees stands in `other`."""

    payout: Payout
    gross: Money
    refunds: Money
    disputes: Money
    fees: Money
    other: Money
    lines: Money
    net: Money
    state: str

    @property
    def difference(self) -> Money:
        """What the lines are short (negative) or over; nothing where no lines are told."""
        return self.lines - self.net


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of a filter in one currency."""

    count: int
    gross: Money
    refunds: Money
    disputes: Money
    fees: Money
    other: Money
    net: Money


@dataclass(frozen=True, slots=True)
class Carried:
    """One line of a deposit and the gift it belongs to, if it belongs to one.

    `original` is the gift's amount where it is in another currency; `exchanged` is what account 7900 got.
    """

    at: datetime
    kind: str
    ref: str
    source: str
    gross: Money
    fee: Money
    net: Money
    donation: Donation | None
    original: Money | None = None
    rate: Decimal | None = None
    exchanged: Sequence[Money] = ()


def deposits(*, filters: Filters = Filters()) -> QuerySet[Payout]:
    """Payouts with their sums, newest first, as far as the filters ask for them."""
    found = Payout.objects.select_related("failure").annotate(**_sums(), state=_state())
    if filters.currency:
        found = found.filter(currency=filters.currency)
    if filters.month:
        found = found.filter(arrives_on__year=filters.month.year, arrives_on__month=filters.month.month)
    if filters.processor:
        found = found.filter(processor=filters.processor)
    if filters.state:
        found = found.filter(state=filters.state)
    return found.order_by("-created_at", "-id")


def _sums() -> dict[str, Coalesce]:
    kind = {"gross": GIFTS, "refunds": REFUNDS, "disputes": DISPUTES}
    sums = {name: _of_lines("amount_minor", kinds) for name, kinds in kind.items()}
    sums["own_fees"] = _of_lines("fee_minor", None)
    sums["other_fees"] = _of_lines("net_minor", FEES)
    sums["lines_net"] = _of_lines("net_minor", None)
    sums["file_gross"] = _of_rows("gross_minor", ~Q(verdict="rounding"))
    sums["file_fees"] = _of_rows("fee_minor", Q())
    sums["file_net"] = _of_rows("net_minor", Q())
    return sums


def _of_lines(column: str, kinds: Sequence[str] | None) -> Coalesce:
    """A sum over the lines of one payout."""
    lines = PayoutLine.objects.filter(payout=OuterRef("pk"))
    if kinds is not None:
        lines = lines.filter(balance_transaction__kind__in=kinds)
    return _summed(lines, "payout", f"balance_transaction__{column}")


def _of_rows(column: str, which: Q) -> Coalesce:
    """A sum over the rows of a file that name this deposit; a row that stands in two files counts once."""
    once = (
        ProcessorReportRow.objects.filter(payout_ref=OuterRef("payout_ref"), ref=OuterRef("ref"))
        .order_by("id")
        .values("id")[:1]
    )
    rows = ProcessorReportRow.objects.filter(
        which, payout_ref=OuterRef("ref"), verdict__in=CARRIED, report__source=OuterRef("processor")
    ).exclude(report__source="stripe")
    return _summed(rows.filter(id=Subquery(once)), "payout_ref", column)


def _summed(rows: QuerySet, by: str, column: str) -> Coalesce:  # type: ignore[type-arg]
    total = rows.order_by().values(by).annotate(total=Sum(column)).values("total")
    return Coalesce(Subquery(total), Value(0))


def _state() -> Case:
    return Case(
        When(failure__isnull=False, then=Value("came_back")),
        When(is_by_hand=True, then=Value("by_hand")),
        When(amount_minor=F("lines_net") + F("file_net"), then=Value("adds_up")),
        default=Value("differs"),
        output_field=CharField(),
    )


def shown(payout: Payout) -> Deposit:
    """This function will return a payout of `deposits` with its sums as amounts."""
    sums = {
        name: int(getattr(payout, name))
        for name in ("gross", "refunds", "disputes", "own_fees", "other_fees", "lines_net")
    }
    files = {name: int(getattr(payout, name)) for name in ("file_gross", "file_fees", "file_net")}
    return _deposit(payout, sums, files)


def _deposit(payout: Payout, sums: dict[str, int], files: dict[str, int]) -> Deposit:
    gross, fees = (
        sums["gross"] + files["file_gross"],
        sums["own_fees"] - sums["other_fees"] + files["file_fees"],
    )
    lines = sums["lines_net"] + files["file_net"]

    def money(minor: int) -> Money:
        return Money(minor, payout.currency)

    return Deposit(
        payout=payout,
        gross=money(gross),
        refunds=money(sums["refunds"]),
        disputes=money(sums["disputes"]),
        fees=money(fees),
        other=money(lines - gross - sums["refunds"] - sums["disputes"] + fees),
        lines=money(lines),
        net=money(payout.amount_minor),
        state=str(getattr(payout, "state", "")),
    )


def totals(*, filters: Filters) -> list[Total]:
    """This function will return the sums of everything the filters ask for, one for each currency."""
    found: dict[str, list[Deposit]] = {}
    for payout in deposits(filters=filters).iterator(chunk_size=1_000):
        found.setdefault(payout.currency, []).append(shown(payout))
    return [_total(rows, code) for code, rows in sorted(found.items())]


def _total(rows: Sequence[Deposit], currency: str) -> Total:
    def summed(name: str) -> Money:
        return Money(sum(getattr(row, name).minor for row in rows), currency)

    names = ("gross", "refunds", "disputes", "fees", "other", "net")
    return Total(len(rows), *(summed(name) for name in names))


# One deposit


def carried(*, payout: Payout) -> list[Carried]:
    """This function will return the lines of a deposit with their gifts, oldest first."""
    lines = list(
        BalanceTransaction.objects.filter(payout_line__payout=payout)
        .select_related("payout_line__payout")
        .order_by("created_at", "id")
    )
    owners = _owners([line.source_ref for line in lines if line.source_ref])
    found = [_carried(one, owners.get(one.source)) for one in movements.from_lines(lines)]
    return found or _from_files(payout)


def _carried(one: movements.Movement, donation: Donation | None) -> Carried:
    is_foreign = donation is not None and donation.currency != one.net.currency
    return Carried(
        at=one.at,
        kind=one.kind,
        ref=one.ref,
        source=one.source,
        gross=one.gross,
        fee=one.fee,
        net=one.net,
        donation=donation,
        original=donation.amount if is_foreign and donation and one.kind in GIFTS else None,
        rate=one.rate if is_foreign else None,
        exchanged=one.exchanged,
    )


def _owners(refs: Sequence[str]) -> dict[str, Donation]:
    """The gifts behind charges, refunds and disputes."""
    gifts = Donation.objects.filter(processor_ref__in=refs).select_related("donor__merged_into")
    owners = {gift.processor_ref or "": gift for gift in gifts}
    for fact in (Refund, Dispute):
        for row in fact.objects.filter(processor_ref__in=refs).select_related("donation__donor__merged_into"):
            owners[row.processor_ref] = row.donation
    return owners


def _from_files(payout: Payout) -> list[Carried]:
    """The rows of a file that name this deposit, each once."""
    rows = ProcessorReportRow.objects.filter(
        payout_ref=payout.ref, verdict__in=CARRIED, report__source=payout.processor
    ).exclude(report__source="stripe")
    found: dict[str, Carried] = {}
    for row in rows.select_related("donation__donor__merged_into").order_by("id"):
        line = Carried(
            at=row.happened_at,
            kind=str(row.verdict),
            ref=row.ref,
            source=row.source_ref,
            gross=Money(row.gross_minor, row.currency),
            fee=Money(row.fee_minor, row.currency),
            net=Money(row.net_minor, row.currency),
            donation=row.donation,
        )
        found.setdefault(row.ref, line)
    return list(found.values())


def exchanged(lines: Sequence[Carried]) -> list[Money]:
    """This function will return what account 7900 got by all lines of a deposit, one amount for each currency."""
    sums: dict[str, int] = {}
    for line in lines:
        for amount in line.exchanged:
            sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    return [Money(sums[code], code) for code in sorted(sums)]


def carries_back(*, payout: Payout) -> Payout | None:
    """This function will return the later payout that carries the money of one that came back, if there is one."""
    failure = getattr(payout, "failure", None)
    if failure is None:
        return None
    line = PayoutLine.objects.filter(balance_transaction__ref=failure.balance_ref)
    found = line.select_related("payout").first()
    return found.payout if found else None

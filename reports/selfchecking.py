"""Checking oneself: every invariant asked at once, of one snapshot of the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from donations.models import Donation
from ledger import closing
from ledger.models import Line, PeriodClose
from payments import gateway
from receipts import marking, restoring
from reports import laws
from staff import auditing

MOST_ROWS = 20
BEGINNING = datetime(2011, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Finding:
    """One law and the rows that break it; no rows means it holds."""

    code: str
    title: str
    rows: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.rows


def run(*, now: datetime, documents_since: datetime = BEGINNING) -> list[Finding]:
    """Ask every law of the database; bytes of documents are hashed again from `documents_since` on.

    This function will return one finding for each law, at most twenty rows in each.
    """
    with transaction.atomic():
        values = {"now": now, "since": documents_since}
        findings = [_ask(law, values) for law in laws.LAWS]
        findings.append(
            Finding(
                "I18",
                "the audit trail is one unbroken chain",
                tuple(f"event {number} is broken" for number in auditing.broken_links()[:MOST_ROWS]),
            )
        )
        findings.append(Finding("I25", "no number is on paper that is not in the database", tuple(_marks())))
        findings.append(Finding("I20", "closed periods have not changed", tuple(_changed_periods())))
    return sorted(findings, key=lambda finding: int(finding.code[1:]))


def _ask(law: laws.Law, values: dict[str, datetime]) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({law.query}) breach LIMIT {MOST_ROWS}", values)
        return Finding(law.code, law.title, tuple(str(row[0]) for row in cursor.fetchall()))


def _marks() -> Iterator[str]:
    """The marks of numbers outside the database stand where the database stands, neither before nor behind."""
    try:
        for loss in restoring.lost():
            yield f"{loss.entity_code} {loss.tax_year}: numbers {loss.first} to {loss.last} are lost"
        for code, year, drawn, mark in restoring.unmarked():
            yield f"{code} {year}: number {drawn} has its file, the marks end at {mark}"
    except marking.MarksUnusable as error:
        yield str(error)


def _changed_periods() -> Iterator[str]:
    for close in PeriodClose.objects.filter(reopened_at__isnull=True).order_by("id"):
        if closing.checksum(entity_id=close.entity_id, through_on=close.through_on) != close.checksum:
            yield f"entity {close.entity_id} changed before {close.through_on}"


def against_processor(*, now: datetime) -> list[Finding]:
    """Compare our facts with the processor's own record, which this asks for.

    This function will return what the database alone cannot prove: charges and donations are one to one, and
    the balance is what our books say less payouts not yet posted.
    """
    return [
        Finding("I1", "the processor's charges and our donations are one to one", tuple(_bijection())),
        Finding("I7", "the processor's balance is what our books say", tuple(_balance())),
    ]


def _bijection() -> Iterator[str]:
    theirs = {
        charge.ref: charge.amount
        for charge in gateway.connect().charges(since=BEGINNING)
        if charge.status == "succeeded"
    }
    ours = {
        row.processor_ref: row.amount
        for row in Donation.objects.filter(rail=Donation.Rail.PROCESSOR).order_by("id")
    }
    yield from (f"charge {ref} has no donation" for ref in theirs.keys() - ours.keys())
    yield from (f"donation of charge {ref} has no charge" for ref in ours.keys() - theirs.keys())
    yield from (
        f"charge {ref} differs in amount" for ref in theirs.keys() & ours.keys() if theirs[ref] != ours[ref]
    )


def _balance() -> Iterator[str]:
    booked: dict[str, int] = {}
    for line in Line.objects.filter(account__code="1100").iterator():
        booked[line.currency] = booked.get(line.currency, 0) + line.amount_minor
    with connection.cursor() as cursor:
        # Payouts the processor has made and we have not posted yet: money in transit.
        cursor.execute(
            "SELECT b.currency, sum(b.net_minor) FROM payments_balancetransaction b"
            " WHERE b.kind = 'payout' AND NOT EXISTS"
            " (SELECT 1 FROM payments_payout p WHERE p.ref = b.source_ref) GROUP BY b.currency"
        )
        for currency, minor in cursor.fetchall():
            booked[currency] = booked.get(currency, 0) + minor
    theirs = {amount.currency: amount.minor for amount in gateway.connect().balance()}
    for currency in sorted(theirs.keys() | booked.keys()):
        if theirs.get(currency, 0) != booked.get(currency, 0):
            yield f"{currency}: processor {theirs.get(currency, 0)}, books {booked.get(currency, 0)}"


def unexplained(findings: list[Finding]) -> list[str]:
    """The rows of every broken law, each with its letter, for a person to read."""
    return [f"{finding.code} {row}" for finding in findings for row in finding.rows]

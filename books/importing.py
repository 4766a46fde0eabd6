"""Importing: a report file of a processor is read, compared, and what is news in it comes into the books.

A rehearsal goes the very same way and is undone at its end, so what it shows is what will happen. All of a file comes
in, or, when somebody says so, all but its rejects; nothing half. The same file twice adds nothing, and nothing mails.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from books import (
    comparing,
    granting,
    reading_chariot,
    reading_donorbox,
    reading_paypal,
    reading_settlements,
    reading_stripe,
    taking_in,
)
from books.comparing import Judged, Verdict
from books.desks import Desk
from books.models import ProcessorReport, ProcessorReportRow
from books.opening_tables import Habits, Reject, Unread
from books.reading_rows import Line, Read, Tie
from campaigns.models import Campaign
from donations import collecting
from donations.models import Donation
from ledger.models import LegalEntity
from staff import auditing
from staff.models import User

Source = ProcessorReport.Source
TOGETHER = 1_000


Progress = Callable[[int, int], None]
"""Is told how many rows are done, of how many; it may raise to stop everything."""


class UnableToImport(ValueError):
    """`code` is `rejects`: there are rows that cannot be taken, and nobody said to leave them out."""

    def __init__(self, code: str, rejects: Sequence[Reject] = ()) -> None:
        super().__init__(code)
        self.code, self.rejects = code, list(rejects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A file and what a person said about it. `campaign` is for gifts whose row names none."""

    source: Source
    entity: LegalEntity
    campaign: Campaign
    file_name: str
    content: bytes
    habits: Habits = field(default_factory=Habits)
    progress: Progress = field(default=lambda done, total: None)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a file. `known` is the report it is already; then nothing else was done."""

    report: ProcessorReport
    judged: Sequence[Judged]
    rejects: Sequence[Reject]
    ties: Sequence[Tie]
    skipped: int
    is_known: bool = False

    def counts(self) -> dict[str, int]:
        """This function will return how many rows came to which verdict."""
        return dict(Counter(str(one.verdict) for one in self.judged))

    def sums(self) -> dict[str, dict[str, int]]:
        """This function will return by currency what the rows sum to: gross, fee and net in minor units."""
        sums: dict[str, dict[str, int]] = defaultdict(lambda: {"gross": 0, "fee": 0, "net": 0})
        for one in self.judged:
            for name in ("gross", "fee", "net"):
                sums[one.line.currency][name] += getattr(one.line, name)
        return {code: sums[code] for code in sorted(sums)}


def read(asked: Asked) -> Read:
    """This function will read a file without looking at the books. Raises decoding.UnreadableFile."""
    if asked.source == Source.PAYPAL and reading_settlements.is_one(asked.content):
        return reading_settlements.read(asked.content, asked.habits)
    readers = {
        Source.STRIPE: reading_stripe.read,
        Source.PAYPAL: reading_paypal.read,
        Source.DONORBOX: reading_donorbox.read,
        Source.CHARIOT: reading_chariot.read,
    }
    return readers[asked.source](asked.content, asked.habits)


def rehearse(*, asked: Asked, actor: User, now: datetime) -> Outcome:
    """Do everything an import does and undo it. Raises decoding.UnreadableFile.

    This function will return what the import would come to; nothing is kept.
    """
    with transaction.atomic():
        outcome = _import(asked, actor=actor, now=now, but_rejects=True)
        transaction.set_rollback(True)
    return outcome


def bring_in(*, asked: Asked, actor: User, now: datetime, but_rejects: bool = False) -> Outcome:
    """Read a file and keep it, all of it or, when asked, all but what cannot be read or taken.

    Raises decoding.UnreadableFile and UnableToImport; nothing is kept then. This function will return the outcome.
    """
    with transaction.atomic():
        outcome = _import(asked, actor=actor, now=now, but_rejects=but_rejects)
        if not outcome.is_known:
            auditing.record(
                actor=actor,
                action="report.imported",
                target=f"report:{outcome.report.pk}",
                details={"source": str(asked.source), "rows": len(outcome.judged)},
                now=now,
            )
    return outcome


def _import(asked: Asked, *, actor: User, now: datetime, but_rejects: bool) -> Outcome:
    known = ProcessorReport.objects.filter(
        entity=asked.entity, source=asked.source, file_sha256=asked.sha256
    ).first()
    if known is not None:
        return Outcome(known, [], [], [], 0, is_known=True)
    told = read(asked)
    if told.rejects and not but_rejects:
        raise UnableToImport("rejects", told.rejects)
    judged, failed = _judge(asked, told, actor=actor, now=now)
    rejects = sorted([*told.rejects, *failed], key=lambda reject: reject.row)
    if failed and not but_rejects:
        raise UnableToImport("rejects", rejects)
    judged = sorted(judged, key=lambda one: one.line.number)
    report = _keep(asked, told, judged, rejects, actor=actor, now=now)
    return Outcome(report, judged, rejects, told.ties, told.skipped)


def _judge(asked: Asked, told: Read, *, actor: User, now: datetime) -> tuple[list[Judged], list[Reject]]:
    judge = comparing.JUDGES.get(str(asked.source))
    if judge is not None:
        known = comparing.known(told.lines)
        return [judge(line, known) for line in told.lines], []
    desk = Desk(
        entity=asked.entity,
        campaign=asked.campaign,
        actor=actor,
        now=now,
        campaigns=_campaigns(asked.entity),
        progress=asked.progress,
    )
    take = taking_in.paypal if asked.source == Source.PAYPAL else granting.chariot
    done, failed = take(told.lines, desk)
    return done, [_rejected(line, error) for line, error in failed]


def _rejected(line: Line, error: Unread) -> Reject:
    return Reject(line.number, error.column, error.code, error.said)


def _campaigns(entity: LegalEntity) -> dict[str, Campaign]:
    """Campaigns of this body by the words a row may name them with."""
    found = Campaign.objects.filter(fund__entity=entity, fund__is_open=True).select_related("fund")
    return {campaign.slug.casefold(): campaign for campaign in found.order_by("id")}


def _keep(
    asked: Asked,
    told: Read,
    judged: Sequence[Judged],
    rejects: Sequence[Reject],
    *,
    actor: User,
    now: datetime,
) -> ProcessorReport:
    report = ProcessorReport.objects.create(
        entity=asked.entity,
        source=asked.source,
        format=told.format,
        file_name=asked.file_name[:200],
        file_sha256=asked.sha256,
        row_count=len(judged),
        skipped_count=told.skipped,
        rejects=[_told(reject) for reject in rejects],
        ties=[tie.kept() for tie in told.ties],
        imported_by=actor,
        imported_at=now,
    )
    rows = [_row(report, one) for one in judged]
    ProcessorReportRow.objects.bulk_create(rows, batch_size=TOGETHER)
    return report


def _told(reject: Reject) -> dict[str, Any]:
    return {"row": reject.row, "column": reject.column, "code": reject.code, "said": reject.said}


def _row(report: ProcessorReport, one: Judged) -> ProcessorReportRow:
    line = one.line
    return ProcessorReportRow(
        report=report,
        position=line.number,
        ref=line.ref,
        kind=line.kind,
        gross_minor=line.gross,
        fee_minor=line.fee,
        net_minor=line.net,
        currency=line.currency,
        happened_at=line.at,
        source_ref=line.source or line.about,
        payout_ref=line.payout,
        settled_minor=one.settled_minor,
        settled_currency=one.settled_currency,
        rate=one.rate,
        books_gross_minor=one.books_gross,
        books_fee_minor=one.books_fee,
        verdict=one.verdict,
        reason=one.reason[:300],
        donation=one.donation,
        words=dict(line.words),
    )


def gifts_of(report: ProcessorReport) -> QuerySet[Donation]:
    """This function will return the gifts that came by a report, also those whose giver was named later."""
    refs = report.rows.filter(verdict__in=[Verdict.GIFT, Verdict.UNKNOWN]).values("ref")
    return Donation.objects.filter(processor_ref__in=refs)


def unknown_rows(*, report: ProcessorReport | None = None) -> list[ProcessorReportRow]:
    """This function will return the rows whose money lies in the books for nobody yet, the oldest first."""
    waiting = collecting.unknown_refs()
    rows = ProcessorReportRow.objects.filter(verdict=Verdict.UNKNOWN, ref__in=waiting)
    if report is not None:
        rows = rows.filter(report=report)
    found: dict[str, ProcessorReportRow] = {}
    for row in rows.select_related("report__entity").order_by("happened_at", "id"):
        found.setdefault(row.ref, row)
    return list(found.values())

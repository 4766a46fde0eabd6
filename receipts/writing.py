"""Writing: drafts become receipts with numbers, in the transaction of whoever calls."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from receipts import marking, numbering, snapshots
from receipts.drafting import Draft
from receipts.freezing import Frozen
from receipts.models import AnnualRun, Coverage, Obstacle, Receipt, ReceiptLine, ReceiptTotal
from receipts.numbering import Block
from receipts.pouring import pour


def write(
    *, drafts: Sequence[Draft], run: AnnualRun | None, issued_on: date | None, now: datetime
) -> list[Receipt]:
    """Number and freeze drafts; must run inside a transaction that holds the rows of their gifts.

    Each series is locked once, in the order of its key, so that two writers cannot wait for each other. This function
    will return the receipts in the order of the drafts; their files are drawn afterwards from the snapshots alone.
    Raises marking.NumbersLost where a restored backup has lost numbers that are on paper.
    """
    by_series: dict[tuple[int, int], list[Draft]] = {}
    for draft in drafts:
        by_series.setdefault((draft.ask.entity.pk, draft.ask.tax_year), []).append(draft)
    made: dict[int, Receipt] = {}
    for (entity_id, tax_year), some in sorted(by_series.items(), key=lambda item: item[0]):
        block = numbering.take(
            entity_id=entity_id, tax_year=tax_year, prefix=_prefix(some[0]), count=len(some)
        )
        marking.demand_reconciled(
            entity_code=some[0].ask.entity.code, tax_year=tax_year, last_number=block.first - 1
        )
        made |= _numbered(block, some, run=run, issued_on=issued_on, now=now)
    receipts = [made[id(draft)] for draft in drafts]
    _keep(drafts, receipts)
    return receipts


def _prefix(draft: Draft) -> str:
    return draft.issuer.prefix if draft.issuer else ""


def _numbered(
    block: Block, drafts: Sequence[Draft], *, run: AnnualRun | None, issued_on: date | None, now: datetime
) -> dict[int, Receipt]:
    made: dict[int, Receipt] = {}
    link = block.last_hash
    for number, draft in enumerate(drafts, block.first):
        day = issued_on or draft.ask.entity.day_of(now)
        serial = block.serial(number)
        text = snapshots.canonical({**draft.snapshot, "serial": serial, "issued_on": day.isoformat()})
        sha256 = hashlib.sha256(text).hexdigest()
        following = numbering.chained(previous_hash=link, snapshot_sha256=sha256)
        first = draft.totals[0]
        made[id(draft)] = Receipt(
            series_id=block.series_id,
            number=number,
            serial=serial,
            donor=draft.donor,
            replaces=draft.ask.replaces,
            kind=draft.ask.kind,
            tax_year=draft.ask.tax_year,
            law=draft.issuer.law if draft.issuer else "",
            rules_version=draft.rules_version,
            run=run,
            language=draft.language,
            currency=first.currency,
            total_minor=first.total_minor,
            eligible_minor=first.eligible_minor,
            snapshot=text.decode(),
            snapshot_sha256=sha256,
            previous_hash=link,
            hash=following,
            issued_at=now,
            issued_on=day,
        )
        link = following
    numbering.close(block=block, last_hash=link)
    return made


def _keep(drafts: Sequence[Draft], receipts: Sequence[Receipt]) -> None:
    pairs = list(zip(drafts, receipts, strict=True))
    pour(receipts)
    pour(
        [
            ReceiptTotal(
                receipt=receipt,
                currency=total.currency,
                total_minor=total.total_minor,
                eligible_minor=total.eligible_minor,
            )
            for draft, receipt in pairs
            for total in draft.totals
        ]
    )
    pour([_line(one, receipt) for draft, receipt in pairs for one in draft.lines])
    pour(
        [
            Coverage(donation=one.gift.donation, receipt=receipt)
            for draft, receipt in pairs
            for one in draft.lines
        ]
    )
    hindered = [
        one.gift.id for draft in drafts for one in draft.lines if hasattr(one.gift.donation, "obstacle")
    ]
    if hindered:
        Obstacle.objects.filter(donation__in=hindered).delete()


def _line(one: Frozen, receipt: Receipt) -> ReceiptLine:
    row = one.gift.donation
    return ReceiptLine(
        receipt=receipt,
        donation=row,
        amount_minor=one.line.amount.minor if one.line.amount else row.amount_minor,
        refunded_minor=one.gift.refunded_minor,
        is_valued=one.is_valued,
        facts_hash=one.facts_hash,
    )

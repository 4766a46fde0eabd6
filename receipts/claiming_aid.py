"""Claiming Gift Aid: which donations may be claimed, the schedules of a claim with their file, and what is paid back.

A donation is claimed once: a unique constraint says so. What went back after it was claimed, or whose declaration never
had effect, is adjusted in the next claim: the tax on it is the "prior overclaimed amount" of HMRC's form. A draft can
be thrown away; a filed claim keeps its lines and its file.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from paper import tabulating
from paper.tabulating import Cell, Table
from receipts import weighing_aid
from receipts.models import GiftAidClaim, GiftAidClaimLine
from receipts.rules import claiming, parameters, united_kingdom
from receipts.weighing_aid import Adjustment, Ready
from staff import auditing
from staff.models import User

CURRENCY = claiming.CURRENCY
_LOCK = 7210017


class UnableToClaim(ValueError):
    """`code` is `nothing`, `step`, `day`, `reference` or `stale` (a gift of the draft changed: make it again)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def draft(*, entity: LegalEntity, actor: User, now: datetime) -> list[GiftAidClaim]:
    """Make the claims of everything that is ready: one for each schedule of at most 1,000 rows.

    A draft that lies there still is thrown away first: it holds the same donations. The adjustments stand in the
    first one. Raises UnableToClaim. This function will return the drafts, each with its file.
    """
    with transaction.atomic():
        _alone(entity)
        for former in GiftAidClaim.objects.filter(entity=entity, status=GiftAidClaim.Status.DRAFT):
            _discard(former)
        on = entity.day_of(now)
        seen = weighing_aid.look(entity=entity, on=on)
        if not seen.ready and not seen.adjustments:
            raise UnableToClaim("nothing")
        most = parameters.SHIPPED.gift_aid.of(on.year).rows
        parts = [seen.ready[start : start + most] for start in range(0, len(seen.ready), most)] or [()]
        made = []
        for number, part in enumerate(parts):
            adjustments = seen.adjustments if number == 0 else ()
            made.append(_write(part, adjustments, entity=entity, actor=actor, now=now))
    return made


def discard(*, claim_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Throw a draft away. Raises UnableToClaim. This function will free its donations for another claim."""
    with transaction.atomic():
        claim = _locked(claim_id)
        if claim.status != GiftAidClaim.Status.DRAFT:
            raise UnableToClaim("step")
        _note(claim, "discarded", actor=actor, now=now)
        _discard(claim)


def file(*, claim_id: uuid.UUID, reference: str, filed_on: date, actor: User, now: datetime) -> GiftAidClaim:
    """Write down that a draft went to HMRC under a reference; from now on it stays as it is.

    Raises UnableToClaim; `stale` when a gift in it went back meanwhile. This function will return the claim.
    """
    with transaction.atomic():
        claim = _locked(claim_id)
        if claim.status != GiftAidClaim.Status.DRAFT:
            raise UnableToClaim("step")
        if not 3 <= len(reference) <= 40 or not reference.isprintable():
            raise UnableToClaim("reference")
        day_made = claim.entity.day_of(claim.made_at)
        if not day_made <= filed_on <= claim.entity.day_of(now):
            raise UnableToClaim("day")
        lines = list(claim.lines.filter(is_adjustment=False).select_related("donation"))
        still = weighing_aid.held(donations=[line.donation for line in lines])
        if any(line.amount_minor != still[line.donation_id].minor for line in lines):
            raise UnableToClaim("stale")
        GiftAidClaim.objects.filter(pk=claim.pk).update(
            status=GiftAidClaim.Status.FILED, reference=reference, filed_on=filed_on
        )
        _note(claim, "filed", actor=actor, now=now)
    return GiftAidClaim.objects.get(pk=claim.pk)


def paid(*, claim_id: uuid.UUID, actor: User, now: datetime) -> None:
    """Raises UnableToClaim. This function will write down that HMRC paid a filed claim."""
    with transaction.atomic():
        claim = _locked(claim_id)
        if claim.status != GiftAidClaim.Status.FILED:
            raise UnableToClaim("step")
        GiftAidClaim.objects.filter(pk=claim.pk).update(status=GiftAidClaim.Status.PAID)
        _note(claim, "paid", actor=actor, now=now)


def filename(claim: GiftAidClaim) -> str:
    """This function will return what the file of a claim is called: its day and number, no name of anybody."""
    return f"gift-aid-{claim.made_at:%Y-%m-%d}-{str(claim.pk)[:8]}.ods"


def _write(
    part: Sequence[Ready],
    adjustments: Sequence[Adjustment],
    *,
    entity: LegalEntity,
    actor: User,
    now: datetime,
) -> GiftAidClaim:
    given = money.total((one.line.amount for one in part), currency=CURRENCY)
    over = money.total((one.amount for one in adjustments), currency=CURRENCY)
    claim = GiftAidClaim.objects.create(
        entity=entity,
        content=_ods(part, adjustments, over=over),
        total_minor=(given - over).minor,
        made_by=actor,
        made_at=now,
    )
    GiftAidClaimLine.objects.bulk_create(_lines(claim, part, adjustments))
    _note(claim, "drafted", actor=actor, now=now)
    return claim


def _lines(
    claim: GiftAidClaim, part: Sequence[Ready], adjustments: Sequence[Adjustment]
) -> list[GiftAidClaimLine]:
    still = weighing_aid.held(donations=[gift for one in part for gift in one.donations])
    claimed_now = [
        GiftAidClaimLine(
            claim=claim,
            donation=gift,
            declaration=one.declaration,
            amount_minor=still[gift.pk].minor,
        )
        for one in part
        for gift in one.donations
    ]
    taken_back = [
        GiftAidClaimLine(
            claim=claim,
            donation=one.donation,
            declaration_id=one.declaration_id,
            amount_minor=-one.amount.minor,
            is_adjustment=True,
        )
        for one in adjustments
    ]
    return claimed_now + taken_back


def _ods(part: Sequence[Ready], adjustments: Sequence[Adjustment], *, over: Money) -> bytes:
    """The schedule as its columns stand in HMRC's own file, and beside it what its form asks for and adjusts."""
    schedules = claiming.claim(lines=[one.line for one in part]).schedules
    rows = [_typed(row, one.line) for row, one in zip(schedules[0] if schedules else (), part, strict=True)]
    first = min((one.line.on for one in part), default=None)
    tax = Decimal(united_kingdom.reclaim(given=over).plain)
    asked: list[list[Cell]] = [
        ["Earliest donation date in the period of claim", first or ""],
        ["Prior overclaimed amount (tax)", tax],
    ]
    for one in adjustments:
        asked.append(
            [f"Adjusted: donation of {one.donation.given_on:%d/%m/%y}", Decimal((-one.amount).plain)]
        )
    return tabulating.as_ods(
        [
            Table("R68GAD_V1_00_0_EN", claiming.COLUMNS, rows, is_day_british=True),
            Table("Form", ("", ""), asked, is_day_british=True),
        ]
    )


def _typed(row: claiming.Row, line: claiming.Line) -> list[Cell]:
    """The texts of a row, with its number, day and sum as such."""
    return [int(row[0]), *row[1:-2], line.on, Decimal(row[-1])]


def _discard(claim: GiftAidClaim) -> None:
    GiftAidClaimLine.objects.filter(claim=claim).delete()
    GiftAidClaim.objects.filter(pk=claim.pk).delete()


def _locked(claim_id: uuid.UUID) -> GiftAidClaim:
    rows = GiftAidClaim.objects.select_for_update(of=("self",)).select_related("entity").defer("content")
    return rows.get(pk=claim_id)


def _alone(entity: LegalEntity) -> None:
    """One at a time for each body: two drafts at once would share their donations."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, entity.pk])


def _note(claim: GiftAidClaim, deed: str, *, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=f"gift_aid.claim_{deed}",
        target=f"claim:{claim.pk}",
        now=now,
        details={"entity": claim.entity.code},
    )


def claimed(claim: GiftAidClaim) -> Money:
    """This function will return what a claim adds up to, adjustments taken off."""
    return Money(claim.total_minor, CURRENCY)

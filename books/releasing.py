"""Releasing: part of a restricted fund was used as its givers asked, or its time came (B18).

Every release names a reason and a document. Nobody releases more than there is, whoever else is at it: the fund is
locked, and the database looks again at the end. A release that was wrong is reversed whole, by another row.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from books import filing_papers, measuring, postings
from books.filing_papers import Filed, Paper
from books.models import PlacedAsset, Release
from donors import refusing
from ledger import money, posting
from ledger.models import Entry, Fund
from ledger.money import Money
from staff import auditing
from staff.models import User

OLDEST = timedelta(days=366 * 20)
KINDS = {
    Fund.Restriction.PURPOSE: (Release.Kind.PURPOSE, Release.Kind.PLACED_IN_SERVICE),
    Fund.Restriction.TIME: (Release.Kind.TIME,),
    Fund.Restriction.PERPETUAL: (),
    Fund.Restriction.NONE: (),
}
"""How the money of a fund can become free, by its restriction. What was given for ever stays."""


class UnableToRelease(ValueError):
    """`code` is `amount`, `kind`, `perpetual`, `unrestricted`, `above`, `day`, `reason`, `resident_number`, `other`,
    `reversed` or what is wrong with the document. `left` says how much there is, with `above`.
    """

    def __init__(self, code: str, left: Money | None = None) -> None:
        super().__init__(code)
        self.code, self.left = code, left


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A release as somebody asks for it. `id` is made with the form: one form, one release."""

    id: uuid.UUID
    fund: Fund
    kind: Release.Kind
    amount: Money
    released_on: date
    reason: str


def release(*, wanted: Wanted, paper: Paper, actor: User, now: datetime) -> Release:
    """Release part of a fund for its purpose or its time. Under the same id it is one release.

    Raises UnableToRelease; nothing is written then. This function will return the stored release.
    """
    if wanted.kind == Release.Kind.PLACED_IN_SERVICE:
        raise UnableToRelease("kind")  # what was opened is entered by `placing`, which releases by itself
    with transaction.atomic():
        measuring.lock([wanted.fund.pk])
        known = Release.objects.filter(pk=wanted.id).first()
        if known is not None:
            return _same(known, wanted)
        words = reason_of(wanted.reason)
        check(fund=wanted.fund, kind=wanted.kind, amount=wanted.amount, on=wanted.released_on, now=now)
        filed = filed_as(paper=paper, now=now)
        return write(wanted=wanted, words=words, filed=filed, asset=None, actor=actor, now=now)


def _same(known: Release, wanted: Wanted) -> Release:
    if (known.fund_id, known.kind, known.amount) != (wanted.fund.pk, wanted.kind, wanted.amount):
        raise UnableToRelease("other")
    return known


def check(*, fund: Fund, kind: Release.Kind, amount: Money, on: date, now: datetime) -> None:
    """Judge a release; the caller holds the fund's lock. Raises UnableToRelease."""
    check_kind(fund=fund, kind=kind)
    if not 0 < amount.minor <= money.LARGEST_BY_HAND:
        raise UnableToRelease("amount")
    if not fund.entity.day_of(now) - OLDEST <= on <= fund.entity.day_of(now):
        raise UnableToRelease("day")
    left = measuring.releasable(fund_id=fund.pk, currency=amount.currency, on=on)
    if left < amount:
        raise UnableToRelease("above", left)


def check_kind(*, fund: Fund, kind: Release.Kind) -> None:
    """Whether the money of a fund can become free in this way. Raises UnableToRelease."""
    restriction = Fund.Restriction(fund.restriction)
    if restriction == Fund.Restriction.NONE:
        raise UnableToRelease("unrestricted")
    if restriction == Fund.Restriction.PERPETUAL:
        raise UnableToRelease("perpetual")
    if kind not in KINDS[restriction]:
        raise UnableToRelease("kind")


def reason_of(typed: str) -> str:
    """This function will return the reason as it is kept. Raises UnableToRelease."""
    words = " ".join(typed.split())[:300]
    if code := refusing.wrong_reason(words):
        raise UnableToRelease(code)
    return words


def filed_as(*, paper: Paper, now: datetime) -> Filed:
    """This function will keep the document of a release. Raises UnableToRelease with what is wrong with it."""
    try:
        return filing_papers.file(paper=paper, now=now)
    except filing_papers.UnableToFile as error:
        raise UnableToRelease(error.code) from error


def write(
    *,
    wanted: Wanted,
    words: str,
    filed: Filed,
    asset: PlacedAsset | None,
    actor: User,
    now: datetime,
    reverses: Release | None = None,
) -> Release:
    """This function will store a release that was judged, with its entry in the books."""
    made = Release.objects.create(
        id=wanted.id,
        fund=wanted.fund,
        kind=wanted.kind,
        amount_minor=wanted.amount.minor,
        currency=wanted.amount.currency,
        released_on=wanted.released_on,
        reason=words,
        document_id=filed.sha256,
        document_name=filed.name,
        asset=asset,
        reverses=reverses,
        released_by=actor,
        recorded_at=now,
    )
    _post(made, wanted.fund, reverses, actor, now)
    return made


def _post(made: Release, fund: Fund, reverses: Release | None, actor: User, now: datetime) -> None:
    posting.post(
        entity=fund.entity,
        kind=Entry.Kind.RELEASE,
        source=f"release:{made.pk}",
        happened_at=fund.entity.noon(made.released_on),
        postings=postings.release(fund_id=fund.pk, amount=-made.amount if reverses else made.amount),
        reverses=f"release:{reverses.pk}" if reverses else None,
        now=now,
    )
    auditing.record(
        actor=actor,
        action="release.reversed" if reverses else "release.made",
        target=f"fund:{fund.pk}",
        details={"release": str(made.pk), "amount": made.amount.plain, "currency": made.currency},
        now=now,
    )


def reverse(*, release_id: uuid.UUID, reason: str, actor: User, now: datetime) -> Release:
    """Take a release back whole, booked today with a reference to it; safe to repeat.

    Raises UnableToRelease. This function will return the reversing row.
    """
    words = reason_of(reason)
    with transaction.atomic():
        found = Release.objects.select_related("fund__entity", "asset").filter(pk=release_id).first()
        if found is None or found.reverses_id is not None:
            raise UnableToRelease("reversed")
        measuring.lock([found.fund_id])
        known = Release.objects.filter(reverses=found).first()
        if known is not None:
            return known
        wanted = Wanted(
            id=uuid.uuid5(found.pk, "reversed"),
            fund=found.fund,
            kind=Release.Kind(found.kind),
            amount=found.amount,
            released_on=found.fund.entity.day_of(now),
            reason=words,
        )
        return write(
            wanted=wanted,
            words=words,
            filed=Filed(found.document_id, found.document_name),
            asset=found.asset,
            actor=actor,
            now=now,
            reverses=found,
        )

"""Drafting: a receipt as it would be issued now, without its number. Reading only; nothing is written or locked.

A draft says what would be printed, which gifts the law leaves out and why, and what a person must mend first. Many
receipts are drafted together in as many queries as one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.core.exceptions import ObjectDoesNotExist

from campaigns import telling
from donors import profiling
from donors.models import Donor
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import asking_law, freezing, gathering, informing
from receipts.asking_law import Hindrance, Told
from receipts.freezing import Frozen, Total
from receipts.gathering import Gift
from receipts.models import Issuer, Receipt
from receipts.rules import choosing, parameters, shapes, years


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One receipt to draft: these gifts of this donor, of one entity and tax year."""

    donor_id: uuid.UUID
    entity: LegalEntity
    tax_year: int
    donation_ids: Sequence[uuid.UUID]
    kind: str = Receipt.Kind.SINGLE
    replaces: Receipt | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A gift the law gives no receipt for; `reason` is one of `Exclusion.Reason`."""

    donation_id: uuid.UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A receipt without a number. `others` are gifts that are not this receipt's to tell: receipted or excluded
    already, of another donor, entity or year. It may be issued when `is_ready`.
    """

    ask: Ask
    issuer: Issuer | None
    donor: Donor | None
    language: str
    rules_version: str
    lines: tuple[Frozen, ...]
    totals: tuple[Total, ...]
    snapshot: dict[str, object]
    violations: tuple[shapes.Violation, ...]
    obstacles: tuple[Hindrance, ...]
    exclusions: tuple[LeftOut, ...]
    others: tuple[uuid.UUID, ...]

    @property
    def is_ready(self) -> bool:
        return bool(self.lines) and not self.obstacles


def draft_many(*, asks: Sequence[Ask], now: datetime, is_locking: bool = False) -> list[Draft]:
    """Draft many receipts in a fixed number of queries; with `is_locking` the rows of the gifts are held.

    This function will return one draft for each ask, in their order.
    """
    ids = (donation_id for ask in asks for donation_id in ask.donation_ids)
    return draft_gathered(asks=asks, gifts=gathering.gather(ids, is_locking=is_locking), now=now)


def draft_gathered(*, asks: Sequence[Ask], gifts: Mapping[uuid.UUID, Gift], now: datetime) -> list[Draft]:
    """The same for gifts that are gathered already. This function will return one draft for each ask."""
    donors = _donors(asks, gifts)
    bench = _Bench(asks, now)
    return [_draft(ask, gifts, donors, bench) for ask in asks]


def _donors(asks: Iterable[Ask], gifts: Mapping[uuid.UUID, Gift]) -> dict[uuid.UUID, Donor]:
    found = {gift.donation.donor_id: gift.donation.donor for gift in gifts.values()}
    found |= {donor.merged_into.pk: donor.merged_into for donor in found.values() if donor.merged_into}
    missing = {ask.donor_id for ask in asks} - set(found)
    if missing:
        found |= {donor.pk: donor for donor in Donor.objects.filter(pk__in=missing)}
    return found


class _Bench:
    """What the drafts of one call share: issuers, their figures and what they stand on, each read once."""

    def __init__(self, asks: Sequence[Ask], now: datetime) -> None:
        self.now = now
        self._issuers = {ask.entity.pk: _issuer(ask.entity) for ask in asks}
        self._books: dict[int, parameters.Book] = {}
        self._priors: dict[tuple[int, int], Money | None] = {}
        self._spoken = profiling.who_chose_language(donor_ids={ask.donor_id for ask in asks})

    def issuer(self, entity: LegalEntity) -> Issuer | None:
        return self._issuers[entity.pk]

    def book(self, issuer: Issuer) -> parameters.Book:
        if issuer.pk not in self._books:
            self._books[issuer.pk] = informing.book_of(issuer)
        return self._books[issuer.pk]

    def prior(self, issuer: Issuer, tax_year: int) -> Money | None:
        if issuer.law != Issuer.Law.KOREA:
            return None
        key = (issuer.pk, tax_year)
        if key not in self._priors:
            self._priors[key] = informing.prior_receipts(issuer=issuer, tax_year=tax_year)
        return self._priors[key]

    def language(self, donor: Donor, *, otherwise: str) -> str:
        return donor.language if donor.pk in self._spoken else otherwise

    def today(self, ask: Ask) -> date:
        return ask.issued_on or ask.entity.day_of(self.now)


def _issuer(entity: LegalEntity) -> Issuer | None:
    try:
        found: Issuer = entity.issuer
    except ObjectDoesNotExist:
        return None
    found.entity = entity
    return found


# One draft


def _draft(
    ask: Ask, gifts: Mapping[uuid.UUID, Gift], donors: Mapping[uuid.UUID, Donor], bench: _Bench
) -> Draft:
    issuer, donor = bench.issuer(ask.entity), donors.get(ask.donor_id)
    mine = [gifts[one] for one in dict.fromkeys(ask.donation_ids) if one in gifts]
    mine.sort(key=lambda gift: (gift.donation.given_on, gift.donation.given_at, gift.id))
    others = {one for one in ask.donation_ids if one not in gifts}
    if issuer is None or not issuer.is_open or donor is None:
        return _hindered(ask, issuer, donor, mine)
    others |= {gift.id for gift in mine if not _belongs(gift, ask, issuer)}
    mine = [gift for gift in mine if gift.id not in others]
    told = _told(ask, issuer, donor, bench)
    frozen, verdicts = told.judged(mine)
    language = _language(ask, donor, frozen, bench)
    totals = freezing.totals(frozen, base_currency=ask.entity.base_currency)
    made = Draft(
        ask=ask,
        issuer=issuer,
        donor=donor,
        language=language,
        rules_version=told.rules.VERSION,
        lines=tuple(frozen),
        totals=totals,
        snapshot={},
        violations=(),
        obstacles=tuple(
            Hindrance(one, *verdict.obstacle) for one, verdict in verdicts.items() if verdict.obstacle
        ),
        exclusions=tuple(
            LeftOut(one, verdict.excluded) for one, verdict in verdicts.items() if verdict.excluded
        ),
        others=tuple(sorted(others)),
    )
    is_copy = any(verdict.is_information_copy for verdict in verdicts.values())
    return _frozen(made, told, is_copy=is_copy) if frozen else made


def _hindered(ask: Ask, issuer: Issuer | None, donor: Donor | None, mine: Sequence[Gift]) -> Draft:
    code, words = "no_issuer", "The body has no issuer of receipts."
    if issuer is not None:
        code, words = "issuer_closed", "The body issues no receipts at the moment."
    return Draft(
        ask=ask,
        issuer=issuer,
        donor=donor,
        language="en",
        rules_version="",
        lines=(),
        totals=(),
        snapshot={},
        violations=(),
        obstacles=tuple(Hindrance(gift.id, code, words) for gift in mine),
        exclusions=(),
        others=(),
    )


def _belongs(gift: Gift, ask: Ask, issuer: Issuer) -> bool:
    """Whether a gift is this receipt's to tell. A donor merged into another is that other one."""
    row = gift.donation
    covering, excluded = getattr(row, "coverage", None), getattr(row, "exclusion", None)
    former = ask.replaces.pk if ask.replaces else None
    is_free = (covering is None or covering.receipt_id == former) and excluded is None
    is_theirs = ask.donor_id in {row.donor_id, row.donor.merged_into_id}
    is_ours = row.entity_id == ask.entity.pk
    return (
        is_free and is_theirs and is_ours and ask.tax_year == years.tax_year(law=issuer.law, on=row.given_on)
    )


def _language(ask: Ask, donor: Donor, frozen: Sequence[Frozen], bench: _Bench) -> str:
    """A replacement speaks as what it replaces, an annual receipt as its donor. A single one speaks as its gift, unless
    its donor has chosen a language: then that holds for every paper to come (P16).
    """
    if ask.replaces is not None:
        return ask.replaces.language
    if ask.kind == Receipt.Kind.ANNUAL or not frozen:
        return donor.language
    return bench.language(donor, otherwise=frozen[0].gift.donation.language)


def _told(ask: Ask, issuer: Issuer, donor: Donor, bench: _Bench) -> Told:
    return Told(
        entity_row=ask.entity,
        tax_year=ask.tax_year,
        issuer=issuer,
        donor_row=donor,
        rules=choosing.law_of(country=issuer.law),
        entity=informing.entity_facts(issuer, prior=bench.prior(issuer, ask.tax_year)),
        donor=informing.donor_facts(donor),
        book=bench.book(issuer),
        today=bench.today(ask),
    )


# What the law says of the whole paper


def _frozen(made: Draft, told: Told, *, is_copy: bool) -> Draft:
    said = asking_law.of_paper(told=told, lines=made.lines, is_copy=is_copy)
    found = said.obstacles
    try:
        snapshot = freezing.snapshot(
            issuer=told.issuer,
            donor=told.donor_row,
            frozen=made.lines,
            totals=made.totals,
            statements=said.statements,
            kind=made.ask.kind,
            tax_year=made.ask.tax_year,
            replaces=made.ask.replaces.serial if made.ask.replaces else None,
            language=made.language,
            rules_version=told.rules.VERSION,
            form_version=asking_law.form_of(told),
            is_information_copy=is_copy,
        )
    except telling.Untold:
        snapshot = {}
        found += (Hindrance(None, "fund_unnamed", "A fund has no name that could be printed."),)
    return replace(made, snapshot=snapshot, violations=said.violations, obstacles=(*made.obstacles, *found))

"""Drafting: a receipt as it would be issued now, without its number. Reading only; nothing is written or locked.

A draft says what would be printed, which gifts the law leaves out and why, and what a person must mend first. Many
receipts are drafted together in as many queries as one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Sum

from campaigns import telling
from donors import profiling
from donors.models import Donor
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import freezing, gathering, judging, keyholding
from receipts.freezing import Frozen, Total
from receipts.gathering import Gift
from receipts.models import FigureConfirmation, Issuer, PriorTotal, Receipt, ReceiptTotal
from receipts.rules import choosing, confirming, parameters, shapes, united_kingdom, years

PRINTED = frozenset({"given_on", "issued_on", "applied_on", "amount", "kind"})
"""What every template of ours prints; `tests/receipts/` reads it from the pages."""
PLACE_FOR_NUMBER = "000000"


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
class Hindrance:
    """What a person must mend before a receipt can be issued; without a gift it concerns the whole receipt."""

    donation_id: uuid.UUID | None
    code: str
    words: str


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
        self._confirmed: dict[int, list[FigureConfirmation]] | None = None
        self._spoken = profiling.who_chose_language(donor_ids={ask.donor_id for ask in asks})

    def issuer(self, entity: LegalEntity) -> Issuer | None:
        return self._issuers[entity.pk]

    def book(self, issuer: Issuer) -> parameters.Book:
        if issuer.pk not in self._books:
            self._books[issuer.pk] = book_of(issuer)
        return self._books[issuer.pk]

    def prior(self, issuer: Issuer, tax_year: int) -> Money | None:
        if issuer.law != Issuer.Law.KOREA:
            return None
        key = (issuer.pk, tax_year)
        if key not in self._priors:
            self._priors[key] = prior_receipts(issuer=issuer, tax_year=tax_year)
        return self._priors[key]

    def language(self, donor: Donor, *, otherwise: str) -> str:
        return donor.language if donor.pk in self._spoken else otherwise

    def today(self, ask: Ask) -> date:
        return ask.issued_on or self.now.astimezone(ZoneInfo(ask.entity.zone)).date()


def _issuer(entity: LegalEntity) -> Issuer | None:
    try:
        found: Issuer = entity.issuer
    except ObjectDoesNotExist:
        return None
    found.entity = entity
    return found


def book_of(issuer: Issuer) -> parameters.Book:
    """This function will return the figures of the law with what this body's accountant has confirmed."""
    book = parameters.SHIPPED
    for row in FigureConfirmation.objects.filter(issuer=issuer).order_by("id"):
        at = datetime.combine(row.confirmed_on, time(), tzinfo=UTC)
        book = confirming.confirmed(book=book, figure=row.figure, year=row.year, by=row.confirmed_by, at=at)
    return book


def prior_receipts(*, issuer: Issuer, tax_year: int) -> Money | None:
    """What the body receipted in the year before (KR-11): what its books say, and what we issued for it.

    This function will return the sum, or None when neither is known.
    """
    currency = choosing.law_of(country=issuer.law).CURRENCY
    told = PriorTotal.objects.filter(issuer=issuer, year=tax_year - 1, currency=currency).first()
    standing = ReceiptTotal.objects.filter(
        receipt__series__entity=issuer.entity,
        receipt__tax_year=tax_year - 1,
        receipt__voiding__isnull=True,
        currency=currency,
    )
    issued = standing.aggregate(sum=Sum("total_minor"))["sum"]
    if told is None and issued is None:
        return None
    return Money((told.total_minor if told else 0) + (issued or 0), currency)


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


def _told(ask: Ask, issuer: Issuer, donor: Donor, bench: _Bench) -> _Told:
    return _Told(
        ask=ask,
        issuer=issuer,
        donor_row=donor,
        rules=choosing.law_of(country=issuer.law),
        entity=entity_facts(issuer, prior=bench.prior(issuer, ask.tax_year)),
        donor=donor_facts(donor),
        book=bench.book(issuer),
        today=bench.today(ask),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What the law is told of the body, the donor and the day."""

    ask: Ask
    issuer: Issuer
    donor_row: Donor
    rules: choosing.Rules
    entity: shapes.EntityFacts
    donor: shapes.DonorFacts
    book: parameters.Book
    today: date

    def judged(self, mine: Sequence[Gift]) -> tuple[list[Frozen], dict[uuid.UUID, judging.Verdict]]:
        frozen, verdicts = [], {}
        for gift in mine:
            line = gathering.line_of(
                gift, law=self.issuer.law, code=self.issuer.gift_code, book_currency=self.rules.CURRENCY
            )
            verdict = judging.judge(
                gift=gift,
                line=line,
                entity=self.entity,
                donor=self.donor,
                book=self.book,
                is_receipted=hasattr(gift.donation, "coverage"),
            )
            verdicts[gift.id] = verdict
            if verdict.amounts is not None:
                frozen.append(Frozen(gift, line, verdict.amounts, gathering.facts_hash(gift, line)))
        return frozen, verdicts


def entity_facts(issuer: Issuer, *, prior: Money | None) -> shapes.EntityFacts:
    """This function will return what the law is told of the body that issues."""
    entity = issuer.entity
    return shapes.EntityFacts(
        country=issuer.law,
        legal_name=entity.legal_name,
        registration=entity.registration,
        address=tuple(entity.address.splitlines()),
        registered_name=issuer.registered_name,
        registered_address=tuple(issuer.registered_address.splitlines()),
        is_501c3=issuer.is_tax_exempt,
        is_exclusively_religious=issuer.is_exclusively_religious,
        is_dgr=issuer.is_tax_exempt,
        legal_basis=issuer.legal_basis,
        legal_basis_code=issuer.legal_basis_code,
        form=issuer.form or "45-2",
        prior_receipts=prior,
        facsimile_conditions=frozenset(issuer.facsimile_conditions),
    )


def donor_facts(donor: Donor) -> shapes.DonorFacts:
    """What the law is told of the donor. A person's number is entered in Hometax by the body, never here (KR-13).

    This function will return the facts.
    """
    is_person = donor.kind == Donor.Kind.PERSON
    return shapes.DonorFacts(
        name=donor.name,
        is_person=is_person,
        first_name=donor.first_name,
        initial=donor.initial,
        last_name=donor.last_name,
        address=tuple(freezing.address_of(donor)),
        business_number=donor.business_number,
        gives_number_to_hometax=is_person,
    )


# What the law says of the whole paper


def _frozen(made: Draft, told: _Told, *, is_copy: bool) -> Draft:
    form_version = _form_version(told)
    papers = [_paper(told, group, form_version, is_copy) for group in _groups(made.lines, told)]
    statements: list[shapes.Statement] = []
    violations: list[shapes.Violation] = []
    found: list[Hindrance] = []
    for group, bare in papers:
        try:
            said = _statements(bare, told)
        except (parameters.YearNotSettled, shapes.ValueUnknown, money.MixedCurrencies) as error:
            found.append(Hindrance(_only(group), judging.YEAR_UNSETTLED, str(error)))
            continue
        statements += [one for one in said if one not in statements]
        paper = replace(bare, statements=tuple(said))
        broken = told.rules.validate(receipt=paper, book=told.book)
        violations += [one for one in broken if one not in violations]
        if any(not one.is_warning for one in broken):
            found += _blame(group, paper, broken, told)
    try:
        snapshot = freezing.snapshot(
            issuer=told.issuer,
            donor=told.donor_row,
            frozen=made.lines,
            totals=made.totals,
            statements=_agreeing(statements),
            kind=made.ask.kind,
            tax_year=made.ask.tax_year,
            replaces=made.ask.replaces.serial if made.ask.replaces else None,
            language=made.language,
            rules_version=told.rules.VERSION,
            form_version=form_version,
            is_information_copy=is_copy,
        )
    except telling.Untold:
        snapshot = {}
        found.append(Hindrance(None, "fund_unnamed", "A fund has no name that could be printed."))
    return replace(made, snapshot=snapshot, violations=tuple(violations), obstacles=(*made.obstacles, *found))


def _groups(lines: Iterable[Frozen], told: _Told) -> list[list[Frozen]]:
    """Amounts of one currency stand together, and the law is asked about each currency: sums are never mixed."""
    found: dict[str, list[Frozen]] = {}
    for one in lines:
        currency = one.currency if one.is_valued else told.ask.entity.base_currency
        found.setdefault(currency, []).append(one)
    return [found[currency] for currency in sorted(found)]


def _paper(
    told: _Told, group: list[Frozen], form_version: str, is_copy: bool
) -> tuple[list[Frozen], shapes.Receipt]:
    total = freezing.totals(group, base_currency=told.ask.entity.base_currency)[0]
    signer = keyholding.signer(entity_code=told.ask.entity.code)
    payments = frozenset(one.line.payment for one in group)
    return group, shapes.Receipt(
        entity=told.entity,
        donor=told.donor,
        lines=tuple(one.line for one in group),
        total=Money(total.total_minor, total.currency),
        eligible=Money(total.eligible_minor, total.currency),
        tax_year=told.ask.tax_year,
        issued_on=told.today,
        # The number is taken when it is issued, from a series in which the database allows none twice.
        serial=f"{told.issuer.prefix}{told.ask.tax_year}-{PLACE_FOR_NUMBER}",
        printed=PRINTED,
        covers=payments,
        place=told.issuer.place,
        signatory=told.ask.entity.signatory,
        signature="electronic" if signer else "facsimile",
        form_version=form_version,
        is_information_copy=is_copy,
        is_signed=signer is not None,
        is_copy_kept=True,
    )


def _statements(paper: shapes.Receipt, told: _Told) -> tuple[shapes.Statement, ...]:
    if told.rules.CODE == united_kingdom.CODE:
        return united_kingdom.acknowledged(receipt=paper)
    return told.rules.statements(receipt=paper, book=told.book)


def _agreeing(statements: Sequence[shapes.Statement]) -> list[shapes.Statement]:
    """Where something was given in return for a gift in one currency, the paper cannot say that nothing was."""
    codes = {one.code for one in statements}
    none = {"us_none", "us_intangible_religious"} if "us_described" in codes else set()
    keep = [one for one in statements if one.code not in none]
    last = [one for one in keep if one.code in {"us_keep", "ca_agency"}]
    return [one for one in keep if one not in last] + last


def _form_version(told: _Told) -> str:
    if told.issuer.law != Issuer.Law.KOREA:
        return ""
    try:
        return parameters.korean_form(form=told.entity.form, issued_on=told.today, book=told.book).version
    except parameters.YearNotSettled:
        return ""


def _blame(
    group: list[Frozen], paper: shapes.Receipt, broken: Sequence[shapes.Violation], told: _Told
) -> list[Hindrance]:
    """Which gifts break the law by themselves; what none of them breaks alone concerns the whole paper."""
    found: list[Hindrance] = []
    alone: set[str] = set()
    for one in group if len(group) > 1 else ():
        _, single = _paper(told, [one], paper.form_version, paper.is_information_copy)
        single = replace(single, statements=tuple(_statements(single, told)))
        for each in told.rules.validate(receipt=single, book=told.book):
            if not each.is_warning:
                alone.add(each.id)
                found.append(Hindrance(one.gift.id, each.id, each.words))
    shared = [one for one in broken if not one.is_warning and one.id not in alone]
    return found + [Hindrance(_only(group), one.id, one.words) for one in shared]


def _only(group: Sequence[Frozen]) -> uuid.UUID | None:
    return group[0].gift.id if len(group) == 1 else None

"""Asking the law: what it says of each gift, and of the whole paper they stand on. Reading only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from donors.models import Donor
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import freezing, gathering, judging, keyholding
from receipts.freezing import Frozen
from receipts.gathering import Gift
from receipts.models import Issuer
from receipts.rules import choosing, parameters, shapes, united_kingdom

PRINTED = frozenset({"given_on", "issued_on", "applied_on", "amount", "kind"})
"""What every template of ours prints; `tests/receipts/` reads it from the pages."""
PLACE_FOR_NUMBER = "000000"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What a person must mend before a receipt can be issued; without a gift it concerns the whole receipt."""

    donation_id: uuid.UUID | None
    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the law is told of the body, the donor and the day."""

    entity_row: LegalEntity
    tax_year: int
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


@dataclass(frozen=True, slots=True)
class Said:
    """What the law has the whole paper say, what of it breaks the law, and what a person must mend."""

    statements: list[shapes.Statement]
    violations: tuple[shapes.Violation, ...]
    obstacles: tuple[Hindrance, ...]


def of_paper(*, told: Told, lines: Sequence[Frozen], is_copy: bool) -> Said:
    """This function will return what the law says of a paper over these gifts, asked for each currency."""
    form_version = form_of(told)
    papers = [_paper(told, group, form_version, is_copy) for group in _groups(lines, told)]
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
    return Said(_agreeing(statements), tuple(violations), tuple(found))


def _groups(lines: Iterable[Frozen], told: Told) -> list[list[Frozen]]:
    """Amounts of one currency stand together, and the law is asked about each currency: sums are never mixed."""
    found: dict[str, list[Frozen]] = {}
    for one in lines:
        currency = one.currency if one.is_valued else told.entity_row.base_currency
        found.setdefault(currency, []).append(one)
    return [found[currency] for currency in sorted(found)]


def _paper(
    told: Told, group: list[Frozen], form_version: str, is_copy: bool
) -> tuple[list[Frozen], shapes.Receipt]:
    total = freezing.totals(group, base_currency=told.entity_row.base_currency)[0]
    signer = keyholding.signer(entity_code=told.entity_row.code)
    payments = frozenset(one.line.payment for one in group)
    return group, shapes.Receipt(
        entity=told.entity,
        donor=told.donor,
        lines=tuple(one.line for one in group),
        total=Money(total.total_minor, total.currency),
        eligible=Money(total.eligible_minor, total.currency),
        tax_year=told.tax_year,
        issued_on=told.today,
        # The number is taken when it is issued, from a series in which the database allows none twice.
        serial=f"{told.issuer.prefix}{told.tax_year}-{PLACE_FOR_NUMBER}",
        printed=PRINTED,
        covers=payments,
        place=told.issuer.place,
        signatory=told.entity_row.signatory,
        signature="electronic" if signer else "facsimile",
        form_version=form_version,
        is_information_copy=is_copy,
        is_signed=signer is not None,
        is_copy_kept=True,
    )


def _statements(paper: shapes.Receipt, told: Told) -> tuple[shapes.Statement, ...]:
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


def form_of(told: Told) -> str:
    """This function will return the version of the form that the law prescribes on that day, if any."""
    if told.issuer.law != Issuer.Law.KOREA:
        return ""
    try:
        return parameters.korean_form(form=told.entity.form, issued_on=told.today, book=told.book).version
    except parameters.YearNotSettled:
        return ""


def _blame(
    group: list[Frozen], paper: shapes.Receipt, broken: Sequence[shapes.Violation], told: Told
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

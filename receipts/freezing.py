"""Freezing: everything a receipt says, written into its snapshot (schema 2) before it has a number.

Nothing printed is looked up later: names, addresses, sentences with the version of their wording, funds and terms in
the receipt's language are copied as they are at this moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from campaigns import telling
from donors.models import Donor
from ledger import money
from ledger.money import Money
from receipts import wording
from receipts.gathering import Gift
from receipts.models import Issuer
from receipts.rules import shapes
from receipts.rules import statements as sentences

TEMPLATES = {"US": "us-3", "CA": "ca-1", "KR": "kr-1", "AU": "au-1", "UK": "uk-1"}
METHODS = {"us_bank_account": "bank_debit", "kr_card": "kr_card"}


@dataclass(frozen=True, slots=True)
class Frozen:
    """A gift with what the law was told about it and made of it."""

    gift: Gift
    line: shapes.GiftLine
    amounts: shapes.Amounts
    facts_hash: str

    @property
    def is_valued(self) -> bool:
        return self.line.amount is not None

    @property
    def currency(self) -> str:
        return self.amounts.paid.currency


@dataclass(frozen=True, slots=True)
class Total:
    """What a receipt is for in one currency."""

    currency: str
    total_minor: int
    benefit_minor: int
    eligible_minor: int


def totals(frozen: Iterable[Frozen], *, base_currency: str) -> tuple[Total, ...]:
    """Add up in each currency, the entity's own first, then by code; things without a value count nothing.

    This function will return at least one total: zero of the entity's currency when only things were given.
    """
    found: dict[str, list[int]] = {}
    for one in frozen:
        if one.is_valued:
            sums = found.setdefault(one.currency, [0, 0, 0])
            sums[0] += one.amounts.paid.minor
            sums[1] += one.amounts.benefit.minor
            sums[2] += one.amounts.eligible.minor
    if not found:
        return (Total(base_currency, 0, 0, 0),)
    order = sorted(found, key=lambda currency: (currency != base_currency, currency))
    return tuple(Total(currency, *found[currency]) for currency in order)


def snapshot(
    *,
    issuer: Issuer,
    donor: Donor,
    frozen: Sequence[Frozen],
    totals: Sequence[Total],
    statements: Sequence[shapes.Statement],
    kind: str,
    tax_year: int,
    replaces: str | None,
    language: str,
    rules_version: str,
    form_version: str,
    is_information_copy: bool,
) -> dict[str, object]:
    """This function will return the snapshot without its number and day of issue, which `issuing` fills in."""
    return {
        "schema": 2,
        "template": TEMPLATES[issuer.law],
        "law": issuer.law,
        "rules": rules_version,
        "language": language,
        "kind": kind,
        "tax_year": tax_year,
        "replaces": replaces,
        "place": issuer.place,
        "entity": _entity(issuer, form_version),
        "donor": _donor(donor),
        "lines": [row for one in frozen for row in _rows(one, language)],
        "totals": [_total(one) for one in totals],
        "statements": written(statements, language),
        "terms": _terms(frozen, language),
        "collector": None,
        "information_copy": is_information_copy,
        "test": any(not one.gift.donation.is_live for one in frozen),
        "verify_at": settings.BASE_URL,
    }


def _entity(issuer: Issuer, form_version: str) -> dict[str, object]:
    entity = issuer.entity
    return {
        "legal_name": entity.legal_name,
        "local_name": entity.local_name or None,
        "address": entity.address.splitlines(),
        "registration": entity.registration,
        "status_line": entity.status_line,
        "signatory": entity.signatory,
        "email": entity.email,
        "paper": entity.paper,
        "legal_basis": issuer.legal_basis,
        "legal_basis_code": issuer.legal_basis_code,
        "form": issuer.form,
        "form_version": form_version,
    }


def address_of(donor: Donor) -> list[str]:
    """This function will return the lines of a donor's address, with the postcode if it stands apart."""
    lines = donor.address.splitlines()
    if lines and donor.postcode and donor.postcode not in donor.address:
        lines.append(donor.postcode)
    return lines


def _donor(donor: Donor) -> dict[str, object]:
    return {
        "name": donor.name,
        "local_name": donor.local_name or None,
        "address": address_of(donor),
        "number": donor.business_number,
        "is_person": donor.kind != Donor.Kind.ORGANIZATION,
    }


def _total(total: Total) -> dict[str, object]:
    return {
        "currency": total.currency,
        "currency_exponent": money.exponent(total.currency),
        "total_minor": total.total_minor,
        "benefit_minor": total.benefit_minor,
        "eligible_minor": total.eligible_minor,
    }


def _rows(one: Frozen, language: str) -> list[dict[str, object]]:
    """One row for each fund of a gift of money without returns, else one row for the gift."""
    gift, parts = one.gift, one.gift.parts
    if len(parts) < 2 or gift.benefits or not one.is_valued or one.line.equivalent:
        names = ", ".join(_fund(part.fund, language) for part in parts)
        return [_row(one, language, names)]
    rows = []
    for part in parts:
        row = _row(one, language, _fund(part.fund, language))
        row |= {
            "amount_minor": part.amount_minor,
            "refunded_minor": part.refunded_minor,
            "eligible_minor": part.amount_minor - part.refunded_minor,
        }
        rows.append(row)
    return rows


def _fund(fund: object, language: str) -> str:
    return telling.told(fund.texts.all(), language=language).name  # type: ignore[attr-defined,no-any-return]


def _row(one: Frozen, language: str, fund: str) -> dict[str, object]:
    line, row = one.line, one.gift.donation
    method = METHODS.get(row.method, row.method)
    return {
        "given_on": line.given_on.isoformat(),
        "method": method if method in wording.METHODS else "other",
        "fund": fund,
        "kind": line.kind.value,
        "code": line.code,
        "description": line.description,
        "quantity": line.quantity,
        "unit_value_minor": _minor(line.unit_value),
        "currency": row.currency,
        "currency_exponent": money.exponent(row.currency),
        "amount_minor": _minor(line.amount),
        "refunded_minor": line.refunded.minor if line.refunded else 0,
        "benefits": [
            {"description": each.description, "value_minor": _minor(each.fair_value)}
            for each in line.benefits
        ],
        "benefit_minor": one.amounts.benefit.minor if one.is_valued else 0,
        "eligible_minor": one.amounts.eligible.minor if one.is_valued else None,
        "equivalent": _equivalent(line),
        "appraiser": {"name": line.appraiser_name, "address": line.appraiser_address}
        if line.appraiser_name
        else None,
        "note": None,
        "basis": line.basis.value,
    }


def _minor(amount: Money | None) -> int | None:
    return None if amount is None else amount.minor


def _equivalent(line: shapes.GiftLine) -> dict[str, object] | None:
    if line.equivalent is None or line.rate_on is None:
        return None
    return {
        "currency": line.equivalent.currency,
        "currency_exponent": money.exponent(line.equivalent.currency),
        "minor": line.equivalent.minor,
        "rate_on": line.rate_on.isoformat(),
        "source": line.rate_source,
    }


def written(statements: Iterable[shapes.Statement], language: str) -> list[dict[str, object]]:
    """Write out the sentences with their code and version: in the law's language, then the reader's translation.

    This function will return one object for each paragraph.
    """
    return [
        {"code": one.code, "version": one.version, "text": text}
        for one in statements
        for text in sentences.paragraphs(statements=[one], language=language)
    ]


def _terms(frozen: Iterable[Frozen], language: str) -> list[str]:
    """What happens if a purpose cannot be completed, in the words of the form (F35), each once."""
    found: dict[str, None] = {}
    for one in frozen:
        terms = telling.told(one.gift.donation.campaign.texts.all(), language=language).terms
        if terms:
            found.setdefault(terms)
    return list(found)

"""Sampling: what a body's receipt would look like today, for an invented gift; no number, stamped across the page.

The sentences are those its law asks for, so a mistake in what was registered is seen before the first receipt.
"""

from datetime import datetime

from ledger import money
from ledger.money import Money
from paper import texts
from receipts import informing, rendering, snapshots
from receipts.models import Issuer
from receipts.rules import choosing, shapes, statements

GIVER = {"en": "Example Giver", "ko": "홍길동"}
STREET = {"en": ["12 Example Street", "Exampleville"], "ko": ["서울특별시 예시로 12"]}
AMOUNTS = {
    "US": (10_000, "USD"),
    "CA": (10_000, "CAD"),
    "KR": (100_000, "KRW"),
    "UK": (10_000, "GBP"),
    "AU": (10_000, "AUD"),
}
FUND = {"en": "General fund", "ko": "일반 후원"}


class NothingToShow(Exception):
    """What was registered cannot be drawn yet; the words say why."""


def sample(*, issuer: Issuer, language: str, now: datetime) -> bytes:
    """Draw a receipt over an invented gift of money, of today, from what is registered.

    Raises NothingToShow. This function will return the file.
    """
    try:
        return rendering.render(_snapshot(issuer, language, now), preview=True)
    except (snapshots.SnapshotRefused, texts.UnprintableText, choosing.NoLaw) as error:
        raise NothingToShow(str(error)) from error


def _snapshot(issuer: Issuer, language: str, now: datetime) -> dict[str, object]:
    entity, today = issuer.entity, issuer.entity.day_of(now)
    rules = choosing.law_of(country=issuer.law)
    amount = Money(AMOUNTS[issuer.law][0], AMOUNTS[issuer.law][1])
    line = shapes.GiftLine(kind=shapes.Kind.CASH, given_on=today, amount=amount, code=issuer.gift_code)
    facts = shapes.Receipt(
        entity=informing.entity_facts(issuer, prior=None),
        donor=shapes.DonorFacts(
            name=GIVER[language], first_name="Example", last_name="Giver", address=("12",)
        ),
        lines=(line,),
        total=amount,
        eligible=amount,
        tax_year=today.year,
        issued_on=today,
        language=language,
        place=issuer.place,
        signatory=entity.signatory,
    )
    return {
        **_head(issuer, language, facts),
        "rules": rules.VERSION,
        "entity": _printed(issuer),
        "donor": _giver(language),
        "lines": [_line(line, amount, language)],
        "totals": [_total(amount)],
        "statements": [
            {"code": one.code, "version": one.version, "text": text}
            for one in rules.statements(receipt=facts)
            for text in statements.paragraphs(statements=[one], language=language)
        ],
    }


def _head(issuer: Issuer, language: str, facts: shapes.Receipt) -> dict[str, object]:
    return {
        "schema": 2,
        "template": next(key for key, law in snapshots.TEMPLATES.items() if law == issuer.law),
        "law": issuer.law,
        "language": language,
        "serial": f"{issuer.prefix}{facts.tax_year}-000000",
        "kind": "single",
        "tax_year": facts.tax_year,
        "replaces": None,
        "issued_on": facts.issued_on.isoformat(),
        "place": issuer.place,
        "terms": [],
        "collector": None,
        "information_copy": issuer.law == "KR",
        "test": False,
        "verify_at": "",
    }


def _giver(language: str) -> dict[str, object]:
    return {
        "name": GIVER[language],
        "local_name": None,
        "address": STREET[language],
        "number": "",
        "is_person": True,
    }


def _total(amount: Money) -> dict[str, object]:
    return {
        "currency": amount.currency,
        "currency_exponent": money.exponent(amount.currency),
        "total_minor": amount.minor,
        "benefit_minor": 0,
        "eligible_minor": amount.minor,
    }


def _printed(issuer: Issuer) -> dict[str, object]:
    entity = issuer.entity
    return {
        "legal_name": entity.legal_name,
        "local_name": entity.local_name or None,
        "address": entity.address.splitlines(),
        "registration": entity.registration,
        "status_line": entity.status_line or None,
        "signatory": entity.signatory,
        "email": entity.email,
        "paper": entity.paper,
        "legal_basis": issuer.legal_basis or None,
        "legal_basis_code": issuer.legal_basis_code or None,
        "form": issuer.form or None,
    }


def _line(line: shapes.GiftLine, amount: Money, language: str) -> dict[str, object]:
    return {
        "given_on": line.given_on.isoformat(),
        "method": "bank_transfer",
        "fund": FUND[language],
        "kind": "cash",
        "code": line.code or None,
        "description": None,
        "quantity": 1,
        "unit_value_minor": None,
        "currency": amount.currency,
        "currency_exponent": money.exponent(amount.currency),
        "amount_minor": amount.minor,
        "refunded_minor": 0,
        "benefits": [],
        "benefit_minor": 0,
        "eligible_minor": amount.minor,
        "equivalent": None,
        "appraiser": None,
        "note": None,
        "basis": "settlement",
    }

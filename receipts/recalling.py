"""Recalling: an issued receipt as the rules know it, read from its frozen snapshot and nothing else.

What a tax office is told about a receipt is what the paper says, whatever donor, gift or body say today.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from donations.dating import Basis
from ledger.money import Money
from receipts.models import Receipt
from receipts.rules import shapes

SCHEMA = 2


class NotRecalled(ValueError):
    """The receipt was issued before its snapshot told what this needs."""


def recall(*, receipt: Receipt) -> shapes.Receipt:
    """Read a receipt of schema 2. Raises NotRecalled. This function will return it as a value of the rules."""
    told: dict[str, Any] = json.loads(receipt.snapshot)
    if told.get("schema") != SCHEMA:
        raise NotRecalled(receipt.serial)
    totals = told["totals"]
    return shapes.Receipt(
        entity=_entity(told["entity"], law=told["law"]),
        donor=_donor(told["donor"]),
        lines=tuple(_line(line) for line in told["lines"]),
        total=Money(totals[0]["total_minor"], totals[0]["currency"]),
        eligible=Money(totals[0]["eligible_minor"], totals[0]["currency"]),
        tax_year=told["tax_year"],
        issued_on=date.fromisoformat(told["issued_on"]),
        serial=told["serial"],
        language=told["language"],
        place=told["place"],
        signatory=told["entity"]["signatory"],
        form_version=told["entity"].get("form_version") or "",
        statements=_statements(told["statements"]),
        collector=_collector(told.get("collector")),
        is_information_copy=bool(told.get("information_copy")),
    )


def _entity(told: Mapping[str, Any], *, law: str) -> shapes.EntityFacts:
    return shapes.EntityFacts(
        country=law,
        legal_name=told["legal_name"],
        registration=told["registration"],
        address=tuple(told["address"]),
        legal_basis=told.get("legal_basis") or "",
        legal_basis_code=told.get("legal_basis_code") or "",
        form=told.get("form") or "45-2",
    )


def _donor(told: Mapping[str, Any]) -> shapes.DonorFacts:
    is_person = bool(told.get("is_person", True))
    return shapes.DonorFacts(
        name=told["name"],
        is_person=is_person,
        address=tuple(told["address"]),
        business_number="" if is_person else told.get("number") or "",
        gives_number_to_hometax=is_person,
    )


def _line(told: Mapping[str, Any]) -> shapes.GiftLine:
    currency = told["currency"]

    def money(key: str) -> Money | None:
        return None if told.get(key) is None else Money(told[key], currency)

    appraiser = told.get("appraiser") or {}
    return shapes.GiftLine(
        kind=shapes.Kind(told["kind"]),
        given_on=date.fromisoformat(told["given_on"]),
        amount=money("amount_minor"),
        refunded=money("refunded_minor"),
        description=told.get("description") or "",
        quantity=told.get("quantity") or 1,
        unit_value=money("unit_value_minor"),
        code=told.get("code") or "",
        basis=Basis(told["basis"]),
        benefits=tuple(_benefit(one, currency) for one in told["benefits"]),
        appraiser_name=appraiser.get("name", ""),
        appraiser_address=appraiser.get("address", ""),
        **_equivalent(told.get("equivalent")),
    )


def _benefit(told: Mapping[str, Any], currency: str) -> shapes.Benefit:
    value = told["value_minor"]
    return shapes.Benefit(
        description=told["description"], fair_value=None if value is None else Money(value, currency)
    )


def _equivalent(told: Mapping[str, Any] | None) -> dict[str, Any]:
    if not told:
        return {}
    return {
        "equivalent": Money(told["minor"], told["currency"]),
        "rate_on": date.fromisoformat(told["rate_on"]),
        "rate_source": told["source"],
    }


def _statements(told: Iterable[Mapping[str, Any]]) -> tuple[shapes.Statement, ...]:
    """A sentence and its translation are one statement."""
    found = dict.fromkeys((one["code"], one["version"]) for one in told)
    return tuple(shapes.Statement(code, version) for code, version in found)


def _collector(told: Mapping[str, Any] | None) -> shapes.Collector | None:
    if not told:
        return None
    return shapes.Collector(
        name=told["name"], registration=told["registration"], address=told.get("address") or ""
    )

"""Recalling: an issued receipt as the rules know it, read from its frozen snapshot and nothing else.

What a tax office is told about a receipt is what the paper says, whatever donor, gift or body say today.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

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

    return shapes.GiftLine(
        kind=shapes.Kind(told["kind"]),
        given_on=date.fromisoformat(told["given_on"]),
        amount=money("amount_minor"),
        refunded=money("refunded_minor"),
        description=told.get("description") or "",
        quantity=told.get("quantity") or 1,
        unit_value=money("unit_value_minor"),
        code=told.get("code") or "",
    )


def _collector(told: Mapping[str, Any] | None) -> shapes.Collector | None:
    if not told:
        return None
    return shapes.Collector(
        name=told["name"], registration=told["registration"], address=told.get("address") or ""
    )

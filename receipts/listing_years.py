"""Listing a year: every gift that stands on a valid receipt, with the receipt's number. A list, and no receipt.

It is made from the frozen receipts, not from the gifts: it says what the papers say.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ledger import money
from receipts import freezing, opening_years, summarizing
from receipts.models import Receipt
from receipts.yearly_linking import Year


def file_of(*, year: Year, name: str, language: str, now: datetime) -> opening_years.File | None:
    """A paper of the year by its name: the list, drawn at this moment, or an annual receipt as it is kept.

    This function will return the file, or None when this year of this donor has no such paper.
    """
    if name != opening_years.SUMMARY:
        return opening_years.receipt_file(year=year, name=name)
    told = summary(year=year, language=language, now=now)
    if told is None:
        return None
    return opening_years.File(f"gifts-{year.tax_year}.pdf", summarizing.draw(told))


def summary(*, year: Year, language: str, now: datetime) -> dict[str, object] | None:
    """This function will return what `summarizing.draw` draws, or None when no receipt of the year stands."""
    receipts = list(opening_years.valid(year).order_by("series", "number"))
    if not receipts:
        return None
    lines = sorted((line for receipt in receipts for line in _lines(receipt)), key=_place)
    entity = json.loads(receipts[-1].snapshot)["entity"]
    return {
        "template": summarizing.TEMPLATE,
        "language": language,
        "year": year.tax_year,
        "made_on": year.entity.day_of(now).isoformat(),
        "entity": {
            key: entity.get(key)
            for key in (
                "legal_name",
                "local_name",
                "address",
                "registration",
                "status_line",
                "email",
                "paper",
            )
        },
        "donor": {
            "name": year.donor.name,
            "local_name": year.donor.local_name or None,
            "address": freezing.address_of(year.donor),
        },
        "lines": lines,
        "totals": _totals(lines, base_currency=year.entity.base_currency),
        "test": any(json.loads(receipt.snapshot).get("test") for receipt in receipts),
    }


def _lines(receipt: Receipt) -> Iterator[dict[str, Any]]:
    snapshot = json.loads(receipt.snapshot)
    for line in snapshot["lines"]:
        # Before receipts under several laws, the currency stood once for the whole paper.
        currency = line.get("currency") or snapshot["currency"]
        amount = line["amount_minor"]
        yield {
            "given_on": line["given_on"],
            "fund": line["fund"],
            "description": line.get("description") or None,
            "currency": currency,
            "currency_exponent": money.exponent(currency),
            "amount_minor": None if amount is None else amount - line.get("refunded_minor", 0),
            "receipt": receipt.serial,
        }


def _place(line: dict[str, Any]) -> tuple[str, str]:
    return line["given_on"], line["receipt"]


def _totals(lines: list[dict[str, Any]], *, base_currency: str) -> list[dict[str, object]]:
    """One for each currency, the body's own first; never a mixed sum."""
    sums: dict[str, int] = {}
    for line in lines:
        if line["amount_minor"] is not None:
            sums[line["currency"]] = sums.get(line["currency"], 0) + line["amount_minor"]
    sums = sums or {base_currency: 0}
    return [
        {"currency": currency, "currency_exponent": money.exponent(currency), "total_minor": sums[currency]}
        for currency in sorted(sums, key=lambda one: (one != base_currency, one))
    ]

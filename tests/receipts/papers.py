"""Snapshots of schema 2: invented receipts of every law."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from receipts.reading_two import sums
from receipts.rules import statements as rules
from receipts.snapshots import Line

US: dict[str, Any] = {
    "legal_name": "Harbour Mission",
    "local_name": "하버선교회",
    "address": ["1200 Example Street, Suite 300", "Los Angeles, CA 90017, USA"],
    "registration": "EIN 00-0000000",
    "status_line": "501(c)(3) public charity",
    "signatory": "Anna Example, Treasurer",
    "email": "gifts@harbour.example.org",
    "paper": "letter",
    "legal_basis": "",
    "legal_basis_code": "",
    "form": "",
}
CA = US | {
    "legal_name": "Harbour Mission Canada",
    "local_name": None,
    "address": ["88 Example Avenue", "Toronto ON M5V 0A1"],
    "registration": "000000000RR0001",
    "status_line": "Registered charity",
    "email": "gifts@canada.example.org",
}
KR = US | {
    "legal_name": "하버선교회",
    "local_name": "Harbour Mission Korea",
    "address": ["서울특별시 종로구 예시로 100, 5층", "03172"],
    "registration": "123-82-00009",
    "status_line": "",
    "signatory": "이예시, 대표",
    "email": "gifts@korea.example.org",
    "paper": "a4",
    "legal_basis": "소득세법 제34조 제3항 제1호 (종교단체)",
    "legal_basis_code": "41",
    "form": "45-2",
    "form_version": "kr-45-2/2026-01-02",
}
UK = US | {
    "legal_name": "Harbour Mission UK",
    "local_name": None,
    "address": ["4 Example Row", "London SW1A 0AA"],
    "registration": "Charity no. 0000000",
    "status_line": "Registered in England and Wales",
    "email": "gifts@uk.example.org",
    "paper": "a4",
}
AU = UK | {
    "legal_name": "Harbour Mission Fund Australia",
    "address": ["9 Example Parade", "Sydney NSW 2000"],
    "registration": "ABN 00 000 000 000",
    "status_line": "Deductible gift recipient",
    "email": "gifts@australia.example.org",
}
ENTITIES = {"us-3": US, "ca-1": CA, "kr-1": KR, "uk-1": UK, "au-1": AU}
CURRENCIES = {"US": "USD", "CA": "CAD", "KR": "KRW", "UK": "GBP", "AU": "AUD"}
CODES = {
    "US": ("us_none", "us_keep"),
    "CA": ("ca_official", "ca_agency"),
    "KR": ("kr_request", "kr_certified"),
    "UK": (),
    "AU": ("au_gift",),
}


def line(**changes: Any) -> dict[str, Any]:
    """This function will return the line of one gift of money, wholly eligible unless told otherwise."""
    found: dict[str, Any] = {
        "given_on": "2026-11-20",
        "method": "card",
        "fund": "Rescue of families",
        "kind": "cash",
        "code": "",
        "description": "",
        "quantity": 1,
        "unit_value_minor": None,
        "currency": "USD",
        "currency_exponent": 2,
        "amount_minor": 10000,
        "refunded_minor": 0,
        "benefits": [],
        "benefit_minor": 0,
        "eligible_minor": None,
        "equivalent": None,
        "appraiser": None,
        "note": None,
        "basis": "charge",
    } | changes
    if found["eligible_minor"] is None and found["amount_minor"] is not None:
        left = found["amount_minor"] - found["refunded_minor"] - found["benefit_minor"]
        found["eligible_minor"] = max(0, left)
    return found


def thing(**changes: Any) -> dict[str, Any]:
    """This function will return a thing without a value, as on a United States receipt."""
    return line(
        **{"kind": "property", "method": "in_kind", "description": "40 winter coats", "amount_minor": None}
        | changes
    )


def clauses(*codes: str, language: str = "en", **fills: str) -> list[dict[str, Any]]:
    """This function will return the sentences of the law, with their translations for a Korean reader."""
    found = []
    for code in codes:
        statement = rules.newest(code, **fills)
        for text in rules.paragraphs(statements=[statement], language=language):
            found.append({"code": code, "version": statement.version, "text": text})
    return found


def totals(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """This function will return what the lines make, by currency."""
    read = tuple(
        Line(
            given_on=date.min,
            method="",
            fund="",
            note="",
            currency=one["currency"],
            exponent=one["currency_exponent"],
            **{
                key: one[key] for key in ("amount_minor", "refunded_minor", "benefit_minor", "eligible_minor")
            },
        )
        for one in lines
    )
    currencies = {(one["currency"], one["currency_exponent"]): (0, 0, 0) for one in lines} | sums(read)
    return [
        {
            "currency": code,
            "currency_exponent": exponent,
            "total_minor": total,
            "benefit_minor": benefit,
            "eligible_minor": eligible,
        }
        for (code, exponent), (total, benefit, eligible) in sorted(currencies.items())
    ]


def snapshot(template: str = "us-3", **changes: Any) -> dict[str, Any]:
    """This function will return one receipt of a law, with the fields given by name replaced."""
    law = template[:2].upper()
    language = changes.get("language", "ko" if law == "KR" else "en")
    currency = CURRENCIES[law]
    digits = 0 if currency == "KRW" else 2
    own = line(currency=currency, currency_exponent=digits, code="41" if law == "KR" else "")
    lines = changes.get("lines", [own])
    return {
        "schema": 2,
        "template": template,
        "law": law,
        "rules": f"{law}/2026.1",
        "language": language,
        "serial": "2026-000123",
        "kind": "single",
        "tax_year": 2026,
        "replaces": None,
        "issued_on": "2026-11-21",
        "place": "Toronto, Ontario" if law == "CA" else "",
        "entity": dict(ENTITIES[template]),
        "donor": {
            "name": "김승은" if law == "KR" else "Grace J. Kim",
            "local_name": None,
            "address": ["서울특별시 마포구 예시길 12", "04001"]
            if law == "KR"
            else ["12 Maple Avenue", "Springfield, CA 90210"],
            "number": "",
            "is_person": True,
        },
        "lines": lines,
        "totals": totals(lines),
        "statements": clauses(*CODES[law], language=language),
        "terms": ["If this group cannot travel, your gift helps the next one."] if law == "US" else [],
        "collector": None,
        "information_copy": False,
        "test": False,
        "verify_at": "https://give.example.org",
    } | changes


def year(count: int, template: str = "us-3", **changes: Any) -> dict[str, Any]:
    """This function will return an annual receipt over `count` gifts of money."""
    first = snapshot(template)["lines"][0]
    funds = ("Rescue of families", "Safe house", "Community center", "General fund")
    lines = [
        line(
            **first
            | {
                "given_on": (date(2026, 1, 3) + timedelta(days=place * 360 // count)).isoformat(),
                "fund": funds[place % 4],
                "amount_minor": 5000 + place * 125,
                "eligible_minor": None,
            }
        )
        for place in range(count)
    ]
    return snapshot(template, kind="annual", lines=lines, **changes)


def summary(count: int = 3, **changes: Any) -> dict[str, Any]:
    """This function will return a yearly summary over `count` gifts that have receipts."""
    lines = [
        {
            "given_on": f"2026-{1 + place % 12:02d}-04",
            "fund": "Safe house",
            "description": "",
            "currency": "USD",
            "currency_exponent": 2,
            "amount_minor": 5000 + 100 * place,
            "receipt": f"2026-{place + 1:06d}",
        }
        for place in range(count)
    ]
    total = sum(5000 + 100 * place for place in range(count))
    return {
        "template": "summary-1",
        "language": "en",
        "year": 2026,
        "made_on": "2027-01-10",
        "entity": US,
        "donor": {
            "name": "Grace J. Kim",
            "local_name": None,
            "address": ["12 Maple Avenue", "Springfield, CA 90210"],
        },
        "lines": lines,
        "totals": [{"currency": "USD", "currency_exponent": 2, "total_minor": total}],
        "test": False,
    } | changes
